import MatchEngine
import Normalizers
import Testing

/// The keys of settled rules: what they become, and what is said about the wrong ones.
struct LanguageRuleTests {
  private static func field(_ side: Side, _ field: Int, _ type: ValueType) -> Expression {
    .field(FieldReference(side: side, field: field), type)
  }

  private static let rules = """
    rules:
      DEATH_STOP:
        title: 死亡未停
        version: 2
        valid_from: 2021-07-01
        category: 死亡
        basis: [一, 二]
        cases: [T01, T02]
        needs: [roll.end, funeral]
        kind: presence
        subject: roll
        where: member is active
        find: {in: [funeral, hukou], as: f, key: id_no, where: died <= as_of, keep: earliest died}
        let: {late: f.died + 3 months < as_of}
        evaluated_when: {NO_START: start is not empty}
        unless:
          ENDED: {where: end is not empty}
          TAXED: {find: {in: tax, key: id_no, where: income > 0}}
          BURIED: {find: {in: payments, as: p, key: {case_no: case_no}, where: p.paid_on > f.died}}
        contrary: {ALIVE: exists(payments by id_no where paid_on > f.died)}
        identity: {name: name, also: [name]}
        lines:
          {in: payments as p, key: case_no, where: paid and p.paid_on > f.died, month: period, amount: amount,
          show: [p.result]}
        amount_basis: {FULL: one_member, PER_CAPITA: several_members}
        severity: {base: 4, several_members: -1, late: 5, "count() > 1": +1, FORMER_NAME: 3, "line_sum > 1000": +1}
        propose: {one_member: STOP, several_members: RECALC HOLD_NEXT, below_B: IDENTIFY_FIRST}
        reasons: {LATE: late}
        due: f.died + 3 months
        flag_key: [status]
        fact: "{name}于{f.died}死亡({grade}),共{line_count}期{{}}"
        verify: 核对
        implied_by: OTHER
        alarm: {share: 0.5%, by: status}
        evidence: [f.died, f.source]
      OTHER: {kind: condition, subject: deaths, where: day <= as_of}
      TAXED: {kind: presence, subject: roll, find: {in: tax, key: id_no}}
      STREAMED: {kind: presence, subject: roll, find: {in: funeral, key: id_no, where: died <= as_of - min_days days}}
    """

