extension NoticeCity {
  // MARK: Cases

  /// A case about which no rule has anything to say; one in twenty looks as if it had.
  func fillCase(_ unit: inout NoticeUnit, index: Int) {
    var random = SplitMix64(seed: seed, stream: .people, number: index)
    let household = householdNumber(index)
    if random.next(below: 20) == 0 {
      let lookAlikes = TrapCatalogue.lookAlikes
      // The next household is the next unit's.
      var stage = TrapStage(
        city: self, unit: unit, index: index, instance: index, household: household, householdCount: 1)
      lookAlikes[random.next(below: lookAlikes.count)].plant(&stage)
      unit = stage.unit
      unit.findings.removeAll(keepingCapacity: true)
      unit.isClean = true
    } else {
      addPlainCase(to: &unit, household: household, random: &random)
    }
    if isLostInRegister(index), let last = unit.families[0].members.indices.last {
      unit.families[0].members[last].isInRegister = false
    }
  }

  private func addPlainCase(to unit: inout NoticeUnit, household: Int, random: inout SplitMix64) {
    let relations = Self.households[random.next(below: Self.households.count)]
    var family = family(relations, household: household, random: &random)
    if random.next(below: 3) == 0 { family.file.raise = family.members.count * 30_00 }
    family.payDay = random.next(in: 10...15)
    family.file.reviewClass = random.next(below: 4) == 0 ? "B类" : "A类"
    if family.members.count == 1 && random.next(below: 8) == 0 {
      family.file.program = Word.support
      family.file.monthlyAmount = Standards.support
      family.file.raise = Standards.supportRaise
    }
    switch random.next(below: 100) {
    case 0..<5: endSomeMonth(&family, random: &random)
    case 5..<8:
      family.file.status = Word.suspended
      family.paid = nil
    case 8..<14: startLately(&family, random: &random)
    case 14..<16 where family.members.count > 2: endMember(&family, unit: &unit, random: &random)
    case 16..<30: addHardship(of: family, to: &unit, random: &random)
    default: break
    }
    unit.families.append(family)
  }

  /// How cases are put together; drawn evenly, 2.1 people on average.
  private static let households: [[String]] = [
    [Word.head], [Word.head], [Word.head], [Word.head], [Word.head], [Word.head], [Word.head], [Word.head],
    [Word.head, Word.spouse], [Word.head, Word.spouse], [Word.head, Word.spouse], [Word.head, Word.child],
    [Word.head, Word.parent], [Word.head, Word.child], [Word.head, Word.spouse, Word.child],
    [Word.head, Word.spouse, Word.child], [Word.head, Word.child, Word.child],
    [Word.head, Word.spouse, Word.child, Word.child], [Word.head, Word.spouse, Word.child, Word.parent],
    [Word.head, Word.spouse, Word.child, Word.child, Word.parent, Word.parent]
  ]

  /// Ended at the end of a month, the last one that was paid.
  private func endSomeMonth(_ family: inout Family, random: inout SplitMix64) {
    let month = Self.lastMonth.advanced(by: -random.next(in: 1...14))
    let reasons = [Word.endedByWish, Word.endedByReview, Word.endedByMove]
    family.end(month.lastDay, reason: reasons[random.next(below: reasons.count)])
  }

  /// Granted in one of the last months; paid from the next one on.
  private func startLately(_ family: inout Family, random: inout SplitMix64) {
    let month = Self.lastMonth.advanced(by: -random.next(in: 0...6))
    family.file.start = month.day(random.next(in: 1...26))
    family.paid = month < Self.lastMonth ? month.advanced(by: 1)...Self.lastMonth : nil
  }

  /// Somebody other than the head died years ago, and their row was ended in the same month.
  private func endMember(_ family: inout Family, unit: inout NoticeUnit, random: inout SplitMix64) {
    let last = family.members.count - 1
    let date = Self.asOf - random.next(in: 500...900)
    family.file.monthlyAmount = family.file.monthlyAmount / (last + 1) * last
    family.file.raise = 0
    family.members[last].status = Word.ended
    family.members[last].end = Month(of: date).lastDay
    family.members[last].endReason = Word.endedByDeath
    let member = family.members[last]
    family.members[last].isCancelled = true
    family.members[last].event = Word.cancelledByDeath
    family.members[last].eventDate = date + 6
    unit.funeral.append(
      DeathRow(
        id: member.id, name: member.name, isMale: member.isMale, birth: member.birth, date: date, cremation: date + 3,
        certificate: family.file.index, recorded: date + 4))
  }

