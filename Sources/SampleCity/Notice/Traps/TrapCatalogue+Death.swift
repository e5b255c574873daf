extension TrapCatalogue {
  /// Who died, as far as the numbers and names of the death say.
  static let deathTraps = [
    Trap("T01", plant: oneCaseDead), Trap("T02", plant: memberOfThreeDead), Trap("T03", plant: deathAfterAsOf),
    Trap("T04", plant: deathUnderSpousesNumber), Trap("T05", plant: deathUnderStrangersName),
    Trap("T06", plant: twinDead), Trap("T07", plant: dotVariant), Trap("T08", plant: placeholder),
    Trap("T09", plant: legacyNumber), Trap("T10", plant: pureForm), Trap("T11", plant: scientificNumber),
    Trap("T12", plant: zeroedNumber)
  ]

  /// The day of most planted deaths: in the last month, so that no payment comes after the month of the death.
  static let deathDay = Month(2026, 10).day(6)
  static let stopAndHold = "STOP HOLD_NEXT"

  /// One-person case, cremated 2026-09-03, two kinds of source, active.
  private static func oneCaseDead(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.stopPayments(after: Month(2026, 9))
    stage.report(deathOf: family.head, on: Month(2026, 9).day(1))
    stage.report(deathOf: family.head, on: Month(2026, 9).day(1), source: Word.police)
    stage.expect(
      "T01", "DEATH_STOP", in: family, person: family.head, severity: 5, grade: "A", proposal: stopAndHold)
    stage.expectNone("T01", "PAID_AFTER_DEATH", in: family)
    stage.add(family)
  }

  /// The same with three people in the case.
  private static func memberOfThreeDead(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse, Word.child)
    family.stopPayments(after: Month(2026, 9))
    let dead = family.members[1]
    stage.report(deathOf: dead, on: Month(2026, 9).day(1))
    stage.report(deathOf: dead, on: Month(2026, 9).day(1), source: Word.police)
    stage.expect("T02", "DEATH_STOP", in: family, person: dead, severity: 4, grade: "A", proposal: "RECALC")
    stage.add(family)
  }

  private static func deathAfterAsOf(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    stage.report(deathOf: family.head, on: Month(2026, 11).day(2))
    stage.expectNone("T03", "DEATH_STOP", in: family, person: family.head)
    stage.add(family)
  }

  /// The spouse died, the row has the head's number.
  private static func deathUnderSpousesNumber(_ stage: inout TrapStage) {
    let family = stage.family(Word.head, Word.spouse)
    let (head, spouse) = (family.head, family.members[1])
    stage.report(deathOf: spouse, on: deathDay, id: head.id)
    stage.expect("T04", "DEATH_STOP", in: family, person: head, grade: "C", proposal: "IDENTIFY_FIRST")
    stage.expect("T04", "DEATH_STOP", .optional, in: family, person: spouse, grade: "D")
    stage.expectNone("T04", "ID_COLLISION", in: family, person: head)
    stage.add(family)
  }

  private static func deathUnderStrangersName(_ stage: inout TrapStage) {
    let family = stage.family(Word.head)
    stage.report(deathOf: family.head, on: deathDay, name: stage.otherName(than: family))
    stage.expect("T05", "DEATH_STOP", in: family, person: family.head, grade: "C", proposal: "IDENTIFY_FIRST")
    stage.expect("T05", "ID_COLLISION", person: family.head, proposal: "IDENTIFY_FIRST")
    stage.add(family)
  }

  /// The twin who died has the next sequence number and another given name.
  private static func twinDead(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    let (birth, sequence) = (family.head.birth, 1 + stage.instance * 2 % 900)
    let twins = [sequence, sequence + 1].map {
      stage.city.special(division: 321183, birth: birth, sequence: $0, relation: Word.head, random: &stage.random)
    }
    var dead = twins[1]
    if case .name(var name) = twins[0].name {
      name.first = (name.first + 1) % stage.city.vocabulary.given.count
      dead.rename(.name(name))
    }
    family.members = [twins[0]]
    family.setHolder(family.head.name, family.head.id)
    stage.report(deathOf: dead, on: deathDay)
    stage.expectNone("T06", "DEATH_STOP", in: family, person: family.head)
    stage.add(family)
  }

  private static func dotVariant(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    let (first, second) = dottedName(&stage)
    family.head.rename(.text("\(first)·\(second)"))
    family.setHolder(family.head.name, family.head.id)
    stage.report(deathOf: family.head, on: deathDay, name: .text("\(first)•\(second)"))
    stage.expect(
      "T07", "DEATH_STOP", in: family, person: family.head, severity: 4, grade: "B", proposal: stopAndHold,
      reasons: ["DOT_VARIANT"])
    stage.add(family)
  }

  /// Two parts of a name that is written with a dot.
  static func dottedName(_ stage: inout TrapStage) -> (first: String, second: String) {
    let first = ["阿卜杜拉", "古丽娜尔", "迪丽努尔", "阿依努尔"]
    let second = ["买买提", "库尔班", "玉素甫", "艾合买提"]
    return (first[stage.random.next(below: 4)], second[stage.random.next(below: 4)])
  }

  /// A character that the funeral home could not store.
  private static func placeholder(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    let surname = ["王", "李", "周"][stage.random.next(below: 3)]
    family.head.rename(.text("\(surname)䶮"))
    family.setHolder(family.head.name, family.head.id)
    stage.report(deathOf: family.head, on: deathDay, name: .text("\(surname)?"))
    stage.expect(
      "T08", "DEATH_STOP", in: family, person: family.head, severity: 4, grade: "B", proposal: stopAndHold,
      reasons: ["PLACEHOLDER"])
    stage.add(family)
  }

  private static func legacyNumber(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.head.rollID = .text(shortened(family.head.number))
    stage.report(deathOf: family.head, on: deathDay)
    stage.expect(
      "T09", "DEATH_STOP", in: family, person: family.head, severity: 4, grade: "B", proposal: stopAndHold,
      reasons: ["LEGACY_ID"])
    stage.expect("T09", "ID_LEGACY", .quality, in: family, person: family.head)
    stage.add(family)
  }

  /// The number of the first generation: two digits of the year, no check character.
  static func shortened(_ number: UInt64) -> String {
    var bytes: [UInt8] = []
    bytes.append(digits: number / 100_000_000_000, width: 6)
    bytes.append(digits: number % 1_000_000_000, width: 9)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A small x in one file, full-width digits in the other.
  private static func pureForm(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.members = [member(withCheck: "X", sequences: [11, 22, 33, 44, 55, 66, 77, 88, 99], of: &stage)]
    family.setHolder(family.head.name, family.head.id)
    var plain: [UInt8] = []
    plain.append(digits: family.head.number, width: 17)
    let digits = String(decoding: plain, as: UTF8.self)
    family.head.rollID = .text(digits + "x")
    let wide = String(
      String.UnicodeScalarView((digits + "X").unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xFEE0) }))
    stage.report(deathOf: family.head, on: deathDay, id: .text(wide))
    stage.expect(
      "T10", "DEATH_STOP", in: family, person: family.head, severity: 4, grade: "A", proposal: stopAndHold)
    stage.add(family)
  }

  private static func scientificNumber(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    var plain: [UInt8] = []
    plain.append(digits: family.head.number / 100_000_000_000, width: 6)
    let digits = String(decoding: plain, as: UTF8.self)
    family.head.rollID = .text("\(digits.prefix(1)).\(digits.dropFirst())E+17")
    stage.report(deathOf: family.head, on: deathDay)
    stage.expectNone("T11", "DEATH_STOP", "NOT_IN_REGISTER", in: family)
    stage.expect("T11", "ID_UNUSABLE", .quality, in: family, reasons: ["E-SCI"])
    stage.add(family)
  }

  /// The number ends in 000: once the check character is wrong, once it fits by chance.
  private static func zeroedNumber(_ stage: inout TrapStage) {
    var wrong = stage.family(Word.head)
    var plain: [UInt8] = []
    plain.append(digits: wrong.head.number / 100, width: 15)
    while IdentityNumbers.checkCharacter(of: wrong.head.number / 100 * 100) == UInt8(ascii: "0") {
      wrong = stage.family(Word.head)
      plain.removeAll()
      plain.append(digits: wrong.head.number / 100, width: 15)
    }
    wrong.head.rollID = .text(String(decoding: plain, as: UTF8.self) + "000")
    stage.report(deathOf: wrong.head, on: deathDay)
    stage.expectNone("T12", "DEATH_STOP", in: wrong)
    stage.expect("T12", "ID_UNUSABLE", .quality, in: wrong, reasons: ["E-CHECK"])
    stage.add(wrong)

    var right = stage.family(Word.head)
    right.members = [
      member(withCheck: "0", sequences: [100, 200, 300, 400, 500, 600, 700, 800, 900], of: &stage)
    ]
    right.setHolder(right.head.name, right.head.id)
    stage.report(deathOf: right.head, on: deathDay, certificate: 1)
    stage.expect(
      "T12", "DEATH_STOP", in: right, person: right.head, severity: 4, grade: "B", proposal: stopAndHold,
      reasons: ["W-ZEROED"])
    stage.add(right)
  }

  /// A person whose number has this check character; the birthday tells the places of the trap apart.
  private static func member(withCheck check: Character, sequences: [Int], of stage: inout TrapStage) -> Member {
    let birth = CivilDate(year: 1956, month: 2, day: 1).days + stage.instance * 7
    for division in 320100...320199 {
      for sequence in sequences {
        let member = stage.city.special(
          division: division, birth: birth, sequence: sequence, relation: Word.head, random: &stage.random)
        if IdentityNumbers.checkCharacter(of: member.number) == check.asciiValue { return member }
      }
    }
    preconditionFailure("none of 900 numbers has the check character \(check)")
  }
}
