extension TrapCatalogue {
  /// One person in two cases, and two people under one number.
  static let enrolmentTraps = [
    Trap("T63", plant: transferred), Trap("T64", plant: inTwoDistricts), Trap("T65", plant: unpaidSinceMay),
    Trap("T66", plant: inTwoPrograms), Trap("T67", plant: passportOfOtherDigits), Trap("X20", plant: numberOfTwo)
  ]

  /// A second case of the same person in another district, with an account of its own.
  private static func secondCase(of family: Family, in district: Int, _ stage: inout TrapStage) -> Family {
    var second = stage.family(Word.head)
    second.members = family.members
    // The register has one row of the person: the one that comes with the first case.
    second.members[0].isInRegister = false
    second.file.hukouNumber = family.file.hukouNumber
    second.move(to: district)
    second.setHolder(family.head.name, family.head.id)
    return second
  }

  private static func transferred(_ stage: inout TrapStage) {
    var old = stage.family(Word.head)
    old.move(to: 310105)
    var new = secondCase(of: old, in: 310109, &stage)
    old.end(Month(2026, 5).lastDay, reason: Word.endedByMove)
    new.file.start = Month(2026, 6).day(1)
    new.paid = Month(2026, 6)...NoticeCity.lastMonth
    new.file.account = old.file.account
    old.head.division = 310109
    old.head.event = Word.movedInCity
    old.head.eventDate = Month(2026, 5).day(14)
    stage.expect("T63", "DUPLICATE_ENROLMENT", .none, person: old.head)
    stage.expect("T63", "SHARED_ACCOUNT", .none, account: old.file.account)
    stage.expectNone("T63", "DISTRICT_MOVED", in: new)
    stage.add(old)
    stage.add(new)
  }

  private static func inTwoDistricts(_ stage: inout TrapStage) {
    var first = stage.family(Word.head)
    first.move(to: 310106)
    var second = secondCase(of: first, in: 310117, &stage)
    first.head.rollID = .text(shortened(first.head.number))
    first.file.monthlyAmount = 900_00
    second.file.start = Month(2026, 3).day(1)
    second.paid = Month(2026, 4)...NoticeCity.lastMonth
    second.file.monthlyAmount = 700_00
    let months = Array(Month(2026, 3)...NoticeCity.lastMonth)
    stage.expect(
      "T64", "DUPLICATE_ENROLMENT", person: first.head, severity: 4, grade: "B", proposal: "REVIEW", months: months,
      amount: months.count * 700_00)
    stage.expect("T64", "ID_LEGACY", .quality, in: first, person: first.head)
    stage.add(first)
    stage.add(second)
  }

  private static func unpaidSinceMay(_ stage: inout TrapStage) {
    var old = stage.family(Word.head)
    old.move(to: 310110)
    var new = secondCase(of: old, in: 310113, &stage)
    old.stopPayments(after: Month(2026, 4))
    old.head.division = 310113
    new.file.start = Month(2026, 4).day(20)
    new.paid = Month(2026, 5)...NoticeCity.lastMonth
    stage.expect(
      "T65", "DUPLICATE_ENROLMENT", person: old.head, severity: 2, proposal: "CORRECT_DATA")
    stage.expectNone("T65", "ON_ROLL_NOT_PAID", "DISTRICT_MOVED", in: old)
    stage.add(old)
    stage.add(new)
  }

  private static func inTwoPrograms(_ stage: inout TrapStage) {
    let allowance = stage.family(Word.head)
    var support = secondCase(of: allowance, in: allowance.file.district, &stage)
    support.file.program = Word.support
    support.file.monthlyAmount = 2000_00
    support.file.start = Month(2026, 6).day(1)
    support.paid = Month(2026, 7)...NoticeCity.lastMonth
    let months = Array(Month(2026, 6)...NoticeCity.lastMonth)
    stage.expect(
      "T66", "DUPLICATE_ENROLMENT", person: allowance.head, severity: 4, proposal: "REVIEW", months: months,
      amount: months.count * allowance.file.monthlyAmount)
    stage.add(allowance)
    stage.add(support)
  }

  /// A passport whose digits are the identity number of somebody in another case.
  private static func passportOfOtherDigits(_ stage: inout TrapStage) {
    let other = stage.family(Word.head)
    var family = stage.family(Word.head, Word.spouse)
    var spouse = family.members[1]
    spouse.idType = Word.passport
    spouse.rollID = other.head.id
    spouse.isInRegister = false
    spouse.rename(.text("MARIA LOPEZ"))
    family.members[1] = spouse
    stage.expect("T67", "DUPLICATE_ENROLMENT", .none, person: other.head)
    stage.expect("T67", "ID_COLLISION", .none, person: other.head)
    stage.expectNone("T67", "NAME_MISMATCH", "NOT_IN_REGISTER", in: family)
    stage.add(other)
    stage.add(family)
  }

  /// Two people of two cases under one number; the register knows one of them.
  private static func numberOfTwo(_ stage: inout TrapStage) {
    let first = stage.family(Word.head)
    var second = stage.family(Word.head)
    let name = stage.otherName(than: first)
    second.members = first.members
    second.head.rename(name)
    second.head.isInRegister = false
    second.move(to: first.file.district)
    second.setHolder(name, second.head.id)
    stage.expect("X20", "ID_COLLISION", person: first.head, proposal: "IDENTIFY_FIRST")
    stage.expect("X20", "NAME_MISMATCH", .optional, in: second, person: second.head)
    stage.expect("X20", "DUPLICATE_ENROLMENT", .none, person: first.head)
    stage.add(first)
    stage.add(second)
  }
}
