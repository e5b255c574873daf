import MatchEngine
import Testing

/// The job file's subset of SQL: what it means, and what it says about everything else.
struct ExpressionTests {
  private static let id = Expression.field(FieldReference(side: .subject, field: 0), .id)
  private static let name = Expression.field(FieldReference(side: .subject, field: 1), .name)
  private static let died = Expression.field(FieldReference(side: .subject, field: 2), .date)
  private static let amount = Expression.field(FieldReference(side: .subject, field: 3), .money)
  private static let paid = Expression.field(FieldReference(side: .subject, field: 4), .month)
  private static let n = Expression.field(FieldReference(side: .subject, field: 5), .number)

  private static func number(_ millionths: Int64) -> Expression { .literal(.number(millionths: millionths)) }

  private func job(where condition: String) -> String {
    twoSources + "rules:\n  T:\n    kind: condition\n    subject: feed\n    where: |-\n      \(condition)\n"
  }

  // MARK: Meaning

  static let meanings: [(String, Expression)] = [
    ("amount >= 20000", .compare(.greaterOrEqual, amount, number(20_000_000_000))),
    ("amount > -0.5", .compare(.greater, amount, number(-500_000))),
    ("n <> 1.123456", .compare(.notEqual, n, number(1_123_456))),
    ("9000000000000 = n", .compare(.equal, number(9_000_000_000_000_000_000), n)),
    ("name = 'it''s'", .compare(.equal, name, .literal(.text("it's")))),
    ("name <> ''", .compare(.notEqual, name, .literal(.text("")))),
    ("id_no = '11010519491231002X'", .compare(.equal, id, .literal(.text("11010519491231002X")))),
    ("died < 1970-01-02", .compare(.less, died, .literal(.date(days: 1)))),
    ("died <= 2000-02-29", .compare(.lessOrEqual, died, .literal(.date(days: 11_016)))),
    ("died = 1969-12-31", .compare(.equal, died, .literal(.date(days: -1)))),
    ("died = 0000-01-01", .compare(.equal, died, .literal(.date(days: -719_528)))),
    ("died = 9999-12-31", .compare(.equal, died, .literal(.date(days: 2_932_896)))),
    ("paid = 2026-10", .compare(.equal, paid, .literal(.month(months: 24_321)))),
    ("AS_OF > feed.died", .compare(.greater, .asOf, died)),
    ("died is empty", .test(died, .empty, negated: false)),
    ("died IS NOT Valid", .test(died, .valid, negated: true)),
    ("name in ('a','b')", .isIn(name, [.literal(.text("a")), .literal(.text("b"))])),
    ("amount not in (1)", .not(.isIn(amount, [number(1_000_000)]))),
    ("month(died) = paid", .compare(.equal, .month(died), paid)),
    ("year(paid) = 2026", .compare(.equal, .year(paid), number(2_026_000_000))),
    ("age(id_no, as_of) >= 60", .compare(.greaterOrEqual, .age(id, on: .asOf), number(60_000_000))),
    ("died + 3 months < as_of", .compare(.less, .shift(died, amount: 3, unit: .months), .asOf)),
    ("died-10 days = as_of", .compare(.equal, .shift(died, amount: -10, unit: .days), .asOf)),
    (
      "paid = month(as_of - 1 year + 1 day)",
      .compare(
        .equal, paid, .month(.shift(.shift(.asOf, amount: -1, unit: .years), amount: 1, unit: .days)))
    ),
    (
      "2026-10-31 - 1 day >= died",
      .compare(.greaterOrEqual, .shift(.literal(.date(days: 20_757)), amount: -1, unit: .days), died)
    ),
    (
      "n = 1 or n = 2 and not died is invalid",
      .or([
        .compare(.equal, n, number(1_000_000)),
        .and([.compare(.equal, n, number(2_000_000)), .not(.test(died, .invalid, negated: false))])
      ])
    ),
    (
      "(n = 1 or n = 2) and (n = 3 and n = 4)",
      .and([
        .or([.compare(.equal, n, number(1_000_000)), .compare(.equal, n, number(2_000_000))]),
        .compare(.equal, n, number(3_000_000)), .compare(.equal, n, number(4_000_000))
      ])
    ),
    ("not not n = n", .not(.not(.compare(.equal, n, n))))
  ]

  @Test(arguments: meanings) func expressionsMean(text: String, expected: Expression) throws {
    let job = try Job.parse(text: job(where: text), file: "job.yml")
    #expect(job.rules.first?.condition == expected)
  }

  // MARK: Mistakes

