extension TrapCatalogue {
  /// Accounts that more than one case is paid to.
  static let accountTraps = [
    Trap("T48", plant: nursingHome), Trap("T53", plant: twoCases), Trap("T54", plant: oneAfterTheOther),
    Trap("T55", plant: parentsAndSon), Trap("T56", plant: passbookAndCard), Trap("X12", plant: acrossDistricts)
  ]

  /// Forty people in a home whose account is registered for each of them.
  private static func nursingHome(_ stage: inout TrapStage) {
    let name = NameText.text(["安泽敬老院", "松溪养老服务中心"][stage.instance % 2])
    var first: Family?
    for _ in 0..<40 {
      var family = stage.family(Word.head)
      let leader = first ?? family
      family.move(to: leader.file.district)
      family.file.street = leader.file.street
      family.file.account = leader.file.account
      family.file.program = Word.support
      family.file.monthlyAmount = Standards.support
      family.file.raise = Standards.supportRaise
      family.setHolder(name, .nothing)
      stage.unit.custodians.append(
        CustodianRow(
          caseNumber: family.file.caseNumber, beneficiary: family.head.id, custodian: .nothing, name: name,
          kind: Word.institution, account: family.file.account, agreement: family.file.index * 8,
          filed: Month(2022, 1).day(10), validFrom: Month(2022, 1).day(10), validTo: nil, revoked: nil))
      stage.expectNone("T48", "HOLDER_MISMATCH", "PAY_FREQUENT", in: family)
      stage.add(family)
      first = leader
    }
    stage.expect("T48", "SHARED_ACCOUNT", .none, account: first?.file.account)
  }

  /// Two cases of one street that have nothing to do with each other, on the card of the first one's head.
  private static func pair(_ stage: inout TrapStage) -> (Family, Family) {
    let first = stage.family(Word.head)
    var second = stage.family(Word.head)
    second.move(to: first.file.district)
    second.file.street = first.file.street
    second.file.account = first.file.account
    second.setHolder(first.head.name, first.head.id)
    if second.head.name == first.head.name { second.head.rename(stage.otherName(than: first)) }
    return (first, second)
  }

  private static func expectForeignHolder(_ trap: String, _ family: Family, _ stage: inout TrapStage) {
    let all = paid(family, in: stage)
    stage.expect(
      trap, "HOLDER_MISMATCH", in: family, account: family.file.account, severity: 5, proposal: "REVIEW",
      months: all.months, amount: all.amount)
  }

  private static func twoCases(_ stage: inout TrapStage) {
    let (first, second) = pair(&stage)
    stage.expect("T53", "SHARED_ACCOUNT", account: first.file.account, severity: 3, proposal: "REVIEW")
    expectForeignHolder("T53", second, &stage)
    stage.expectNone("T53", "HOLDER_MISMATCH", in: first)
    stage.add(first)
    stage.add(second)
  }

  /// The first until May, the second from July on; each time the account has its own holder.
  private static func oneAfterTheOther(_ stage: inout TrapStage) {
    var (first, second) = pair(&stage)
    first.end(Month(2026, 5).lastDay, reason: Word.endedByWish)
    second.start(Month(2026, 6).day(9))
    second.setHolder(second.head.name, second.head.id)
    stage.expect("T54", "SHARED_ACCOUNT", .none, account: first.file.account)
    stage.expectNone("T54", "HOLDER_MISMATCH", in: first)
    stage.expectNone("T54", "HOLDER_MISMATCH", in: second)
    stage.add(first)
    stage.add(second)
  }

  /// The son has a case of his own, is registered with his parents, and his father is the registered custodian.
  private static func parentsAndSon(_ stage: inout TrapStage) {
    let parents = stage.family(Word.head, Word.spouse)
    var son = stage.family(Word.head)
    son.move(to: parents.file.district)
    son.file.street = parents.file.street
    son.file.subType = Word.singlePerson
    son.members = [stage.student(from: son.head)]
    son.file.account = parents.file.account
    son.file.hukouNumber = parents.file.hukouNumber
    son.setHolder(parents.head.name, parents.head.id)
    if parents.members.contains(where: { $0.name == son.head.name }) {
      son.head.rename(stage.otherName(than: parents))
    }
    stage.register(custodian: parents.head, of: son, account: parents.file.account)
    var certificate = stage.hardship(son.head, from: Month(2020, 5).day(1), to: Month(2029, 5).day(1))
    certificate.category = Word.mental
    certificate.level = 2
    stage.unit.disability.append(certificate)
    stage.expect("T55", "SHARED_ACCOUNT", account: parents.file.account, severity: 1)
    stage.expectNone("T55", "HOLDER_MISMATCH", "DUPLICATE_ENROLMENT", in: son)
    stage.add(parents)
    stage.add(son)
  }

  /// Two cases, one on the passbook, one on the card that took its place; and a case that changed in July.
  private static func passbookAndCard(_ stage: inout TrapStage) {
    let cases = pair(&stage)
    var first = cases.0
    let second = cases.1
    let card = first.file.account
    first.file.account = 103_100_000_000_000 + UInt64(first.file.index)
    stage.unit.accountChanges.append(
      AccountChange(old: first.file.account, new: card, date: Month(2026, 1).day(8)))
    stage.expect("T56", "SHARED_ACCOUNT", account: card, severity: 3, proposal: "REVIEW")
    expectForeignHolder("T56", second, &stage)
    stage.expectNone("T56", "HOLDER_MISMATCH", in: first)
    stage.add(first)
    stage.add(second)

    var changed = stage.family(Word.head)
    let passbook = 103_100_000_000_000 + UInt64(changed.file.index)
    stage.unit.accountChanges.append(
      AccountChange(old: passbook, new: changed.file.account, date: Month(2026, 7).day(2)))
    for month in changed.paidMonths(in: stage.city.months.lowerBound...Month(2026, 6)) {
      var payment = changed.payment(for: month)
      payment.account = passbook
      stage.unit.payments.append(payment)
      changed.unpaid.append(month)
    }
    stage.expect("T56", "SHARED_ACCOUNT", .none, account: changed.file.account)
    stage.expectNone("T56", "HOLDER_MISMATCH", "ON_ROLL_NOT_PAID", in: changed)
    stage.add(changed)
  }

  private static func acrossDistricts(_ stage: inout TrapStage) {
    var (first, second) = pair(&stage)
    first.move(to: 310107)
    second.move(to: 310118)
    stage.expect("X12", "SHARED_ACCOUNT", account: first.file.account, severity: 5, proposal: "REVIEW")
    expectForeignHolder("X12", second, &stage)
    stage.add(first)
    stage.add(second)
  }
}
