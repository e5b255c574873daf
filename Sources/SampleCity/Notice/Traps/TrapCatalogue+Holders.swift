extension TrapCatalogue {
  /// Whose name stands on the account of a case.
  static let holderTraps = [
    Trap("T44", isLookAlike: true, plant: paidToHead), Trap("T45", isLookAlike: true, plant: custodian),
    Trap("T46", plant: custodianOfOtherAccount), Trap("T47", plant: revokedCustodian),
    Trap("T49", plant: committeeWorker), Trap("X10", isLookAlike: true, plant: filedCommitteeWorker),
    Trap("T50", plant: motherOfChild), Trap("T51", isLookAlike: true, plant: cutName),
    Trap("T52", plant: deadHolder), Trap("X11", plant: deadHolderForTwoMonths)
  ]

  /// Months and total of all regular payments of the window from `first` on.
  static func paid(_ family: Family, from first: Month? = nil, in stage: TrapStage) -> (months: [Month], amount: Int) {
    let from = max(stage.city.months.lowerBound, first ?? stage.city.months.lowerBound)
    let months = family.paidMonths(in: from...NoticeCity.lastMonth)
    return (months, months.reduce(0) { $0 + family.file.amount(for: $1) })
  }

  private static func paidToHead(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse, Word.child)
    family.payee = 1
    stage.expectNone("T44", "HOLDER_MISMATCH", in: family)
    stage.add(family)
  }

  private static func custodian(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    let custodian = stage.outsider()
    family.setHolder(custodian.name, custodian.id)
    stage.register(custodian: custodian, of: family, account: family.file.account)
    stage.expectNone("T45", "HOLDER_MISMATCH", in: family)
    stage.add(family)
  }

  private static func custodianOfOtherAccount(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    let custodian = stage.outsider()
    family.setHolder(custodian.name, custodian.id)
    stage.register(custodian: custodian, of: family, account: AccountNumber(family.file.index * 4 + 1).value)
    let all = paid(family, in: stage)
    stage.expect(
      "T46", "HOLDER_MISMATCH", in: family, account: family.file.account, severity: 4, proposal: "REVIEW",
      reasons: ["CUSTODY_NOT_COVERING"], months: all.months, amount: all.amount)
    stage.add(family)
  }

  private static func revokedCustodian(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    let custodian = stage.outsider()
    family.setHolder(custodian.name, custodian.id)
    stage.register(
      custodian: custodian, of: family, account: family.file.account, revoked: Month(2026, 7).day(20))
    let late = paid(family, from: Month(2026, 8), in: stage)
    stage.expect(
      "T47", "HOLDER_MISMATCH", in: family, account: family.file.account, severity: 4, proposal: "REVIEW",
      reasons: ["CUSTODY_NOT_COVERING"], months: late.months, amount: late.amount)
    stage.add(family)
  }

  private static func committeeWorker(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    let worker = stage.outsider()
    family.setHolder(worker.name, worker.id)
    stage.unit.officials.append(OfficialRow(id: worker.id, name: worker.name))
    let all = paid(family, in: stage)
    stage.expect(
      "T49", "HOLDER_MISMATCH", in: family, account: family.file.account, severity: 5, proposal: "REVIEW FILE",
      months: all.months, amount: all.amount)
    stage.add(family)
  }

  private static func filedCommitteeWorker(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    let worker = stage.outsider()
    family.setHolder(worker.name, worker.id)
    stage.unit.officials.append(OfficialRow(id: worker.id, name: worker.name))
    stage.register(custodian: worker, of: family, kind: Word.committeeWorker, account: nil)
    stage.expectNone("X10", "HOLDER_MISMATCH", in: family)
    stage.add(family)
  }

  /// A child alone in the case; the account is the mother's, with whom it is registered.
  private static func motherOfChild(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.child)
    var mother = family.members[0]
    mother.isOnRoll = false
    family.members = [family.members[1], mother]
    family.members[0].relation = Word.head
    family.file.monthlyAmount = 700_00
    family.setHolder(mother.name, mother.id)
    let all = paid(family, in: stage)
    stage.expect(
      "T50", "HOLDER_MISMATCH", in: family, account: family.file.account, severity: 2, reasons: ["GUARDIAN_LIKELY"],
      months: all.months, amount: all.amount)
    stage.add(family)
  }

  /// The bank keeps four characters of a name.
  private static func cutName(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    let (first, second) = dottedName(&stage)
    family.head.rename(.text("\(first)·\(second)"))
    family.setHolder(.text(first), family.head.id)
    stage.expectNone("T51", "HOLDER_MISMATCH", "ID_COLLISION", in: family)
    stage.add(family)
  }

  /// The head died on `day` and was taken off the roll; the others are still paid to the head's card.
  private static func paidToDeadHead(on day: Int, _ stage: inout TrapStage) -> Family {
    var family = stage.family(Word.head, Word.spouse, Word.child)
    let dead = family.members[0]
    family.end(member: 0, Month(of: day).lastDay, reason: Word.endedByDeath)
    family.members[0].cancel(Word.cancelledByDeath, on: day)
    family.members[1].relation = Word.head
    family.file.monthlyAmount = 1300_00
    family.payee = 1
    stage.report(deathOf: dead, on: day)
    return family
  }

  private static func deadHolder(_ stage: inout TrapStage) {
    let day = Month(2025, 8).day(10)
    let family = paidToDeadHead(on: day, &stage)
    let late = paid(family, from: Month(2025, 9), in: stage)
    stage.expect(
      "T52", "HOLDER_DEAD", in: family, account: family.file.account, severity: 4, proposal: "REVIEW",
      months: late.months, amount: late.amount)
    stage.expectNone("T52", "HOLDER_MISMATCH", "PAID_AFTER_DEATH", "DEATH_STOP", in: family)
    stage.add(family)
  }

  private static func deadHolderForTwoMonths(_ stage: inout TrapStage) {
    let family = paidToDeadHead(on: Month(2026, 8).day(20), &stage)
    let late = paid(family, from: Month(2026, 9), in: stage)
    stage.expect(
      "X11", "HOLDER_DEAD", in: family, account: family.file.account, severity: 2, proposal: "REVIEW",
      months: late.months, amount: late.amount)
    stage.expectNone("X11", "HOLDER_MISMATCH", "PAID_AFTER_DEATH", "DEATH_STOP", in: family)
    stage.add(family)
  }
}
