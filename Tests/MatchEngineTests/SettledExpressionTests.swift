import MatchEngine
import Normalizers
import Testing

/// Typed expressions compiled and evaluated over held rows.
struct SettledExpressionTests {
  private static let none = Cell.empty
  private static let bad = Cell.invalid
  private static let one: Int64 = 1_000_000

  private static let maker = CellMaker(asOf: CalendarDate(days: 20_000), seed: 5)

  private static func field(_ side: Side, _ field: Int, _ type: ValueType) -> Expression {
    .field(FieldReference(side: side, field: field), type)
  }

  private static func number(_ millionths: Int64) -> Expression { .literal(.number(millionths: millionths)) }
  private static func text(_ text: String) -> Expression { .literal(.text(text)) }
  private static func code(_ text: String) -> Int64 { maker.words(Array(text.utf8).span, as: .code).first }

  /// Fields lie as `HeldRows` puts them; tables are found by their fields.
  private func compiler(_ relations: [HeldRows]) -> CellCompiler {
    func side(_ side: Side) -> Int {
      switch side {
      case .subject: 0
      case .found: 1
      case .lookup(let level): 2 + level
      }
    }
    return CellCompiler(
      maker: Self.maker,
      locate: { reference, _ in .row(side: side(reference.side), word: HeldRows.firstWord + reference.field) },
      locateText: { reference, _ in CellText(side: side(reference.side), text: 0) },
      locateTable: { relation, fields in
        guard let table = relations[relation].tableFields.firstIndex(of: fields) else {
          preconditionFailure("no table over \(fields)")
        }
        return table
      })
  }

  private func words(
    _ expression: Expression, _ lanes: CellEvaluator.Lanes, _ relations: [HeldRows] = []
  ) -> [Int64] {
    let evaluator = CellEvaluator()
    evaluator.relations = relations.map(\.relation)
    evaluator.begin()
    let result = evaluator.add(
      compiler(relations).value(expression), isWide: expression.valueType == .account, lanes)
    return (0..<lanes.count).map { result.first[$0] }
  }

  private func truth(
    _ expression: Expression, _ lanes: CellEvaluator.Lanes, _ relations: [HeldRows] = []
  ) -> [UInt8] {
    let evaluator = CellEvaluator()
    evaluator.relations = relations.map(\.relation)
    let result = evaluator.evaluate(compiler(relations).condition(expression), lanes)
    return (0..<lanes.count).map { result[$0] }
  }

  // MARK: Arithmetic

  @Test(
    arguments: [
      // Numbers in millionths.
      (.add, .number, 2_500_000, .number, -1_000_000, 1_500_000),
      (.multiply, .number, 2_500_000, .number, 3_000_000, 7_500_000),
      (.multiply, .number, 1, .number, 500_000, 1), (.multiply, .number, -1, .number, 500_000, -1),
      (.multiply, .number, 1, .number, 499_999, 0), (.divide, .number, 2_000_000, .number, 3_000_000, 666_667),
      (.divide, .number, -2_000_000, .number, 3_000_000, -666_667), (.divide, .number, 1, .number, 0, none),
      // Amounts in hundredths; half a cent goes away from zero.
      (.add, .money, 101, .money, 202, 303), (.subtract, .money, 101, .money, 202, -101),
      (.multiply, .money, 333, .number, 1_500_000, 500), (.multiply, .money, -333, .number, 1_500_000, -500),
      (.multiply, .number, 1_500_000, .money, 333, 500), (.divide, .money, 1000, .number, 3_000_000, 333),
      (.divide, .money, 1, .number, 2_000_000, 1), (.divide, .money, -1, .number, 2_000_000, -1),
      (.divide, .money, 150, .money, 100, 1_500_000), (.divide, .money, 100, .money, 0, none),
      (.add, .money, 100, .number, 2_000_000, 300),
      // Days.
      (.subtract, .date, 20_010, .date, 20_000, 10_000_000), (.subtract, .date, 19_999, .date, 20_000, -1_000_000),
      (.subtract, .month, 24_310, .month, 24_300, 10_000_000),
      // Beyond a cell's range, and exact where only the product is.
      (.add, .money, Int64.max, .money, 1, none), (.multiply, .money, Int64.max, .number, 2_000_000, none),
      (.subtract, .money, Int64.min + 2, .money, 1, none), (.subtract, .money, Int64.min + 3, .money, 2, none),
      (.subtract, .money, Int64.min + 3, .money, 1, Int64.min + 2),
      (.multiply, .money, 9_000_000_000_000_000_000, .number, 1_000_000, 9_000_000_000_000_000_000),
      (.divide, .money, 9_000_000_000_000_000_000, .number, 3_000_000, 3_000_000_000_000_000_000),
      // Without a value.
      (.add, .money, none, .money, 1, none), (.add, .money, 1, .money, bad, bad), (.add, .money, bad, .money, none, bad)
    ] as [(Arithmetic, ValueType, Int64, ValueType, Int64, Int64)])
  func calculates(
    sign: Arithmetic, leftType: ValueType, left: Int64, rightType: ValueType, right: Int64, expected: Int64
  ) {
    let rows = HeldRows([[left, right]])
    let expression = Expression.arithmetic(
      sign, Self.field(.subject, 0, leftType), Self.field(.subject, 1, rightType))
    #expect(words(expression, rows.subjects()) == [expected])
  }

