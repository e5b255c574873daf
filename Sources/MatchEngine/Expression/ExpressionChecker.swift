/// Gives names and types to an expression; collects every mistake in it.
struct ExpressionChecker {
  /// Where an expression stands, which decides about aggregates.
  enum Place {
    /// Over one row or a pair of rows: no aggregates.
    case row
    /// Over a group: aggregates, and otherwise only what the rows were grouped by.
    case group(by: [Expression])
  }

  /// An expression and what it yields.
  struct Typed {
    var expression: Expression
    var type: ValueType
    var offset: Int

    var isLiteral: Bool {
      if case .literal = expression { true } else { false }
    }
  }

  /// An expression with so many mistakes is not looked at any further.
  private static let problemCountMax = 20

  private let scope: ExpressionScope
  private let place: Place
  private var isInsideAggregate = false
  private(set) var problems: [ExpressionProblem] = []

  init(scope: ExpressionScope, place: Place = .row) {
    self.scope = scope
    self.place = place
  }

  /// The condition after `key:`, or nil when it has mistakes.
  mutating func condition(_ syntax: ExpressionSyntax, key: String) -> Expression? {
    guard let typed = check(syntax) else { return nil }
    guard typed.type == .boolean else {
      report(typed.offset, "\(key) needs a condition that is true or false; this is \(typed.type.phrase)")
      return nil
    }
    return problems.isEmpty ? typed.expression : nil
  }

  /// A value, or nil when it has mistakes.
  mutating func value(_ syntax: ExpressionSyntax) -> Typed? {
    guard let typed = check(syntax) else { return nil }
    guard isValue(typed) else { return nil }
    return problems.isEmpty ? typed : nil
  }

  // MARK: Nodes

  private mutating func check(_ syntax: ExpressionSyntax) -> Typed? {
    guard problems.count < Self.problemCountMax else { return nil }
    if let grouped = groupedBy(syntax) { return grouped }
    let offset = syntax.offset
    func typed(_ expression: Expression, _ type: ValueType) -> Typed {
      Typed(expression: expression, type: type, offset: offset)
    }
    switch syntax.kind {
    case .name(let qualifier, let field):
      return name(qualifier: qualifier, field: field, at: offset)
    case .literal(let literal):
      return typed(.literal(literal), literal.type)
    case .asOf:
      return typed(.asOf, .date)
    case .compare(let comparison, let left, let right):
      return compare(comparison, left, right, at: offset).map { typed($0, .boolean) }
    case .isIn(let subject, let items):
      return isIn(subject, items).map { typed($0, .boolean) }
    case .and(let terms):
      return conditions(terms, joinedBy: "and").map { typed(.and($0), .boolean) }
    case .or(let terms):
      return conditions(terms, joinedBy: "or").map { typed(.or($0), .boolean) }
    case .not(let term):
      return conditions([term], joinedBy: "not").map { typed(.not($0[0]), .boolean) }
    case .test(let operand, let test, let negated):
      return self.test(operand, test).map { typed(.test($0, test, negated: negated), .boolean) }
    case .shift(let operand, let amount, let unit):
      return self.operand(operand, of: "+ or - with days, months or years", types: [.date])
        .map { typed(.shift($0.expression, amount: amount, unit: unit), .date) }
    case .month(let operand):
      return self.operand(operand, of: "month()", types: [.date]).map { typed(.month($0.expression), .month) }
    case .year(let operand):
      return self.operand(operand, of: "year()", types: [.date, .month]).map { typed(.year($0.expression), .number) }
    case .age(let id, let on):
      let number = operand(id, of: "age()", types: [.id])
      guard let day = operand(on, of: "the second part of age()", types: [.date]), let number else { return nil }
      return typed(.age(number.expression, on: day.expression), .number)
    case .aggregate(let aggregate, let operand):
      return self.aggregate(aggregate, operand, at: offset)
    }
  }

