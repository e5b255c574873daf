internal import Normalizers

/// Turns typed expressions into conditions and values over cells.
package struct CellCompiler {
  package var maker: CellMaker
  /// Where the cells of a field lie, given the relations of the lookups around it; the plan made room for every field
  /// an expression uses.
  package var locate: (FieldReference, _ lookups: [Int]) -> CellSource
  /// Where the text of a name lies that is compared by `names` or `same_name`.
  package var locateText: (FieldReference, _ lookups: [Int]) -> CellText
  /// Relations of the lookups around the expression, from the outermost.
  package var lookups: [Int] = []
  /// The table of a relation over these fields, which are in ascending order.
  package var locateTable: (_ relation: Int, _ fields: [Int]) -> Int
  /// Where the result of an aggregate lies, within `having` and `evidence` of groups.
  package var locateAggregate: (Aggregate, Expression?) -> CellSource = { _, _ in
    preconditionFailure("aggregates stand in groups only")
  }
  /// Where the reason codes of an identity number lie.
  package var locateNote: (FieldReference, _ lookups: [Int]) -> CellSource = { _, _ in
    preconditionFailure("reason codes are kept of held rows only")
  }
  /// Where the sum and the number of the lines behind a flag lie.
  package var locateLines: (LineTotal) -> CellSource = { _ in preconditionFailure("lines stand in settled rules only") }
  /// Where a grouped expression lies, within groups; nil elsewhere.
  package var locateGrouped: (Expression) -> CellSource? = { _ in nil }

  package init(
    maker: CellMaker, locate: @escaping (FieldReference, _ lookups: [Int]) -> CellSource,
    locateText: @escaping (FieldReference, _ lookups: [Int]) -> CellText = { _, _ in
      preconditionFailure("names are compared over held rows only")
    },
    locateTable: @escaping (_ relation: Int, _ fields: [Int]) -> Int = { _, _ in
      preconditionFailure("lookups stand in settled rules only")
    }
  ) {
    self.maker = maker
    self.locate = locate
    self.locateText = locateText
    self.locateTable = locateTable
  }

  // MARK: Conditions

  package func condition(_ expression: Expression) -> CellCondition {
    switch expression {
    case .compare(let comparison, let left, let right):
      return compare(comparison, left, right)
    case .isIn(let value, let choices):
      let terms = choices.map { compare(.equal, value, $0) }
      if value.isCostly, let condition = oneOf(terms) { return condition }
      return terms.count == 1 ? terms[0] : .or(terms)
    case .and(let terms): return combine(terms, isAnd: true)
    case .or(let terms): return combine(terms, isAnd: false)
    case .not(let term): return .not(condition(term))
    case .test(let value, let test, let negated): return .test(self.value(value), test, negated: negated)
    case .constant, .missing, .lookup, .call, .field, .aggregate, .lines:
      return .truth(value(expression))
    case .literal, .asOf, .month, .year, .shift, .age, .arithmetic:
      preconditionFailure("the checker lets only conditions stand here")
    }
  }

  private func combine(_ terms: [Expression], isAnd: Bool) -> CellCondition {
    let isCostly = terms.map(\.isCostly)
    guard isCostly.contains(true) else { return isAnd ? .and(terms.map(condition)) : .or(terms.map(condition)) }
    func conditions(areCostly: Bool) -> [CellCondition] {
      zip(terms, isCostly).filter { $0.1 == areCostly }.map { condition($0.0) }
    }
    return .staged(
      CellStages(isAnd: isAnd, cheap: conditions(areCostly: false), costly: conditions(areCostly: true)))
  }

  /// Comparisons of one value with constants, made into one that asks for the value once.
  private func oneOf(_ terms: [CellCondition]) -> CellCondition? {
    var words: [Int64] = []
    var value: CellValue?
    for term in terms {
      guard case .compare(.equal, let operand, .constant(let word, _)) = term else { return nil }
      value = operand
      words.append(word)
    }
    return value.map { .isOneOf($0, words) }
  }

  private func compare(_ comparison: Comparison, _ left: Expression, _ right: Expression) -> CellCondition {
    if case .literal(let literal) = right, left.valueType.isText || left.valueType == .money, left.textType != nil {
      return compare(comparison, left, with: literal)
    }
    if case .literal(let literal) = left, right.valueType.isText || right.valueType == .money, right.textType != nil {
      return compare(comparison.mirrored, right, with: literal)
    }
    let type = left.textType ?? right.textType ?? left.valueType
    if type.isWide {
      return .equalPairs(value(left, as: type), value(right, as: type), negated: comparison == .notEqual)
    }
    if left.valueType != right.valueType, left.valueType == .money || right.valueType == .money {
      return .compare(comparison, value(left, as: .number), value(right, as: .number))
    }
    return .compare(comparison, value(left, as: type), value(right, as: type))
  }

  /// A field or aggregate against a constant whose form depends on the field's type.
  private func compare(_ comparison: Comparison, _ field: Expression, with literal: Literal) -> CellCondition {
    let type = field.textType ?? field.valueType
    let value = value(field, as: type)
    switch literal {
    case .text(let text):
      let words = maker.words(Array(text.utf8).span, as: type.fieldType)
      guard Cell.isUsable(words.first) else { return .never(value) }
      if type.isWide {
        return .equalPairs(value, .constant(words.first, words.second), negated: comparison == .notEqual)
      }
      return .compare(comparison, value, .constant(words.first, 0))
    case .number(let millionths):
      return compareMoney(comparison, value, millionths)
    case .date(let days): return .compare(comparison, value, .constant(Int64(days), 0))
    case .month(let months): return .compare(comparison, value, .constant(Int64(months), 0))
    }
  }

  /// Money is whole hundredths; a constant between two of them moves to the next one on the side that keeps the
  /// meaning.
  private func compareMoney(_ comparison: Comparison, _ value: CellValue, _ millionths: Int64) -> CellCondition {
    let perCent: Int64 = 10_000
    let floor = millionths >= 0 || millionths % perCent == 0 ? millionths / perCent : millionths / perCent - 1
    if floor * perCent == millionths { return .compare(comparison, value, .constant(floor, 0)) }
    switch comparison {
    case .equal: return .not(.always(value))
    case .notEqual: return .always(value)
    case .less, .lessOrEqual: return .compare(.lessOrEqual, value, .constant(floor, 0))
    case .greater, .greaterOrEqual: return .compare(.greater, value, .constant(floor, 0))
    }
  }

  // MARK: Values

  package func value(_ expression: Expression) -> CellValue {
    if let source = locateGrouped(expression) { return .cell(source) }
    switch expression {
    case .field(let reference, _): return .cell(locate(reference, lookups))
    case .asOf: return .constant(Int64(maker.asOf.days), 0)
    case .month(let date): return .month(value(date))
    case .year(let operand):
      return operand.valueType == .month ? .yearOfMonth(value(operand)) : .yearOfDate(value(operand))
    case .shift(let operand, let amount, let unit):
      if operand.valueType == .month { return .add(value(operand), Int64(amount) * (unit == .years ? 12 : 1)) }
      return .shift(value(operand), amount: amount, unit: unit)
    case .age(let id, let on): return .age(value(id), on: value(on))
    case .aggregate(let aggregate, let operand): return .cell(locateAggregate(aggregate, operand))
    case .lines(let total): return .cell(locateLines(total))
    case .literal(.date(let days)): return .constant(Int64(days), 0)
    case .literal(.month(let months)): return .constant(Int64(months), 0)
    case .literal(.number(let millionths)): return .constant(millionths, 0)
    case .literal(.text(let text)): return constant(text, as: .text)
    case .compare, .isIn, .and, .or, .not, .test: return .truth(condition(expression))
    case .constant(let value): return .constant(value ? 1 : 0, 0)
    case .missing: return .constant(Cell.empty, 0)
    case .lookup(let lookup): return .lookup(self.lookup(lookup))
    case .arithmetic(let sign, let left, let right): return arithmetic(sign, left, right)
    case .call(let function, let operands): return call(function, operands, as: expression.valueType)
    }
  }

  /// A value that stands beside others of a type: texts take the form, numbers the unit of that type.
  package func value(_ expression: Expression, as type: ValueType) -> CellValue {
    if locateGrouped(expression) == nil {
      switch expression {
      case .literal(.text(let text)) where type.isText: return constant(text, as: type)
      case .call(let function, let operands) where function == .coalesce || function == .choose:
        return call(function, operands, as: type)
      case .call(let function, let operands) where function == .greatest || function == .least:
        return call(function, operands, as: type)
      default: break
      }
    }
    switch (expression.valueType, type) {
    case (.number, .money):
      if case .literal(.number(let millionths)) = expression, millionths % 10_000 == 0 {
        return .constant(millionths / 10_000, 0)
      }
      return .function(.moneyOfNumber, [value(expression)])
    case (.money, .number): return .function(.numberOfMoney, [value(expression)])
    default: return value(expression)
    }
  }

  private func constant(_ text: String, as type: ValueType) -> CellValue {
    let words = maker.words(Array(text.utf8).span, as: type.fieldType)
    return .constant(words.first, words.second)
  }

  private func arithmetic(_ sign: Arithmetic, _ left: Expression, _ right: Expression) -> CellValue {
    let (first, second) = (left.valueType, right.valueType)
    switch sign {
    case .add, .subtract:
      if first == .date || first == .month {
        guard sign == .subtract else { preconditionFailure("the checker lets only a day less a day stand here") }
        return .arithmetic(.distance, value(right), value(left))
      }
      let type: ValueType = first == .money || second == .money ? .money : .number
      return .arithmetic(sign == .add ? .add : .subtract, value(left, as: type), value(right, as: type))
    case .multiply: return .arithmetic(.multiply, value(left), value(right))
    case .divide:
      let isShareOfNumber = first == .number && second == .money
      return .arithmetic(.divide, isShareOfNumber ? value(left, as: .money) : value(left), value(right))
    }
  }

  private func call(_ function: ExpressionFunction, _ operands: [Expression], as type: ValueType) -> CellValue {
    switch function {
    case .coalesce, .greatest, .least:
      let type = Self.type(of: operands, within: type)
      let cellFunction: CellFunction =
        switch function {
        case .greatest: .greatest
        case .least: .least
        default: .coalesce
        }
      return .function(cellFunction, operands.map { value($0, as: type) })
    case .choose:
      let type = Self.type(of: Array(operands[1...]), within: type)
      return .choose(condition(operands[0]), value(operands[1], as: type), value(operands[2], as: type))
    case .days, .months: return .arithmetic(.distance, value(operands[0]), value(operands[1]))
    case .overlapDays: return .function(.overlapDays, operands.map { value($0) })
    case .firstDay: return .function(.firstDay, [value(operands[0])])
    case .lastDay: return .function(.lastDay, [value(operands[0])])
    case .birth: return .function(.birth, [value(operands[0])])
    case .sex: return .sex(value(operands[0]), male: code("男"), female: code("女"))
    case .defect, .noted:
      guard case .field(let reference, _) = operands[0] else { return .constant(Cell.empty, 0) }
      let notes = locateNote(reference, lookups)
      if function == .defect { return .defect(notes, codes: Codes.names.map(code)) }
      guard case .literal(.text(let name)) = operands[1] else { preconditionFailure("the checker lets only names") }
      return .noted(notes, mask: Codes.mask(ofNote: name) ?? 0)
    case .names:
      let (left, right) = (text(operands[0]), text(operands[1]))
      guard let left, let right else { return .constant(Cell.empty, 0) }
      return .nameVerdict(left, right, codes: NameVerdict.allCases.map { code($0.rawValue) })
    case .sameName:
      let (left, right) = (text(operands[0]), text(operands[1]))
      guard let left, let right else { return .constant(Cell.empty, 0) }
      return .isSameName(left, right)
    }
  }

  /// The type in which operands that are to be alike are made: texts that are fields say it, else what is asked for.
  private static func type(of operands: [Expression], within type: ValueType) -> ValueType {
    if let text = operands.lazy.compactMap(\.textType).first(where: \.isText) { return text }
    if operands.contains(where: { $0.valueType == .money }) { return type == .number ? .number : .money }
    return type
  }

  private func code(_ text: String) -> Int64 { maker.words(Array(text.utf8).span, as: .code).first }

  /// Where a name's text lies; nil where the field is missing.
  private func text(_ expression: Expression) -> CellText? {
    switch expression {
    case .field(let reference, _): return locateText(reference, lookups)
    case .missing: return nil
    default: preconditionFailure("the checker lets only fields stand in names and same_name")
    }
  }

  private func lookup(_ lookup: Lookup) -> CellLookup {
    let keys = lookup.keys.sorted { $0.field < $1.field }
    var inner = self
    inner.lookups = lookups.prefix(lookup.level) + [lookup.relation]
    let operandType = lookup.operand?.textType ?? lookup.operand?.valueType ?? .number
    return CellLookup(
      function: lookup.function, relation: lookup.relation,
      table: locateTable(lookup.relation, keys.map(\.field)),
      keys: keys.map { CellLookup.Key(value: value($0.value), isWide: $0.value.valueType.isWide) },
      condition: lookup.condition.map { inner.condition($0) },
      operand: lookup.operand.map { inner.value($0, as: operandType) },
      operandIsWide: operandType.isWide, operandIsHashed: operandType.isHashed,
      order: lookup.order.map { inner.value($0) },
      side: 2 + lookup.level)
  }
}

