extension TrapCatalogue {
  static let paidAfterDeathTraps = [
    Trap("T18", plant: twoMonthsPaid), Trap("T19", plant: oneReturned), Trap("T20", plant: oneReversed),
    Trap("T21", isLookAlike: true, plant: paidLate), Trap("T22", plant: unchangedForFour),
    Trap("T23", isLookAlike: true, plant: bereavementPayment), Trap("X02", plant: batchBeforeRecord)
  ]

  /// A one-person case: died 2026-05-20, paid up to `last`, ended with the death when that was known.
  private static func deadInMay(paidUntil last: Month, _ stage: inout TrapStage) -> Family {
    var family = stage.family(Word.head)
    family.end(Month(2026, 7).lastDay, reason: Word.endedByDeath)
    family.stopPayments(after: last)
    stage.report(deathOf: family.head, on: Month(2026, 5).day(20))
    return family
  }

  private static func twoMonthsPaid(_ stage: inout TrapStage) {
    let family = deadInMay(paidUntil: Month(2026, 7), &stage)
    stage.expectNone("T18", "DEATH_STOP", in: family)
    stage.expect(
      "T18", "PAID_AFTER_DEATH", in: family, severity: 4, proposal: "VERIFY_AMOUNT",
      months: [Month(2026, 6), Month(2026, 7)], amount: 2 * family.file.monthlyAmount, basis: "FULL")
    stage.add(family)
  }

  private static func oneReturned(_ stage: inout TrapStage) {
    let family = deadInMay(paidUntil: Month(2026, 6), &stage)
    var returned = family.payment(for: Month(2026, 7))
    returned.result = Word.returned
    returned.failReason = "账户异常"
    stage.unit.payments.append(returned)
    stage.expect(
      "T19", "PAID_AFTER_DEATH", in: family, severity: 3, proposal: "VERIFY_AMOUNT", months: [Month(2026, 6)],
      amount: family.file.monthlyAmount, basis: "FULL")
    stage.add(family)
  }

  /// June is taken back and paid again to another account of the same holder.
  private static func oneReversed(_ stage: inout TrapStage) {
    let family = deadInMay(paidUntil: Month(2026, 6), &stage)
    let june = Month(2026, 6)
    let original = family.payment(for: june)
    var reversal = family.payment(for: june, on: june.day(16), place: 1)
    reversal.amount = -original.amount
    reversal.result = Word.reversed
    reversal.reversed = original.payID
    var again = family.payment(for: june, on: june.day(18), place: 2)
    again.account = AccountNumber(family.file.index * 4 + 1).value
    stage.unit.payments += [reversal, again]
    stage.expect(
      "T20", "PAID_AFTER_DEATH", in: family, severity: 3, proposal: "VERIFY_AMOUNT", months: [june],
      amount: original.amount, basis: "FULL")
    stage.expectNone("T20", "PAY_DUPLICATE", in: family)
    stage.add(family)
  }

  /// Paid in June for April, the month of the death.
  private static func paidLate(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.end(Month(2026, 4).lastDay, reason: Word.endedByDeath)
    family.stopPayments(after: Month(2026, 3))
    stage.report(deathOf: family.head, on: Month(2026, 4).day(18))
    stage.unit.payments.append(family.payment(for: Month(2026, 4), on: Month(2026, 6).day(10), place: 0))
    stage.expectNone("T21", "PAID_AFTER_DEATH", "PAID_NOT_ON_ROLL", "DEATH_STOP", in: family)
    stage.add(family)
  }

  /// Four people, the father of the head died, the amount stayed for two months.
  private static func unchangedForFour(_ stage: inout TrapStage) {
    let family = stage.family(Word.head, Word.spouse, Word.child, Word.parent)
    let dead = family.members[3]
    stage.report(deathOf: dead, on: Month(2026, 8).day(14))
    stage.expect("T22", "DEATH_STOP", in: family, person: dead, severity: 3, grade: "A", proposal: "RECALC")
    stage.expect(
      "T22", "PAID_AFTER_DEATH", in: family, severity: 4, proposal: "VERIFY_AMOUNT",
      months: [Month(2026, 9), Month(2026, 10)], amount: 2 * family.file.monthlyAmount / 4, basis: "PER_CAPITA")
    stage.add(family)
  }

  private static func bereavementPayment(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.end(Month(2026, 8).lastDay, reason: Word.endedByDeath)
    stage.report(deathOf: family.head, on: Month(2026, 8).day(20))
    var payment = family.payment(for: Month(2026, 9), on: Month(2026, 9).day(10), place: 0)
    payment.program = Word.funeralAid
    payment.kind = Word.oneOff
    payment.amount = 3000_00
    stage.unit.payments.append(payment)
    stage.expectNone(
      "T23", "PAID_AFTER_DEATH", "PAID_NOT_ON_ROLL", "HOLDER_DEAD", "HOLDER_MISMATCH", "PAY_LARGE", in: family)
    stage.add(family)
  }

  /// October was paid before the death of September was recorded.
  private static func batchBeforeRecord(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    let death = Month(2026, 9).day(27)
    stage.report(deathOf: family.head, on: death, recorded: Month(2026, 10).day(20))
    stage.expect(
      "X02", "DEATH_STOP", in: family, person: family.head, severity: 4, grade: "A", proposal: stopAndHold)
    stage.expect(
      "X02", "PAID_AFTER_DEATH", in: family, severity: 2, proposal: "VERIFY_AMOUNT", reasons: ["BATCH_LAG"],
      months: [Month(2026, 10)], amount: family.file.monthlyAmount, basis: "FULL")
    stage.add(family)
  }
}
