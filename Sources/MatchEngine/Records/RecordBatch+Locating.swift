extension RecordBatch {
  /// Finds the fields of `column` in all lanes, quotes resolved: they are in `starts` and `ends` until the next call.
  func locate(column: Int, _ kernels: ColumnKernels) {
    let index = chunk.index
    if !index.hasQuotes, !index.hasReturns { return kernels.locate(self, column: column) }
    chunk.removeUnquoted()
    let limit = chunk.readableEnd
    for lane in 0..<count {
      let (start, end) = range(lane: lane, column: column)
      starts[lane] = UInt32(truncatingIfNeeded: min(start, limit))
      ends[lane] = UInt32(truncatingIfNeeded: min(end, limit))
    }
  }
}
