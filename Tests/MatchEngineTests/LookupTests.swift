import MatchEngine
import Normalizers
import Testing

/// Lookups over held rows, by tables of lanes and what they must come to.
struct LookupTests {
  private static let none = Cell.empty
  private static let one: Int64 = 1_000_000

  /// Key, day, amount, code.
  private let payments = HeldRows([
    [1, 10, 100, 7], [2, 30, Cell.invalid, 7], [1, 20, 250, 8], [1, 15, Cell.empty, 7], [Cell.empty, 5, 999, 9],
    [Cell.invalid, 5, 999, 9]
  ])
  /// Keys: three rows, one row without an amount, none, no key, a damaged key.
  private let subjects = HeldRows([[1, 12], [2, 12], [3, 12], [Cell.empty, 12], [Cell.invalid, 12]])

  private static func lookup(
    _ function: LookupFunction, condition: CellCondition? = nil, operand: CellValue? = nil, order: CellValue? = nil,
    isWide: Bool = false, isHashed: Bool = false, key: CellValue, relation: Int = 0, table: Int = 0, side: Int = 2
  ) -> CellValue {
    .lookup(
      CellLookup(
        function: function, relation: relation, table: table, keys: [CellLookup.Key(value: key, isWide: false)],
        condition: condition, operand: operand, operandIsWide: isWide, operandIsHashed: isHashed, order: order,
        side: side))
  }

  private static func field(_ side: Int, _ field: Int) -> CellValue {
    .cell(.row(side: side, word: HeldRows.firstWord + field))
  }

  private func words(
    _ value: CellValue, _ lanes: CellEvaluator.Lanes, _ relations: [CellRelation], isWide: Bool = false
  ) -> [Int64] {
    let evaluator = CellEvaluator()
    evaluator.relations = relations
    evaluator.begin()
    let (first, second) = evaluator.add(value, isWide: isWide, lanes)
    return (0..<lanes.count).flatMap { lane in isWide ? [first[lane], second?[lane] ?? 0] : [first[lane]] }
  }

  @Test(
    arguments: [
      (.exists, nil, false, [1, 1, 0, 0, 0]), (.exists, nil, true, [1, 1, 0, 0, 0]),
      (.count, nil, false, [3 * one, one, 0, 0, 0]), (.count, nil, true, [2 * one, one, 0, 0, 0]),
      (.sum, 2, false, [350, none, none, none, none]), (.sum, 2, true, [250, none, none, none, none]),
      (.min, 2, false, [100, none, none, none, none]), (.max, 2, false, [250, none, none, none, none]),
      (.min, 1, true, [15, 30, none, none, none]), (.max, 1, false, [20, 30, none, none, none]),
      (.latest, 2, false, [250, Cell.invalid, none, none, none]),
      (.earliest, 2, false, [100, Cell.invalid, none, none, none]),
      (.earliest, 2, true, [none, Cell.invalid, none, none, none]),
      (.countDistinct, 3, false, [2 * one, one, 0, 0, 0]), (.countDistinct, 2, false, [2 * one, 0, 0, 0, 0])
    ] as [(LookupFunction, Int?, Bool, [Int64])])
  func findsRowsOfTheKey(function: LookupFunction, operand: Int?, isLate: Bool, expected: [Int64]) {
    payments.addTable([0])
    let lookup = Self.lookup(
      function, condition: isLate ? .compare(.greater, Self.field(2, 1), Self.field(0, 1)) : nil,
      operand: operand.map { Self.field(2, $0) }, order: Self.field(2, 1), key: Self.field(0, 0))
    #expect(words(lookup, subjects.subjects(), [payments.relation]) == expected)
  }