  private mutating func name(qualifier: String?, field: String, at offset: Int) -> Typed? {
    let reference: FieldReference
    do {
      reference = try scope.resolve(qualifier: qualifier, field: field, at: offset)
    } catch {
      problems.append(error)
      return nil
    }
    if case .group = place, !isInsideAggregate {
      report(offset, "'\(field)' differs within a group; use a field of by:, or count(), sum(), min(), max() of it")
      return nil
    }
    let type = scope.field(reference).type.valueType
    return Typed(expression: .field(reference, type), type: type, offset: offset)
  }

  /// The typed form of what the rows were grouped by, which has one value in a group.
  private func groupedBy(_ syntax: ExpressionSyntax) -> Typed? {
    guard case .group(let keys) = place, !isInsideAggregate else { return nil }
    switch syntax.kind {
    case .name, .month, .year, .age, .shift: break
    default: return nil
    }
    var checker = ExpressionChecker(scope: scope)
    guard let typed = checker.check(syntax), checker.problems.isEmpty, keys.contains(typed.expression) else {
      return nil
    }
    return typed
  }

  private mutating func compare(
    _ comparison: Comparison, _ left: ExpressionSyntax, _ right: ExpressionSyntax, at offset: Int
  ) -> Expression? {
    let leftOperand = check(left)
    guard let right = check(right), let left = leftOperand, isValue(left), isValue(right) else { return nil }
    guard areComparable(left, right, at: offset) else { return nil }
    let isOrder = comparison != .equal && comparison != .notEqual
    if isOrder, !left.type.isOrdered || !right.type.isOrdered {
      let type = left.isLiteral ? right.type : left.type
      report(offset, "'\(comparison.rawValue)' has no meaning for \(type.phrase); use =, <> or in (…)")
      return nil
    }
    return .compare(comparison, left.expression, right.expression)
  }

  private mutating func isIn(_ subject: ExpressionSyntax, _ items: [ExpressionSyntax]) -> Expression? {
    let typedSubject = check(subject)
    var members: [Expression] = []
    for item in items {
      guard let typed = check(item) else { continue }
      guard typed.isLiteral else {
        report(typed.offset, "in (…) holds literals only; compare two fields by =")
        continue
      }
      if let typedSubject, areComparable(typedSubject, typed, at: typed.offset) { members.append(typed.expression) }
    }
    guard let typedSubject, isValue(typedSubject), members.count == items.count else { return nil }
    return .isIn(typedSubject.expression, members)
  }

  private mutating func conditions(_ terms: [ExpressionSyntax], joinedBy word: String) -> [Expression]? {
    var conditions: [Expression] = []
    for term in terms {
      guard let typed = check(term) else { continue }
      guard typed.type == .boolean else {
        report(typed.offset, "\(word) needs conditions that are true or false; this is \(typed.type.phrase)")
        continue
      }
      conditions.append(typed.expression)
    }
    return conditions.count == terms.count ? conditions : nil
  }

  private mutating func test(_ operand: ExpressionSyntax, _ test: ValueTest) -> Expression? {
    guard let typed = check(operand) else { return nil }
    guard case .field = typed.expression else {
      report(typed.offset, "is \(test.rawValue) asks about a field; this is \(typed.type.phrase)")
      return nil
    }
    return typed.expression
  }

  private mutating func operand(_ syntax: ExpressionSyntax, of name: String, types: [ValueType]) -> Typed? {
    guard let typed = check(syntax) else { return nil }
    guard types.contains(typed.type) else {
      let wanted = types.map(\.phrase).joined(separator: " or ")
      report(typed.offset, "\(name) needs \(wanted); this is \(typed.type.phrase)")
      return nil
    }
    return typed
  }

