/// Finds the rows of a delivery in the one before, by the marks of their text; one worker's own.
///
/// Both are walked side by side. Where they part for more than a few rows, the place is sought anew by an anchor.
struct RowMatcher {
  private let list: RowList
  private let reader: MarkReader
  /// The rows of the list from number `start` on.
  private var window = Window()
  private var start = 0
  /// A block around an anchor.
  private var beside = Window()
  /// The number in the list of the next row.
  private var next = 0
  private var isAligned = false
  /// Rows since the last one that was found.
  private var misses = 0
  /// Anchors that led nowhere since the stretch began.
  private var vain = 0
  private static let missLimit = 16
  private static let vainLimit = 8
  /// How far both sides may be apart where some rows came or went.
  private static let reach = 8
  /// Rows in front of an anchor that may be found by it.
  private static let back = 1024

  init(_ list: RowList) {
    self.list = list
    reader = MarkReader(list)
  }

  func deallocate() {
    window.deallocate()
    beside.deallocate()
    reader.deallocate()
  }

  /// Begins with a stretch of the delivery that other rows came before.
  mutating func begin(order: UInt64) {
    next = list.number(ofOrder: order)
    (isAligned, misses, vain) = (true, 0, 0)
  }

  /// The place of a row of the list that was found last.
  @inline(__always)
  func place(_ number: Int) -> RowPlace { RowPlace(number: window.places[number - start]) }

  /// How many rows from `number` on stand one after the other, at most `most`, which were found last.
  @inline(__always)
  func runLength(_ number: Int, most: Int) -> Int {
    let places = window.places.span(from: number - start, count: most)
    var length = 1
    while length < most, places[length] == places[0] &+ UInt64(length) { length += 1 }
    return length
  }

  /// Puts the number in the list of each row into `places`, -1 where it is not in it; `marks` are those of `rows`.
  ///
  /// Ends early when the list has to be read further: returns the row to go on with.
  mutating func find(
    _ marks: FlatArray<UInt64>, _ rows: Range<Int>, into places: FlatArray<Int>
  ) throws(RunError) -> Int {
    var row = rows.lowerBound
    while row < rows.upperBound {
      if !isAligned {
        guard let anchor = try anchor(marks, rows, row) else {
          places[row] = -1
          row += 1
          continue
        }
        // Rows found so far are in the window, which is about to move.
        if row > rows.lowerBound, !holds(anchor) { return row }
        try load(anchor, back: Self.back)
        var first = row
        var place = anchor
        while first > rows.lowerBound, places[first - 1] < 0, place > start,
          RowMark.isSame(mark(place - 1), marks[first - 1])
        {
          first -= 1
          place -= 1
          places[first] = place
        }
        next = anchor
        (isAligned, misses) = (true, 0)
      }
      if !holds(next) {
        if row > rows.lowerBound { return row }
        try load(next)
      }
      let length = min(rows.upperBound - row, start + window.count - next)
      var same = 0
      while same < length, RowMark.isSame(mark(next + same), marks[row + same]) {
        places[row + same] = next + same
        same += 1
      }
      row += same
      next += same
      if same > 0 { misses = 0 }
      if row == rows.upperBound { break }
      if next < list.count, !holds(next) { continue }
      if let (more, other) = nearby(marks, row, rows.upperBound) {
        for index in row..<row + other { places[index] = -1 }
        row += other
        next += more
        continue
      }
      places[row] = -1
      row += 1
      next = min(next + 1, list.count)
      misses += 1
      if misses > Self.missLimit { isAligned = false }
    }
    return row
  }

  /// No mark of a delivery has its lowest bit set, so this is the mark of none.
  private static let noMark: UInt64 = 1

  /// The mark of a row of the list; that of no row outside of the window.
  @inline(__always)
  func mark(_ place: Int) -> UInt64 {
    place < start + window.count ? window.marks[place - start] : Self.noMark
  }

  /// How many rows of either side to leave out so that both go on alike; nil: not few.
  private func nearby(_ marks: FlatArray<UInt64>, _ row: Int, _ end: Int) -> (Int, Int)? {
    for distance in 1...Self.reach {
      if RowMark.isSame(mark(next + distance), marks[row]) { return (distance, 0) }
      if row + distance < end, RowMark.isSame(mark(next), marks[row + distance]) { return (0, distance) }
    }
    return nil
  }

