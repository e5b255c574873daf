import MatchEngine
import Testing

/// Lookups, arithmetic, functions and definitions: what they mean, and what is wrong about the wrong ones.
struct LanguageLookupTests {
  private static func roll(_ field: Int, _ type: ValueType) -> Expression {
    .field(FieldReference(side: .subject, field: field), type)
  }

  private static func row(_ level: Int, _ field: Int, _ type: ValueType) -> Expression {
    .field(FieldReference(side: .lookup(level), field: field), type)
  }

  private static func number(_ value: Int64) -> Expression { .literal(.number(millionths: value * 1_000_000)) }

  private static let caseNo = roll(0, .code), id = roll(1, .id), name = roll(2, .name), status = roll(3, .code)
  private static let start = roll(4, .date), end = roll(5, .date), pay = roll(6, .money)

  private static func deaths(_ condition: Expression? = nil, level: Int = 0, key: Expression = id) -> Expression {
    .lookup(
      Lookup(
        function: .exists, relation: 4, level: level, keys: [LookupKey(field: 0, value: key)], condition: condition,
        operand: nil, order: nil))
  }

  private static func payments(
    _ function: LookupFunction, _ operand: Expression?, where condition: Expression? = nil, order: Expression? = nil
  ) -> Expression {
    .lookup(
      Lookup(
        function: function, relation: 3, level: 0, keys: [LookupKey(field: 0, value: caseNo)], condition: condition,
        operand: operand, order: order))
  }