  @Test(arguments: [false, true])
  func rowsOfTheSameDayComeToTheSameInAnyOrder(isReversed: Bool) {
    let rows: [[Int64]] = [
      [1, 10, 5], [1, 10, 9], [1, 10, Cell.empty],  // tie, one without a value
      [2, 10, 5], [2, 10, 5],  // agree
      [3, 10, 5], [3, 10, 9], [3, 11, 4],  // a later row settles it
      [4, Cell.empty, 5],  // not in order
      [5, 10, Cell.empty], [5, 10, 6]
    ]
    let held = HeldRows(isReversed ? rows.reversed() : rows)
    held.addTable([0])
    let lanes = HeldRows([[1], [2], [3], [4], [5]])
    func latest(isHashed: Bool) -> [Int64] {
      words(
        Self.lookup(
          .latest, operand: Self.field(2, 2), order: Self.field(2, 1), isHashed: isHashed, key: Self.field(0, 0)),
        lanes.subjects(), [held.relation])
    }
    #expect(latest(isHashed: false) == [9, 5, 4, Self.none, 6])
    #expect(latest(isHashed: true) == [Self.none, 5, 4, Self.none, 6])
  }

  @Test func sumsAreExactAndEmptyBeyondTheRange() {
    let large = Int64.max - 1
    let held = HeldRows([
      [1, large], [1, 10], [1, -10], [2, large], [2, 10], [3, -large], [3, -large], [3, large], [3, 7]
    ])
    held.addTable([0])
    let lanes = HeldRows([[1], [2], [3]])
    let sum = Self.lookup(.sum, operand: Self.field(2, 1), key: Self.field(0, 0))
    #expect(words(sum, lanes.subjects(), [held.relation]) == [large, Self.none, -large + 7])
  }

  /// 3,000 rows of one key between two others: three blocks of pairs.
  @Test(
    arguments: [
      (.count, [2 * one, 3000 * one, one]), (.countDistinct, [2 * one, 10 * one, one]), (.sum, [3, 13_500, 5]),
      (.max, [2, 9, 5]), (.latest, [2, 9, 5]), (.earliest, [1, 0, 5])
    ] as [(LookupFunction, [Int64])])
  func takesMorePairsThanABlockHolds(function: LookupFunction, expected: [Int64]) {
    let rows: [[Int64]] = (0..<3000).map { [2, $0, $0 % 10] }
    let held = HeldRows([[1, 1, 1]] + rows + [[1, 2, 2], [3, 1, 5]])
    held.addTable([0])
    let lanes = HeldRows([[1], [2], [3]])
    let lookup = Self.lookup(
      function, operand: function == .count ? nil : Self.field(2, 2), order: Self.field(2, 1), key: Self.field(0, 0))
    #expect(words(lookup, lanes.subjects(), [held.relation]) == expected)
    let last = Self.lookup(
      .exists, condition: .compare(.equal, Self.field(2, 1), .constant(2999, 0)), key: Self.field(0, 0))
    #expect(words(last, lanes.subjects(), [held.relation]) == [0, 1, 0])
  }

  /// Distinct values stay exact when repeated ones are dropped on the way: 40,000 pairs, 20,000 values.
  @Test func countsManyDistinctValues() {
    let held = HeldRows((0..<40_000).map { [1, $0 % 20_000] })
    held.addTable([0])
    let lookup = Self.lookup(.countDistinct, operand: Self.field(2, 1), key: Self.field(0, 0))
    let subjects = HeldRows([[1], [1]])
    #expect(words(lookup, subjects.subjects(), [held.relation]) == [20_000 * Self.one, 20_000 * Self.one])
  }

  /// For each subject the cases of its person in which another member has the subject's code.
  @Test func nestedLookupsSeeAllRowsAround() {
    let members = HeldRows([[1, 70, 5], [1, 71, 5], [2, 70, 6], [3, 71, 5], [4, 72, 9]])  // person, case, code
    members.addTable([0])
    members.addTable([1])
    let other = CellCondition.and([
      .compare(.notEqual, Self.field(3, 0), Self.field(2, 0)), .compare(.equal, Self.field(3, 2), Self.field(0, 1))
    ])
    let inner = Self.lookup(.exists, condition: other, key: Self.field(2, 1), table: 1, side: 3)
    let outer = Self.lookup(.count, condition: .truth(inner), key: Self.field(0, 0))
    let subjects = HeldRows([[1, 6], [1, 5], [2, 5], [3, 5], [4, 9], [1, 9]])
    #expect(words(outer, subjects.subjects(), [members.relation]) == [Self.one, Self.one, Self.one, Self.one, 0, 0])
  }