  /// The place of a row whose mark is that of an anchor, if a row beside it stands beside it there, too.
  private mutating func anchor(_ marks: FlatArray<UInt64>, _ rows: Range<Int>, _ row: Int) throws(RunError) -> Int? {
    guard RowMark.isAnchor(marks[row]), vain < Self.vainLimit, let place = list.anchor(marks[row]) else { return nil }
    let block = list.block(at: place)
    let first = list.blocks[block].first
    beside.removeAll()
    try reader.read(block, into: &beside)
    let at = place - first
    if row + 1 < rows.upperBound, at + 1 < beside.count, RowMark.isSame(beside.marks[at + 1], marks[row + 1]) {
      return place
    }
    if row > rows.lowerBound, at > 0, RowMark.isSame(beside.marks[at - 1], marks[row - 1]) { return place }
    vain += 1
    return nil
  }

  /// True where the window reaches from the place as far as rows are compared, or to the end of the list.
  @inline(__always)
  private func holds(_ place: Int) -> Bool {
    guard window.count > 0, place >= start else { return place >= list.count }
    return place + Self.reach < start + window.count || start + window.count == list.count
  }

  /// Reads the list from a place on, and `back` rows before it.
  private mutating func load(_ place: Int, back: Int = 0) throws(RunError) {
    if holds(place) { return }
    let first = max(0, place - back)
    let end = start + window.count
    var block: Int
    if window.count > 0, first >= start, first <= end, end < list.count {
      // Goes on where it ends; what lies behind is needed no more.
      window.removeFirst(first - start)
      start = first
      block = list.block(at: end)
    } else {
      window.removeAll()
      block = list.block(at: first)
      start = list.blocks[block].first
    }
    while block < list.blocks.count, !holds(place) {
      try reader.read(block, into: &window)
      block += 1
    }
  }
}

extension RowMatcher {
  /// Rows of the list one after the other: where they stand, and their marks.
  struct Window {
    private(set) var places = FlatArray<UInt64>(uninitialized: 1 << 14)
    private(set) var marks = FlatArray<UInt64>(uninitialized: 1 << 14)
    private(set) var count = 0

    func deallocate() {
      places.deallocate()
      marks.deallocate()
    }

    mutating func removeAll() { count = 0 }

    mutating func removeFirst(_ length: Int) {
      count -= length
      places.move(from: length, to: 0, count: count)
      marks.move(from: length, to: 0, count: count)
    }

    /// Makes room for `more` rows behind the others, which are the caller's to set; returns the number of the first.
    mutating func add(_ more: Int) -> Int {
      let first = count
      if count + more > places.count {
        let size = max(places.count * 2, count + more)
        places = Self.enlarged(places, to: size, keeping: count)
        marks = Self.enlarged(marks, to: size, keeping: count)
      }
      count += more
      return first
    }

    private static func enlarged(_ array: FlatArray<UInt64>, to size: Int, keeping kept: Int) -> FlatArray<UInt64> {
      let larger = FlatArray<UInt64>(uninitialized: size)
      larger.copy(from: array, at: 0, to: 0, count: kept)
      array.deallocate()
      return larger
    }
  }

  /// Reads blocks of the list with the marks of their rows, which stand in columns of the segments.
  final class MarkReader {
    private let list: RowList
    private var room = RowList.RunRoom()
    /// By segment: the block that was read last, and its columns.
    private var last: [(block: Int, scratch: RowScratch, words: FlatArray<UInt32>?)]

    init(_ list: RowList) {
      self.list = list
      last = list.rows.segments.map { _ in (-1, RowScratch(), nil) }
    }

    func deallocate() { room.deallocate() }

    /// Reads all of block `number` behind the rows of `window`.
    func read(_ number: Int, into window: inout Window) throws(RunError) {
      var at = window.add(list.blocks[number].count)
      let (places, marks) = (window.places, window.marks)
      try list.readRuns(number, &room) { place, count throws(RunError) in
        try read(place, count, places, marks, at)
        at += count
      }
    }

    private func read(
      _ place: RowPlace, _ count: Int, _ places: FlatArray<UInt64>, _ marks: FlatArray<UInt64>, _ at: Int
    ) throws(RunError) {
      let (segment, block) = (list.rows.segments[place.segment], place.segmentRow.block)
      guard block < segment.blocks.count, place.row + count <= segment.blocks[block].rows else { throw segment.damage }
      let markColumn = StateColumns.markColumn(of: segment.entry.columns)
      let words: FlatArray<UInt32>
      if let known = last[place.segment].words, last[place.segment].block == block {
        words = known
      } else {
        words = try segment.columns(block, checking: [markColumn, markColumn + 1], last[place.segment].scratch)
        (last[place.segment].block, last[place.segment].words) = (block, words)
      }
      let rows = segment.blocks[block].rows
      let high = words.span(from: markColumn * rows + place.row, count: count)
      let low = words.span(from: (markColumn + 1) * rows + place.row, count: count)
      for row in 0..<count {
        marks[at + row] = UInt64(high[row]) << 32 | UInt64(low[row])
        places[at + row] = place.number &+ UInt64(row)
      }
    }
  }
}
