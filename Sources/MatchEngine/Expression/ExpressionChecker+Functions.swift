internal import Normalizers

/// Arithmetic, functions of values, and calls of definitions.
extension ExpressionChecker {
  mutating func shift(
    _ operand: ExpressionSyntax, _ amount: ExpressionSyntax.Amount, _ unit: CalendarUnit, at offset: Int
  ) -> Typed? {
    guard let operand = self.operand(operand, of: "+ or - with days, months or years", types: [.date, .month]) else {
      return nil
    }
    if operand.type == .month, unit == .days {
      report(operand.offset, "+ or - with days needs a date; this is a month")
      return nil
    }
    guard let amount = whole(amount) else { return nil }
    return Typed(
      expression: .shift(operand.expression, amount: amount, unit: unit), type: operand.type, offset: offset)
  }

  private mutating func whole(_ amount: ExpressionSyntax.Amount) -> Int? {
    switch amount {
    case .whole(let amount):
      return amount
    case .named(let name, let sign):
      guard let typed = check(name) else { return nil }
      guard case .literal(.number(let millionths)) = typed.expression, millionths % 1_000_000 == 0,
        (0...ExpressionParser.shiftMax).contains(Int(millionths / 1_000_000))
      else {
        report(
          name.offset,
          "days, months and years are counted by a whole number up to \(ExpressionParser.shiftMax), or a parameter "
            + "that is one; this is \(typed.isLiteral ? "another value" : typed.type.phrase)")
        return nil
      }
      return sign * Int(millionths / 1_000_000)
    }
  }

  mutating func arithmetic(
    _ sign: Arithmetic, _ left: ExpressionSyntax, _ right: ExpressionSyntax, at offset: Int
  ) -> Typed? {
    let leftOperand = check(left)
    guard let right = check(right), let left = leftOperand, isValue(left), isValue(right) else { return nil }
    guard let type = Self.type(of: sign, left, right) else {
      let hint =
        switch (sign, left.type, right.type) {
        case (.add, .date, .number), (.subtract, .date, .number): "; write a unit, as in death_date + 3 months"
        case (.add, .month, .number), (.subtract, .month, .number): "; write a unit, as in period + 1 month"
        case (.subtract, .month, .month): "; months(a, b) counts the months from a to b"
        default: ""
        }
      report(
        offset,
        "'\(sign.rawValue)' has no meaning for \(left.type.phrase) and \(right.type.phrase)\(hint)")
      return nil
    }
    if case .literal(.number(let a)) = left.expression, case .literal(.number(let b)) = right.expression {
      guard let result = Self.exact(sign, a, b) else {
        report(offset, "this number is too large, or has more than six decimals; write it out")
        return nil
      }
      return Typed(
        expression: .literal(.number(millionths: result)), type: .number, offset: offset,
        isParameter: left.isParameter || right.isParameter)
    }
    return Typed(
      expression: .arithmetic(sign, left.expression, right.expression), type: type, offset: offset)
  }

  private static func type(of sign: Arithmetic, _ left: Typed, _ right: Typed) -> ValueType? {
    switch (sign, left.type, right.type) {
    case (.add, .number, .number), (.subtract, .number, .number): .number
    case (.add, .money, .money), (.subtract, .money, .money): .money
    case (.add, .money, .number), (.subtract, .money, .number): right.isLiteral ? .money : nil
    case (.add, .number, .money), (.subtract, .number, .money): left.isLiteral ? .money : nil
    case (.subtract, .date, .date): .number
    case (.multiply, .number, .number): .number
    case (.multiply, .money, .number), (.multiply, .number, .money): .money
    case (.divide, .number, .number), (.divide, .money, .money): .number
    case (.divide, .money, .number): .money
    default: nil
    }
  }

  /// Two constants in millionths; nil where the result is none.
  private static func exact(_ sign: Arithmetic, _ a: Int64, _ b: Int64) -> Int64? {
    let one: Int64 = 1_000_000
    switch sign {
    case .add:
      let (sum, isOver) = a.addingReportingOverflow(b)
      return isOver ? nil : sum
    case .subtract:
      let (difference, isOver) = a.subtractingReportingOverflow(b)
      return isOver ? nil : difference
    case .multiply:
      let product = a.multipliedFullWidth(by: b)
      guard (-one / 2 + 1..<one / 2).contains(product.high) else { return nil }
      let (quotient, remainder) = one.dividingFullWidth(product)
      return remainder == 0 ? quotient : nil
    case .divide:
      guard b != 0 else { return nil }
      let scaled = a.multipliedFullWidth(by: one)
      guard scaled.high.magnitude < b.magnitude / 2 || (a.magnitude < UInt64(Int64.max / one)) else { return nil }
      let (quotient, remainder) = b.dividingFullWidth(scaled)
      return remainder == 0 ? quotient : nil
    }
  }