  static let meanings: [(String, Expression)] = [
    ("exists(deaths by id_no)", deaths()),
    (
      "exists(deaths as d by id_no = roll.id_no where d.day <= as_of)",
      deaths(.compare(.lessOrEqual, row(0, 1, .date), .asOf))
    ),
    (
      "exists(deaths by id_no where day > start and deaths.day < roll.end)",
      deaths(
        .and([.compare(.greater, row(0, 1, .date), start), .compare(.less, row(0, 1, .date), end)]))
    ),
    ("count(payments by case_no) > 2", .compare(.greater, payments(.count, nil), number(2))),
    (
      "count(distinct period in payments by case_no where paid) = 1",
      .compare(
        .equal,
        payments(.countDistinct, row(0, 2, .month), where: .compare(.equal, row(0, 5, .code), .literal(.text("成功")))),
        number(1))
    ),
    (
      "sum(amount in payments by case_no) >= pay * factor",
      .compare(
        .greaterOrEqual, payments(.sum, row(0, 4, .money)),
        .arithmetic(.multiply, pay, .literal(.number(millionths: 1_500_000))))
    ),
    (
      "latest(paid_on in payments by case_no order period) is not empty",
      .test(payments(.latest, row(0, 3, .date), order: row(0, 2, .month)), .empty, negated: true)
    ),
    (
      "exists(payments as p by id_no where exists(deaths by id_no where day < p.paid_on))",
      .lookup(
        Lookup(
          function: .exists, relation: 3, level: 0, keys: [LookupKey(field: 1, value: id)],
          condition: deaths(
            .compare(.less, row(1, 1, .date), row(0, 3, .date)), level: 1, key: row(0, 1, .id)),
          operand: nil, order: nil))
    ),
    (
      "exists(payments by case_no, period = month(as_of))",
      .lookup(
        Lookup(
          function: .exists, relation: 3, level: 0,
          keys: [LookupKey(field: 0, value: caseNo), LookupKey(field: 2, value: .month(.asOf))], condition: nil,
          operand: nil, order: nil))
    ),
    // A source that is not part of the job has no rows.
    ("exists(tax by id_no) or status = 'x'", .compare(.equal, status, .literal(.text("x")))),
    ("pay > 1 and not exists(incomes by id_no)", .compare(.greater, pay, number(1))),
    (
      "pay > coalesce(max(income in tax by id_no), pay)",
      .compare(.greater, pay, .call(.coalesce, [.missing(.money), pay]))
    ),
    // Arithmetic
    (
      "pay + 10 - pay / 2 > pay",
      .compare(
        .greater,
        .arithmetic(.subtract, .arithmetic(.add, pay, number(10)), .arithmetic(.divide, pay, number(2))), pay)
    ),
    ("end - start > min_days", .compare(.greater, .arithmetic(.subtract, end, start), number(30))),
    ("pay > 2 * 3 - 1", .compare(.greater, pay, number(5))),
    ("start + min_days days < as_of", .compare(.less, .shift(start, amount: 30, unit: .days), .asOf)),
    ("as_of - min_days months > start", .compare(.greater, .shift(.asOf, amount: -30, unit: .months), start)),
    // Functions
    ("coalesce(end, as_of) > start", .compare(.greater, .call(.coalesce, [end, .asOf]), start)),
    (
      "if(status = 'a', start, end) > as_of",
      .compare(
        .greater, .call(.choose, [.compare(.equal, status, .literal(.text("a"))), start, end]), .asOf)
    ),
    (
      "greatest(pay, 100) > least(100, pay)",
      .compare(.greater, .call(.greatest, [pay, number(100)]), .call(.least, [number(100), pay]))
    ),
    ("days(start, as_of) > 5", .compare(.greater, .call(.days, [start, .asOf]), number(5))),
    (
      "months(month(start), month(as_of)) > 5",
      .compare(.greater, .call(.months, [.month(start), .month(.asOf)]), number(5))
    ),
    (
      "overlap_days(start, end, as_of, end) > 0",
      .compare(.greater, .call(.overlapDays, [start, end, .asOf, end]), number(0))
    ),
    ("first_day(month(start)) = start", .compare(.equal, .call(.firstDay, [.month(start)]), start)),
    (
      "birth(id_no) > last_day(month(start) + 1 month)",
      .compare(
        .greater, .call(.birth, [id]), .call(.lastDay, [.shift(.month(start), amount: 1, unit: .months)]))
    ),
    ("sex(id_no) = '男'", .compare(.equal, .call(.sex, [id]), .literal(.text("男")))),
    (
      "names(name, roll.name) in ('SAME', 'CUT')",
      .isIn(.call(.names, [name, name]), [.literal(.text("SAME")), .literal(.text("CUT"))])
    ),
    ("not same_name(name, name)", .not(.call(.sameName, [name, name]))),
    ("start > snapshot(hukou)", .compare(.greater, start, .literal(.date(days: 20_756)))),
    ("start > snapshot(roll)", .compare(.greater, start, .asOf)),
    // Definitions and parameters
    (
      "active_on(as_of)",
      .and([
        .compare(.lessOrEqual, start, .asOf),
        .or([.test(end, .empty, negated: false), .compare(.greater, end, .asOf)])
      ])
    ),
    (
      "exists(deaths by id_no where active_on(day))",
      deaths(
        .and([
          .compare(.lessOrEqual, start, row(0, 1, .date)),
          .or([.test(end, .empty, negated: false), .compare(.greater, end, row(0, 1, .date))])
        ]))
    ),
    ("pay > 5 and review = 'no'", .compare(.greater, pay, number(5))),
    ("member is active", .compare(.equal, status, .literal(.text("在保")))),
    (
      "member is not active on start",
      .not(
        .and([
          .compare(.lessOrEqual, start, start),
          .or([.test(end, .empty, negated: false), .compare(.greater, end, start)])
        ]))
    ),
    (
      "member is active on month(as_of)",
      .and([
        .compare(.lessOrEqual, start, .call(.lastDay, [.month(.asOf)])),
        .or([.test(end, .empty, negated: false), .compare(.greater, end, .call(.firstDay, [.month(.asOf)]))])
      ])
    ),
    (
      "several_members",
      .compare(
        .greater,
        .lookup(
          Lookup(
            function: .count, relation: 0, level: 0, keys: [LookupKey(field: 0, value: caseNo)],
            condition: .compare(.equal, row(0, 3, .code), .literal(.text("在保"))), operand: nil, order: nil)),
        number(1))
    ),
    (
      "living_members = 0",
      .compare(
        .equal,
        .lookup(
          Lookup(
            function: .count, relation: 0, level: 0, keys: [LookupKey(field: 0, value: caseNo)],
            condition: .and([
              .compare(.equal, row(0, 3, .code), .literal(.text("在保"))),
              .not(deaths(.compare(.lessOrEqual, row(1, 1, .date), .asOf), level: 1, key: row(0, 1, .id)))
            ]), operand: nil, order: nil)),
        number(0))
    )
  ]

  @Test(arguments: meanings) func expressionsMean(text: String, expected: Expression) throws {
    // Evidence of an absent source is a mistake of the rule's condition only.
    let job = try Job.parse(
      text: LanguageJob.head
        + "rules:\n  T:\n    kind: condition\n    subject: roll\n    where: pay > 0\n    reasons:\n      R: |-\n    "
        + "    \(text)\n",
      file: "job.yml")
    #expect(job.settled.first?.reasons.first?.condition == expected)
  }

