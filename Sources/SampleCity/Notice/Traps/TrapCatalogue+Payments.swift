extension TrapCatalogue {
  /// How often, how much, and whether at all a case was paid.
  static let paymentTraps = [
    Trap("T57", plant: paidTwice), Trap("T58", isLookAlike: true, plant: splitPayment),
    Trap("X13", isLookAlike: true, plant: paidTwiceAndTakenBack),
    Trap("X14", isLookAlike: true, plant: returnedAndPaidAgain), Trap("X15", plant: fourParts),
    Trap("T59", isLookAlike: true, plant: backPayment), Trap("T60", plant: backPaymentWithoutMonths),
    Trap("X16", plant: largePayment), Trap("T62", isLookAlike: true, plant: threePrograms),
    Trap("T68", plant: paidNotOnRoll), Trap("X17", plant: oneOffToOthers), Trap("X18", plant: taperPeriod),
    Trap("T69", plant: returnedTwice), Trap("X19", plant: amountOverStandard)
  ]

  private static let september = Month(2026, 9)

  private static func paidTwice(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.file.monthlyAmount = 1330_00
    stage.unit.payments.append(family.payment(for: september, on: september.day(17), place: 1))
    stage.expect(
      "T57", "PAY_DUPLICATE", in: family, severity: 4, months: [september], amount: 1330_00)
    stage.expectNone("T57", "PAY_FREQUENT", in: family)
    stage.add(family)
  }

  private static func splitPayment(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.file.monthlyAmount = 1330_00
    split(&family, into: [700_00, 630_00], on: [12, 17], &stage)
    stage.expectNone("T58", "PAY_DUPLICATE", "PAY_FREQUENT", in: family)
    stage.add(family)
  }

  /// Pays September in parts.
  private static func split(_ family: inout Family, into parts: [Int], on days: [Int], _ stage: inout TrapStage) {
    family.unpaid = [september]
    for (place, (amount, day)) in zip(parts, days).enumerated() {
      var payment = family.payment(for: september, on: september.day(day), place: place)
      payment.amount = amount
      stage.unit.payments.append(payment)
    }
  }

  private static func paidTwiceAndTakenBack(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    let again = family.payment(for: september, on: september.day(15), place: 1)
    var reversal = family.payment(for: september, on: september.day(18), place: 2)
    reversal.result = Word.reversed
    reversal.amount = -again.amount
    reversal.reversed = again.payID
    stage.unit.payments += [again, reversal]
    stage.expectNone("X13", "PAY_DUPLICATE", "PAY_FREQUENT", in: family)
    stage.add(family)
  }

  private static func returnedAndPaidAgain(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.unpaid = [september]
    var returned = family.payment(for: september)
    returned.result = Word.returned
    returned.failReason = "户名不符"
    stage.unit.payments += [returned, family.payment(for: september, on: september.day(22), place: 1)]
    stage.expectNone("X14", "PAY_DUPLICATE", "PAY_FREQUENT", "ON_ROLL_NOT_PAID", in: family)
    stage.add(family)
  }

  /// Four parts that make up the due amount: no duplicate, but often.
  private static func fourParts(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.file.monthlyAmount = 1200_00
    split(&family, into: [300_00, 280_00, 320_00, 300_00], on: [3, 6, 9, 25], &stage)
    stage.expect("X15", "PAY_FREQUENT", in: family, severity: 3)
    stage.expectNone("X15", "PAY_DUPLICATE", in: family)
    stage.add(family)
  }

  /// March to August in one sum.
  private static func sixMonths(_ monthsCovered: Int?, _ stage: inout TrapStage) -> Family {
    var family = stage.family(Word.head)
    family.file.monthlyAmount = 900_00
    family.start(Month(2026, 2).day(20))
    family.paid = september...NoticeCity.lastMonth
    var payment = family.payment(for: Month(2026, 8), on: Month(2026, 8).day(20), place: 0)
    payment.kind = Word.backPayment
    payment.monthsCovered = monthsCovered
    payment.amount = 6 * family.file.monthlyAmount
    stage.unit.payments.append(payment)
    return family
  }

  private static func backPayment(_ stage: inout TrapStage) {
    let family = sixMonths(6, &stage)
    stage.expectNone("T59", "PAY_LARGE", "PAY_DUPLICATE", "ON_ROLL_NOT_PAID", in: family)
    stage.add(family)
  }

  private static func backPaymentWithoutMonths(_ stage: inout TrapStage) {
    let family = sixMonths(nil, &stage)
    stage.expect("T60", "PAY_LARGE", in: family, severity: 3, reasons: ["BACKPAY_LIKELY"])
    stage.add(family)
  }

  /// More than three times the standard, and no whole multiple of the monthly amount.
  private static func largePayment(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.file.monthlyAmount = 810_00
    split(&family, into: [6100_00], on: [12], &stage)
    stage.expect("X16", "PAY_LARGE", in: family, severity: 4)
    stage.add(family)
  }

  /// 低保, 残疾人两项补贴 and 物价补贴 on one card within a few days.
  private static func threePrograms(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    for (place, program) in [Word.disabilityAid, Word.priceAid].enumerated() {
      var payment = family.payment(for: september, on: september.day(13 + place), place: place + 1)
      payment.program = program
      payment.amount = 180_00
      stage.unit.payments.append(payment)
    }
    stage.expectNone("T62", "PAY_FREQUENT", "PAY_DUPLICATE", "PAY_LARGE", "PAID_NOT_ON_ROLL", in: family)
    stage.add(family)
  }

  /// Paid in October; the row of the roll comes tomorrow.
  private static func paidNotOnRoll(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.head.isOnRoll = false
    family.paid = NoticeCity.lastMonth...NoticeCity.lastMonth
    stage.expect(
      "T68", "PAID_NOT_ON_ROLL", in: family, severity: 4, months: [NoticeCity.lastMonth],
      amount: family.file.monthlyAmount)
    stage.add(family)
  }

  /// Emergency aid for somebody who is not on the roll.
  private static func oneOffToOthers(_ stage: inout TrapStage) {
    var family = stage.residents(Word.head, Word.spouse)
    family.file.monthlyAmount = 1500_00
    var payment = family.payment(for: september)
    payment.program = Word.emergencyAid
    payment.kind = Word.oneOff
    payment.caseNumber = nil
    stage.unit.payments.append(payment)
    stage.expect("X17", "PAID_NOT_ON_ROLL", .none, person: family.head)
    stage.expect("X17", "PAY_LARGE", .none, person: family.head)
    stage.add(family)
  }

  /// The case ended in June; what it gets since is the taper 渐退期.
  private static func taperPeriod(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.end(Month(2026, 6).lastDay, reason: Word.endedByReview)
    family.paid = stage.city.months
    family.file.taperUntil = Month(2026, 12).day(31)
    stage.expectNone("X18", "PAID_NOT_ON_ROLL", in: family)
    stage.expect("X18", "HOLDER_MISMATCH", .optional, in: family)
    stage.add(family)
  }

  private static func returnedTwice(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.start(Month(2026, 7).day(1))
    family.paid = nil
    for month in [Month(2026, 8), september] {
      var payment = family.payment(for: month)
      payment.result = Word.returned
      payment.failReason = "户名不符"
      stage.unit.payments.append(payment)
    }
    stage.expect("T69", "ON_ROLL_NOT_PAID", in: family, severity: 3)
    stage.add(family)
  }

  private static func amountOverStandard(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    family.file.monthlyAmount = Standards.allowance * 2 + 300_00
    stage.expect("X19", "AMOUNT_OVER_STANDARD", in: family, severity: 2)
    stage.expectNone("X19", "PAY_LARGE", in: family)
    stage.add(family)
  }
}
