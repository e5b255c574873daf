/// Where a trap is set up: makes its people, keeps their rows, notes what is expected.
struct TrapStage {
  let city: NoticeCity
  var unit: NoticeUnit
  /// Tells apart the places at which the same trap is planted, from 0.
  let instance: Int
  var random: SplitMix64
  private let household: Int
  /// Numbers of households from that one on that are this place's own.
  private let householdCount: Int
  private var householdsUsed = 0
  private var outsidersUsed = 0

  init(city: NoticeCity, unit: NoticeUnit, index: Int, instance: Int, household: Int, householdCount: Int) {
    self.city = city
    self.unit = unit
    self.instance = instance
    self.household = household
    self.householdCount = householdCount
    random = SplitMix64(seed: city.seed, stream: .trap, number: index)
  }

  // MARK: People

  /// A household with a case that was granted in 2023 and is paid every month; its names have no dots.
  mutating func family(_ relations: String...) -> Family {
    var family = nextHousehold(relations)
    for place in family.members.indices {
      guard case .name(let name) = family.members[place].name, name.form == .long else { continue }
      let others = family.members.map(\.name)
      family.members[place].rename(.name(city.shortName(otherThan: others, random: &random)))
    }
    family.setHolder(family.head.name, family.head.id)
    family.file.start = Month(2023, 3).day(1)
    family.file.monthlyAmount = family.members.count * 600_00
    if family.file.district == Districts.ofWrongBatch { family.move(to: 310112) }
    return family
  }

  /// The next of the situation's households in which nobody's number looks as if a spreadsheet had cut it off.
  private mutating func nextHousehold(_ relations: [String]) -> Family {
    var family: Family
    repeat {
      let place = min(householdsUsed, householdCount - 1)
      family = city.family(relations, household: household + place, random: &random)
      householdsUsed += 1
    } while family.members.contains(where: \.endsInZeros) && householdsUsed < NoticeCity.householdsPerTrap
    return family
  }

  /// A household that is in the register only.
  mutating func residents(_ relations: String...) -> Family {
    var family = nextHousehold(relations)
    family.paid = nil
    for place in family.members.indices { family.members[place].isOnRoll = false }
    return family
  }

  /// Somebody who is in no list but the one that the trap puts them on.
  mutating func outsider() -> Member {
    outsidersUsed += 1
    return city.outsider(of: household, place: outsidersUsed - 1, random: &random)
  }

  /// The same member, 18 to 25 years old, with a number that was given elsewhere.
  mutating func student(from member: Member) -> Member {
    let (block, day) = household.quotientAndRemainder(dividingBy: 2500)
    var student = city.special(
      division: 320281 + block / 999, birth: NoticeCity.asOf - 25 * 365 + day, sequence: 1 + block % 999,
      relation: member.relation, random: &random)
    student.rename(member.name)
    return student
  }

  /// A name that nobody in `family` has.
  mutating func otherName(than family: Family) -> NameText {
    .name(city.shortName(otherThan: family.members.map(\.name), random: &random))
  }

  mutating func add(_ family: Family) { unit.families.append(family) }

  // MARK: Facts

  /// A row of the funeral feed, or of `death_other` where there is a `source`.
  mutating func report(
    deathOf member: Member, on date: Int?, recorded: Int? = nil, name: NameText? = nil, id: IdentityText? = nil,
    certificate: Int = 0, source: String? = nil
  ) {
    var row = DeathRow(
      id: id ?? member.id, name: name ?? member.name, isMale: member.isMale, birth: member.birth, date: date,
      cremation: date.map { $0 + 2 }, certificate: household * 8 + certificate, recorded: recorded ?? (date ?? 0) + 3)
    if let source {
      row.source = source
      unit.otherDeaths.append(row)
    } else {
      unit.funeral.append(row)
    }
  }

  mutating func report(custodyOf member: Member, code: String, from: Int, expected: Int? = nil, to: Int? = nil) {
    unit.custody.append(
      CustodyRow(
        id: member.id, name: member.name, code: code, start: from, expectedEnd: expected, release: to,
        recorded: (to ?? from) + 6))
  }

  /// A registered custodian for the whole case; `account` is empty where it holds for every account.
  mutating func register(
    custodian: Member, of family: Family, kind: String = Word.relative, account: UInt64?, revoked: Int? = nil
  ) {
    unit.custodians.append(
      CustodianRow(
        caseNumber: family.file.caseNumber, beneficiary: family.head.id, custodian: custodian.id, name: custodian.name,
        kind: kind, account: account, agreement: household * 8 + unit.custodians.count,
        filed: Month(2023, 4).day(10), validFrom: Month(2023, 4).day(10), validTo: Month(2029, 12).day(31),
        revoked: revoked))
  }

  func hardship(_ member: Member, from: Int, to: Int? = nil) -> HardshipRow {
    HardshipRow(id: member.id, name: member.name, from: from, to: to, household: household)
  }

  // MARK: Expectations

  mutating func expect(
    _ trap: String, _ rule: String, _ verdict: Finding.Verdict = .flag, in family: Family? = nil,
    person: Member? = nil, account: UInt64? = nil, severity: Int? = nil, grade: String = "", proposal: String = "",
    reasons: [String] = [], months: [Month] = [], amount: Int? = nil, basis: String = ""
  ) {
    let subject: Finding.Subject =
      person != nil ? .person : family != nil ? .case : account != nil ? .account : .feed
    unit.findings.append(
      Finding(
        trap: trap, verdict: verdict, rule: rule, subject: subject, caseNumber: family?.file.caseNumber,
        id: person?.number, account: account, severity: severity, grade: grade, proposal: proposal, reasons: reasons,
        months: months, amount: amount, basis: basis))
  }

  /// None of these rules says anything about the case, or about the person.
  mutating func expectNone(_ trap: String, _ rules: String..., in family: Family, person: Member? = nil) {
    for rule in rules { expect(trap, rule, .none, in: family, person: person) }
  }
}
