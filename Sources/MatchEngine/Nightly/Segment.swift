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
    /// Fields that the lines have, but not of every row: what was delivered with some rows was not kept.
    var lacking: [String] = []

    /// Its files, in the folder of a generation.
    var linesName: String { Self.linesName(name) }
    var columnsName: String { Self.columnsName(name) }
    var fileNames: [String] { [linesName, columnsName] }

    static func linesName(_ name: String) -> String { "\(name).csv" }
    static func columnsName(_ name: String) -> String { "\(name).columns" }
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
    let number: UInt64

    var block: Int { Int(number >> 16) }
    var row: Int { Int(number & 0xFFFF) }

    init(block: Int, row: Int) { number = UInt64(block) << 16 | UInt64(row) }

    init(number: UInt64) { self.number = number }

    static func < (left: Row, right: Row) -> Bool { left.number < right.number }
  }

  /// The day of a row that may become usable on any day.
  static let anyDay = Int32.max

  let entry: Entry
  let linesPath: String
  private let lines: StateFile
  private let columns: StateFile
  private(set) var blocks: [Block] = []
  /// By block and column.
  private var hashes: [UInt64] = []
  /// By block and column: 1 where the column was found to be what was written.
  private let checked: FlatArray<UInt8>
  private(set) var later: [(row: Row, day: Int32)] = []

  /// `path` is the folder of the generation. Columns are read in long stretches, lines one by one.
  init(
    _ entry: Entry, at path: String, mappedByteCountMax: Int = StateFile.mappedByteCountMax
  ) throws(RunError) {
    self.entry = entry
    let isPossible = (0..<1 << 32).contains(entry.blocks) && (4..<1 << 16).contains(entry.columns)
    checked = FlatArray(repeating: 0, count: isPossible ? entry.blocks * entry.columns : 0)
    linesPath = "\(path)/\(entry.linesName)"
    lines = try StateFile(path: linesPath, mappedByteCountMax: .max)
    columns = try StateFile(path: "\(path)/\(entry.columnsName)", mappedByteCountMax: mappedByteCountMax)
    let size = 24 + entry.columns * 8
    let start = entry.tableStart
    guard isPossible, start >= 0, (0..<1 << 40).contains(entry.later) else { throw columns.damage }
    let count = entry.blocks * size + entry.later * 24
    guard start + count == columns.byteCount else { throw columns.damage }
    let scratch = RowScratch()
    let (bytes, first) = try columns.bytes(start..<start + count, scratch)
    guard XXH3.hash128(bytes.span(from: first, count: count)).hexadecimal == entry.tableDigest else {
      throw columns.damage
    }
    var place = 0
    for number in 0..<entry.blocks {
      let at = first + number * size
      let block = Block(
        rows: Int(bytes.word(at: at)), start: Int(bytes.word(at: at + 8)), end: Int(bytes.word(at: at + 16)),
        columns: place)
      place += block.rows * entry.columns * 4
      blocks.append(block)
      for column in 0..<entry.columns { hashes.append(bytes.word(at: at + 24 + column * 8)) }
      guard block.rows <= RowBlock.capacity, block.start <= block.end, block.end <= lines.byteCount else {
        throw lines.damage
      }
    }
    guard place == start else { throw columns.damage }
    for number in 0..<entry.later {
      let at = first + entry.blocks * size + number * 24
      later.append(
        (
          Row(block: Int(bytes.word(at: at)), row: Int(bytes.word(at: at + 8))),
          Int32(truncatingIfNeeded: Int64(bitPattern: bytes.word(at: at + 16)))
        ))
    }
  }

  deinit { checked.deallocate() }

  var damage: RunError { lines.damage }

  static func digest(_ column: Span<UInt8>) -> UInt64 { XXH3.digest(column).low }

  // MARK: - Columns

  /// Columns of block `number`, column c from `c * rows` on, in `scratch` unless they are mapped: those of `wanted`,
  /// which are checked, once each, and those of `others`, which are not.
  func columns(
    _ number: Int, checking wanted: [Int], and others: [Int] = [], _ scratch: RowScratch
  ) throws(RunError) -> FlatArray<UInt32> {
    let block = blocks[number]
    let words: FlatArray<UInt32>
    if let mapped = columns.mappedWords(at: block.columns, count: block.rows * entry.columns) {
      words = mapped
    } else {
      words = scratch.words(block.rows * entry.columns)
      // Columns beside each other are read together.
      var left = Set(wanted + others).sorted()[...]
      while let first = left.first {
        var last = first
        left.removeFirst()
        while left.first == last + 1 {
          last += 1
          left.removeFirst()
        }
        try columns.read(
          into: words, at: first * block.rows, count: (last + 1 - first) * block.rows,
          from: block.columns + first * block.rows * 4)
      }
    }
    for column in wanted where checked[number * entry.columns + column] == 0 {
      let digest = Self.digest(words.bytes(from: column * block.rows, count: block.rows))
      guard digest == hashes[number * entry.columns + column] else { throw columns.damage }
      // Two threads may both come here; both write the same.
      checked[number * entry.columns + column] = 1
    }
    return words
  }

  /// Checks columns of block `number` that were not checked before.
  func check(_ number: Int, _ wanted: [Int], _ scratch: RowScratch) throws(RunError) {
    let left = wanted.filter { checked[number * entry.columns + $0] == 0 }
    if !left.isEmpty { _ = try columns(number, checking: left, scratch) }
  }

  // MARK: - Rows

  /// With fewer rows of a block than this, words are read one by one.
  private static let fewRows = 12

  /// Reads rows of block `number`, which are in ascending order, into `output`, with some of their columns, which are
  /// not checked; nil: without.
  ///
  /// Where a line stands and its check are not checked themselves: a wrong one of either gives no right line.
  func read(
    _ rows: ArraySlice<Row>, of number: Int, columns wanted: [Int]?, into output: inout RowState.Gathered,
    _ scratch: RowScratch
  ) throws(RunError) {
    let block = blocks[number]
    guard let last = rows.last, last.row < block.rows else { throw damage }
    output.columnCount = entry.columns
    output.ends.reserveRoom(rows.count)
    if wanted != nil { output.words.reserveRoom(rows.count * entry.columns) }
    scratch.places.removeAll(keepingCapacity: true)
    let isMapped = columns.mappedWords(at: 0, count: 0) != nil
    let isFew = !isMapped && rows.count < Self.fewRows
    let words =
      isFew
      ? scratch.words(2)
      : try columns(number, checking: [], and: [0, StateColumns.checkColumn] + (wanted ?? []), scratch)
    func word(_ column: Int, _ row: Int) throws(RunError) -> UInt32 {
      guard isFew else { return words[column * block.rows + row] }
      try columns.read(into: words, at: 0, count: 1, from: block.columns + (column * block.rows + row) * 4)
      return words[0]
    }
    let length = block.end - block.start
    for row in rows {
      let start = Int(try word(0, row.row))
      let end = row.row + 1 < block.rows ? Int(try word(0, row.row + 1)) : length
      let check = try word(StateColumns.checkColumn, row.row)
      guard start <= end, end <= length, (scratch.places.last?.end ?? 0) <= start else { throw damage }
      scratch.places.append((start, end, check))
      guard let wanted else { continue }
      let base = output.words.count
      output.words.append(contentsOf: repeatElement(0, count: entry.columns))
      output.words[base + StateColumns.checkColumn] = check
      for column in wanted { output.words[base + column] = try word(column, row.row) }
    }
    try readLines(block, into: &output, scratch)
  }

  /// Lines as far from each other as this are not read together.
  private static let gap = 4096

  private func readLines(
    _ block: Block, into output: inout RowState.Gathered, _ scratch: RowScratch
  ) throws(RunError) {
    let places = scratch.places
    output.lines.reserveRoom(places.reduce(0) { $0 + $1.end - $1.start })
    var first = 0
    while first < places.count {
      var last = first
      while last + 1 < places.count, places[last + 1].start - places[last].end < Self.gap { last += 1 }
      let start = places[first].start
      let (bytes, at) = try lines.bytes(block.start + start..<block.start + places[last].end, scratch)
      for place in places[first...last] {
        let (from, count) = (at + place.start - start, place.end - place.start)
        guard RowBlock.check(bytes.span(from: from, count: count)) == place.check else { throw damage }
        bytes.append(from: from, count: count, to: &output.lines)
        output.ends.append(output.lines.count)
      }
      first = last + 1
    }
  }

  /// The names of the fields in lines, in order.
  func header() throws(RunError) -> [String] {
    let scratch = RowScratch()
    let count = min(lines.byteCount, blocks.first?.start ?? 1 << 20)
    let (bytes, start) = try lines.bytes(0..<count, scratch)
    guard let end = bytes.firstIndex(of: 10, from: start, to: start + count) else { throw damage }
    var text: [UInt8] = []
    bytes.append(from: start, count: end - start, to: &text)
    return String(decoding: text, as: UTF8.self).split(separator: ",").dropFirst().map(String.init)
  }
}
