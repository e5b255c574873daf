/// Up to `capacity` rows of a source on their way into the state: their lines, and their columns.
struct RowBlock {
  static let capacity = 8192

  /// Lines of CSV, each with its line end.
  private(set) var lines: FlatArray<UInt8>
  private(set) var byteCount = 0
  private(set) var count = 0
  /// Words by column: row r of column c stands at `c * capacity + r`.
  let words: FlatArray<UInt32>
  let columnCount: Int
  /// Where the line of each row ends.
  let ends: FlatArray<UInt32>
  /// Rows with a number that is not usable before the day of birth in it, and that day.
  private(set) var later: [(row: Int, day: Int32)] = []

  init(columnCount: Int) {
    self.columnCount = columnCount
    lines = FlatArray(uninitialized: 128 * Self.capacity)
    words = FlatArray(uninitialized: columnCount * Self.capacity)
    ends = FlatArray(uninitialized: Self.capacity)
  }

  func deallocate() {
    lines.deallocate()
    words.deallocate()
    ends.deallocate()
  }

  mutating func removeAll() {
    byteCount = 0
    count = 0
    later.removeAll()
  }

  var isFull: Bool { count == Self.capacity }

  func start(of row: Int) -> Int { row == 0 ? 0 : Int(ends[row - 1]) }

  /// Room for `more` bytes of lines.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if byteCount + more > lines.count { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = FlatArray<UInt8>(uninitialized: max(lines.count * 2, byteCount + more))
    larger.copy(from: lines, at: 0, to: 0, count: byteCount)
    lines.deallocate()
    lines = larger
  }

  /// Adds bytes to the line that is being written; room for them was reserved.
  @inline(__always)
  mutating func append(_ text: FlatArray<UInt8>, from start: Int, count: Int) {
    lines.copy(from: text, at: start, to: byteCount, count: count)
    byteCount += count
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    lines[byteCount] = byte
    byteCount += 1
  }

  /// Ends the line and returns the number of its row.
  @inline(__always)
  mutating func endLine() -> Int {
    let row = count
    append(UInt8(ascii: "\n"))
    ends[row] = UInt32(truncatingIfNeeded: byteCount)
    let start = start(of: row)
    words[row] = UInt32(truncatingIfNeeded: start)
    words[Self.capacity + row] = Self.check(lines.span(from: start, count: byteCount - start))
    count += 1
    return row
  }

  /// Takes some rows of `rows`, whose columns are known but for the first, into the empty block.
  mutating func take(_ rows: RowState.Gathered, _ range: Range<Int>) {
    precondition(count == 0 && range.count <= Self.capacity)
    let (first, last) = (rows.line(range.lowerBound).lowerBound, rows.line(range.upperBound - 1).upperBound)
    reserve(last - first)
    lines.write(rows.lines.span.extracting(first..<last), at: 0)
    byteCount = last - first
    for row in range {
      let place = row - range.lowerBound
      words[place] = UInt32(truncatingIfNeeded: rows.line(row).lowerBound - first)
      ends[place] = UInt32(truncatingIfNeeded: rows.ends[row] - first)
      for column in 1..<columnCount {
        words[column * Self.capacity + place] = rows.words[row * rows.columnCount + column]
      }
    }
    count = range.count
  }

  mutating func noteLater(_ row: Int, day: Int32) { later.append((row, day)) }

  /// What is kept of a line to know it again.
  @inline(__always)
  static func check(_ line: Span<UInt8>) -> UInt32 { UInt32(truncatingIfNeeded: XXH3.hash64(line)) }

  func line(_ row: Int) -> Range<Int> { start(of: row)..<Int(ends[row]) }

  func word(_ column: Int, _ row: Int) -> UInt32 { words[column * Self.capacity + row] }

  /// Both words of the row's identity.
  func identity(_ row: Int) -> UInt64 {
    UInt64(word(StateColumns.identityColumn, row)) << 32 | UInt64(word(StateColumns.identityColumn + 1, row))
  }
}