  @Test func amountsAndNumbersAreComparedExactly() {
    let rows = HeldRows([[100, 1_000_001], [100, 1_000_000], [100, 999_999]])
    let less = Expression.compare(.less, Self.field(.subject, 0, .money), Self.field(.subject, 1, .number))
    #expect(truth(less, rows.subjects()) == [1, 0, 0])
  }

  // MARK: Functions

  /// 2024-02-29 is day 19,782, February 2024 month 24,289.
  @Test func functionsOfDays() {
    let rows = HeldRows([[19_782, 20_000, 24_289, 24_301], [Self.none, 20_000, Self.bad, 24_301]])
    let (day, other) = (Self.field(.subject, 0, .date), Self.field(.subject, 1, .date))
    let (month, otherMonth) = (Self.field(.subject, 2, .month), Self.field(.subject, 3, .month))
    func check(_ expression: Expression, _ expected: [Int64], _ place: SourceLocation = #_sourceLocation) {
      #expect(words(expression, rows.subjects()) == expected, sourceLocation: place)
    }
    check(.call(.days, [day, other]), [218 * Self.one, Self.none])
    check(.call(.months, [month, otherMonth]), [12 * Self.one, Self.bad])
    check(.call(.firstDay, [month]), [19_754, Self.bad])
    check(.call(.lastDay, [month]), [19_782, Self.bad])
    check(.call(.coalesce, [day, other]), [19_782, 20_000])
    check(.call(.greatest, [day, other]), [20_000, 20_000])
    check(.call(.least, [day, other]), [19_782, 20_000])
    check(.call(.greatest, [month, .missing(.month)]), [24_289, Self.bad])
    check(.shift(month, amount: -2, unit: .months), [24_287, Self.bad])
    check(.shift(month, amount: 1, unit: .years), [24_301, Self.bad])
    check(.shift(day, amount: 1, unit: .years), [20_147, Self.none])
    check(.call(.choose, [.test(day, .empty, negated: false), other, day]), [19_782, 20_000])
    check(.call(.choose, [.compare(.less, day, other), .asOf, .missing(.date)]), [20_000, Self.none])
    check(.missing(.date), [Self.none, Self.none])
  }

