internal import Synchronization

/// The rows of a source, as a generation has them: segments, and which of their rows are gone.
final class RowState: @unchecked Sendable {
  // SAFETY: nothing changes after it was opened.

  /// What the generation notes of it.
  struct Entry: Hashable {
    var segments: [Segment.Entry] = []
    /// Rows that stand.
    var rows = 0
    /// Rows that are gone, noted in `rows/NAME.gone` as numbers of eight bytes: segment, block, row.
    var gone = 0
    /// Tells apart states whose columns mean something else.
    var columns = ""

    init(segments: [Segment.Entry] = [], rows: Int = 0, gone: Int = 0, columns: String = "") {
      (self.segments, self.rows, self.gone, self.columns) = (segments, rows, gone, columns)
    }

    /// Of a first delivery.
    init(_ filled: RowFill.Filled, columns: String) {
      self.init(segments: filled.entry.rows > 0 ? [filled.entry] : [], rows: filled.entry.rows, columns: columns)
    }
  }

  let entry: Entry
  let segments: [Segment]
  /// By segment: in ascending order.
  let gone: [[Segment.Row]]

  init(_ entry: Entry, source: String, at path: String) throws(RunError) {
    self.entry = entry
    var segments: [Segment] = []
    for segment in entry.segments { segments.append(try Segment(segment, at: path)) }
    self.segments = segments
    var gone = Array(repeating: [Segment.Row](), count: segments.count)
    if entry.gone > 0 {
      let file = try Descriptor.reading("\(path)/\(Self.goneName(source))")
      let bytes = FlatArray<UInt8>(uninitialized: entry.gone * 8)
      defer { bytes.deallocate() }
      guard try file.read(into: bytes, from: 0, count: bytes.count, at: 0) == bytes.count else {
        throw .damaged(path: file.path, format: "state", reason: "it is cut off; restore a backup")
      }
      for number in 0..<entry.gone {
        let word = bytes.word(at: number * 8)
        guard Int(word >> 48) < segments.count else {
          throw .damaged(path: file.path, format: "state", reason: "it names rows that are not there; restore a backup")
        }
        gone[Int(word >> 48)].append(Segment.Row(number: word & 0xFFFF_FFFF_FFFF))
      }
    }
    self.gone = gone
  }

  /// Names of the fields that some of the rows that stand after `change` have and others cannot have, in order; every
  /// row was delivered with those of `required`.
  func lacking(with change: RowChange?, required: [String] = []) throws(RunError) -> [String] {
    var (some, everywhere): (Set<String>, Set<String>?) = (Set(required), nil)
    func note(_ fields: [String], lacking: [String]) {
      some.formUnion(fields)
      everywhere = (everywhere ?? Set(fields)).intersection(fields).subtracting(lacking)
    }
    for (number, segment) in segments.enumerated() {
      let gone = gone[number].count + (change?.went[number].count ?? 0)
      if gone < entry.segments[number].rows {
        note(try segment.header(), lacking: entry.segments[number].lacking)
      }
    }
    if let change, !change.came.ends.isEmpty { note(change.header, lacking: []) }
    return everywhere.map { some.subtracting($0).sorted() } ?? []
  }

  static func goneName(_ source: String) -> String { "rows/\(source).gone" }

  func isGone(_ row: Segment.Row, in segment: Int) -> Bool { gone[segment].holds(row) }

  /// A stretch of the rows: a block of a segment.
  struct Place: Hashable {
    var segment: Int
    var block: Int
  }

  var places: [Place] {
    segments.enumerated().flatMap { number, segment in
      segment.blocks.indices.map { Place(segment: number, block: $0) }
    }
  }

  /// Calls `body` with every block, several at once; returns what it gives, in order.
  func map<Value: Sendable>(
    threads: Int, _ body: (Place, RowScratch) throws(RunError) -> Value
  ) throws(RunError) -> [Value] {
    let places = places
    return try Team(threads: threads, pieces: places.count).map(places.count) { number throws(RunError) in
      let scratch = takeScratch()
      defer { give(scratch) }
      return try body(places[number], scratch)
    }
  }

  private let spare = Mutex<[RowScratch]>([])

  private func takeScratch() -> RowScratch { spare.withLock { $0.popLast() } ?? RowScratch() }

  private func give(_ scratch: RowScratch) { spare.withLock { $0.append(scratch) } }

  /// Where the lines of rows that are gone stand in the file of segment `number`.
  func goneRanges(of number: Int) throws(RunError) -> [Range<Int>] {
    let (segment, rows) = (segments[number], gone[number])
    var ranges: [Range<Int>] = []
    let scratch = takeScratch()
    defer { give(scratch) }
    var index = 0
    while index < rows.count {
      let block = rows[index].block
      guard block < segment.blocks.count else { throw segment.damage }
      let (count, base) = (segment.blocks[block].rows, segment.blocks[block].start)
      let words = try segment.columns(block, checking: [0], scratch)
      while index < rows.count, rows[index].block == block {
        let row = rows[index].row
        guard row < count else { throw segment.damage }
        let end = row + 1 < count ? base + Int(words[row + 1]) : segment.blocks[block].end
        if let last = ranges.last, last.upperBound == base + Int(words[row]) {
          ranges[ranges.count - 1] = last.lowerBound..<end
        } else {
          ranges.append(base + Int(words[row])..<end)
        }
        index += 1
      }
    }
    // Blocks stand in the file in their order.
    return ranges
  }