  /// 1,100 rows, each of which finds 60 rows: blocks inside blocks.
  @Test func nestedLookupsKeepTheirBlocksApart() {
    let outer = HeldRows((0..<1100).map { [1 + $0 % 2, $0] })
    let inner = HeldRows((0..<60).map { [9, $0] })
    outer.addTable([0])
    inner.addTable([0])
    let deep = Self.lookup(
      .count, condition: .compare(.less, Self.field(3, 1), Self.field(2, 1)), key: .constant(9, 0), relation: 1,
      side: 3)
    let sum = Self.lookup(.sum, operand: deep, key: Self.field(0, 0))
    // Row i finds min(i, 60) rows: even i below 60 sum up to 870, odd ones to 900, 520 more of 60 each.
    let subjects = HeldRows([[1], [2]])
    let found = words(sum, subjects.subjects(), [outer.relation, inner.relation])
    #expect(found == [(870 + 520 * 60) * Self.one, (900 + 520 * 60) * Self.one])
  }

  @Test func aKeyMayBeFoundByALookup() {
    let accounts = HeldRows([[1, 10, 100], [1, 20, 200], [2, 10, 300]])
    let cards = HeldRows([[100, 1], [200, 2], [200, 3]])
    accounts.addTable([0])
    cards.addTable([0])
    let newest = Self.lookup(.latest, operand: Self.field(2, 2), order: Self.field(2, 1), key: Self.field(0, 0))
    let count = Self.lookup(.count, key: newest, relation: 1)
    let subjects = HeldRows([[1], [2], [3]])
    #expect(words(count, subjects.subjects(), [accounts.relation, cards.relation]) == [2 * Self.one, 0, 0])
  }

  @Test func keysAndValuesOfTwoWords() {
    let held = HeldRows([[5, 1, 10, 20], [5, 2, 11, 21], [5, 1, 12, 22]])
    held.addTable([0, 1], secondWords: [1])
    let lookup = CellValue.lookup(
      CellLookup(
        function: .latest, relation: 0, table: 0, keys: [CellLookup.Key(value: Self.field(0, 0), isWide: true)],
        operand: Self.field(2, 2), operandIsWide: true, order: Self.field(2, 2), side: 2))
    let subjects = HeldRows([[5, 1], [5, 2], [5, 3], [Cell.empty, 1]])
    #expect(
      words(lookup, subjects.subjects(), [held.relation], isWide: true)
        == [12, 22, 11, 21, Self.none, 0, Self.none, 0])
  }

  /// A streamed record may look up as well.
  @Test func lanesOfABatchFindRows() {
    payments.addTable([0])
    let cells = FlatArray<Int64>(repeating: Cell.empty, count: 2 * RecordBatch.capacity)
    let records = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    defer {
      cells.deallocate()
      records.deallocate()
    }
    for (lane, key) in ([2, 1, 3] as [Int64]).enumerated() {
      cells[lane] = key
      cells[RecordBatch.capacity + lane] = 18
      records[lane] = UInt32(lane)
    }
    var lanes = CellEvaluator.Lanes(count: 3)
    lanes.cells = cells
    lanes.records = records
    lanes.isWholeBatch = true
    let late = Self.lookup(
      .sum, condition: .compare(.greater, Self.field(2, 1), .cell(.batch(slot: 1))), operand: Self.field(2, 1),
      key: .cell(.batch(slot: 0)))
    #expect(words(late, lanes, [payments.relation]) == [30, 20, Self.none])
    // The same records the other way round.
    for lane in 0..<3 { records[lane] = UInt32(2 - lane) }
    lanes.isWholeBatch = false
    #expect(words(late, lanes, [payments.relation]) == [Self.none, 20, 30])
  }
}
