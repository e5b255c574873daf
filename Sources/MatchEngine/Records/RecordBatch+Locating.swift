extension RecordBatch {
  /// Finds the fields of `column` in all lanes, quotes resolved: they are in `starts` and `ends` until the next call.
  func locate(column: Int, _ kernels: ColumnKernels) {
    kernels.locate(self, column: column)
    let index = chunk.index
    if !index.hasQuotes, !index.hasReturns { return }
    chunk.removeUnquoted()
    let (limit, text) = (chunk.readableEnd, chunk.text)
    let (starts, ends) = (starts.mutableColumn(at: 0), ends.mutableColumn(at: 0))
    for lane in 0..<count {
      let (first, last) = (Int(starts[lane]), Int(ends[lane]))
      // Most fields have neither a quote in front nor a carriage return behind.
      if first == last || text[first] != Chunk.quote && text[last - 1] != Chunk.carriageReturn { continue }
      let (start, end) = range(lane: lane, column: column)
      starts.set(lane, UInt32(truncatingIfNeeded: min(start, limit)))
      ends.set(lane, UInt32(truncatingIfNeeded: min(end, limit)))
    }
  }
}
