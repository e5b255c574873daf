extension Chunk {
  /// Takes a block of lines that the engine put aside.
  func load(_ block: Range<Int>, of spill: PartitionedSpill) throws(RunError) {
    limits = RecordSplitter.Limits(recordByteCount: Int.max / 2, quotedLineCount: Int.max / 2)
    reserve(block.count)
    try spill.read(block, into: text, from: Self.leadByteCount)
    beginIndex(at: Self.leadByteCount)
    _ = indexRecords(
      from: Self.leadByteCount, to: Self.leadByteCount + block.count, stop: Int.max, isFinal: true, delimiter: .comma)
  }
}
