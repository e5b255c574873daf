/// Gives names and types to an expression; collects every mistake in it.
struct ExpressionChecker {
  /// Where an expression stands, which decides about aggregates.
  enum Place {
    /// Over one row or a pair of rows: no aggregates.
    case row
    /// Over a group: aggregates, and otherwise only what the rows were grouped by.
    case group(by: [Expression])
    /// Over a candidate, or with aggregates over the candidates that were folded by these keys.
    case folded(by: [Expression])
  }

  /// An expression and what it yields.
  struct Typed {
    var expression: Expression
    var type: ValueType
    var offset: Int
    /// True for a value known when the job is read by way of a parameter: two of them may be compared.
    var isParameter = false

    var isLiteral: Bool {
      if case .literal = expression { true } else { false }
    }
  }

  /// A definition that is being written out, and what its arguments stand for.
  struct Frame {
    var definition: ExpressionNames.Definition
    var arguments: [String: Argument] = [:]
  }

  /// An argument keeps the rows and names of the place where it was written.
  struct Argument {
    var syntax: ExpressionSyntax
    var frames: [Frame]
    var scope: ExpressionScope
  }

  /// An expression with so many mistakes is not looked at any further.
  private static let problemCountMax = 20
  static let lookupDepthMax = 4

  var scope: ExpressionScope
  let names: ExpressionNames
  let place: Place
  var frames: [Frame] = []
  private var depth = 0
  var isInsideAggregate = false
  /// Sources and views that were looked up and of which nothing is part of the job.
  var absent: [String] = []
  /// Sources and views of which `loaded()` says that they are part of the job.
  var loaded: [Int] = []
  /// Fields of the candidate outside of aggregates, with the place of the first.
  private var bareFields: [FieldReference: (offset: Int, text: JobText?, name: String)] = [:]
  private(set) var problems: [ExpressionProblem] = []

  init(scope: ExpressionScope, names: ExpressionNames = ExpressionNames(), place: Place = .row) {
    self.scope = scope
    self.names = names
    self.place = place
  }

  /// The condition after `key:`, or nil when it has mistakes.
  mutating func condition(_ syntax: ExpressionSyntax, key: String) -> Expression? {
    guard let typed = check(syntax) else { return nil }
    guard typed.type == .boolean else {
      report(typed.offset, "\(key) needs a condition that is true or false; this is \(typed.type.phrase)")
      return nil
    }
    reportUngrouped(typed.expression)
    return problems.isEmpty ? typed.expression : nil
  }

  /// A value, or nil when it has mistakes.
  mutating func value(_ syntax: ExpressionSyntax) -> Typed? {
    guard let typed = check(syntax) else { return nil }
    guard isValue(typed) else { return nil }
    reportUngrouped(typed.expression)
    return problems.isEmpty ? typed : nil
  }

  // MARK: Nodes