  static let mistakes: [(String, String)] = [
    (
      "exists(death by id_no)",
      "unknown source or view 'death'; did you mean 'deaths'?; known: roll, funeral, hukou, payments, tax, deaths, "
        + "incomes"
    ),
    ("exists(deaths)", "expected by and the fields that must be equal, as in exists(deaths by id_no), found ')'"),
    ("exists(deaths by idno)", "unknown field 'idno'; did you mean 'id_no'?; fields of deaths: id_no, day, origin"),
    (
      "exists(deaths by day)",
      "unknown field 'day'; did you mean 'pay'?; fields of roll: case_no, id_no, name, status, start, end, pay; "
        + "defined names: active_on, paid, factor, min_days, review"
    ),
    (
      "exists(deaths by id_no = name)",
      "a key needs values of one type; deaths.id_no is an identity number, this is a name"
    ),
    (
      "exists(deaths by id_no, origin = 'x')", "a key needs values of one type; deaths.origin is a code, this is a text"
    ),
    (
      "exists(deaths by id_no where dya = as_of)",
      "unknown field 'dya'; did you mean 'day'?; fields of deaths: id_no, day, origin; fields of roll: case_no, id_no, "
        + "name, status, start, end, pay; defined names: active_on, paid, factor, min_days, review"
    ),
    ("exists(deaths by id_no where day)", "where needs a condition that is true or false; this is a date"),
    ("exists(deaths as d by id_no where x.day = as_of)", "unknown source 'x'; known here: d, roll"),
    ("latest(day in deaths by id_no) = as_of", "expected order and what latest goes by, found ')'"),
    (
      "latest(day in deaths by id_no order origin) = as_of",
      "order needs a date or a month or an amount of money or a number; this is a code"
    ),
    ("sum(origin in deaths by id_no) > 1", "sum(…) needs an amount of money or a number; this is a code"),
    (
      "exists(deaths by id_no where count() > 1)",
      "count(), sum(), min(), max() stand only in having: and evidence: of a rule of kind aggregate"
    ),
    (
      "exists(roll as a by id_no where exists(roll as b by id_no where exists(roll as c by id_no where exists(roll "
        + "as d by "
        + "id_no where exists(roll as e by id_no)))))", "lookups are nested more than 4 deep"
    ),
    ("active_on", "'active_on' is used as active_on(day), with 1 argument; these are 0"),
    ("active_on(start, end)", "'active_on' is used as active_on(day), with 1 argument; these are 2"),
    (
      "paid()",
      "unknown field 'result'; fields of roll: case_no, id_no, name, status, start, end, pay; defined names: "
        + "active_on, paid, factor, min_days, review"
    ),
    (
      "pay > min_dyas",
      "unknown field 'min_dyas'; did you mean 'min_days'?; fields of roll: case_no, id_no, name, status, start, "
        + "end, pay; defined names: active_on, paid, factor, min_days, review"
    ),
    (
      "start + factor days > as_of",
      "days, months and years are counted by a whole number up to 99999, or a parameter that is one; this is "
        + "another value"
    ),
    ("pay * pay > 1", "'*' has no meaning for an amount of money and an amount of money"),
    (
      "month(start) - month(end) > 1",
      "'-' has no meaning for a month and a month; months(a, b) counts the months from a to b"
    ),
    ("coalesce(start) > as_of", "coalesce(a, b, …) is the form of this function; here it has 1 arguments"),
    ("if(start, end, end) > as_of", "if() needs a condition first; this is a date"),
    (
      "greatest(start, pay) > as_of",
      "greatest() needs values of one type; this is an amount of money, another is a date"
    ),
    ("names(name, status) = 'SAME'", "names() needs a name; this is a code"),
    (
      "snapshot(nothing) > start",
      "unknown source or view 'nothing'; known: roll, funeral, hukou, payments, tax, deaths, incomes"
    ),
    ("member is active on pay", "on needs a date or a month; this is an amount of money"),
    ("review = 5", "a text cannot be compared with a number; a number is written without quotes")
  ]

  @Test(arguments: mistakes) func mistakesAreNamed(text: String, message: String) {
    let place = text == "paid()" ? "19:9" : "35:12"
    #expect(LanguageJob.mistakes(in: LanguageJob.job(where: text)) == ["job.yml:\(place): \(message)"])
  }

  @Test func definitionsThatNameThemselvesAreRefused() {
    let text =
      LanguageJob.job(where: "a") + "    let: {a: b and pay > 1, b: a}\n"
    #expect(
      LanguageJob.mistakes(in: text) == [
        "job.yml:37:32: 'a' is defined by itself (a → b → a); a field of this name is written with its source, as in "
          + "source.a"
      ])
  }

  /// Forty lines that stand for 2^40 parts end in a message, soon.
  @Test func definitionsThatGrowAreRefused() {
    var text = LanguageJob.job(where: "d40") + "    let:\n      d0: pay > 1\n"
    for level in 1...40 { text += "      d\(level): d\(level - 1) and d\(level - 1)\n" }
    let lines = LanguageJob.mistakes(in: text)
    #expect(lines.count <= 20)
    #expect(lines.allSatisfy { $0.hasSuffix("stand for too many parts when they are written out; use fewer") })
    #expect(!lines.isEmpty)
  }

  @Test func deepDefinitionsAreRefused() {
    var text = LanguageJob.job(where: "d100") + "    let:\n      d0: pay > 1\n"
    for level in 1...100 { text += "      d\(level): not (not d\(level - 1))\n" }
    let lines = LanguageJob.mistakes(in: text)
    #expect(lines.count == 1)
    #expect(lines.first?.hasSuffix("nested more than 200 deep with its definitions written out") == true)
  }
}
