import MatchEngine
import Testing

/// `loaded(source)` and what it leaves unasked. The source `tax`, and the view `incomes` of it, are not in the job.
struct LoadedSourceTests {
  private static let pay = Expression.field(FieldReference(side: .subject, field: 6), .money)
  private static let more = Expression.compare(.greater, pay, .literal(.number(millionths: 5_000_000)))

  static let decided: [(String, Expression)] = [
    ("loaded(tax)", .constant(false)),
    ("loaded(incomes)", .constant(false)),
    ("loaded(roll)", .constant(true)),
    ("LOADED(deaths)", .constant(true)),
    ("loaded(tax) and exists(tax by id_no)", .constant(false)),
    ("exists(tax by id_no) and loaded(tax) and exists(incomes by id_no)", .constant(false)),
    ("not loaded(tax) or exists(tax by id_no)", .constant(true)),
    ("pay > 5 and (not loaded(incomes) or exists(incomes by id_no))", more),
    ("if(loaded(tax), exists(tax by id_no), pay > 5)", more),
    ("if(loaded(hukou), pay > 5, exists(tax by id_no))", more),
    ("if(loaded(tax) and exists(tax by id_no), exists(incomes by id_no), pay > 5)", more),
    ("if(loaded(tax), if(exists(tax by id_no), pay > 1, pay > 2), pay > 5)", more),
    ("review = 'yes' and exists(tax by id_no) or pay > 5", more),
    ("exists(roll as r by id_no where loaded(tax) and exists(tax by id_no))", .constant(false)),
    (
      "pay > if(loaded(tax), max(income in tax by id_no), pay)",
      .compare(.greater, pay, .call(.choose, [.constant(false), .missing(.money), pay]))
    )
  ]

  @Test(arguments: decided) func leavesOutWhatCannotBeAsked(text: String, expected: Expression) throws {
    let rule = try #require(try Job.parse(text: LanguageJob.job(where: text), file: "job.yml").settled.first)
    #expect(rule.hindrance == nil)
    #expect(rule.condition == expected)
  }

  /// Where the source is there and nothing can be said of it, nothing can be said of the rule.
  @Test(arguments: [
    ("pay > 5 and if(loaded(funeral), exists(funeral by id_no), pay > 6)", [1]),
    ("loaded(tax) or not loaded(incomes) and (loaded(deaths) or loaded(payments) or loaded(deaths))", [4, 3]),
    ("if(not loaded(tax), pay > 5, pay > 6)", [])
  ])
  func theRuleNeedsWhatIsLoaded(text: String, relations: [Int]) throws {
    let rule = try #require(try Job.parse(text: LanguageJob.job(where: text), file: "job.yml").settled.first)
    #expect(rule.needs == relations.map { SettledRule.Need(relation: $0) })
  }

  static let asked: [(String, String)] = [
    ("exists(tax by id_no) and exists(tax by id_no)", "'tax'"),
    ("exists(tax by id_no) and exists(incomes by id_no)", "'tax', 'incomes'"),
    ("loaded(hukou) and exists(tax by id_no)", "'tax'"),
    ("not loaded(tax) and exists(tax by id_no)", "'tax'"),
    ("loaded(tax) or exists(tax by id_no)", "'tax'"),
    ("loaded(tax) and exists(tax by id_no) or exists(incomes by id_no)", "'incomes'"),
    ("if(loaded(tax), pay > 5, exists(tax by id_no))", "'tax'"),
    ("if(exists(tax by id_no), pay > 5, pay > 6)", "'tax'"),
    ("if(exists(tax by id_no), exists(incomes by id_no), pay > 6)", "'tax', 'incomes'"),
    ("if(pay > 5, loaded(tax), exists(tax by id_no))", "'tax'"),
    ("pay > if(loaded(hukou), max(income in tax by id_no), pay)", "'tax'"),
    ("coalesce(max(income in tax by id_no), pay) > if(loaded(tax), max(income in incomes by id_no), pay)", "'tax'")
  ]

  @Test(arguments: asked) func askedSourcesStayMissing(text: String, names: String) throws {
    let rule = try #require(try Job.parse(text: LanguageJob.job(where: text), file: "job.yml").settled.first)
    #expect(rule.hindrance == "the rule needs \(names), of which no source is part of this job")
  }

  static let mistakes: [(String, String)] = [
    (
      "loaded(tex)",
      "unknown source or view 'tex'; did you mean 'tax'?; known: roll, funeral, hukou, payments, tax, deaths, "
        + "incomes"
    ),
    ("loaded(pay)", "unknown source or view 'pay'; known: roll, funeral, hukou, payments, tax, deaths, incomes"),
    ("loaded(roll.pay)", "loaded(source) needs the name of a source or view"),
    ("loaded('tax')", "loaded(source) needs the name of a source or view"),
    ("loaded(tax, roll)", "loaded(source) needs the name of a source or view"),
    ("loaded()", "loaded(source) needs the name of a source or view"),
    ("pay > loaded(tax)", "expected a value; this is a condition that is true or false"),
    (
      "laoded(tax)",
      "unknown function 'laoded'; did you mean 'loaded'?; known functions: age, birth, coalesce, count, days, "
        + "earliest, exists, first_day, greatest, if, last_day, latest, least, loaded, max, min, month, months, names, "
        + "overlap_days, percentile, same_name, sex, snapshot, sum, year, active_on, paid, factor, min_days, review"
    ),
    // What is never asked has to be right all the same.
    (
      "loaded(tax) and exists(tax by idno)",
      "unknown field 'idno'; did you mean 'id_no'?; fields of tax: id_no, income"
    ),
    (
      "if(loaded(tax), exists(tax by idno), pay > 5)",
      "unknown field 'idno'; did you mean 'id_no'?; fields of tax: id_no, income"
    ),
    (
      "if(loaded(tax), pay, pay > 5)",
      "if() needs values of one type; this is a condition, another is an amount of money"
    )
  ]

  @Test(arguments: mistakes) func mistakesAreNamed(text: String, message: String) {
    #expect(LanguageJob.mistakes(in: LanguageJob.job(where: text)) == ["job.yml:35:12: \(message)"])
  }

  @Test func noDefinitionHasItsName() {
    let text = LanguageJob.job(where: "pay > 5") + "    let: {loaded: pay > 6}\n"
    #expect(
      LanguageJob.mistakes(in: text) == [
        "job.yml:37:11: 'loaded' cannot name a definition; the word has a meaning in expressions"
      ])
  }

  /// The sources that `lines`, `find.where` and `having` leave unasked are no hindrance either.
  @Test func everyKeyThatAsksLeavesOut() throws {
    let text =
      LanguageJob.head + """
        rules:
          T:
            kind: presence
            subject: roll
            find: {in: funeral, key: id_no, where: not loaded(tax) or exists(tax by id_no = find.id_no)}
            evaluated_when: {TAXED: not loaded(tax) or exists(tax by id_no)}
            lines:
              {in: payments as p, key: case_no, where: "if(loaded(tax), exists(tax by id_no = p.id_no), paid)",
              month: period, amount: amount}
            by: [case_no]
            having: loaded(tax) and count(tax by id_no) > 3 or count() > 0
        """
    let rule = try #require(try Job.parse(text: text, file: "job.yml").settled.first)
    #expect(rule.hindrance == nil)
    #expect(rule.find?.condition == .constant(true))
    #expect(rule.having == .compare(.greater, .aggregate(.count, nil), .literal(.number(millionths: 0))))
  }
}
