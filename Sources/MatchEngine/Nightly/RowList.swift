/// The rows of the snapshot before, as `RowListWriter` wrote them, and which of them were found again.
///
/// A row's place counts the rows before it in the order of the delivery.
final class RowList: @unchecked Sendable {
  // SAFETY: nothing but `found` changes after it was opened, and that by atomic operations.
  struct Block {
    var order: UInt64
    /// Place of its first row.
    var first: Int
    var count: Int
    /// Where it stands in the file.
    var start: Int
    /// Of rows, people, marks.
    var digests: [UInt64]
  }

  let count: Int
  let blocks: [Block]
  private let file: Descriptor
  private let found: FlatArray<UInt64>
  /// Marks and places of anchors, by open addressing; a place of -1 is free.
  private var anchorMarks: FlatArray<UInt32>
  private var anchorPlaces: FlatArray<Int>

  static let rowByteCount = 16
  private static let entryByteCount = 48
  private static let trailerByteCount = 16

  static func digest(_ bytes: Span<UInt8>) -> UInt64 { XXH3.digest(bytes).low }

  init(path: String, threads: Int) throws(RunError) {
    let file = try Descriptor.reading(path)
    let damage = RunError.damaged(path: path, format: "state", reason: "it is cut off; restore a backup")
    let byteCount = try file.status().byteCount
    let trailer = FlatArray<UInt64>(uninitialized: 2)
    defer { trailer.deallocate() }
    let end = byteCount - Self.trailerByteCount
    guard end >= 0, try file.read(into: trailer, count: 2, at: end) == Self.trailerByteCount,
      trailer[0] <= UInt64(end / Self.entryByteCount)
    else { throw damage }
    let words = Int(trailer[0]) * Self.entryByteCount / 8
    let table = FlatArray<UInt64>(uninitialized: words)
    defer { table.deallocate() }
    let start = end - words * 8
    guard try file.read(into: table, count: words, at: start) == words * 8,
      Self.digest(table.bytes(from: 0, count: words)) == trailer[1]
    else { throw damage }
    var blocks: [Block] = []
    for at in stride(from: 0, to: words, by: Self.entryByteCount / 8) {
      blocks.append(
        Block(
          order: table[at], first: 0, count: Int(table[at + 1]), start: Int(table[at + 2]),
          digests: (3..<6).map { table[at + $0] }))
    }
    blocks.sort { $0.order < $1.order }
    var first = 0
    for index in blocks.indices {
      blocks[index].first = first
      first += blocks[index].count
    }
    guard first * Self.rowByteCount == start else { throw damage }
    self.file = file
    self.blocks = blocks
    count = first
    found = FlatArray(repeating: 0, count: first / 64 + 1)
    anchorMarks = FlatArray(uninitialized: 0)
    anchorPlaces = FlatArray(uninitialized: 0)
    try noteAnchors(threads: threads)
  }

  deinit {
    found.deallocate()
    anchorMarks.deallocate()
    anchorPlaces.deallocate()
  }

  private var damage: RunError {
    .damaged(path: file.path, format: "state", reason: "its bytes are not those that were written; restore a backup")
  }

  // MARK: - Reading

  /// The block that holds the row at `place`, which is below `count`.
  func block(at place: Int) -> Int { lastBlock { $0.first <= place } ?? 0 }

