/// Rows of a source as one night put them into the state; never changed afterwards.
final class Segment: @unchecked Sendable {
  // SAFETY: nothing but `checked` changes after it was opened, and that in one way only.

  /// What the generation notes of it.
  struct Entry: Hashable {
    /// Of its two files, without what follows the last dot.
    var name: String
    var rows: Int
    var blocks: Int
    var later: Int
    var tableStart: Int
    var tableDigest: String
    var columns: Int
  }

  struct Block {
    var rows: Int
    /// Where its lines stand in the file of lines.
    var start: Int
    var end: Int
    /// Where its columns stand in the file of columns.
    var columns: Int
  }

  /// A row: its block and its place in it.
  struct Row: Hashable, Comparable {
    var block: Int
    var row: Int

    var number: UInt64 { UInt64(block) << 16 | UInt64(row) }

    init(block: Int, row: Int) { (self.block, self.row) = (block, row) }

    init(number: UInt64) { self.init(block: Int(number >> 16), row: Int(number & 0xFFFF)) }

    static func < (left: Row, right: Row) -> Bool { left.number < right.number }
  }

  /// The day of a row that may become usable on any day.
  static let anyDay = Int32.max

  let entry: Entry
  let linesPath: String
  private let lines: MappedFile
  private let columns: MappedFile
  private(set) var blocks: [Block] = []
  /// By block and column.
  private var hashes: [UInt64] = []
  /// By block and column: 1 where the column was found to be what was written.
  private let checked: FlatArray<UInt8>
  private(set) var later: [(row: Row, day: Int32)] = []

  /// `path` is the folder of the generation.
  init(_ entry: Entry, at path: String) throws(RunError) {
    self.entry = entry
    let isPossible = (0..<1 << 32).contains(entry.blocks) && (0..<1 << 16).contains(entry.columns)
    checked = FlatArray(repeating: 0, count: isPossible ? entry.blocks * entry.columns : 0)
    linesPath = "\(path)/\(entry.name).csv"
    lines = try MappedFile(path: linesPath)
    columns = try MappedFile(path: "\(path)/\(entry.name).columns")
    let size = 24 + entry.columns * 8
    let (start, count) = (entry.tableStart, entry.blocks * size + entry.later * 24)
    guard isPossible, start >= 0, start + count == columns.bytes.count else { throw damaged(columns) }
    let bytes = columns.bytes
    guard XXH3.hash128(bytes.span(from: start, count: count)).hexadecimal == entry.tableDigest else {
      throw damaged(columns)
    }
    var place = 0
    for number in 0..<entry.blocks {
      let at = start + number * size
      let block = Block(
        rows: Int(bytes.word(at: at)), start: Int(bytes.word(at: at + 8)), end: Int(bytes.word(at: at + 16)),
        columns: place)
      place += block.rows * entry.columns * 4
      blocks.append(block)
      for column in 0..<entry.columns { hashes.append(bytes.word(at: at + 24 + column * 8)) }
      guard block.rows <= RowBlock.capacity, block.start <= block.end, block.end <= lines.bytes.count else {
        throw damaged(lines)
      }
    }
    guard place == start else { throw damaged(columns) }
    for number in 0..<entry.later {
      let at = start + entry.blocks * size + number * 24
      later.append(
        (
          Row(block: Int(bytes.word(at: at)), row: Int(bytes.word(at: at + 8))),
          Int32(truncatingIfNeeded: Int64(bitPattern: bytes.word(at: at + 16)))
        ))
    }
  }

  deinit { checked.deallocate() }

  var damage: RunError { damaged(lines) }

  private func damaged(_ file: MappedFile) -> RunError {
    .damaged(path: file.path, format: "state", reason: "its bytes are not those that were written; restore a backup")
  }

  /// The columns of block `number`, column c from `c * rows` on; those of `wanted` are checked, once each.
  func columns(_ number: Int, checking wanted: [Int]) throws(RunError) -> FlatArray<UInt32> {
    let block = blocks[number]
    let words = columns.words(at: block.columns, count: block.rows * entry.columns)
    for column in wanted where checked[number * entry.columns + column] == 0 {
      let digest = Self.digest(words.bytes(from: column * block.rows, count: block.rows))
      guard digest == hashes[number * entry.columns + column] else { throw damaged(columns) }
      // Two threads may both come here; both write the same.
      checked[number * entry.columns + column] = 1
    }
    return words
  }

  static func digest(_ column: Span<UInt8>) -> UInt64 { XXH3.digest(column).low }

  /// Appends the line of a row, which stands from `start` to `end` of its block, to `output`; throws unless it is
  /// the one that was written.
  func appendLine(of block: Int, _ start: Int, _ end: Int, check: UInt32, to output: inout [UInt8]) throws(RunError) {
    let place = blocks[block]
    guard start >= 0, start <= end, place.start + end <= place.end else { throw damage }
    let bytes = lines.bytes
    guard RowBlock.check(bytes.span(from: place.start + start, count: end - start)) == check else { throw damage }
    bytes.append(from: place.start + start, count: end - start, to: &output)
  }

  /// The names of the fields in lines, in order.
  func header() throws(RunError) -> [String] {
    let bytes = lines.bytes
    guard let end = bytes.firstIndex(of: 10, from: 0, to: min(bytes.count, 1 << 20)) else { throw damage }
    var text: [UInt8] = []
    bytes.append(from: 0, count: end, to: &text)
    return String(decoding: text, as: UTF8.self).split(separator: ",").dropFirst().map(String.init)
  }
}
