extension TrapCatalogue {
  static let registerTraps = [
    Trap("T34", plant: cancelledAsDouble), Trap("X04", plant: settledAbroad), Trap("T35", plant: movedInCity),
    Trap("T36", isLookAlike: true, plant: mergedDistrict), Trap("T37", isLookAlike: true, plant: student),
    Trap("T38", plant: applicantMovedOut), Trap("X05", plant: memberMovedOut), Trap("X06", plant: inTransit),
    Trap("T39", isLookAlike: true, plant: spouseFromElsewhere), Trap("T40", plant: newborn),
    Trap("X07", plant: applicantNotInRegister), Trap("X08", plant: memberNotInRegister),
    Trap("T42", isLookAlike: true, plant: formerName), Trap("T43", plant: namesExchanged),
    Trap("X09", plant: otherNameInRegister)
  ]

  /// The number of the roll was one too many; the person lives on under another one.
  private static func cancelledAsDouble(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    var living = stage.outsider()
    living.rename(family.head.name)
    living.isOnRoll = false
    living.relation = Word.head
    living.oldID = family.head.id
    family.head.cancel(Word.cancelledAsDouble, on: Month(2025, 12).day(4))
    family.members.append(living)
    family.file.size = 1
    stage.expect("T34", "HUKOU_CANCELLED", in: family, person: family.head, proposal: "CORRECT_DATA")
    stage.expectNone("T34", "DEATH_STOP", "NOT_IN_REGISTER", in: family, person: family.head)
    stage.add(family)
  }

  private static func settledAbroad(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.head.cancel(Word.settledAbroad, on: Month(2026, 5).day(11))
    stage.expect(
      "X04", "HUKOU_CANCELLED", in: family, person: family.head, severity: 3, grade: "A", proposal: "REVIEW")
    stage.add(family)
  }

  private static func movedInCity(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.move(to: 310104)
    family.head.division = 310113
    family.head.event = Word.movedInCity
    family.head.eventDate = Month(2026, 7).day(28)
    stage.expect(
      "T35", "DISTRICT_MOVED", in: family, person: family.head, severity: 2, proposal: "TRANSFER")
    stage.expectNone("T35", "HUKOU_MOVED_OUT", "HUKOU_CANCELLED", in: family)
    stage.add(family)
  }

  private static func mergedDistrict(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    let merged = Districts.merged[stage.random.next(below: Districts.merged.count)]
    family.move(to: merged.old)
    for place in family.members.indices {
      family.members[place].event = Word.movedIn
      family.members[place].eventDate = Month(2019, 5).day(6)
    }
    stage.expectNone("T36", "DISTRICT_MOVED", "HUKOU_MOVED_OUT", in: family)
    stage.add(family)
  }

  /// Moved to the collective household of a college in another province.
  private static func student(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse, Word.child)
    family.members[2] = stage.student(from: family.members[2])
    family.members[2].isCollective = true
    family.members[2].event = Word.movedOut
    family.members[2].eventDate = Month(2025, 9).day(2)
    family.members[2].destination = 320113
    stage.expectNone(
      "T37", "HUKOU_MOVED_OUT", "HUKOU_CANCELLED", "NOT_IN_REGISTER", "DISTRICT_MOVED", in: family,
      person: family.members[2])
    stage.add(family)
  }

  private static func moveOut(_ member: inout Member, daysAgo: Int) {
    member.event = Word.movedOut
    member.eventDate = NoticeCity.asOf - daysAgo
    member.destination = 330402
  }

  private static func applicantMovedOut(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    moveOut(&family.head, daysAgo: 60)
    stage.expect("T38", "HUKOU_MOVED_OUT", in: family, person: family.head, severity: 3, proposal: "REVIEW")
    stage.expectNone("T38", "HUKOU_CANCELLED", "DISTRICT_MOVED", in: family)
    stage.add(family)
  }

  private static func memberMovedOut(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    moveOut(&family.members[1], daysAgo: 90)
    stage.expect(
      "X05", "HUKOU_MOVED_OUT", in: family, person: family.members[1], severity: 2, proposal: "REVIEW")
    stage.add(family)
  }

  /// Left three weeks ago: the row of the new place may still come.
  private static func inTransit(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    moveOut(&family.head, daysAgo: 21)
    stage.expectNone("X06", "HUKOU_MOVED_OUT", in: family)
    stage.add(family)
  }

  private static func spouseFromElsewhere(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    family.members[1].division = 341204
    stage.expectNone(
      "T39", "NOT_IN_REGISTER", "HUKOU_MOVED_OUT", "DISTRICT_MOVED", in: family, person: family.members[1])
    stage.add(family)
  }

  /// Born five days after the day of which the register is.
  private static func newborn(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    var child = stage.city.special(
      division: 321283, birth: NoticeCity.registerDay + 5, sequence: 1 + stage.instance, relation: Word.child,
      random: &stage.random)
    child.start = NoticeCity.registerDay + 8
    child.isInRegister = false
    family.members.append(child)
    stage.expect("T40", "NOT_IN_REGISTER", .notEvaluated, in: family, person: child)
    stage.add(family)
  }

  private static func applicantNotInRegister(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.head.isInRegister = false
    stage.expect(
      "X07", "NOT_IN_REGISTER", stage.city.registerVerdict, in: family, person: family.head, severity: 3,
      proposal: "REVIEW")
    stage.add(family)
  }

  private static func memberNotInRegister(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    family.members[1].isInRegister = false
    stage.expect(
      "X08", "NOT_IN_REGISTER", stage.city.registerVerdict, in: family, person: family.members[1], severity: 1,
      proposal: "REVIEW")
    stage.add(family)
  }

  private static func formerName(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    family.members[1].formerName = family.members[1].name
    family.members[1].registerName = stage.otherName(than: family)
    stage.expectNone("T42", "NAME_MISMATCH", "ID_COLLISION", in: family, person: family.members[1])
    stage.add(family)
  }

  private static func namesExchanged(_ stage: inout TrapStage) {
    var family = stage.family(Word.head, Word.spouse)
    family.members[0].rollName = family.members[1].name
    family.members[1].rollName = family.members[0].name
    stage.expect(
      "T43", "NAME_MISMATCH", in: family, proposal: "CORRECT_DATA", reasons: ["SWAPPED_IN_CASE"])
    stage.expectNone("T43", "ID_COLLISION", "HOLDER_MISMATCH", in: family)
    stage.add(family)
  }

  private static func otherNameInRegister(_ stage: inout TrapStage) {
    var family = stage.family(Word.head)
    family.head.registerName = stage.otherName(than: family)
    stage.expect(
      "X09", "NAME_MISMATCH", in: family, person: family.head, severity: 2, proposal: "CORRECT_DATA")
    stage.expectNone("X09", "ID_COLLISION", in: family, person: family.head)
    stage.add(family)
  }
}