  mutating func check(_ syntax: ExpressionSyntax) -> Typed? {
    guard problems.count < Self.problemCountMax else { return nil }
    guard mayGoOn(at: syntax.offset) else { return nil }
    depth += 1
    defer { depth -= 1 }
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
      return conditions(terms, joinedBy: "and").map { typed(.conjunction($0), .boolean) }
    case .or(let terms):
      return conditions(terms, joinedBy: "or").map { typed(.disjunction($0), .boolean) }
    case .not(let term):
      return conditions([term], joinedBy: "not").map { typed(.negation($0[0]), .boolean) }
    case .test(let operand, let test, let negated):
      return self.test(operand, test).map { typed(.test($0, test, negated: negated), .boolean) }
    case .shift(let operand, let amount, let unit):
      return shift(operand, amount, unit, at: offset)
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
    case .arithmetic(let sign, let left, let right):
      return arithmetic(sign, left, right, at: offset)
    case .call(let function, let arguments):
      return call(function, arguments, at: offset)
    case .lookup(let lookup):
      return self.lookup(lookup, at: offset)
    case .memberIsActive(let day):
      return memberIsActive(on: day, at: offset)
    }
  }

  /// False, with a report, where definitions make the expression too deep or too large.
  private mutating func mayGoOn(at offset: Int) -> Bool {
    guard !frames.isEmpty else { return true }
    guard depth < ExpressionParser.depthMax else {
      report(
        offset, "the expression is nested more than \(ExpressionParser.depthMax) deep with its definitions written out")
      return false
    }
    guard names.budget.left > 0 else {
      report(offset, "the definitions of this job stand for too many parts when they are written out; use fewer")
      return false
    }
    names.budget.left -= 1
    return true
  }

  private mutating func name(qualifier: String?, field: String, at offset: Int) -> Typed? {
    if qualifier == nil {
      if let argument = frames.last?.arguments[field] { return written(argument, at: offset) }
      if let definition = names.definition(field) {
        return expand(definition, arguments: [], at: offset)
      }
      if let literal = names.parameters[field] {
        return Typed(expression: .literal(literal), type: literal.type, offset: offset, isParameter: true)
      }
      if isInsideAggregate == false, let value = lineValue(field, at: offset) { return value }
    }
    let reference: FieldReference
    do {
      reference = try scope.resolve(qualifier: qualifier, field: field, at: offset)
    } catch {
      if qualifier == nil, ExpressionNames.caseValues.contains(field) { return caseValue(field, at: offset) }
      var problem = error
      if qualifier == nil, !names.defined.isEmpty, error.message.hasPrefix("unknown field") {
        let spelling = Spelling(names.defined)
        if !error.message.contains("did you mean") {
          problem.message = problem.message.replacingFirst("; ", with: spelling.suggestion(for: field) + "; ")
        }
        problem.message += "; defined names: \(spelling.list)"
      }
      append(problem)
      return nil
    }
    if case .group = place, !isInsideAggregate {
      report(offset, "'\(field)' differs within a group; use a field of by:, or count(), sum(), min(), max() of it")
      return nil
    }
    if !isInsideAggregate, bareFields[reference] == nil {
      bareFields[reference] = (offset, frames.last?.definition.text, field)
    }
    let type = scope.field(reference).type.valueType
    return Typed(expression: .field(reference, type), type: type, offset: offset)
  }

  /// `line_count` and `line_sum`, where a flag has lines; a field of this name comes first.
  private func lineValue(_ name: String, at offset: Int) -> Typed? {
    guard names.hasLines, ExpressionNames.lineValues.contains(name),
      !scope.sides.contains(where: { scope.table($0)?.indices[name] != nil })
    else { return nil }
    return name == "line_count"
      ? Typed(expression: .lines(.count), type: .number, offset: offset)
      : Typed(expression: .lines(.sum), type: .money, offset: offset)
  }

  /// In an expression with aggregates, every other field must be one that the candidates were folded by.
  private mutating func reportUngrouped(_ expression: Expression) {
    guard case .folded(let keys) = place, expression.isAboutGroup else { return }
    guard let reference = expression.firstField(outside: keys), let field = bareFields[reference] else { return }
    problems.append(
      ExpressionProblem(
        offset: field.offset,
        message: "'\(field.name)' differs within a flag; use what the flags are folded by, or count(), sum(), min(), "
          + "max() of it", text: field.text))
  }

  /// The typed form of what the rows were grouped by, which has one value in a group.
  private func groupedBy(_ syntax: ExpressionSyntax) -> Typed? {
    guard case .group(let keys) = place, !isInsideAggregate else { return nil }
    switch syntax.kind {
    case .name, .month, .year, .age, .shift: break
    default: return nil
    }
    var checker = ExpressionChecker(scope: scope, names: names)
    checker.frames = frames
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
    if case .literal(let a) = left.expression, case .literal(let b) = right.expression {
      return .constant(comparison.holds(a, b))
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
    if typedSubject.isLiteral { return .constant(members.contains(typedSubject.expression)) }
    return .isIn(typedSubject.expression, members)
  }

  private mutating func conditions(_ terms: [ExpressionSyntax], joinedBy word: String) -> [Expression]? {
    var conditions: [Expression] = []
    var asked: [String] = []
    var isDecided = false
    for term in terms {
      let (checked, absent) = part(term)
      asked += absent
      guard let typed = checked else { continue }
      guard typed.type == .boolean else {
        report(typed.offset, "\(word) needs conditions that are true or false; this is \(typed.type.phrase)")
        continue
      }
      if absent.isEmpty, typed.expression == .constant(word == "or") { isDecided = true }
      conditions.append(typed.expression)
    }
    // What one term decides when the job is read asks nothing of the others.
    if !isDecided { ask(asked) }
    return conditions.count == terms.count ? conditions : nil
  }

  private mutating func test(_ operand: ExpressionSyntax, _ test: ValueTest) -> Expression? {
    guard let typed = check(operand) else { return nil }
    switch typed.expression {
    case .field: return typed.expression
    case .lookup, .call, .missing:
      if test == .empty, isValue(typed) { return typed.expression }
    default: break
    }
    report(typed.offset, "is \(test.rawValue) asks about a field; this is \(typed.type.phrase)")
    return nil
  }

  mutating func operand(_ syntax: ExpressionSyntax, of name: String, types: [ValueType]) -> Typed? {
    guard let typed = check(syntax) else { return nil }
    guard types.contains(typed.type) else {
      let wanted = types.map(\.phrase).joined(separator: " or ")
      report(typed.offset, "\(name) needs \(wanted); this is \(typed.type.phrase)")
      return nil
    }
    return typed
  }

  private mutating func aggregate(_ aggregate: Aggregate, _ operand: ExpressionSyntax?, at offset: Int) -> Typed? {
    if case .row = place {
      report(offset, "count(), sum(), min(), max() stand only in having: and evidence: of a rule of kind aggregate")
      return nil
    }
    guard !isInsideAggregate else {
      report(offset, "count(), sum(), min(), max() cannot stand inside each other")
      return nil
    }
    guard scope.lookups.isEmpty else {
      report(offset, "\(aggregate.name) goes over the rows of a flag and cannot stand inside a lookup")
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

  // MARK: Absent sources

  /// A part by itself, and the absent sources that it asks; they count for the whole only by `ask`.
  mutating func part(_ syntax: ExpressionSyntax) -> (typed: Typed?, absent: [String]) {
    let outer = absent
    absent = []
    defer { absent = outer }
    let typed = check(syntax)
    return (typed, absent)
  }

  mutating func ask(_ sources: [String]) {
    for source in sources where !absent.contains(source) { absent.append(source) }
  }

  // MARK: Definitions

  /// What a definition stands for, with its mistakes at their own place.
  mutating func expand(
    _ definition: ExpressionNames.Definition, arguments: [ExpressionSyntax], at offset: Int
  ) -> Typed? {
    if frames.contains(where: { $0.definition.text == definition.text }) {
      let path = (frames.map(\.definition.name) + [definition.name]).joined(separator: " → ")
      report(
        offset,
        "'\(definition.name)' is defined by itself (\(path)); a field of this name is written with its source, "
          + "as in source.\(definition.name)")
      return nil
    }
    guard arguments.count == definition.parameters.count else {
      let form = definition.parameters.isEmpty ? "" : "(\(definition.parameters.joined(separator: ", ")))"
      report(
        offset,
        "'\(definition.name)' is used as \(definition.name)\(form), with \(definition.parameters.count) "
          + "\(definition.parameters.count == 1 ? "argument" : "arguments"); these are \(arguments.count)")
      return nil
    }
    guard let syntax = definition.syntax else { return nil }
    var frame = Frame(definition: definition)
    for (parameter, argument) in zip(definition.parameters, arguments) {
      frame.arguments[parameter] = Argument(syntax: argument, frames: frames, scope: scope)
    }
    frames.append(frame)
    defer { frames.removeLast() }
    guard var typed = check(syntax) else { return nil }
    typed.offset = offset
    return typed
  }

  /// An argument, over the rows of the place where it was written.
  private mutating func written(_ argument: Argument, at offset: Int) -> Typed? {
    let inner = (frames, scope)
    (frames, scope) = (argument.frames, argument.scope)
    defer { (frames, scope) = inner }
    guard var typed = check(argument.syntax) else { return nil }
    typed.offset = offset
    return typed
  }

  // MARK: Types

  mutating func isValue(_ typed: Typed) -> Bool {
    guard typed.type != .boolean else {
      report(typed.offset, "expected a value; this is a condition that is true or false")
      return false
    }
    return true
  }

  /// Reports unlike types. A literal takes the type of what it is compared with where that has a meaning.
  private mutating func areComparable(_ left: Typed, _ right: Typed, at offset: Int) -> Bool {
    if left.isLiteral, right.isLiteral, !left.isParameter, !right.isParameter {
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

  mutating func report(_ offset: Int, _ message: String) {
    append(ExpressionProblem(offset, message))
  }

  /// A mistake in the definition that is being written out, if any.
  private mutating func append(_ problem: ExpressionProblem) {
    var problem = problem
    if problem.text == nil { problem.text = frames.last?.definition.text }
    problems.append(problem)
  }
}

extension ExpressionChecker.Typed {
  /// True for a literal that can be compared with a value of `type` although its own type is another.
  func suits(_ type: ValueType) -> Bool {
    guard isLiteral else { return false }
    switch self.type {
    case .text: return [.id, .name, .account, .code, .text].contains(type)
    case .number: return type == .money || type == .number
    default: return false
    }
  }
}

extension Comparison {
  /// True when the comparison holds between two constants of one type.
  fileprivate func holds(_ left: Literal, _ right: Literal) -> Bool {
    switch (left, right) {
    case (.text(let a), .text(let b)): self == .equal ? a == b : a != b
    case (.number(let a), .number(let b)): holds(a, b)
    case (.date(let a), .date(let b)): holds(a, b)
    case (.month(let a), .month(let b)): holds(a, b)
    default: false
    }
  }

  private func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
    switch self {
    case .equal: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}

extension String {
  fileprivate func replacingFirst(_ part: String, with other: String) -> String {
    guard let start = indices.first(where: { self[$0...].hasPrefix(part) }) else { return self }
    return self[..<start] + other + self[index(start, offsetBy: part.count)...]
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
  var name: String {
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
