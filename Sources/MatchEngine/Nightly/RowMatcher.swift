/// Finds the rows of a delivery in the one before, by the marks of their text; one worker's own.
///
/// Both are walked side by side. Where they part for more than a few rows, the place is sought anew by an anchor.
struct RowMatcher {
  private let list: RowList
  /// The rows of the list from place `start` on.
  private var window = RowListWriter.Block()
  private var start = 0
  /// The place in the list of the next row.
  private var next = 0
  private var isAligned = false
  /// Rows since the last one that was found.
  private var misses = 0
  /// Anchors that led nowhere since the stretch began.
  private var vain = 0
  private let neighbours = FlatArray<UInt32>(uninitialized: 2)

  private static let missLimit = 16
  private static let vainLimit = 8
  /// How far both sides may be apart where some rows came or went.
  private static let reach = 8
  /// Rows in front of an anchor that may be found by it.
  private static let back = 1024

  init(_ list: RowList) { self.list = list }

  func deallocate() {
    window.deallocate()
    neighbours.deallocate()
  }

  /// Begins with a stretch of the delivery that other rows came before.
  mutating func begin(order: UInt64) {
    next = list.place(ofOrder: order)
    (isAligned, misses, vain) = (true, 0, 0)
  }

  /// The rows, people and marks of the list around the places that were found last.
  var known: RowListWriter.Block { window }
  /// The place of the first of them.
  var knownStart: Int { start }

  /// Puts the place of each row into `places`, -1 where it is not in the list; `marks` are those of `rows`.
  ///
  /// Ends early when the list has to be read further: returns the row to go on with.
  mutating func find(
    _ marks: FlatArray<UInt32>, _ rows: Range<Int>, into places: FlatArray<Int>
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

  /// The mark at a place of the list; that of no row outside of the window.
  @inline(__always)
  private func mark(_ place: Int) -> UInt32 {
    place < start + window.count ? window.marks[place - start] : RowMark.never
  }

  /// How many rows of either side to leave out so that both go on alike; nil: not few.
  private func nearby(_ marks: FlatArray<UInt32>, _ row: Int, _ end: Int) -> (Int, Int)? {
    for distance in 1...Self.reach {
      if RowMark.isSame(mark(next + distance), marks[row]) { return (distance, 0) }
      if row + distance < end, RowMark.isSame(mark(next), marks[row + distance]) { return (0, distance) }
    }
    return nil
  }

  /// The place of a row whose mark is that of an anchor, if a row beside it stands beside it there, too.
  private mutating func anchor(_ marks: FlatArray<UInt32>, _ rows: Range<Int>, _ row: Int) throws(RunError) -> Int? {
    guard RowMark.isAnchor(marks[row]), vain < Self.vainLimit, let place = list.anchor(marks[row]) else { return nil }
    let block = list.blocks[list.block(at: place)]
    if row + 1 < rows.upperBound, place + 1 < block.first + block.count {
      try list.marks(place + 1..<place + 2, into: neighbours)
      if RowMark.isSame(neighbours[0], marks[row + 1]) { return place }
    }
    if row > rows.lowerBound, place > block.first {
      try list.marks(place - 1..<place, into: neighbours)
      if RowMark.isSame(neighbours[0], marks[row - 1]) { return place }
    }
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
      try list.read(block, into: &window)
      block += 1
    }
  }
}
