extension TrapCatalogue {
  /// People whom somebody should call on.
  static let hardshipTraps = [
    Trap("T71", plant: singlePerson), Trap("T72", plant: expiredCertificate), Trap("T73", plant: lightDisability),
    Trap("T75", plant: declined), Trap("X21", plant: severeDisability), Trap("X22", plant: twoStrongSignals),
    Trap("X23", plant: twoWeakSignals), Trap("X24", plant: oneWeakSignal)
  ]

  private static func certificate(
    of member: Member, _ category: String, level: Int, until: Int, _ stage: inout TrapStage
  ) {
    var row = stage.hardship(member, from: Month(2019, 4).day(2), to: until)
    row.category = category
    row.level = level
    stage.unit.disability.append(row)
  }

  private static func addLowMargin(_ family: Family, _ stage: inout TrapStage) {
    for member in family.members {
      stage.unit.lowMargin.append(stage.hardship(member, from: Month(2025, 11).day(5), to: Month(2026, 11).day(4)))
    }
  }

  private static func singlePerson(_ stage: inout TrapStage) {
    let family = stage.residents(Word.head, Word.spouse)
    addLowMargin(family, &stage)
    certificate(of: family.head, Word.limb, level: 2, until: Month(2029, 4).day(1), &stage)
    stage.expect("T71", "SINGLE_PERSON_CANDIDATE", person: family.head, severity: 3, proposal: "OUTREACH")
    stage.expect("T71", "UNCOVERED_HARDSHIP", .none, person: family.head)
    stage.add(family)
  }

  private static func expiredCertificate(_ stage: inout TrapStage) {
    let family = stage.residents(Word.head, Word.spouse)
    addLowMargin(family, &stage)
    certificate(of: family.head, Word.limb, level: 2, until: Month(2026, 9).day(18), &stage)
    stage.expect(
      "T72", "SINGLE_PERSON_CANDIDATE", person: family.head, severity: 3, proposal: "OUTREACH",
      reasons: ["CERT_EXPIRED"])
    stage.expect("T72", "UNCOVERED_HARDSHIP", .none, person: family.head)
    stage.add(family)
  }

  private static func lightDisability(_ stage: inout TrapStage) {
    let family = stage.residents(Word.head)
    certificate(of: family.head, Word.limb, level: 3, until: Month(2029, 4).day(1), &stage)
    stage.expect("T73", "SINGLE_PERSON_CANDIDATE", .none, person: family.head)
    stage.expect("T73", "UNCOVERED_HARDSHIP", .none, person: family.head)
    stage.add(family)
  }

  /// Left the roll, is on the list of the ill, and said in writing four months ago not to want it.
  private static func declined(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.end(Month(2026, 5).lastDay, reason: Word.endedByWish)
    stage.unit.illness.append(stage.hardship(family.head, from: Month(2024, 8).day(3)))
    stage.unit.declined.append(stage.hardship(family.head, from: Month(2026, 6).day(28)))
    stage.expect("T75", "UNCOVERED_HARDSHIP", .none, person: family.head)
    stage.add(family)
  }

  private static func severeDisability(_ stage: inout TrapStage) {
    let family = stage.residents(Word.head)
    certificate(of: family.head, Word.limb, level: 1, until: Month(2029, 4).day(1), &stage)
    stage.expect("X21", "UNCOVERED_HARDSHIP", person: family.head, severity: 3, proposal: "OUTREACH")
    stage.expect("X21", "SINGLE_PERSON_CANDIDATE", .none, person: family.head)
    stage.add(family)
  }

  private static func twoStrongSignals(_ stage: inout TrapStage) {
    let family = stage.residents(Word.head)
    certificate(of: family.head, Word.intellect, level: 1, until: Month(2029, 4).day(1), &stage)
    stage.unit.illness.append(stage.hardship(family.head, from: Month(2025, 8).day(3)))
    stage.expect("X22", "UNCOVERED_HARDSHIP", person: family.head, severity: 4, proposal: "OUTREACH")
    stage.add(family)
  }

  private static func twoWeakSignals(_ stage: inout TrapStage) {
    let family = stage.residents(Word.head)
    addLowMargin(family, &stage)
    stage.unit.unemployed.append(stage.hardship(family.head, from: Month(2026, 3).day(3), to: Month(2026, 8).day(31)))
    stage.expect("X23", "UNCOVERED_HARDSHIP", person: family.head, proposal: "OUTREACH")
    stage.expect("X23", "SINGLE_PERSON_CANDIDATE", .none, person: family.head)
    stage.add(family)
  }

  private static func oneWeakSignal(_ stage: inout TrapStage) {
    let family = stage.residents(Word.head)
    addLowMargin(family, &stage)
    stage.expect("X24", "UNCOVERED_HARDSHIP", .none, person: family.head)
    stage.add(family)
  }
}
