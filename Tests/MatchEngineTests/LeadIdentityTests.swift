import MatchEngine
import Testing

/// Expected codes were computed with the hmac, hashlib and base64 modules of Python.
@Suite struct LeadIdentityTests {
  private let identity = FlagIdentity(key: LeadSamples.key)

  @Test(
    arguments: [
      ("DEATH_STOP", LeadSamples.idNumber, "C-1", ["C-1"], "DEATH_STOP-3HFEXZ6PIBAV3IIEV4JOWXQR4Y"),
      ("DEATH_STOP", LeadSamples.idNumber, "C-2", ["C-2"], "DEATH_STOP-EWNPEUFMVWBZZ7UDZT5ABIIK4P"),
      ("PAID_AFTER_DEATH", LeadSamples.idNumber, "C-1", [], "PAID_AFTER_DEATH-PJOKOPIX7CHXLBGYPGQVUJO4OP"),
      ("ON_ROLL_NOT_PAID", "", "C-1", [], "ON_ROLL_NOT_PAID-Z7YJUEK5VYYXYHUA3B6KV354FB"),
      ("SHARED_ACCOUNT", "", "", [LeadSamples.account], "SHARED_ACCOUNT-GFQ2TLT6TELTIRQ3GX5IAGJIU5")
    ] as [(String, String, String, [String], String)])
  func theNumberIsAKeyedHash(rule: String, id: String, caseID: String, flagKey: [String], expected: String) {
    let subject = FlagSubject(idNumber: id, caseID: caseID)
    #expect(identity.flagID(rule: rule, subject: subject, flagKey: flagKey) == expected)
  }

  @Test func noTwoListsOfPartsMakeOneNumber() {
    let subject = FlagSubject(idNumber: LeadSamples.idNumber, caseID: "")
    let keys = [["BC"], ["B", "C"], ["BC", ""], ["", "BC"], [], [""]]
    let numbers = keys.map { identity.flagID(rule: "A", subject: subject, flagKey: $0) }
    let distinct = keys.map { identity.flagID(rule: "A", subject: subject, flagKey: [], distinction: $0) }
    // An empty distinction is none.
    #expect(Set(numbers + distinct).count == 11)
  }

