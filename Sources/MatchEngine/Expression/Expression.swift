/// Which row of a rule a field belongs to.
package enum Side: Hashable, Sendable {
  case subject
  case found
  /// The row of a lookup; lookups inside each other are numbered from the outermost, 0.
  case lookup(Int)
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
  /// A value made from the rows of another relation with equal keys.
  case lookup(Lookup)
  case arithmetic(Arithmetic, Expression, Expression)
  case call(ExpressionFunction, [Expression])
  /// True or false, known when the job is read.
  case constant(Bool)
  /// No value of this type: a field or a source that is not there.
  case missing(ValueType)
}

/// What a lookup makes of the rows it finds.
package enum LookupFunction: String, Hashable, Sendable, CaseIterable {
  case exists, count, sum, min, max, latest, earliest
  case countDistinct = "count distinct"
}

/// `exists(deaths as d by id_no where d.day <= as_of)` and its kin.
package struct Lookup: Hashable, Sendable {
  package var function: LookupFunction
  /// Index into `Job.relations`.
  package var relation: Int
  /// The number of lookups around this one; its row is `Side.lookup(level)`.
  package var level: Int
  package var keys: [LookupKey]
  package var condition: Expression?
  /// The value that is counted, summed or chosen.
  package var operand: Expression?
  /// What `latest` and `earliest` go by.
  package var order: Expression?
}

/// A field of the looked-up relation, and the value of the outer row that it must equal.
package struct LookupKey: Hashable, Sendable {
  package var field: Int
  package var value: Expression

  package init(field: Int, value: Expression) {
    self.field = field
    self.value = value
  }
}

package enum Arithmetic: String, Hashable, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
}

/// Functions of values; the raw value is the name in an expression.
package enum ExpressionFunction: String, Hashable, Sendable, CaseIterable {
  /// The first value that is there.
  case coalesce
  /// `if(condition, a, b)`
  case choose = "if"
  case greatest, least
  /// Days from the first day to the second.
  case days
  /// Months from the first month to the second.
  case months
  /// Days that two intervals share, both ends included; an empty end is open.
  case overlapDays = "overlap_days"
  case firstDay = "first_day"
  case lastDay = "last_day"
  case birth, sex
  /// The verdict on two names, a code.
  case names
  /// True for every verdict on two names but DIFFERENT.
  case sameName = "same_name"
}
