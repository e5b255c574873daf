extension TrapCatalogue {
  static let custodyTraps = [
    Trap("T24", plant: prisonWithoutRelease), Trap("T25", isLookAlike: true, plant: releasedBeforeStart),
    Trap("T26", plant: releasedMember), Trap("T27", isLookAlike: true, plant: communityCorrection),
    Trap("T28", isLookAlike: true, plant: arrested), Trap("T29", plant: shortDetention),
    Trap("T30", plant: detoxificationForTwentyDays), Trap("T31", plant: unknownCode),
    Trap("T32", plant: supportInPrison), Trap("X03", plant: prisonWithRelease)
  ]

  private static func prisonWithoutRelease(_ stage: inout TrapStage) {
    let family = stage.family(Word.head, Word.spouse)
    let member = family.members[1]
    stage.report(custodyOf: member, code: "01", from: Month(2026, 2).day(1))
    stage.expect(
      "T24", "IN_CUSTODY", in: family, person: member, severity: 3, grade: "B", proposal: "RECALC",
      reasons: ["RELEASE_UNKNOWN"])
    stage.expect("T24", "PAID_IN_CUSTODY", in: family, basis: "PER_CAPITA")
    stage.add(family)
  }

  private static func releasedBeforeStart(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.start(Month(2026, 8).day(1))
    stage.report(
      custodyOf: family.head, code: "01", from: Month(2024, 1).day(8), expected: Month(2026, 6).day(20),
      to: Month(2026, 6).day(20))
    stage.expectNone("T25", "IN_CUSTODY", "PAID_IN_CUSTODY", in: family)
    stage.add(family)
  }

  /// In prison from 2024-01 to 2026-06, while the family was paid for two.
  private static func releasedMember(_ stage: inout TrapStage) {
    let family = stage.family(Word.head, Word.spouse)
    let member = family.members[1]
    stage.report(
      custodyOf: member, code: "01", from: Month(2024, 1).day(8), expected: Month(2026, 6).day(20),
      to: Month(2026, 6).day(20))
    let months = family.paidMonths(in: stage.city.months.lowerBound...Month(2026, 5))
    stage.expect(
      "T26", "PAID_IN_CUSTODY", in: family, severity: 3, months: months,
      amount: months.count * family.file.monthlyAmount / 2, basis: "PER_CAPITA")
    stage.expectNone("T26", "IN_CUSTODY", in: family)
    stage.add(family)
  }

  private static func communityCorrection(_ stage: inout TrapStage) {
    let family = stage.family(Word.head, Word.spouse)
    stage.report(
      custodyOf: family.head, code: "05", from: Month(2025, 11).day(3), expected: Month(2027, 11).day(2))
    stage.expectNone("T27", "IN_CUSTODY", "PAID_IN_CUSTODY", in: family)
    stage.add(family)
  }

  private static func arrested(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    stage.report(custodyOf: family.head, code: "11", from: Month(2026, 8).day(5))
    stage.expectNone("T28", "IN_CUSTODY", "PAID_IN_CUSTODY", in: family)
    stage.add(family)
  }

  private static func shortDetention(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    stage.report(
      custodyOf: family.head, code: "04", from: Month(2026, 8).day(10), expected: Month(2026, 12).day(9))
    stage.expect("T29", "IN_CUSTODY", in: family, person: family.head, severity: 2, proposal: "REVIEW")
    stage.expectNone("T29", "PAID_IN_CUSTODY", in: family)
    stage.add(family)
  }

  private static func detoxificationForTwentyDays(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    stage.report(
      custodyOf: family.head, code: "02", from: NoticeCity.asOf - 20, expected: Month(2028, 10).day(10))
    stage.expectNone("T30", "IN_CUSTODY", "PAID_IN_CUSTODY", in: family)
    stage.add(family)
  }

  private static func unknownCode(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    stage.report(custodyOf: family.head, code: "Z9", from: Month(2026, 3).day(2))
    stage.expectNone("T31", "IN_CUSTODY", "PAID_IN_CUSTODY", in: family)
    stage.expect("T31", "IN_CUSTODY", .warning, reasons: ["Z9"])
    stage.add(family)
  }

  private static func supportInPrison(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.file.program = Word.support
    family.file.monthlyAmount = Standards.support
    family.file.raise = Standards.supportRaise
    family.stopPayments(after: Month(2026, 8))
    stage.report(
      custodyOf: family.head, code: "01", from: Month(2026, 9).day(2), expected: Month(2028, 9).day(1))
    stage.expect("T32", "IN_CUSTODY", in: family, person: family.head, severity: 4, proposal: "STOP")
    stage.expectNone("T32", "PAID_IN_CUSTODY", in: family)
    stage.add(family)
  }

  /// The day of release lies ahead and is in the feed.
  private static func prisonWithRelease(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.stopPayments(after: Month(2026, 8))
    stage.report(
      custodyOf: family.head, code: "01", from: Month(2026, 9).day(2), expected: Month(2027, 9).day(1),
      to: Month(2027, 9).day(1))
    stage.unit.custody[0].recorded = Month(2026, 9).day(9)
    stage.expect(
      "X03", "IN_CUSTODY", in: family, person: family.head, severity: 4, grade: "A", proposal: "STOP")
    stage.add(family)
  }
}