extension Expression {
  /// Worth asking only where nothing cheaper decides: lookups and verdicts on names.
  fileprivate var isCostly: Bool {
    switch self {
    case .lookup, .call(.names, _), .call(.sameName, _): true
    default: children.contains(where: \.isCostly)
    }
  }

  /// The type as far as it is settled: a text that stands in the rule takes the type of what it stands beside.
  fileprivate var textType: ValueType? {
    switch self {
    case .literal(.text): nil
    case .call(.coalesce, let operands), .call(.greatest, let operands), .call(.least, let operands):
      operands.lazy.compactMap(\.textType).first
    case .call(.choose, let operands): operands.dropFirst().lazy.compactMap(\.textType).first
    default: valueType
    }
  }
}

extension Comparison {
  /// The same comparison with its sides exchanged.
  var mirrored: Comparison {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

extension ValueType {
  /// Compared with text literals, by equality.
  var isText: Bool {
    switch self {
    case .id, .name, .account, .text, .code: true
    case .date, .month, .money, .number, .boolean: false
    }
  }

  /// Two words.
  var isWide: Bool { self == .account || self == .text }

  /// Words are seeded hashes: equal or not, but in no order.
  var isHashed: Bool { self == .name || self == .text || self == .code }

  /// The field type whose normaliser makes values of this type.
  var fieldType: FieldType {
    switch self {
    case .id: .residentID
    case .name: .personName
    case .account: .account
    case .date: .date
    case .month: .month
    case .money: .money
    case .text: .text
    case .code: .code
    case .number, .boolean: .number
    }
  }
}