  @Test(
    arguments: [
      ([10, 20, 15, 30], 6), ([10, 20, 20, 30], 1), ([10, 20, 21, 30], 0), ([10, none, 15, 30], 16),
      ([10, 20, 15, none], 6), ([10, none, 2_932_890, none], 7), ([none, 20, 15, 30], nil), ([10, 20, 15, bad], nil)
    ] as [([Int64], Int64?)])
  func daysThatIntervalsShare(days: [Int64], expected: Int64?) {
    let rows = HeldRows([days])
    let expression = Expression.call(.overlapDays, (0..<4).map { Self.field(.subject, $0, .date) })
    let word = words(expression, rows.subjects())[0]
    #expect(Cell.isUsable(word) == (expected != nil))
    if let expected { #expect(word == expected * Self.one) }
  }

  @Test func numbersTellBirthAndSex() {
    // 11010119900307123: born 1990-03-07, sequence 123.
    let rows = HeldRows([[11_010_119_900_307_123], [11_010_119_900_307_124], [1 << 57], [Self.bad]])
    let id = Self.field(.subject, 0, .id)
    #expect(words(.call(.birth, [id]), rows.subjects()) == [7370, 7370, Self.none, Self.bad])
    #expect(words(.call(.sex, [id]), rows.subjects()) == [Self.code("男"), Self.code("女"), Self.none, Self.bad])
    #expect(
      truth(.compare(.equal, .call(.sex, [id]), Self.text("女")), rows.subjects()) == [0, 1, 2, 2])
  }

  @Test func literalsTakeTheFormOfWhatTheyStandBeside() {
    let rows = HeldRows([[Self.code("公安"), 150], [Self.none, Self.none]])
    let origin = Self.field(.subject, 0, .code)
    let amount = Self.field(.subject, 1, .money)
    let filled = Expression.call(.coalesce, [origin, Self.text("殡葬")])
    #expect(words(filled, rows.subjects()) == [Self.code("公安"), Self.code("殡葬")])
    #expect(truth(.compare(.equal, filled, Self.text("殡葬")), rows.subjects()) == [0, 1])
    let chosen = Expression.call(
      .choose, [.test(origin, .empty, negated: false), Self.text("公安"), Self.text("殡葬")])
    #expect(truth(.compare(.notEqual, origin, chosen), rows.subjects()) == [1, 2])
    #expect(words(.call(.coalesce, [amount, Self.number(2_500_000)]), rows.subjects()) == [150, 250])
    #expect(words(.call(.least, [amount, Self.number(1_000_000)]), rows.subjects()) == [100, 100])
  }

  // MARK: Names

  @Test func verdictsOnNames() {
    let rows = HeldRows([[], [], [], []], names: ["王䶮", "阿里·买提", "王明", ""])
    let other = HeldRows([[], [], [], []], names: ["王?", "阿里•买提", "李明", "王明"])
    var lanes = rows.subjects()
    lanes.sides[1] = other.subjects().sides[0]
    let names = [Self.field(.subject, 0, .name), Self.field(.found, 0, .name)]
    let verdicts = ["PLACEHOLDER", "DOT_VARIANT", "DIFFERENT"].map(Self.code) + [Self.none]
    #expect(words(.call(.names, names), lanes) == verdicts)
    #expect(words(.call(.names, [names[1], names[0]]), lanes) == verdicts)
    #expect(truth(.call(.sameName, names), lanes) == [1, 1, 0, 2])
    #expect(truth(.compare(.equal, .call(.names, names), Self.text("DIFFERENT")), lanes) == [0, 0, 1, 2])
    let choices = ["CUT", "DOT_VARIANT"].map(Self.text)
    #expect(truth(.isIn(.call(.names, names), choices), lanes) == [0, 1, 0, 2])
    #expect(truth(.call(.sameName, [names[0], .missing(.name)]), lanes) == [2, 2, 2, 2])
  }

  // MARK: Three-valued logic

