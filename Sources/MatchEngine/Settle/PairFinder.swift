/// Finds, for many rows at once, the held rows with equal keys for which a condition is true; one worker's own.
final class PairFinder {
  /// Where to look and what must hold.
  struct Query {
    var table: KeyTable
    /// The key's values over the outer lanes.
    var keys: [(value: CellValue, isWide: Bool)]
    /// Over the pairs.
    var condition: CellCondition?
    /// The number of the side that the found rows become.
    var side: Int
  }

  private let evaluator: CellEvaluator
  private let pairs = PairBuffer()
  private let scratch = KeyTable.Scratch(capacity: RecordBatch.capacity)
  private let lanes: FlatArray<UInt32>
  private let keys: FlatArray<Int64>
  private var sideRows: [FlatArray<UInt32>] = []
  private let laneOf: FlatArray<UInt32>

  /// Words of the widest key: sixteen fields of two words.
  private static let keyWordMax = 32

  init(_ evaluator: CellEvaluator) {
    self.evaluator = evaluator
    lanes = FlatArray(uninitialized: RecordBatch.capacity)
    laneOf = FlatArray(uninitialized: PairBuffer.capacity)
    keys = FlatArray(uninitialized: Self.keyWordMax * RecordBatch.capacity)
  }

  deinit {
    lanes.deallocate()
    laneOf.deallocate()
    keys.deallocate()
    for rows in sideRows { rows.deallocate() }
  }

  /// Pairs that hold: lanes with one side more, and for each the outer lane.
  struct Found {
    var lanes: CellEvaluator.Lanes
    var laneOf: FlatArray<UInt32>
  }

  /// Which outer lanes had no usable key, and why.
  struct KeyCounts {
    var empty = 0
    var invalid = 0
  }

  /// Calls `body` with up to 1,024 pairs at a time until all were seen; pairs of one lane come together or in
  /// consecutive calls. Rows of a key are left out for lanes of which `isSettled` says that no more are wanted.
  @discardableResult
  func forEach(
    _ query: Query, _ outer: CellEvaluator.Lanes, isSettled: ((_ lane: Int) -> Bool)? = nil, _ body: (Found) -> Void
  ) -> KeyCounts {
    var counts = KeyCounts()
    evaluator.begin()
    var columns: [Int] = []
    var firsts: [FlatArray<Int64>] = []
    for key in query.keys {
      let words = evaluator.add(key.value, isWide: key.isWide, outer)
      firsts.append(words.first)
      for word in [words.first, words.second].compactMap({ $0 }) {
        let start = columns.count * RecordBatch.capacity
        keys.copy(from: word, at: 0, to: start, count: outer.count)
        columns.append(start)
      }
    }
    var count = 0
    for lane in 0..<outer.count {
      let missing = firsts.first { !Cell.isUsable($0[lane]) }
      if let missing {
        if missing[lane] == Cell.empty { counts.empty += 1 } else { counts.invalid += 1 }
        continue
      }
      lanes[count] = UInt32(lane)
      count += 1
    }
    pairs.removeAll()
    query.table.probe(
      keys, columns: columns, lanes: lanes, laneCount: count, scratch: scratch, pairs: pairs,
      isEnough: isSettled.map { isSettled in { lane, _, _ in isSettled(lane) } },
      full: { [self] in
        judge(query, outer, body)
        pairs.removeAll()
      })
    judge(query, outer, body)
    return counts
  }

  private func judge(_ query: Query, _ outer: CellEvaluator.Lanes, _ body: (Found) -> Void) {
    guard pairs.count > 0 else { return }
    while sideRows.count < outer.sides.count + 1 { sideRows.append(FlatArray(uninitialized: PairBuffer.capacity)) }
    var inner = CellEvaluator.Lanes(count: pairs.count)
    for (number, side) in outer.sides.enumerated() {
      for pair in 0..<pairs.count { sideRows[number][pair] = side.rows[Int(pairs.lanes[pair])] }
      inner.sides.append(CellEvaluator.LaneSide(store: side.store, rows: sideRows[number]))
    }
    let rows = sideRows[outer.sides.count]
    rows.copy(from: pairs.rows, at: 0, to: 0, count: pairs.count)
    laneOf.copy(from: pairs.lanes, at: 0, to: 0, count: pairs.count)
    while inner.sides.count < query.side { inner.sides.append(inner.sides[0]) }
    if inner.sides.count == query.side {
      inner.sides.append(CellEvaluator.LaneSide(store: query.table.store, rows: rows))
    } else {
      inner.sides[query.side] = CellEvaluator.LaneSide(store: query.table.store, rows: rows)
    }
    if let condition = query.condition {
      let truth = evaluator.evaluate(condition, inner)
      var kept = 0
      for pair in 0..<inner.count where truth[pair] == 1 {
        for number in 0..<outer.sides.count { sideRows[number][kept] = sideRows[number][pair] }
        rows[kept] = rows[pair]
        laneOf[kept] = laneOf[pair]
        kept += 1
      }
      inner.count = kept
    }
    if inner.count > 0 { body(Found(lanes: inner, laneOf: laneOf)) }
  }
}