  static let mistakesInText: [(String, String)] = [
    ("n = ", "expected a field, a literal or '(', found the end"),
    ("n = n = n", "comparisons cannot be chained; join two of them by and"),
    ("n >> 5", "expected a field, a literal or '(', found '>'"),
    ("(n = 5", "this bracket is not closed; expected ')', found the end"),
    ("n = 5)", "expected and, or, a comparison or the end, found ')'"),
    ("n = 5 n = 6", "expected and, or, a comparison or the end, found 'n'"),
    ("n in 5", "expected '(' after in, found a number"),
    ("n in ()", "expected a field, a literal or '(', found ')'"),
    ("n in (5,)", "expected a field, a literal or '(', found ')'"),
    ("not", "expected a field, a literal or '(', found the end"),
    ("n is null", "expected empty, invalid or valid after is, found 'null'; SQL's null is called empty here"),
    (
      "n between 1 and 2",
      "expected and, or, a comparison or the end, found 'between'; "
        + "a range is written x >= a and x <= b"
    ),
    (
      "name like 'x'",
      "expected and, or, a comparison or the end, found 'like'; "
        + "texts can be compared by =, <> and in (…) only"
    ),
    ("n != 5", "'!=' is written '<>'"),
    ("n == 5", "'==' is written '='"),
    ("name = \"x\"", "a text stands between single quotes, as in 'text'"),
    ("name = ‘x’", "a text stands between straight single quotes, as in 'text'"),
    ("n ＝ 5", "'＝' is the full-width form; write '='"),
    ("n （5", "'（' is the full-width form; write '('"),
    ("n ~ 5", "unexpected character '~'; a text stands between single quotes"),
    ("n || n", "unexpected '|'; conditions are joined by or"),
    ("n & n", "unexpected '&'; conditions are joined by and"),
    ("n > * 5", "unexpected '*'; rows are counted by count()"),
    ("count(*) > 5", "unexpected '*'; rows are counted by count()"),
    ("name = 'x", "this text has no closing quote; a quote inside a text is doubled ('')"),
    ("n > 1.1234567", "a number has at most six decimals"),
    ("n > 9000000000001", "the number is too large; the largest is 9000000000000"),
    ("n > 99999999999999999999999999", "the number is too large; the largest is 9000000000000"),
    ("5x = 5", "a name begins with a letter or '_', a number holds digits only"),
    ("died > 2026-1-5", "a date is written 2026-01-05, a month 2026-01"),
    ("died > 2026-10-31x", "a date is written 2026-01-05, a month 2026-01"),
    ("died > 2026-13-01", "there is no month 13; a date is written 2026-01-05, a month 2026-01"),
    ("died > 2026-02-29", "there is no such day in the calendar"),
    ("died > 1900-02-29", "there is no such day in the calendar"),
    (
      "died + 3 > as_of",
      "'+' has no meaning for a date and a number; write a unit, as in death_date + 3 months"
    ),
    ("died + 3 weeks > as_of", "expected days, months or years, found 'weeks'"),
    (
      "died + 3.5 days > as_of",
      "expected a whole number up to 99999 and days, months or years, "
        + "as in death_date + 3 months"
    ),
    (
      "died + 100000 days > as_of",
      "expected a whole number up to 99999 and days, months or years, "
        + "as in death_date + 3 months"
    ),
    (
      "lower(name) = 'x'",
      "unknown function 'lower'; known functions: age, birth, coalesce, count, days, earliest, exists, first_day, "
        + "greatest, if, last_day, latest, least, loaded, max, min, month, months, names, overlap_days, percentile, "
        + "same_name, sex, snapshot, sum, year"
    ),
    ("count(died) > 5", "count() counts rows, count(distinct field) values; found 'died'"),
    ("age(id_no) > 5", "expected ',' in age(id_no, date), found ')'"),
    ("feed. = 3", "expected the name of a field after 'feed.', found '='"),
    ("-died > as_of", "'-' stands before a number, or between a date and a number of days"),
    ("1 = 1", "two constants are compared; one side must be a field"),
    ("n in (1, n)", "in (…) holds literals only; compare two fields by ="),
    ("as_of is empty", "is empty asks about a field; this is a date"),
    ("month(died) is valid", "is valid asks about a field; this is a month"),
    ("amount", "where: needs a condition that is true or false; this is an amount of money"),
    ("not amount", "not needs conditions that are true or false; this is an amount of money"),
    ("n = 1 and died", "and needs conditions that are true or false; this is a date"),
    ("(n > 5) = 5", "expected a value; this is a condition that is true or false"),
    ("count() > 5", "count(), sum(), min(), max() stand only in having: and evidence: of a rule of kind aggregate"),
    ("amount > 'x'", "an amount of money cannot be compared with a text; a number is written without quotes"),
    (
      "died > '2026-01-01'",
      "a date cannot be compared with a text; "
        + "a date is written without quotes, as in 2026-10-31"
    ),
    ("paid = 2026-01-01", "a month cannot be compared with a date; a month is written without a day, as in 2026-10"),
    (
      "died = 2026-01",
      "a date cannot be compared with a month; "
        + "a date is written with its day, or compare month(…) with a month"
    ),
    ("id_no = 5", "an identity number cannot be compared with a number; put the digits in single quotes"),
    ("id_no = name", "an identity number cannot be compared with a name"),
    ("amount = n", "an amount of money cannot be compared with a number"),
    ("amount in (1, 'x')", "an amount of money cannot be compared with a text; a number is written without quotes"),
    ("name > 'x'", "'>' has no meaning for a name; use =, <> or in (…)"),
    ("name <= name", "'<=' has no meaning for a name; use =, <> or in (…)"),
    ("month(n) = paid", "month() needs a date; this is a number"),
    ("year(n) = 2026", "year() needs a date or a month; this is a number"),
    ("age(died, as_of) > 5", "age() needs an identity number; this is a date"),
    ("age(id_no, paid) > 5", "the second part of age() needs a date; this is a month"),
    ("n + 3 days > as_of", "+ or - with days, months or years needs a date or a month; this is a number"),
    ("paid + 1 day = paid", "+ or - with days needs a date; this is a month"),
    ("find.died = as_of", "unknown source 'find'; known here: feed"),
    (
      "DIED = as_of",
      "unknown field 'DIED'; did you mean 'died'?; "
        + "fields of feed: id_no, name, died, amount, paid, n"
    )
  ]