  // MARK: Calls

  mutating func call(_ name: String, _ arguments: [ExpressionSyntax], at offset: Int) -> Typed? {
    if let definition = names.definition(name) { return expand(definition, arguments: arguments, at: offset) }
    if name.lowercased() == "snapshot" { return snapshot(arguments, at: offset) }
    if name.lowercased() == "loaded" { return loaded(arguments, at: offset) }
    if name.lowercased() == ExpressionNames.percentile {
      report(offset, "percentile(value, share) stands alone in take: of rows of a view that have by:")
      return nil
    }
    guard let function = ExpressionFunction(rawValue: name.lowercased()) else {
      let spelling = Spelling(ExpressionNames.functions + names.defined)
      report(
        offset,
        "unknown function '\(name)'\(spelling.suggestion(for: name)); known functions: \(spelling.list)")
      return nil
    }
    guard function.operandCounts.contains(arguments.count) else {
      report(offset, "\(function.form) is the form of this function; here it has \(arguments.count) arguments")
      return nil
    }
    let operands =
      switch function {
      case .coalesce, .greatest, .least: alike(arguments, of: function)
      case .choose: choice(arguments)
      case .noted: noted(arguments)
      default: operands(arguments, of: function)
      }
    guard let operands else { return nil }
    var expression = Expression.call(function, operands)
    if function == .choose, expression.valueType == .boolean, case .constant(let isTrue) = operands[0] {
      expression = operands[isTrue ? 1 : 2]
    }
    return Typed(expression: expression, type: expression.valueType, offset: offset)
  }

  /// Values of one type; `unasked` is the index of one that is never wanted, whatever the rows hold.
  private mutating func alike(
    _ arguments: [ExpressionSyntax], of function: ExpressionFunction, unasked: Int? = nil
  ) -> [Expression]? {
    var operands: [Typed] = []
    for (index, argument) in arguments.enumerated() {
      let (checked, absent) = part(argument)
      if index != unasked { ask(absent) }
      guard let typed = checked, function == .choose || isValue(typed) else { continue }
      operands.append(typed)
    }
    guard operands.count == arguments.count else { return nil }
    let decisive = operands.first { !$0.isLiteral } ?? operands[0]
    for operand in operands where operand.type != decisive.type && !operand.suits(decisive.type) {
      report(
        operand.offset,
        "\(function.rawValue)() needs values of one type; this is \(operand.type.phrase), another is "
          + decisive.type.phrase)
      return nil
    }
    if function == .greatest || function == .least, !decisive.type.isOrdered {
      report(decisive.offset, "\(function.rawValue)() has no meaning for \(decisive.type.phrase)")
      return nil
    }
    return operands.map(\.expression)
  }

  private mutating func choice(_ arguments: [ExpressionSyntax]) -> [Expression]? {
    let (condition, absent) = part(arguments[0])
    ask(absent)
    var unasked: Int?
    if absent.isEmpty, case .constant(let isTrue) = condition?.expression { unasked = isTrue ? 1 : 0 }
    guard let values = alike(Array(arguments.dropFirst()), of: .choose, unasked: unasked), let condition else {
      return nil
    }
    guard condition.type == .boolean else {
      report(condition.offset, "if() needs a condition first; this is \(condition.type.phrase)")
      return nil
    }
    return [condition.expression] + values
  }

  private mutating func operands(_ arguments: [ExpressionSyntax], of function: ExpressionFunction) -> [Expression]? {
    var operands: [Expression] = []
    for argument in arguments {
      guard let typed = operand(argument, of: "\(function.rawValue)()", types: [function.operandType]) else { continue }
      if function == .names || function == .sameName || function == .defect, !typed.isFieldOrMissing {
        report(typed.offset, "\(function.rawValue)() looks at fields as they stand; this is an expression")
        continue
      }
      operands.append(typed.expression)
    }
    return operands.count == arguments.count ? operands : nil
  }