  @Test func everyKeyHasItsPlace() throws {
    let job = try Job.parse(text: LanguageJob.head + Self.rules, file: "job.yml")
    #expect(job.rules.map(\.id) == ["STREAMED"])
    #expect(job.settled.map(\.id) == ["DEATH_STOP", "OTHER", "TAXED"])
    #expect(job.sources.map(\.name) == ["roll", "funeral", "hukou", "payments"])
    #expect(job.views.map(\.name) == ["deaths", "funeral+hukou"])
    #expect(job.views[1].fields.map(\.name) == ["id_no", "name", "died", "source"])
    #expect(job.views[1].parts.map(\.values.last) == [.literal(.text("funeral")), .literal(.text("hukou"))])
    let rule = try #require(job.settled.first)
    let died = Self.field(.found, 2, .date)
    let caseNo = Self.field(.subject, 0, .code), status = Self.field(.subject, 3, .code)
    #expect(rule.version == 2)
    #expect(rule.basis == ["一", "二"])
    #expect(rule.hindrance == nil)
    #expect(rule.needs == [SettledRule.Need(relation: 0, field: 5), SettledRule.Need(relation: 1)])
    #expect(rule.condition == .compare(.equal, status, .literal(.text("在保"))))
    #expect(rule.find?.relation == 5)
    #expect(rule.find?.keep == .earliest(died))
    #expect(rule.find?.condition == .compare(.lessOrEqual, died, .asOf))
    #expect(rule.evaluatedWhen.map(\.name) == ["NO_START"])
    // TAXED is looked up in a source that is not part of the job.
    #expect(rule.exemptions.map(\.name) == ["ENDED", "BURIED"])
    #expect(
      rule.exemptions.last?.condition
        == .lookup(
          Lookup(
            function: .exists, relation: 3, level: 0, keys: [LookupKey(field: 0, value: caseNo)],
            condition: .compare(.greater, Self.field(.lookup(0), 3, .date), died), operand: nil, order: nil)))
    #expect(rule.contrary.map(\.name) == ["ALIVE"])
    #expect(rule.identity?.subjectName == FieldReference(side: .subject, field: 2))
    #expect(rule.identity?.foundName == FieldReference(side: .found, field: 1))
    #expect(rule.identity?.subjectNumber == FieldReference(side: .subject, field: 1))
    #expect(rule.identity?.foundNumber == FieldReference(side: .found, field: 0))
    #expect(rule.identity?.otherNames == [FieldReference(side: .subject, field: 2)])
    #expect(rule.lines?.relation == 3)
    #expect(rule.lines?.keys == [LookupKey(field: 0, value: caseNo)])
    #expect(rule.lines?.month == Self.field(.lookup(0), 2, .month))
    #expect(rule.lines?.shown == [Self.field(.lookup(0), 5, .code)])
    #expect(rule.amountBasis.map(\.word) == ["FULL", "PER_CAPITA"])
    #expect(rule.severity.map(\.value) == [4, -1, 5, 1, 3, 1])
    #expect(rule.severity.map(\.isRelative) == [false, true, false, true, false, true])
    let late = Expression.compare(.less, .shift(died, amount: 3, unit: .months), .asOf)
    #expect(expression(rule.severity[2].condition) == late)
    #expect(
      expression(rule.severity[3].condition)
        == .compare(.greater, .aggregate(.count, nil), .literal(.number(millionths: 1_000_000))))
    if case .reason("FORMER_NAME") = rule.severity[4].condition {} else { Issue.record("a reason by its code") }
    #expect(
      expression(rule.severity[5].condition)
        == .compare(.greater, .lines(.sum), .literal(.number(millionths: 1_000_000_000))))
    #expect(rule.proposals.map(\.word) == ["STOP", "RECALC HOLD_NEXT", "IDENTIFY_FIRST"])
    if case .belowB = rule.proposals[2].condition {} else { Issue.record("the grade") }
    #expect(rule.reasons.first?.condition == late)
    #expect(rule.due == .shift(died, amount: 3, unit: .months))
    #expect(rule.reportedCase == caseNo)
    #expect(rule.reportedPerson == Self.field(.subject, 1, .id))
    #expect(rule.reportedName == Self.field(.subject, 2, .name))
    #expect(rule.flagKey == [status])
    #expect(rule.fact.count == 8)
    if case .attribute("line_count") = rule.fact[6] {} else { Issue.record("an attribute of the flag") }
    if case .text("期{}") = rule.fact[7] {} else { Issue.record("doubled braces stand for themselves") }
    #expect(rule.impliedBy == ["OTHER"])
    #expect(rule.alarm?.share == 0.005)
    #expect(rule.alarm?.group == status)
    #expect(job.settled[2].hindrance == "the rule needs 'tax', of which no source is part of this job")
    #expect(job.rules[0].find?.condition == .compare(.lessOrEqual, died, .shift(.asOf, amount: -30, unit: .days)))
    #expect(job.membership?.caseField == 0)
    #expect(job.sources[2].snapshotDate?.days == 20_756)
  }

  private func expression(_ condition: SettledRule.Condition) -> Expression? {
    if case .expression(let expression) = condition { expression } else { nil }
  }

  @Test func foldedRulesKnowTheirGroups() throws {
    let rules = """
      rules:
        SHARED:
          kind: aggregate
          subject: payments
          by: [case_no, period]
          having: count(distinct id_no) > 1 and period < month(as_of) and count(payments by case_no) > 3
          lines: {month: period, amount: amount}
          amount: line_sum * 2 - sum(amount)
          evidence: [sum(amount), amount]
      """
    let job = try Job.parse(text: LanguageJob.head + rules, file: "job.yml")
    let rule = try #require(job.settled.first)
    let amount = Self.field(.subject, 4, .money)
    #expect(rule.fold == [Self.field(.subject, 0, .code), Self.field(.subject, 2, .month)])
    #expect(rule.reportedCase == Self.field(.subject, 0, .code))
    #expect(rule.reportedPerson == nil)
    #expect(
      rule.amount
        == .arithmetic(
          .subtract, .arithmetic(.multiply, .lines(.sum), .literal(.number(millionths: 2_000_000))),
          .aggregate(.sum, amount)))
    #expect(rule.lines?.month == Self.field(.subject, 2, .month))
    #expect(rule.evidence == [.aggregate(.sum, amount), amount])
  }

  @Test func namesThatDifferAreComparedByVerdict() throws {
    let rules = """
      rules:
        M:
          kind: mismatch
          subject: roll
          find: {in: funeral, key: id_no, keep: any}
          compare: [roll.name, funeral.name]
      """
    let job = try Job.parse(text: LanguageJob.head + rules, file: "job.yml")
    #expect(
      job.settled.first?.find?.condition
        == .compare(
          .equal, .call(.names, [Self.field(.subject, 2, .name), Self.field(.found, 1, .name)]),
          .literal(.text("DIFFERENT"))))
  }

  static let mistakes: [(String, [String])] = [
    ("severity: 6", ["5:15: '6' is not a severity; it is 1 to 5, behind a condition also +1 to +4 or -1 to -4"]),
    (
      "severity: {base: 3, NOPE: 4}",
      [
        "5:25: unknown reason 'NOPE'; reasons of this rule: ANNOTATED, CONFLICTING_SOURCES, CUT, DOT_VARIANT, "
          + "FORMER_NAME, LEGACY_ID, MEMBERS_UNCERTAIN, NAME_DIFFERENT, NAME_MISSING, PLACEHOLDER, SPACE_VARIANT, "
          + "VARIANT_CHARACTER, W-BIRTH, W-SEX, W-ZEROED, WIDTH_VARIANT"
      ]
    ),
    (
      "propose: {one_member: STOPP}",
      [
        "5:27: unknown disposal 'STOPP'; did you mean 'STOP'?; known: STOP, RECALC, HOLD_NEXT, REVIEW, "
          + "IDENTIFY_FIRST, CORRECT_DATA, FILE, VERIFY_AMOUNT, TRANSFER, OUTREACH, ANSWER"
      ]
    ),
    ("amount_basis: {HALF: one_member}", ["5:20: unknown basis of an amount 'HALF'; known: FULL, RECALC, PER_CAPITA"]),
    ("amount: start", ["5:13: amount: needs an amount of money; this is a date"]),
    ("due: pay", ["5:10: due: needs a date; this is an amount of money"]),
    ("identity: {name: name}", ["5:5: identity: compares the subject with what was found; the rule needs find:"]),
    (
      "needs: [roll.nope, nope.x]",
      [
        "5:13: unknown field 'nope'; fields of roll: case_no, id_no, name, status, start, end, pay",
        "5:24: unknown source 'nope'; known sources: roll, funeral, hukou, payments, tax, deaths, incomes"
      ]
    ),
    (
      "implied_by: [T, U]",
      ["5:18: 'T' and 'T' stand in for each other; leave one out", "5:21: unknown rule 'U'; rules of this job: T"]
    ),
    ("unless: {A: {}}", ["5:14: 'A' needs the key 'where' or 'find'"]),
    (
      "unless: {A: {find: {in: tex, key: id_no}}}",
      [
        "5:29: unknown source 'tex'; did you mean 'tax'?; known sources: roll, funeral, hukou, payments, tax, "
          + "deaths, incomes"
      ]
    ),
    (
      "unless: {A: {where: days}}",
      [
        "5:25: unknown field 'days'; fields of roll: case_no, id_no, name, status, start, end, pay; defined names: "
          + "active_on, paid, factor, min_days, review"
      ]
    ),
    (
      "fact: \"{nmae} {\"",
      [
        "5:13: unknown field 'nmae'; did you mean 'name'?; fields of roll: case_no, id_no, name, status, start, "
          + "end, pay; defined names: active_on, paid, factor, min_days, review",
        "5:19: this brace is not closed; a value stands between { and }, a brace is doubled"
      ]
    ),
    (
      "having: sum(pay) > 5 and start < as_of",
      ["5:30: 'start' differs within a flag; use what the flags are folded by, or count(), sum(), min(), max() of it"]
    ),
    ("lines: {key: case_no}", ["5:13: 'key' of 'lines' needs 'in'; without it the subject's rows are the lines"]),
    (
      "lines: {in: payments, key: case_no, amount: period}",
      ["5:49: lines.amount: needs an amount of money; this is a month"]
    ),
    ("alarm: {share: 200%}", ["5:20: a share is at most 100% or 1; one in a hundred is written 1% or 0.01"]),
    ("let: {if: pay > 1}", ["5:11: 'if' cannot name a definition; the word has a meaning in expressions"]),
    ("state: flag", ["5:12: unknown state 'flag'; known: list"]),
    ("version: x", ["5:14: 'version' is a whole number from 1 to 9999; this is 'x'"]),
    ("valid_from: 2021", ["5:17: '2021' is not a day of the calendar; valid_from: is written as in 2026-10-31"])
  ]

  @Test(arguments: mistakes) func mistakesAreNamed(key: String, lines: [String]) {
    let rule = "rules:\n  T:\n    kind: condition\n    subject: roll\n    \(key)\n    where: pay > 0\n"
    // The rule's lines stand behind the 30 of the head.
    let expected = lines.map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return "job.yml:\((Int(parts[0]) ?? 0) + 30):\(parts[1])"
    }
    #expect(LanguageJob.mistakes(in: LanguageJob.head + rule) == expected)
  }

  @Test func headsWithMistakesAreReported() {
    let text = """
      version: 1
      sources: {roll: {path: a, fields: {case_no: code, id_no: resident_id, start: date}}, gone: {fields: {a: text}}}
      define: {f(x: x > 1, g(x)y: x, paid: nope = 1}
      membership: {source: roll, case: caseno, person: start, active: start}
      views:
        v: {fields: {a: date, b: code}, rows: [{from: roll, take: {a: case_no, c: start}}, {from: rol}]}
        roll: {fields: {a: text}, rows: [{from: roll}]}
      aliases: [{type: account, in: roll, from: id_no, to: case_no}]
      rules: {T: {kind: condition, subject: roll, where: paid}}
      """
    #expect(
      LanguageJob.mistakes(in: text) == [
        "job.yml:2:86: a source needs the key 'path'",
        "job.yml:3:10: 'f(x' is no name; a definition is called name or name(a, b)",
        "job.yml:3:22: 'g(x)y' is no name; a definition is called name or name(a, b)",
        "job.yml:3:38: unknown field 'nope'; fields of roll: case_no, id_no, start; defined names: paid",
        "job.yml:4:34: unknown field 'caseno'; did you mean 'case_no'?; fields of roll: case_no, id_no, start",
        "job.yml:6:65: the view's field 'a' is a date; this is a code",
        "job.yml:6:74: unknown field 'c'; fields of v: a, b",
        "job.yml:6:93: unknown source 'rol'; did you mean 'roll'?; known sources: roll, gone",
        "job.yml:7:3: 'roll' is a source already; give the view another name",
        "job.yml:8:43: the field needs the type account; roll.id_no is resident_id"
      ])
  }

  /// The rows of a view over payments whose fields are `case_no: code, paid_on: date, amount: money`, on line 4.
  static let groupMistakes: [(rows: String, lines: [String])] = [
    ("by: [case_no], take: {amount: 'percentile(amount, 50)', paid_on: 'percentile(paid_on, share)'}", []),
    (
      "by: [case, case_no], take: {amount: 'percentile(amount, 50)', paid_on: 'percentile(paid_on, 1)'}",
      ["24: unknown field 'case'; fields of v: case_no, paid_on, amount"]
    ),
    (
      "by: [case_no], take: {amount: 'percentile(amount, 50)'}",
      [
        "9: the view's field 'paid_on' differs within a group; a field that is not in by: is taken by "
          + "percentile(value, share)"
      ]
    ),
    (
      "by: [case_no, paid_on], take: {amount: amount + 1}",
      ["65: a field that is not in by: is taken by percentile(value, share)"]
    ),
    (
      "by: [case_no, paid_on], take: {amount: percentile(amount)}",
      ["58: a field that is not in by: is taken by percentile(value, share)"]
    ),
    (
      "by: [case_no, paid_on, amount]",
      ["24: by: needs a field beside it that is taken by percentile(value, share)"]
    ),
    ("by: []", ["23: 'by' needs at least one entry"]),
    (
      "by: [case_no, paid_on], take: {amount: 'percentile(amount, 0)'}",
      ["78: the share of percentile() is a number over 0 and up to 100, or a parameter"]
    ),
    (
      "by: [case_no, paid_on], take: {amount: 'percentile(amount, 100.1)'}",
      ["78: the share of percentile() is a number over 0 and up to 100, or a parameter"]
    ),
    (
      "by: [case_no, paid_on], take: {amount: 'percentile(amount, amount)'}",
      ["78: the share of percentile() is a number over 0 and up to 100, or a parameter"]
    ),
    (
      "by: [case_no, paid_on], take: {amount: 'percentile(share, 50)'}",
      ["70: percentile() needs a field of a type that has an order, or a value of one; this is a constant"]
    ),
    (
      "by: [case_no, paid_on], take: {amount: 'percentile(case_no, 50)'}",
      ["70: percentile() needs a field of a type that has an order, or a value of one; this is a code"]
    ),
    (
      "by: [case_no, paid_on], take: {amount: 'percentile(months, 50)'}",
      ["58: the view's field 'amount' is an amount of money; this is a number"]
    ),
    (
      "by: [case_no, paid_on], take: {amount: 'percentile(amont, 50)'}",
      [
        "70: unknown field 'amont'; did you mean 'amount'?; fields of payments: case_no, paid_on, amount, months; "
          + "defined names: share"
      ]
    ),
    (
      "take: {amount: 'percentile(amount, 50)'}",
      ["35: percentile(value, share) stands alone in take: of rows of a view that have by:"]
    )
  ]

  @Test(arguments: groupMistakes) func mistakesOfGroupsAreNamed(rows: String, lines: [String]) {
    let text = """
      version: 1
      parameters: {share: 99.9}
      sources: {payments: {path: a, fields: {case_no: code, paid_on: date, amount: money, months: number}}}
      views: {v: {fields: {case_no: code, paid_on: date, amount: money}, rows: [{
        from: payments, \(rows)}]}}
      rules: {T: {kind: condition, subject: payments, where: exists(v by case_no)}}
      """
    #expect(LanguageJob.mistakes(in: text) == lines.map { "job.yml:5:\($0)" })
  }

  @Test func groupsNeedTheirFields() {
    let text = """
      version: 1
      sources: {payments: {path: a, fields: {amount: money}}}
      views: {v: {fields: {kind: code, amount: money}, rows: [{from: payments, by: [kind], take: {
        amount: 'percentile(amount, 50)'}}]}}
      define: {percentile: amount > 1}
      rules: {T: {kind: condition, subject: payments, where: 'percentile(amount, 5) > 1'}}
      """
    #expect(
      LanguageJob.mistakes(in: text) == [
        "job.yml:3:79: nothing gives 'kind' a value, so that it makes no group; take it",
        "job.yml:5:10: 'percentile' cannot name a definition; the word has a meaning in expressions",
        "job.yml:6:57: percentile(value, share) stands alone in take: of rows of a view that have by:"
      ])
  }

  @Test func conditionsMayBeChosen() {
    #expect(LanguageJob.mistakes(in: LanguageJob.job(where: "if(status = 'a', pay > 1, start > end)")) == [])
    #expect(
      LanguageJob.mistakes(in: LanguageJob.job(where: "if(status = 'a', pay > 1, pay)")) == [
        "job.yml:35:12: if() needs values of one type; this is an amount of money, another is a condition"
      ])
  }
}