  /// The last block for which `isBefore` holds, as it does for all blocks up to it; nil: for none.
  private func lastBlock(where isBefore: (Block) -> Bool) -> Int? {
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(blocks[middle]) { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  /// Reads all of block `number` behind the rows of `stretch`.
  func read(_ number: Int, into stretch: inout RowListWriter.Block) throws(RunError) {
    let block = blocks[number]
    let at = stretch.add(block.count)
    try read(stretch.rows, from: at, block, offset: 0, digest: 0)
    try read(stretch.people, from: at, block, offset: 8, digest: 1)
    try read(stretch.marks, from: at, block, offset: 12, digest: 2)
  }

  private func read<Word: FixedWidthInteger & BitwiseCopyable>(
    _ words: FlatArray<Word>, from at: Int, _ block: Block, offset: Int, digest: Int
  ) throws(RunError) {
    _ = try file.read(into: words, from: at, count: block.count, at: block.start + block.count * offset)
    guard Self.digest(words.bytes(from: at, count: block.count)) == block.digests[digest] else { throw damage }
  }

  /// The marks of the rows at `places`, without a check of what was read; they lie in one block.
  func marks(_ places: Range<Int>, into marks: FlatArray<UInt32>) throws(RunError) {
    let block = blocks[block(at: places.lowerBound)]
    let start = block.start + block.count * 12 + (places.lowerBound - block.first) * 4
    _ = try file.read(into: marks, count: places.count, at: start)
  }

  /// Calls `body` with every block, several at once; returns what it gives, in order.
  private func map<Value: Sendable>(
    threads: Int, _ body: (Block, inout RowListWriter.Block) throws(RunError) -> Value
  ) throws(RunError) -> [Value] {
    // Some hundred blocks at a time share their room.
    let stretches = stride(from: 0, to: blocks.count, by: 256).map { $0..<min($0 + 256, blocks.count) }
    let team = Team(threads: threads, pieces: stretches.count)
    return try team.map(stretches.count) { number throws(RunError) -> [Value] in
      var stretch = RowListWriter.Block()
      defer { stretch.deallocate() }
      var values: [Value] = []
      for block in blocks[stretches[number]] { values.append(try body(block, &stretch)) }
      return values
    }.flatMap(\.self)
  }

  // MARK: - Anchors

  private func noteAnchors(threads: Int) throws(RunError) {
    let anchors = try map(threads: threads) { block, room throws(RunError) -> [(mark: UInt32, place: Int)] in
      room.removeAll()
      _ = room.add(block.count)
      try read(room.marks, from: 0, block, offset: 12, digest: 2)
      let marks = room.marks.span(from: 0, count: block.count)
      var anchors: [(mark: UInt32, place: Int)] = []
      for row in marks.indices where RowMark.isAnchor(marks[row]) { anchors.append((marks[row], block.first + row)) }
      return anchors
    }
    var size = 16
    while size < anchors.reduce(0, { $0 + $1.count }) * 2 { size *= 2 }
    anchorMarks.deallocate()
    anchorPlaces.deallocate()
    anchorMarks = FlatArray(uninitialized: size)
    anchorPlaces = FlatArray(repeating: -1, count: size)
    for (mark, place) in anchors.joined() {
      var slot = slot(of: mark)
      while anchorPlaces[slot] >= 0, !RowMark.isSame(anchorMarks[slot], mark & ~1) {
        slot = (slot + 1) & (anchorPlaces.count - 1)
      }
      // Where a text stands twice the first one is kept.
      if anchorPlaces[slot] >= 0 { continue }
      anchorMarks[slot] = mark
      anchorPlaces[slot] = place
    }
  }

  @inline(__always)
  private func slot(of mark: UInt32) -> Int {
    Int(truncatingIfNeeded: (mark &>> 1) &* 0x9E37_79B1) & (anchorPlaces.count - 1)
  }

  /// The place of the row with the mark of an anchor; nil where none has it.
  func anchor(_ mark: UInt32) -> Int? {
    var slot = slot(of: mark)
    while anchorPlaces[slot] >= 0 {
      if RowMark.isSame(anchorMarks[slot], mark) { return anchorPlaces[slot] }
      slot = (slot + 1) & (anchorPlaces.count - 1)
    }
    return nil
  }

  /// Where the stretch of a delivery that begins with `order` stood before, if nothing came or went ahead of it.
  func place(ofOrder order: UInt64) -> Int {
    guard let number = lastBlock(where: { $0.order <= order }) else { return 0 }
    let block = blocks[number]
    return block.first + Int(min(order - block.order, UInt64(block.count)))
  }

  // MARK: - What was found again

  /// Notes that the rows from `place` on, as many as `count`, which is at most 64 and stays within one word, were found
  /// again; returns which of them, as bits from `place` on, were found before.
  func take(_ place: Int, count: Int) -> UInt64 {
    let shift = UInt64(place & 63)
    let bits = (count == 64 ? UInt64.max : (1 &<< UInt64(count)) &- 1) &<< shift
    return (found.setBits(bits, of: place >> 6) & bits) &>> shift
  }

  /// The rows that were not found again.
  func left(threads: Int) throws(RunError) -> [RowChanges.Row] {
    try map(threads: threads) { block, room throws(RunError) -> [RowChanges.Row] in
      var left: [RowChanges.Row] = []
      let end = block.first + block.count
      for word in block.first >> 6..<(end + 63) >> 6 {
        var bits = ~found[word]
        while bits != 0 {
          let place = word << 6 | bits.trailingZeroBitCount
          bits &= bits - 1
          guard place >= block.first, place < end else { continue }
          if left.isEmpty {
            room.removeAll()
            _ = room.add(block.count)
            try read(room.rows, from: 0, block, offset: 0, digest: 0)
            try read(room.people, from: 0, block, offset: 8, digest: 1)
          }
          let row = place - block.first
          left.append(RowChanges.Row(row: room.rows[row], person: room.people[row]))
        }
      }
      return left
    }.flatMap(\.self)
  }
}
