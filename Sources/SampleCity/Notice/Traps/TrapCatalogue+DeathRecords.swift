extension TrapCatalogue {
  /// What the records say about the day of a death, and what the roll did about it.
  static let deathRecordTraps = [
    Trap("T13", plant: withdrawnRecord), Trap("T14", plant: seenAlive), Trap("T15", plant: cremationOnly),
    Trap("T16", plant: twoDates), Trap("X01", plant: twoDatesInTwoMonths), Trap("T17", plant: endedBefore),
    Trap("T33", plant: cancelledInRegister), Trap("T91", plant: enrolledAfterDeath)
  ]

  private static func withdrawnRecord(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    stage.report(deathOf: family.head, on: deathDay, recorded: deathDay + 2)
    stage.report(deathOf: family.head, on: deathDay, recorded: deathDay + 14)
    stage.unit.funeral[1].isWithdrawn = true
    stage.expect("T13", "DEATH_STOP", .withdrawn, in: family, person: family.head)
    stage.add(family)
  }

  /// Dead in March, and in June the person had the address changed at the counter.
  private static func seenAlive(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.stopPayments(after: Month(2026, 3))
    family.head.event = Word.movedInCity
    family.head.eventDate = Month(2026, 6).day(12)
    stage.report(deathOf: family.head, on: Month(2026, 3).day(9))
    stage.expect(
      "T14", "DEATH_STOP", in: family, person: family.head, grade: "B", proposal: "REVIEW",
      reasons: ["CONFLICTING_SOURCES"])
    stage.add(family)
  }

  private static func cremationOnly(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    stage.report(deathOf: family.head, on: nil, recorded: deathDay + 4)
    stage.unit.funeral[0].cremation = deathDay + 2
    stage.expect(
      "T15", "DEATH_STOP", in: family, person: family.head, severity: 4, proposal: stopAndHold,
      reasons: ["DATE_LATEST_POSSIBLE"])
    stage.add(family)
  }

  private static func twoDates(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.stopPayments(after: Month(2026, 9))
    stage.report(deathOf: family.head, on: Month(2026, 9).day(3))
    stage.report(deathOf: family.head, on: Month(2026, 9).day(5), certificate: 1)
    stage.expect(
      "T16", "DEATH_STOP", in: family, person: family.head, severity: 4, grade: "A", proposal: stopAndHold)
    stage.expectNone("T16", "PAID_AFTER_DEATH", in: family)
    stage.add(family)
  }

  /// The later date is in the next month, which is paid: months are counted from it.
  private static func twoDatesInTwoMonths(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.stopPayments(after: Month(2026, 9))
    stage.report(deathOf: family.head, on: Month(2026, 8).day(30))
    stage.report(deathOf: family.head, on: Month(2026, 9).day(2), certificate: 1)
    stage.expect(
      "X01", "DEATH_STOP", in: family, person: family.head, severity: 4, grade: "A", proposal: stopAndHold)
    stage.expectNone("X01", "PAID_AFTER_DEATH", in: family)
    stage.add(family)
  }

  private static func endedBefore(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.end(Month(2026, 8).day(31), reason: Word.endedByWish)
    stage.report(deathOf: family.head, on: Month(2026, 9).day(3))
    stage.expectNone("T17", "DEATH_STOP", "PAID_AFTER_DEATH", in: family, person: family.head)
    stage.add(family)
  }

  /// The police know, the funeral homes do not; the register's row is the same kind of source.
  private static func cancelledInRegister(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.head.cancel(Word.cancelledByDeath, on: deathDay)
    stage.report(deathOf: family.head, on: deathDay, source: Word.police)
    stage.expect(
      "T33", "DEATH_STOP", in: family, person: family.head, severity: 4, grade: "A", proposal: stopAndHold)
    stage.expectNone("T33", "HUKOU_CANCELLED", "NOT_IN_REGISTER", in: family, person: family.head)
    stage.add(family)
  }

  private static func enrolledAfterDeath(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.start(Month(2021, 2).day(1))
    stage.report(deathOf: family.head, on: Month(2020, 4).day(17))
    stage.expect(
      "T91", "DEATH_STOP", in: family, person: family.head, severity: 5, proposal: "IDENTIFY_FIRST",
      reasons: ["ENROLLED_AFTER_DEATH"])
    let months = family.paidMonths(in: stage.city.months)
    stage.expect(
      "T91", "PAID_AFTER_DEATH", in: family, months: months, amount: months.count * family.file.monthlyAmount,
      basis: "FULL")
    stage.add(family)
  }
}