  @Test func anotherKeyMakesAnotherNumber() {
    let other = FlagIdentity(key: SiteKey(bytes: Array(1..<33)))
    let subject = FlagSubject(idNumber: LeadSamples.idNumber, caseID: "")
    #expect(
      identity.flagID(rule: "A", subject: subject, flagKey: [])
        != other.flagID(rule: "A", subject: subject, flagKey: []))
  }

  @Test func theEvidenceHashIsAKeyedHashOfTheFacts() {
    #expect(identity.evidenceHash(of: Self.facts, under: Self.rule) == "HZKNPBARU5XI6SA2HUKXGLDIKK")
  }

  private static var rule: LeadRule {
    var rule = LeadRule(id: "DEATH_STOP")
    rule.shownIsName = [false, true]
    return rule
  }

  private static var facts: SettledFlag {
    var flag = LeadSamples.death
    flag.grade = "A"
    flag.name = "张三"
    flag.lines = [SettledFlag.Line(month: LeadSamples.month(2026, 9), amount: 133_000, shown: ["P1", "李四"])]
    return flag
  }

  /// What changes about a flag, and whether its facts are others then.
  private static let edits: [(what: String, changes: Bool, edit: @Sendable (inout SettledFlag) -> Void)] = [
    ("severity", false, { $0.severity = 2 }), ("proposal", false, { $0.proposal = "RECALC" }),
    ("wording", false, { $0.fact = "另一句话" }), ("exemptions looked up", false, { $0.exemptions = [] }),
    ("district", false, { $0.district = "310104" }), ("due", false, { $0.due = 1 }),
    ("spelling of the name", false, { $0.name = " 张 三" }),
    ("spelling in a line", false, { $0.lines[0].shown = ["ｐ1", "李　四"] }),
    ("name", true, { $0.name = "张四" }), ("evidence", true, { $0.evidence = "BZ1|2026-09-05" }),
    ("a value more", true, { $0.evidence = "BZ1|2026-09-03|" }),
    ("months", true, { $0.months.append(LeadSamples.month(2026, 10)) }),
    ("amount", true, { $0.amount = 133_001 }), ("basis", true, { $0.amountBasis = "PER_CAPITA" }),
    ("reasons", true, { $0.reasons = [] }), ("grade", true, { $0.grade = "C" }),
    ("a line", true, { $0.lines[0].amount = 1 }), ("case", true, { $0.caseID = "C-2" })
  ]

  @Test(arguments: edits.indices)
  func theEvidenceHashFollowsTheFacts(index: Int) {
    let (what, changes, edit) = Self.edits[index]
    var flag = Self.facts
    edit(&flag)
    let isOther =
      identity.evidenceHash(of: flag, under: Self.rule) != identity.evidenceHash(of: Self.facts, under: Self.rule)
    #expect(isOther == changes, "\(what)")
  }

  // MARK: - Aliases

  @Test(
    arguments: [
      ([], "B", "B"), ([("A", "B")], "B", "A"), ([("A", "B")], "A", "A"), ([("A", "B"), ("B", "C")], "C", "A"),
      ([("X", "C"), ("A", "C")], "C", "A"), ([("A", "B"), ("B", "A")], "B", "A"), ([("A", "A")], "A", "A")
    ] as [([(String, String)], String, String)])
  func aCorrectedNumberLeadsToTheFirst(pairs: [(String, String)], number: String, first: String) {
    #expect(SubjectAliases(pairs.map { (old: $0.0, new: $0.1) }).first(of: number) == first)
  }

  @Test func aFlagKeepsItsNumberWhenTheSubjectIsCorrected() {
    let corrected = FlagIdentity(
      key: LeadSamples.key, aliases: SubjectAliases([(old: LeadSamples.idNumber, new: "NEW")]))
    let before = FlagSubject(idNumber: LeadSamples.idNumber, caseID: "C-1")
    let after = FlagSubject(idNumber: "NEW", caseID: "C-1")
    #expect(
      corrected.flagID(rule: "A", subject: after, flagKey: [])
        == identity.flagID(rule: "A", subject: before, flagKey: [])
    )
  }

  // MARK: - Lists

  @Test func numbersDoNotDependOnTheOrder() {
    var second = LeadSamples.death
    second.caseID = "C-0"
    let flags = [LeadSamples.holder, LeadSamples.death, LeadSamples.help, second, LeadSamples.unusable]
    let list = LeadSamples.list(flags)
    let reversed = LeadSamples.list(flags.reversed())
    #expect(list.leads.map(\.flagID) == reversed.leads.map(\.flagID))
    #expect(list.leads.map(\.evidenceHash) == reversed.leads.map(\.evidenceHash))
    #expect(
      list.leads.map { list.rule(of: $0).id } == [
        "DEATH_STOP", "DEATH_STOP", "HOLDER_MISMATCH", "ID_UNUSABLE", "UNCOVERED_HARDSHIP"
      ])
  }

  /// Both name the same person and flag key; the case tells them apart, and the rule is named.
  @Test func flagsThatAreAlikeGetNumbersOfTheirOwn() {
    var second = LeadSamples.death
    second.caseID = "C-2"
    let list = LeadSamples.list([second, LeadSamples.death, second])
    #expect(Set(list.leads.map(\.flagID)).count == 3)
    #expect(list.likeAnother == [2, 0, 0, 0])
    #expect(list.leads[0].flagID == "DEATH_STOP-3HFEXZ6PIBAV3IIEV4JOWXQR4Y")
    #expect(list.warnings.count == 1)
    #expect(list.warnings[0].hasPrefix("DEATH_STOP: 2 flags share"))
  }

  @Test func withoutAKeyNumbersAreThoseOfTheRun() {
    let list = LeadSamples.list([LeadSamples.help, LeadSamples.death], key: nil)
    #expect(list.leads.map(\.flagID) == ["run-000001", "run-000002"])
    #expect(list.leads.map(\.evidenceHash) == ["", ""])
    #expect(list.warnings.count == 1 && list.warnings[0].contains("match-run key init"))
    #expect(LeadSamples.list([], key: nil).warnings == [])
  }
}