  private mutating func aggregate(_ aggregate: Aggregate, _ operand: ExpressionSyntax?, at offset: Int) -> Typed? {
    guard case .group = place else {
      report(offset, "count(), sum(), min(), max() stand only in having: and evidence: of a rule of kind aggregate")
      return nil
    }
    guard !isInsideAggregate else {
      report(offset, "count(), sum(), min(), max() cannot stand inside each other")
      return nil
    }
    guard let operand else { return Typed(expression: .aggregate(aggregate, nil), type: .number, offset: offset) }
    isInsideAggregate = true
    defer { isInsideAggregate = false }
    guard let typed = check(operand), isValue(typed) else { return nil }
    guard typed.expression.usesField else {
      report(typed.offset, "\(aggregate.name) needs a field; a constant is the same in every row")
      return nil
    }
    let types: [ValueType]
    switch aggregate {
    case .count, .countDistinct: types = ValueType.allCases
    case .sum: types = [.money, .number]
    case .min, .max: types = [.date, .month, .money, .number]
    }
    guard types.contains(typed.type) else {
      let wanted = types.map(\.phrase).joined(separator: " or ")
      report(typed.offset, "\(aggregate.name) needs \(wanted); this is \(typed.type.phrase)")
      return nil
    }
    let isCount = aggregate == .countDistinct || aggregate == .count
    return Typed(
      expression: .aggregate(aggregate, typed.expression), type: isCount ? .number : typed.type, offset: offset)
  }

  // MARK: Types

  private mutating func isValue(_ typed: Typed) -> Bool {
    guard typed.type != .boolean else {
      report(typed.offset, "expected a value; this is a condition that is true or false")
      return false
    }
    return true
  }

  /// Reports unlike types. A literal takes the type of what it is compared with where that has a meaning.
  private mutating func areComparable(_ left: Typed, _ right: Typed, at offset: Int) -> Bool {
    if left.isLiteral, right.isLiteral {
      report(offset, "two constants are compared; one side must be a field")
      return false
    }
    if left.type == right.type || left.suits(right.type) || right.suits(left.type) { return true }
    let (literal, other) = left.isLiteral ? (left, right) : (right, left)
    var hint = ""
    if literal.isLiteral {
      switch (other.type, literal.type) {
      case (.date, .text): hint = "; a date is written without quotes, as in 2026-10-31"
      case (.month, .text): hint = "; a month is written without quotes, as in 2026-10"
      case (.money, .text), (.number, .text): hint = "; a number is written without quotes"
      case (.date, .month): hint = "; a date is written with its day, or compare month(…) with a month"
      case (.month, .date): hint = "; a month is written without a day, as in 2026-10"
      case (.id, .number), (.account, .number), (.text, .number), (.code, .number), (.name, .number):
        hint = "; put the digits in single quotes"
      default: break
      }
    }
    report(offset, "\(left.type.phrase) cannot be compared with \(right.type.phrase)\(hint)")
    return false
  }

  private mutating func report(_ offset: Int, _ message: String) {
    problems.append(ExpressionProblem(offset, message))
  }
}

extension ExpressionChecker.Typed {
  /// True for a literal that can be compared with a value of `type` although its own type is another.
  fileprivate func suits(_ type: ValueType) -> Bool {
    guard isLiteral else { return false }
    switch self.type {
    case .text: return [.id, .name, .account, .code, .text].contains(type)
    case .number: return type == .money || type == .number
    default: return false
    }
  }
}

extension Literal {
  var type: ValueType {
    switch self {
    case .text: .text
    case .number: .number
    case .date: .date
    case .month: .month
    }
  }
}

extension Aggregate {
  /// The function's name in messages.
  fileprivate var name: String {
    switch self {
    case .count: "count()"
    case .countDistinct: "count(distinct …)"
    case .sum: "sum()"
    case .min: "min()"
    case .max: "max()"
    }
  }
}

extension FieldType {
  /// The type of the field's values in expressions.
  package var valueType: ValueType {
    switch self {
    case .residentID: .id
    case .personName: .name
    case .account: .account
    case .date: .date
    case .month: .month
    case .money: .money
    case .text: .text
    case .code: .code
    case .number: .number
    }
  }
}

extension ValueType {
  /// True for types that `<` and `>` have a meaning for.
  var isOrdered: Bool {
    switch self {
    case .date, .month, .money, .number: true
    case .id, .name, .account, .text, .code, .boolean: false
    }
  }

  /// How the type is called in messages.
  var phrase: String {
    switch self {
    case .id: "an identity number"
    case .name: "a name"
    case .account: "an account number"
    case .date: "a date"
    case .month: "a month"
    case .money: "an amount of money"
    case .text: "a text"
    case .code: "a code"
    case .number: "a number"
    case .boolean: "a condition"
    }
  }
}
