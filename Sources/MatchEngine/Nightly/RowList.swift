internal import Synchronization

/// The rows of a snapshot in the order of the delivery before, as `RowListWriter` wrote it, and which of them were
/// found again.
///
/// A row's number counts the rows before it in that order.
final class RowList: @unchecked Sendable {
  // SAFETY: nothing but `found` changes after it was opened, and that by atomic operations.
  struct Block {
    var order: UInt64
    /// Number of its first row.
    var first: Int
    var count: Int
    var runCount: Int
    /// Where it stands in the file.
    var start: Int
    var digest: UInt64
  }

  let count: Int
  let blocks: [Block]
  let rows: RowState
  private let file: Descriptor
  private let found: FlatArray<UInt64>
  /// Marks and numbers of anchors, by open addressing; a number of -1 is free.
  private let anchorMarks: FlatArray<UInt64>
  private let anchorNumbers: FlatArray<Int>

  static func name(_ source: String) -> String { "rows/\(source).list" }

  private static let entryByteCount = 32
  private static let anchorByteCount = 16
  private static let trailerByteCount = 24

  static func digest(_ bytes: Span<UInt8>) -> UInt64 { XXH3.digest(bytes).low }

  /// `rows` are those that the list names.
  init(path: String, rows: RowState) throws(RunError) {
    let file = try Descriptor.reading(path)
    let damage = RunError.damaged(path: path, format: "state", reason: "it is cut off; restore a backup")
    let byteCount = try file.status().byteCount
    let trailer = FlatArray<UInt64>(uninitialized: 3)
    defer { trailer.deallocate() }
    let end = byteCount - Self.trailerByteCount
    guard end >= 0, try file.read(into: trailer, count: 3, at: end) == Self.trailerByteCount,
      trailer[0] <= UInt64(end / Self.entryByteCount), trailer[1] <= UInt64(end / Self.anchorByteCount)
    else { throw damage }
    let (blockCount, anchorCount) = (Int(trailer[0]), Int(trailer[1]))
    let words = (blockCount * Self.entryByteCount + anchorCount * Self.anchorByteCount) / 8
    let start = end - words * 8
    let table = FlatArray<UInt64>(uninitialized: words)
    defer { table.deallocate() }
    guard start >= 0, try file.read(into: table, count: words, at: start) == words * 8,
      Self.digest(table.bytes(from: 0, count: words)) == trailer[2]
    else { throw damage }
    var blocks: [Block] = []
    var place = 0
    for at in stride(from: anchorCount * 2, to: words, by: Self.entryByteCount / 8) {
      let runs = Int(table[at + 2])
      blocks.append(
        Block(
          order: table[at], first: 0, count: Int(table[at + 1]), runCount: runs, start: place, digest: table[at + 3]))
      place += runs * 16
    }
    guard place == start else { throw damage }
    let sorted = blocks.indices.sorted { blocks[$0].order < blocks[$1].order }
    var first = 0
    for index in sorted {
      blocks[index].first = first
      first += blocks[index].count
    }
    guard first == rows.entry.rows else { throw damage }
    count = first
    var size = 16
    while size < anchorCount * 2 { size *= 2 }
    anchorMarks = FlatArray(uninitialized: size)
    anchorNumbers = FlatArray(repeating: -1, count: size)
    for at in stride(from: 0, to: anchorCount * 2, by: 2) {
      let (mark, place) = (table[at], table[at + 1])
      guard Int(place >> 32) < blocks.count else { throw damage }
      var slot = Self.slot(of: mark, size)
      // Of rows of one text the first one found is as good as any.
      while anchorNumbers[slot] >= 0, anchorMarks[slot] != mark { slot = (slot + 1) & (size - 1) }
      anchorMarks[slot] = mark
      anchorNumbers[slot] = blocks[Int(place >> 32)].first + Int(place & 0xFFFF_FFFF)
    }
    self.blocks = sorted.map { blocks[$0] }
    self.rows = rows
    self.file = file
    found = FlatArray(repeating: 0, count: first / 64 + 1)
  }

  deinit {
    found.deallocate()
    anchorMarks.deallocate()
    anchorNumbers.deallocate()
  }

  private var damage: RunError {
    .damaged(path: file.path, format: "state", reason: "its bytes are not those that were written; restore a backup")
  }