  /// Every pair of a cheap truth (a number above 5) and a costly one (names).
  @Test func costlyTermsFollowTheSameLogic() {
    let number: [Int64] = [9, 9, 9, 1, 1, 1, Self.none, Self.none, Self.none]
    let rows = HeldRows(number.map { [$0] }, names: ["王明", "李明", ""] + ["王明", "李明", ""] + ["王明", "李明", ""])
    let names = HeldRows(number.map { [$0] }, names: Array(repeating: "王明", count: 9))
    var lanes = rows.subjects()
    lanes.sides[1] = names.subjects().sides[0]
    let cheap = Expression.compare(.greater, Self.field(.subject, 0, .number), Self.number(5))
    let costly = Expression.call(.sameName, [Self.field(.subject, 0, .name), Self.field(.found, 0, .name)])
    for terms in [[cheap, costly], [costly, cheap], [costly, cheap, costly]] {
      #expect(truth(.and(terms), lanes) == [1, 0, 2, 0, 0, 0, 2, 0, 2])
      #expect(truth(.or(terms), lanes) == [1, 1, 1, 1, 0, 2, 1, 2, 2])
      #expect(truth(.not(.and(terms)), lanes) == [0, 1, 2, 1, 1, 1, 2, 1, 2])
    }
    #expect(truth(.or([.and([cheap, costly]), .constant(false)]), lanes) == [1, 0, 2, 0, 0, 0, 2, 0, 2])
  }

  // MARK: Lookups

  /// 1,024 lanes of which the cheap term leaves every other one, and the lookup every third.
  @Test func undecidedLanesGetTheirOwnResults() {
    let subjects = HeldRows((0..<1024).map { [$0, $0 % 2] })
    let relation = HeldRows((0..<1024).filter { $0 % 3 == 0 }.map { [$0, $0 + 1] })
    relation.addTable([0])
    let even = Expression.compare(.equal, Self.field(.subject, 1, .date), .literal(.date(days: 0)))
    let lookup = Expression.lookup(
      Lookup(
        function: .exists, relation: 0, level: 0,
        keys: [LookupKey(field: 0, value: Self.field(.subject, 0, .date))],
        condition: .compare(.greater, Self.field(.lookup(0), 1, .date), Self.field(.subject, 0, .date))))
    let both = truth(.and([lookup, even]), subjects.subjects(), [relation])
    #expect(both == (0..<1024).map { $0 % 6 == 0 ? 1 : 0 })
    let either = truth(.or([lookup, even]), subjects.subjects(), [relation])
    #expect(either == (0..<1024).map { $0 % 2 == 0 || $0 % 3 == 0 ? 1 : 0 })
    let next = Expression.lookup(
      Lookup(
        function: .max, relation: 0, level: 0, keys: [LookupKey(field: 0, value: Self.field(.subject, 0, .date))],
        operand: Self.field(.lookup(0), 1, .date)))
    let filled = words(.call(.coalesce, [next, Self.field(.subject, 0, .date)]), subjects.subjects(), [relation])
    #expect(filled == (0..<1024).map { $0 % 3 == 0 ? $0 + 1 : $0 })
    let chosen = words(.call(.choose, [even, next, .asOf]), subjects.subjects(), [relation])
    #expect(chosen == (0..<1024).map { $0 % 2 == 1 ? 20_000 : $0 % 3 == 0 ? $0 + 1 : Self.none })
  }

  /// Keys are brought into the order of the table's fields.
  @Test func keysOfSeveralFields() {
    let subjects = HeldRows([[1, 10], [2, 10], [1, 20], [1, Self.none]])
    let relation = HeldRows([[10, 1], [10, 1], [20, 1], [1, 10]])
    relation.addTable([0, 1])
    let count = Expression.lookup(
      Lookup(
        function: .count, relation: 0, level: 0,
        keys: [
          LookupKey(field: 1, value: Self.field(.subject, 0, .date)),
          LookupKey(field: 0, value: Self.field(.subject, 1, .date))
        ]))
    #expect(words(count, subjects.subjects(), [relation]) == [2 * Self.one, 0, Self.one, 0])
    #expect(truth(.compare(.greater, count, Self.number(Self.one)), subjects.subjects(), [relation]) == [1, 0, 0, 0])
  }
}