  @Test(arguments: mistakesInText) func mistakesAreNamed(text: String, message: String) {
    #expect(mistakes(in: job(where: text)) == ["job.yml:13:12: \(message)"])
  }

  // MARK: Names of the two sides

  @Test func sidesAreToldApartByPlaceAndQualifier() throws {
    let text =
      twoSources + """
        rules:
          R:
            kind: presence
            subject: roll
            where: name <> '' and roll.status = 'x'
            find: {in: feed, key: {id_no: id_no}, where: "name = roll.name and status = 'y' and died > start"}
            evidence: [name, feed.name, find.name, roll.name, died]
            report: {id_no: find.id_no}
        """
    let rule = try #require(try Job.parse(text: text, file: "job.yml").rules.first)
    func subject(_ field: Int, _ type: ValueType) -> Expression {
      .field(FieldReference(side: .subject, field: field), type)
    }
    func found(_ field: Int, _ type: ValueType) -> Expression {
      .field(FieldReference(side: .found, field: field), type)
    }
    #expect(
      rule.condition
        == .and([
          .compare(.notEqual, subject(2, .name), .literal(.text(""))),
          .compare(.equal, subject(3, .code), .literal(.text("x")))
        ]))
    #expect(
      rule.find?.condition
        == .and([
          .compare(.equal, found(1, .name), subject(2, .name)),
          .compare(.equal, subject(3, .code), .literal(.text("y"))),
          .compare(.greater, found(2, .date), subject(4, .date))
        ]))
    #expect(
      rule.evidence == [
        subject(2, .name), found(1, .name), found(1, .name), subject(2, .name), found(2, .date)
      ])
    #expect(rule.reportedID == FieldReference(side: .found, field: 0))
    #expect(rule.reportedCase == FieldReference(side: .subject, field: 0))
  }

  @Test func aSourceFoundInItselfHasASecondName() throws {
    let text =
      twoSources + """
        rules:
          R:
            kind: presence
            subject: roll
            find: {in: roll, as: other, key: [id_no, name], where: other.case_id <> roll.case_id}
            evidence: [other.case_id, find.case_id, roll.case_id, case_id]
        """
    let rule = try #require(try Job.parse(text: text, file: "job.yml").rules.first)
    let subject = Expression.field(FieldReference(side: .subject, field: 0), .text)
    let found = Expression.field(FieldReference(side: .found, field: 0), .text)
    #expect(rule.find?.source == 0)
    #expect(
      rule.find?.key == [Job.KeyPair(subjectField: 1, foundField: 1), Job.KeyPair(subjectField: 2, foundField: 2)])
    #expect(rule.find?.condition == .compare(.notEqual, found, subject))
    #expect(rule.evidence == [found, found, subject, subject])
  }

  @Test func groupsMayUseWhatTheyAreGroupedBy() throws {
    let text =
      twoSources + """
        rules:
          R:
            kind: aggregate
            subject: feed
            where: n > 0
            by: [id_no, month(died)]
            having: sum(amount) > 100 and month(died) >= 2026-01 and max(died) < as_of and min(n) = 1
            evidence: [month(died), sum(amount), count(), count(distinct month(died)), "age(id_no, as_of)"]
        """
    let rule = try #require(try Job.parse(text: text, file: "job.yml").rules.first)
    #expect(rule.by == [Self.id, .month(Self.died)])
    #expect(
      rule.having
        == .and([
          .compare(.greater, .aggregate(.sum, Self.amount), Self.number(100_000_000)),
          .compare(.greaterOrEqual, .month(Self.died), .literal(.month(months: 24_312))),
          .compare(.less, .aggregate(.max, Self.died), .asOf),
          .compare(.equal, .aggregate(.min, Self.n), Self.number(1_000_000))
        ]))
    #expect(
      rule.evidence == [
        .month(Self.died), .aggregate(.sum, Self.amount), .aggregate(.count, nil),
        .aggregate(.countDistinct, .month(Self.died)), .age(Self.id, on: .asOf)
      ])
    #expect(rule.reportedID == FieldReference(side: .subject, field: 0))
    #expect(rule.reportedCase == nil)
  }
}