  private func addHardship(of family: Family, to unit: inout NoticeUnit, random: inout SplitMix64) {
    let member = family.members[random.next(below: family.members.count)]
    let from = Self.asOf - random.next(in: 100...1500)
    var row = HardshipRow(id: member.id, name: member.name, from: from, household: family.file.index)
    switch random.next(below: 4) {
    case 0, 1:
      row.category = [Word.limb, Word.intellect, Word.mental, "视力"][random.next(below: 4)]
      row.level = random.next(in: 1...4)
      row.to = Self.asOf + random.next(in: 100...3000)
      unit.disability.append(row)
    case 2: unit.illness.append(row)
    default:
      row.category = ["支出型", "防返贫"][random.next(below: 2)]
      row.to = from + 3650
      unit.otherHardship.append(row)
    }
  }

  // MARK: People who are not on the roll

  /// What the feeds say about a household that is not on the roll.
  enum Fate {
    case nothing, death, custody, move, lightDisability, unemployment, lowMargin

    /// The feeds, beside the household register, in which it has a row.
    var feeds: [NoticeFeed] {
      switch self {
      case .nothing, .move: []
      case .death: [.funeral, .otherDeaths]
      case .custody: [.judicial]
      case .lightDisability: [.disability]
      case .unemployment: [.unemployed]
      case .lowMargin: [.lowMargin]
      }
    }
  }

  func fate(of index: Int) -> Fate {
    var random = SplitMix64(seed: seed, stream: .fate, number: index)
    return switch random.next(below: 1000) {
    case 0..<150: .death
    case 150..<200: .custody
    case 200..<230: .move
    case 230..<260: .lightDisability
    case 260..<300: .unemployment
    case 300..<325: .lowMargin
    default: .nothing
    }
  }

  func fillStranger(_ unit: inout NoticeUnit, index: Int) {
    var random = SplitMix64(seed: seed, stream: .people, number: index)
    let relations = Self.households[random.next(below: Self.households.count)]
    var family = family(relations, household: householdNumber(index), random: &random)
    family.paid = nil
    for place in family.members.indices { family.members[place].isOnRoll = false }
    let place = random.next(below: family.members.count)
    let date = Self.registerDay - random.next(in: 10...1500)
    let member = family.members[place]
    var row = HardshipRow(
      id: member.id, name: member.name, from: date, to: Self.asOf + random.next(in: 50...900),
      household: family.file.index)
    switch fate(of: index) {
    case .nothing: break
    case .death:
      let isPolice = random.next(below: 5) > 0
      var death = DeathRow(
        id: member.id, name: member.name, isMale: member.isMale, birth: member.birth, date: date, cremation: date + 3,
        certificate: family.file.index, recorded: date + 4)
      if random.next(below: 4) > 0 { unit.funeral.append(death) }
      if isPolice {
        family.members[place].isCancelled = true
        family.members[place].event = Word.cancelledByDeath
        family.members[place].eventDate = date + 5
      } else {
        death.source = Word.health
        unit.otherDeaths.append(death)
      }
    case .custody:
      let codes = ["01", "01", "02", "04", "05", "06", "10", "11"]
      let isReleased = random.next(below: 2) == 0
      unit.custody.append(
        CustodyRow(
          id: family.head.id, name: family.head.name, code: codes[random.next(below: codes.count)], start: date,
          expectedEnd: date + 400, release: isReleased ? min(date + 380, Self.asOf - 5) : nil, recorded: date + 12))
    case .move:
      let isAbroad = random.next(below: 3) == 0
      family.members[place].isCancelled = isAbroad
      family.members[place].event = isAbroad ? Word.settledAbroad : Word.movedOut
      family.members[place].eventDate = date
      if !isAbroad { family.members[place].destination = 320505 }
    case .lightDisability:
      row.category = Word.limb
      row.level = random.next(in: 3...4)
      unit.disability.append(row)
    case .unemployment:
      row.isMarked = random.next(below: 2) == 0
      unit.unemployed.append(row)
    case .lowMargin: unit.lowMargin.append(row)
    }
    unit.families.append(family)
  }
}
