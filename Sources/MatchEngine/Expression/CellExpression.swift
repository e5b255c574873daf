internal import Normalizers

/// Where a cell is read from while an expression is evaluated over many lanes at once.
package enum CellSource: Hashable, Sendable {
  /// Words of the batch, from this slot on.
  case batch(slot: Int)
  /// Words of the first, the second stored row of a lane, from this word on.
  case first(word: Int)
  case second(word: Int)
}

/// A value that an expression needs, in the engine's words; two words for accounts and texts.
package indirect enum CellValue: Hashable, Sendable {
  case cell(CellSource)
  case constant(Int64, Int64)
  /// Days to months.
  case month(CellValue)
  /// Days, or months, to a year in millionths.
  case yearOfDate(CellValue)
  case yearOfMonth(CellValue)
  case shift(CellValue, amount: Int, unit: CalendarUnit)
  /// Identity number and days to whole years in millionths.
  case age(CellValue, on: CellValue)
}

/// A condition over cells, true, false or unknown.
package indirect enum CellCondition: Hashable, Sendable {
  case compare(Comparison, CellValue, CellValue)
  /// Equality of values of two words.
  case equalPairs(CellValue, CellValue, negated: Bool)
  case and([CellCondition])
  case or([CellCondition])
  case not(CellCondition)
  case test(CellValue, ValueTest, negated: Bool)
  /// Never true, never false where the value is there: a comparison that no value can meet.
  case never(CellValue)
  /// True wherever the value is there.
  case always(CellValue)
}

/// Turns typed expressions into conditions and values over cells.
package struct CellCompiler {
  package var maker: CellMaker
  /// Where the cells of a field lie; the plan made room for every field an expression uses.
  package var locate: (FieldReference) -> CellSource
  /// Where the result of an aggregate lies, within `having` and `evidence` of groups.
  package var locateAggregate: (Aggregate, Expression?) -> CellSource = { _, _ in
    preconditionFailure("aggregates stand in groups only")
  }
  /// Where a grouped expression lies, within groups; nil elsewhere.
  package var locateGrouped: (Expression) -> CellSource? = { _ in nil }

  package init(maker: CellMaker, locate: @escaping (FieldReference) -> CellSource) {
    self.maker = maker
    self.locate = locate
  }

  package func condition(_ expression: Expression) -> CellCondition {
    switch expression {
    case .compare(let comparison, let left, let right):
      return compare(comparison, left, right)
    case .isIn(let value, let choices):
      let terms = choices.map { compare(.equal, value, $0) }
      return terms.count == 1 ? terms[0] : .or(terms)
    case .and(let terms): return .and(terms.map(condition))
    case .or(let terms): return .or(terms.map(condition))
    case .not(let term): return .not(condition(term))
    case .test(let value, let test, let negated): return .test(self.value(value), test, negated: negated)
    case .field, .literal, .asOf, .month, .year, .shift, .age, .aggregate, .lookup, .arithmetic, .call, .constant,
      .missing:
      preconditionFailure("the checker lets only conditions stand here")
    }
  }

  package func value(_ expression: Expression) -> CellValue {
    if let source = locateGrouped(expression) { return .cell(source) }
    switch expression {
    case .field(let reference, _): return .cell(locate(reference))
    case .asOf: return .constant(Int64(maker.asOf.days), 0)
    case .month(let date): return .month(value(date))
    case .year(let operand):
      return operand.valueType == .month ? .yearOfMonth(value(operand)) : .yearOfDate(value(operand))
    case .shift(let date, let amount, let unit): return .shift(value(date), amount: amount, unit: unit)
    case .age(let id, let on): return .age(value(id), on: value(on))
    case .aggregate(let aggregate, let operand): return .cell(locateAggregate(aggregate, operand))
    case .literal(.date(let days)): return .constant(Int64(days), 0)
    case .literal(.month(let months)): return .constant(Int64(months), 0)
    case .literal(.number(let millionths)): return .constant(millionths, 0)
    case .literal(.text), .compare, .isIn, .and, .or, .not, .test, .lookup, .arithmetic, .call, .constant, .missing:
      preconditionFailure("the checker lets only values stand here")
    }
  }

  private func compare(_ comparison: Comparison, _ left: Expression, _ right: Expression) -> CellCondition {
    if case .literal(let literal) = right, left.valueType.isText || left.valueType == .money {
      return compare(comparison, left, with: literal)
    }
    if case .literal(let literal) = left, right.valueType.isText || right.valueType == .money {
      return compare(comparison.mirrored, right, with: literal)
    }
    if left.valueType.isWide { return .equalPairs(value(left), value(right), negated: comparison == .notEqual) }
    return .compare(comparison, value(left), value(right))
  }

  /// A field or aggregate against a constant whose form depends on the field's type.
  private func compare(_ comparison: Comparison, _ field: Expression, with literal: Literal) -> CellCondition {
    let value = value(field)
    switch literal {
    case .text(let text):
      let words = maker.words(Array(text.utf8).span, as: field.valueType.fieldType)
      guard Cell.isUsable(words.first) else { return .never(value) }
      if field.valueType.isWide {
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