  // MARK: - Places

  /// The block that holds row `number`, which is below `count`.
  func block(at number: Int) -> Int { lastBlock { $0.first <= number } ?? 0 }

  /// The last block for which `isBefore` holds, as it does for all blocks up to it; nil: for none.
  private func lastBlock(where isBefore: (Block) -> Bool) -> Int? {
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(blocks[middle]) { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  private static func slot(of mark: UInt64, _ size: Int) -> Int {
    Int((mark &* 0x9E37_79B9_7F4A_7C15) >> 32) & (size - 1)
  }

  /// The number of the row with the mark of an anchor; nil where none has it.
  func anchor(_ mark: UInt64) -> Int? {
    var slot = Self.slot(of: mark, anchorNumbers.count)
    while anchorNumbers[slot] >= 0 {
      if anchorMarks[slot] == mark { return anchorNumbers[slot] }
      slot = (slot + 1) & (anchorNumbers.count - 1)
    }
    return nil
  }

  /// Where the stretch of a delivery that begins with `order` stood before, if nothing came or went ahead of it.
  func number(ofOrder order: UInt64) -> Int {
    guard let number = lastBlock(where: { $0.order <= order }) else { return 0 }
    let block = blocks[number]
    return block.first + Int(min(order - block.order, UInt64(block.count)))
  }

  /// Calls `body` with the runs of block `number`: the place of the first row, and how many follow each other.
  func readRuns(
    _ number: Int, _ room: inout RunRoom, _ body: (RowPlace, Int) throws(RunError) -> Void
  ) throws(RunError) {
    let block = blocks[number]
    let runs = room.words(block.runCount * 2)
    guard try file.read(into: runs, count: block.runCount * 2, at: block.start) == block.runCount * 16,
      Self.digest(runs.bytes(from: 0, count: block.runCount * 2)) == block.digest
    else { throw damage }
    var left = block.count
    for at in 0..<block.runCount {
      let (place, count) = (RowPlace(number: runs[at * 2]), Int(truncatingIfNeeded: runs[at * 2 + 1]))
      guard place.segment < rows.segments.count, count > 0, count <= left else { throw damage }
      left -= count
      try body(place, count)
    }
    guard left == 0 else { throw damage }
  }

  /// Room for the runs of a block.
  struct RunRoom {
    private var room = FlatArray<UInt64>(uninitialized: 0)

    mutating func words(_ count: Int) -> FlatArray<UInt64> {
      if room.count < count {
        room.deallocate()
        room = FlatArray(uninitialized: max(count, 1024))
      }
      return room
    }

    func deallocate() { room.deallocate() }
  }

  // MARK: - What was found again

  /// Notes that the rows from `number` on, as many as `count`, which is at most 64 and stays within one word, were
  /// found again; returns which of them, as bits from `number` on, were found before.
  func take(_ number: Int, count: Int) -> UInt64 {
    let shift = UInt64(number & 63)
    let bits = (count == 64 ? UInt64.max : (1 &<< UInt64(count)) &- 1) &<< shift
    return (found.setBits(bits, of: number >> 6) & bits) &>> shift
  }

  /// By segment: the rows that were not found again, in ascending order.
  func left() throws(RunError) -> [[Segment.Row]] {
    var left = Array(repeating: [Segment.Row](), count: rows.segments.count)
    var room = RunRoom()
    defer { room.deallocate() }
    for (index, block) in blocks.enumerated() where !isFound(block.first..<block.first + block.count) {
      var number = block.first
      try readRuns(index, &room) { place, count throws(RunError) in
        for row in 0..<count where found[(number + row) >> 6] >> UInt64((number + row) & 63) & 1 == 0 {
          left[place.segment].append(Segment.Row(number: place.segmentRow.number + UInt64(row)))
        }
        number += count
      }
    }
    for segment in left.indices { left[segment].sort() }
    return left
  }

  private func isFound(_ numbers: Range<Int>) -> Bool {
    var number = numbers.lowerBound
    while number < numbers.upperBound {
      let end = min(numbers.upperBound, (number | 63) + 1)
      let bits = (end - number == 64 ? UInt64.max : (1 &<< UInt64(end - number)) &- 1) &<< UInt64(number & 63)
      if found[number >> 6] & bits != bits { return false }
      number = end
    }
    return true
  }
}