  /// An identity number and the name of a reason code.
  private mutating func noted(_ arguments: [ExpressionSyntax]) -> [Expression]? {
    guard let number = operand(arguments[0], of: "noted()", types: [.id]) else { return nil }
    guard number.isFieldOrMissing else {
      report(number.offset, "noted() looks at fields as they stand; this is an expression")
      return nil
    }
    guard case .literal(.text(let name)) = arguments[1].kind, Codes.mask(ofNote: name) != nil else {
      report(
        arguments[1].offset,
        "noted() needs a reason code of an identity number, such as 'LEGACY_ID' or 'W-ZEROED'")
      return nil
    }
    return [number.expression, .literal(.text(name))]
  }

  /// The source or view that is the only argument of a function; `otherwise` is said where it is none.
  private mutating func relation(
    _ arguments: [ExpressionSyntax], at offset: Int, otherwise message: String
  ) -> ExpressionNames.Relation? {
    guard arguments.count == 1, case .name(nil, let name) = arguments[0].kind else {
      report(offset, message)
      return nil
    }
    guard let relation = names.relation(name) else {
      reportUnknownRelation(name, at: arguments[0].offset)
      return nil
    }
    return relation
  }

  /// `snapshot(source)`: the day of the state that was delivered.
  private mutating func snapshot(_ arguments: [ExpressionSyntax], at offset: Int) -> Typed? {
    guard
      let relation = relation(arguments, at: offset, otherwise: "snapshot(source) needs the name of a source")
    else { return nil }
    let expression = relation.snapshotDate.map { Expression.literal(.date(days: $0.days)) } ?? .asOf
    return Typed(expression: expression, type: .date, offset: offset, isParameter: true)
  }

  /// `loaded(source)`: whether the source, or one of a view, is part of the job.
  private mutating func loaded(_ arguments: [ExpressionSyntax], at offset: Int) -> Typed? {
    guard
      let relation = relation(arguments, at: offset, otherwise: "loaded(source) needs the name of a source or view")
    else { return nil }
    if let index = relation.index, !loaded.contains(index) { loaded.append(index) }
    return Typed(expression: .constant(relation.index != nil), type: .boolean, offset: offset)
  }
}

extension ExpressionFunction {
  fileprivate var operandCounts: ClosedRange<Int> {
    switch self {
    case .coalesce, .greatest, .least: 2...16
    case .choose: 3...3
    case .days, .months, .names, .sameName, .noted: 2...2
    case .overlapDays: 4...4
    case .firstDay, .lastDay, .birth, .sex, .defect: 1...1
    }
  }

  /// The type of every operand, where it is one type.
  fileprivate var operandType: ValueType {
    switch self {
    case .days, .overlapDays: .date
    case .months, .firstDay, .lastDay: .month
    case .birth, .sex, .defect, .noted: .id
    case .names, .sameName: .name
    case .coalesce, .choose, .greatest, .least: .text
    }
  }

  fileprivate var form: String {
    switch self {
    case .coalesce: "coalesce(a, b, …)"
    case .greatest: "greatest(a, b, …)"
    case .least: "least(a, b, …)"
    case .choose: "if(condition, a, b)"
    case .days: "days(from, to)"
    case .months: "months(from, to)"
    case .overlapDays: "overlap_days(from, to, from, to)"
    case .firstDay: "first_day(month)"
    case .lastDay: "last_day(month)"
    case .birth: "birth(id_no)"
    case .sex: "sex(id_no)"
    case .names: "names(a, b)"
    case .sameName: "same_name(a, b)"
    case .defect: "defect(id_no)"
    case .noted: "noted(id_no, 'CODE')"
    }
  }
}

extension ExpressionChecker.Typed {
  fileprivate var isFieldOrMissing: Bool {
    switch expression {
    case .field, .missing: true
    default: false
    }
  }
}

extension Codes {
  /// The bits of a code by its name; `LEGACY_ID` stands for a number of the old 15-digit form.
  static func mask(ofNote name: String) -> UInt64? {
    if name == "LEGACY_ID" { return Codes.id15.rawValue }
    return Codes.names.firstIndex(of: name).map { 1 << UInt64($0) }
  }
}
