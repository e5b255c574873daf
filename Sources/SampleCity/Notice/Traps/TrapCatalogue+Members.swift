extension TrapCatalogue {
  /// A stop needs proof of a one-person case.
  static let memberTraps = [
    Trap("T92", plant: rejectedMember), Trap("T93", plant: unusableMember), Trap("T94", plant: missingMember),
    Trap("T95", plant: bothDead)
  ]

  /// The second row has too many separators; of one place it is the last row of the file, with an open quote.
  private static func rejectedMember(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    family.members[1].rowDamage = stage.instance == 0 ? .openQuote : .tooManyColumns
    stage.report(deathOf: family.head, on: deathDay)
    stage.expect(
      "T92", "DEATH_STOP", in: family, person: family.head, proposal: "RECALC", reasons: ["MEMBERS_UNCERTAIN"])
    stage.add(family)
  }

  private static func unusableMember(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    var digits: [UInt8] = []
    digits.append(digits: family.members[1].number / 100_000_000_000, width: 6)
    family.members[1].rollID = .text(String(decoding: digits, as: UTF8.self) + "********0014")
    stage.report(deathOf: family.head, on: deathDay)
    stage.expect("T93", "DEATH_STOP", in: family, person: family.head, proposal: "RECALC")
    stage.expect("T93", "ID_UNUSABLE", .quality, in: family, reasons: ["E-MASKED"])
    stage.add(family)
  }

  private static func missingMember(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.file.size = 3
    stage.report(deathOf: family.head, on: deathDay)
    stage.expect(
      "T94", "DEATH_STOP", in: family, person: family.head, proposal: "RECALC", reasons: ["MEMBERS_UNCERTAIN"])
    stage.add(family)
  }

  private static func bothDead(_ stage: inout TrapStage) {
    let family = stage.family(Word.head, Word.spouse)
    stage.report(deathOf: family.head, on: deathDay)
    stage.report(deathOf: family.members[1], on: deathDay + 1, certificate: 1)
    stage.expect("T95", "DEATH_STOP", in: family, proposal: "STOP")
    stage.add(family)
  }
}