  // MARK: - Finding rows

  /// A row, and the place of its identity in the list that it was looked for in.
  struct Found: Sendable {
    var row: Segment.Row
    var place: Int
  }

  /// By segment: rows that stand, whose identity is one of `identities`, which are in ascending order.
  func find(_ identities: [UInt64], threads: Int) throws(RunError) -> [[Found]] {
    var set = DigestSet(count: identities.count)
    defer { set.deallocate() }
    for identity in identities { set.insert(UInt32(truncatingIfNeeded: identity >> 32)) }
    let filter = set
    let (high, low) = (StateColumns.identityColumn, StateColumns.identityColumn + 1)
    let found = try map(threads: threads) { place, scratch throws(RunError) -> (Int, [Found]) in
      let segment = segments[place.segment]
      let rows = segment.blocks[place.block].rows
      let words = try segment.columns(place.block, checking: [high, low], scratch)
      var found: [Found] = []
      let lanes = scratch.lanes
      for lane in 0..<filter.candidates(words, from: high * rows, count: rows, into: lanes) {
        let row = Int(lanes[lane])
        let first = words[high * rows + row]
        guard filter.contains(first) else { continue }
        let identity = UInt64(first) << 32 | UInt64(words[low * rows + row])
        let index = identities.firstPlace(of: identity)
        guard index < identities.count, identities[index] == identity else { continue }
        let standing = Segment.Row(block: place.block, row: row)
        if !isGone(standing, in: place.segment) { found.append(Found(row: standing, place: index)) }
      }
      return (place.segment, found)
    }
    var rows = Array(repeating: [Found](), count: segments.count)
    for (segment, part) in found { rows[segment] += part }
    return rows
  }

  func bySegment(_ parts: [(Int, [Segment.Row])]) -> [[Segment.Row]] {
    var rows = Array(repeating: [Segment.Row](), count: segments.count)
    for (segment, part) in parts { rows[segment] += part }
    return rows
  }

  // MARK: - Reading rows

  /// Rows with their lines and columns.
  struct Gathered: Sendable {
    var lines: [UInt8] = []
    var ends: [Int] = []
    /// Column c of row r stands at `r * columnCount + c`; 0 where it was not asked for, but for the check.
    var words: [UInt32] = []
    var columnCount = 0
    /// By row: the fields in which it differs from the row that it takes the place of, or that takes its place; empty
    /// where no row has one.
    var changed: [FieldSet] = []

    /// The fields in which the line of a row differs from that of a row of `other`; both have the cells of `fields`.
    func differing(_ row: Int, _ other: Gathered, _ otherRow: Int, _ fields: [Int]) -> FieldSet {
      FieldSet(
        differing: lines.span.extracting(line(row)), other.lines.span.extracting(other.line(otherRow)), fields: fields)
    }

    /// True where a rule that looks at `fields` may say something else of the row, or of others for its sake.
    func mayReach(_ row: Int, _ fields: FieldSet) -> Bool { changed.isEmpty || changed[row].intersects(fields) }

    func line(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }
  }

  /// Reads rows of one block, which are in ascending order, into `output`, with some of their columns, which are to be
  /// checked later; nil: without.
  func gather(
    _ rows: ArraySlice<Segment.Row>, of place: Place, into output: inout Gathered, columns: [Int]?
  ) throws(RunError) {
    let scratch = takeScratch()
    defer { give(scratch) }
    try segments[place.segment].read(rows, of: place.block, columns: columns, into: &output, scratch)
  }

  /// Checks the columns of the blocks of `rows` that were not checked before.
  func check(_ rows: [[Segment.Row]], columns: [Int]) throws(RunError) {
    let scratch = takeScratch()
    defer { give(scratch) }
    for (segment, rows) in rows.enumerated() {
      var last = -1
      for row in rows where row.block != last {
        last = row.block
        try segments[segment].check(last, columns, scratch)
      }
    }
  }

  /// Reads `rows` of segment `segment`, with some of their columns.
  func gather(
    _ rows: [Segment.Row], of segment: Int, columns: [Int], threads: Int
  ) throws(RunError) -> [Gathered] {
    var stretches: [Range<Int>] = []
    var start = 0
    for index in rows.indices where index + 1 == rows.count || rows[index + 1].block != rows[index].block {
      stretches.append(start..<index + 1)
      start = index + 1
    }
    return try Team(threads: threads, pieces: stretches.count).map(stretches.count) { number throws(RunError) in
      var output = Gathered()
      let part = rows[stretches[number]]
      guard let first = part.first else { return output }
      try gather(part, of: Place(segment: segment, block: first.block), into: &output, columns: columns)
      return output
    }
  }
}

extension Array {
  /// Room for `more` elements; grows by doubling, as `append` does.
  mutating func reserveRoom(_ more: Int) {
    if count + more > capacity { reserveCapacity(Swift.max(count + more, capacity * 2)) }
  }
}

extension Array where Element: Comparable {
  /// True when the array, which is in ascending order, holds `element`.
  func holds(_ element: Element) -> Bool {
    let place = firstPlace(of: element)
    return place < count && self[place] == element
  }

  /// The first place, in ascending order, of what does not come before `element`.
  func firstPlace(of element: Element) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
