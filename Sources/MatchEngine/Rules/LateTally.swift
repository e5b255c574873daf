/// A value or a month of a group in memory, for which there was no room any more: a row of words in a scratch file.
struct LateTally {
  static let wordCount = 5
  static let byteCount = wordCount * 8

  /// Of the scratch file.
  var part: Int
  /// Of a value: shard, group, place of rule and aggregate, and the value's words. Of a month: rule, entry, month.
  private var words: InlineArray<5, Int64>

  init(valueOf group: Int, shard: Int, rule: Int, aggregate: Int, first: Int64, second: Int64, part: Int) {
    self.part = part
    words = [Int64(shard), Int64(group), Int64(rule << 16 | aggregate), first, second]
  }

  init(month: Int64, of entry: Int, rule: Int, part: Int) {
    self.part = part
    words = [Int64(rule), Int64(entry), month, 0, 0]
  }

  func append(to output: inout [UInt8]) {
    for index in words.indices { output.appendLittleEndian(UInt64(bitPattern: words[index]), byteCount: 8) }
  }

  /// Calls `body` with the words of every row of a part.
  static func forEach(
    in spill: PartitionedSpill, part: Int, _ body: (FlatArray<Int64>) -> Void
  ) throws(RunError) {
    let key = FlatArray<Int64>(repeating: 0, count: wordCount)
    defer { key.deallocate() }
    for block in spill.blocks(of: part) {
      let bytes = FlatArray<UInt8>(uninitialized: block.count)
      defer { bytes.deallocate() }
      try spill.read(block, into: bytes, from: 0)
      for start in stride(from: 0, to: block.count, by: byteCount) {
        for word in 0..<wordCount {
          key[word] = Int64(bitPattern: bytes.littleEndian(at: start + word * 8, byteCount: 8))
        }
        body(key)
      }
    }
  }
}
