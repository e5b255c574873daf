/// Which of a rule's two sources a field belongs to.
package enum Side: Hashable, Sendable {
  case subject
  case found
}

/// A field of the subject's or the found source, by its index in `Job.Source.fields`.
package struct FieldReference: Hashable, Sendable {
  package var side: Side
  package var field: Int

  package init(side: Side, field: Int) {
    self.side = side
    self.field = field
  }
}

/// What an expression yields; comparing unlike types is an error when the job is read.
package enum ValueType: String, Hashable, Sendable, CaseIterable {
  case id, name, account, date, month, money, text, code, number, boolean
}

/// A constant in an expression, already in the engine's units.
package enum Literal: Hashable, Sendable {
  /// Text between single quotes, as written.
  case text(String)
  /// A decimal number in millionths; compared with money in hundredths of a yuan after exact conversion.
  case number(millionths: Int64)
  /// Days since 1970-01-01.
  case date(days: Int32)
  /// Months since 0000-01: `year * 12 + month - 1`.
  case month(months: Int32)
}

package enum Comparison: String, Hashable, Sendable, CaseIterable {
  case equal = "="
  case notEqual = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

/// `is empty`, `is invalid`, `is valid`: the three tests that are never unknown.
package enum ValueTest: String, Hashable, Sendable, CaseIterable {
  case empty, invalid, valid
}

package enum CalendarUnit: String, Hashable, Sendable, CaseIterable {
  case days, months, years
}

package enum Aggregate: Hashable, Sendable {
  case count
  case countDistinct
  case sum
  case min
  case max
}

/// A typed expression over one row, a pair of rows, or (with aggregates) a group of rows.
///
/// Values follow SQL's three-valued logic: any comparison with an empty or invalid value is unknown; `where` and
/// `having` take only true. `and`, `or` hold two or more terms.
package indirect enum Expression: Hashable, Sendable {
  case field(FieldReference, ValueType)
  case literal(Literal)
  /// The day of the run.
  case asOf
  case compare(Comparison, Expression, Expression)
  case isIn(Expression, [Expression])
  case and([Expression])
  case or([Expression])
  case not(Expression)
  /// `x is [not] empty|invalid|valid`.
  case test(Expression, ValueTest, negated: Bool)
  /// `month(d)`: the month of a date.
  case month(Expression)
  /// `year(d)`: the year of a date or month, a number.
  case year(Expression)
  /// `d + 3 months`; months and years are clamped at the month's end. `amount` may be negative.
  case shift(Expression, amount: Int, unit: CalendarUnit)
  /// `age(id_no, on)`: whole years since the birth date inside an ID number, a number.
  case age(Expression, on: Expression)
  /// `count()` has no operand.
  case aggregate(Aggregate, Expression?)
}
