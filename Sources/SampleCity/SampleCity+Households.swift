extension SampleCity {
  /// What is planted in the case `index`, and the number that all cases of its group share.
  func planted(in index: Int) -> (situation: Situation, slot: Int, leader: Int) {
    let block = index / Situation.blockSize
    var random = SplitMix64(seed: seed, stream: .block, number: block)
    // 997 shares no factor with the size of a block, so every slot is met once.
    let slot = (index % Situation.blockSize * 997 + random.next(below: Situation.blockSize)) % Situation.blockSize
    let (situation, leader) = Situation.bySlot[slot]
    let base = block * Situation.blockSize
    // In a block that is cut off, the others of a group may be missing.
    if situation.groupSize > 1 && base + Situation.blockSize > caseCount { return (.none, base + slot, base + slot) }
    return (situation, base + slot, base + leader)
  }

  /// What the feeds say about a household that is not on the roll.
  enum Fate {
    case nothing, death, custody, move
  }

  func fate(of index: Int) -> Fate {
    var random = SplitMix64(seed: seed, stream: .fate, number: index)
    return switch random.next(below: 1000) {
    case 0..<200: .death
    case 200..<280: .custody
    case 280..<310: .move
    default: .nothing
    }
  }

  /// Makes the household `index` again; the same every time.
  func fill(_ household: inout Household, index: Int) {
    var random = SplitMix64(seed: seed, stream: .people, number: index)
    let isCase = index < caseCount
    let (situation, slot, leader) = isCase ? planted(in: index) : (.none, 0, 0)
    reset(&household, index: index, isCase: isCase, situation: situation)
    addMembers(to: &household, random: &random)
    if isCase {
      fillCaseFile(of: &household, account: situation == .custodianOfMany ? slot : leader)
      household.subject = random.next(below: household.members.count)
      plant(in: &household, leader: leader, isLeader: slot == leader, random: &random)
    } else {
      household.subject = random.next(below: household.members.count)
      addFate(to: &household, random: &random)
    }
  }

  private func reset(_ household: inout Household, index: Int, isCase: Bool, situation: Situation) {
    household.index = index
    household.members.removeAll(keepingCapacity: true)
    household.situation = situation
    household.isCase = isCase
    household.holder = nil
    household.custodian = nil
    household.death = nil
    household.custody = nil
    household.move = nil
    household.unregistered = nil
    household.unreadable = nil
    household.renamed = nil
    household.end = nil
    household.status = .active
  }

  // MARK: Members

  private func addMembers(to household: inout Household, random: inout SplitMix64) {
    let sizes = household.situation.memberCounts
    let drawn =
      switch random.next(below: 100) {
      case 0..<40: 1
      case 40..<68: 2
      case 68..<86: 3
      case 86..<95: 4
      case 95..<99: 5
      default: 6
      }
    let size = min(max(drawn, sizes.lowerBound), sizes.upperBound)
    let numbers = identityNumbers.household(household.index, random: &random)
    let headAge = size == 1 ? random.next(in: 30...85) : random.next(in: 44...60)
    add(slot: 0, bornFrom: Self.asOf - headAge * 365, family: nil, numbers, to: &household, random: &random)
    let headBirth = household.members[0].birth
    let family = household.members[0].name.form == .long ? nil : Optional(household.members[0].name.family)
    // 10,000 and more below the as-of date: even the last day of the cycle lies before it.
    let childFrom = min(headBirth + random.next(in: 7300...12_000), Self.asOf - 10 - IdentityNumbers.cycle)
    let parentFrom = headBirth - random.next(in: 23...30) * 365 - IdentityNumbers.cycle
    let slots: [6 of Int] =
      switch (size, random.next(below: 4)) {
      case (2, 0): [0, 2, 0, 0, 0, 0]
      case (2, 1): [0, 4, 0, 0, 0, 0]
      case (3, 0): [0, 2, 3, 0, 0, 0]
      case (4, 0): [0, 1, 2, 4, 0, 0]
      default: [0, 1, 2, 3, 4, 5]
      }
    for place in 1..<max(size, 2) where place < size {
      switch slots[place] {
      case 1:
        let from = headBirth - IdentityNumbers.cycle / 2
        add(slot: 1, bornFrom: from, family: nil, numbers, to: &household, random: &random)
      case 2, 3:
        add(slot: slots[place], bornFrom: childFrom, family: family, numbers, to: &household, random: &random)
      default:
        add(slot: slots[place], bornFrom: parentFrom, family: nil, numbers, to: &household, random: &random)
      }
    }
  }

  private func add(
    slot: Int, bornFrom earliest: Int, family: Int?, _ numbers: IdentityNumbers.Household,
    to household: inout Household, random: inout SplitMix64
  ) {
    let (number, birth, isMale) = identityNumbers.person(slot: slot, of: numbers, bornFrom: earliest)
    let relation: Person.Relation =
      switch slot {
      case 0: .head
      case 1: .spouse
      case 2, 3: isMale ? .son : .daughter
      default: isMale ? .father : .mother
      }
    let inherited = relation == .father ? household.members[0].name.family : family
    var name = Name(family: inherited, vocabulary: vocabulary, random: &random)
    // Equal names in one household would make exchanged names no exchange.
    while household.members.contains(where: { $0.name == name }) {
      name = Name(family: inherited, vocabulary: vocabulary, random: &random)
    }
    household.members.append(
      Person(
        relation: relation, birth: birth, number: number, isMale: isMale, name: name, rollName: name,
        registerName: name))
  }

  // MARK: Case file

  /// The head of the first case of a group; the other cases have to know the name without making that household.
  private func leaderName(of leader: Int) -> Name {
    var random = SplitMix64(seed: seed, stream: .leader, number: leader)
    return Name(vocabulary: vocabulary, random: &random)
  }

  private func fillCaseFile(of household: inout Household, account: Int) {
    var random = SplitMix64(seed: seed, stream: .caseFile, number: household.index)
    household.account = account
    household.district = random.next(below: vocabulary.districts.count)
    household.street = random.next(below: vocabulary.streets.count)
    household.program = household.district < 8 ? 0 : random.next(below: vocabulary.programs.count)
    household.start = Self.asOf - random.next(in: 800...5000)
    household.monthlyAmount = household.members.count * random.next(in: 600...1600) * 100 + random.next(below: 2) * 50
    household.eventMonth = random.next(below: months.count - 1)
    let drawn = random.next(below: 100)
    guard household.isPlain else { return }
    if drawn < 4 {
      household.status = .suspended
    } else if drawn < 10 {
      household.status = .ended
      household.end = Self.asOf - random.next(in: 0...600)
    }
  }

  /// An invented person from outside the city's households, for the group or case `number`.
  private func custodian(_ number: Int, isRelative: Bool) -> Household.Custodian {
    var random = SplitMix64(seed: seed, stream: .outsider, number: number)
    let numbers = identityNumbers.household(householdCount + number, random: &random)
    let from = Self.asOf - random.next(in: 35...65) * 365
    return Household.Custodian(
      name: Name(vocabulary: vocabulary, random: &random),
      number: identityNumbers.person(slot: 0, of: numbers, bornFrom: from).number, isRelative: isRelative)
  }

  // MARK: Situations

  private func plant(in household: inout Household, leader: Int, isLeader: Bool, random: inout SplitMix64) {
    let subject = household.subject
    let earlier = Self.asOf - random.next(in: 40...700)
    switch household.situation {
    case .none, .frequentPayments, .largePayment, .nameVariants, .threePayments, .nearlyLargePayment: break
    case .diedHead:
      // Before the last month, whose payment then comes after the death.
      let date = months[months.count - 2] - 1 - random.next(below: 150)
      household.subject = 0
      household.death = Household.Death(member: 0, date: date, isRegistered: random.next(below: 2) == 0)
    case .diedMember:
      household.subject = max(1, subject)
      household.death = Household.Death(member: household.subject, date: earlier)
    case .diedOnAsOf:
      household.subject = 0
      household.death = Household.Death(member: 0, date: Self.asOf)
    case .diedAfterAsOf:
      household.subject = 0
      household.death = Household.Death(member: 0, date: Self.asOf + 1 + random.next(below: 5))
    case .twinDied:
      household.subject = 0
      household.death = Household.Death(member: 0, date: earlier, isTwin: true)
    case .diedCaseEnded, .diedCaseSuspended:
      household.subject = 0
      household.death = Household.Death(member: 0, date: earlier, isRegistered: true)
      household.status = household.situation == .diedCaseEnded ? .ended : .suspended
      household.end = household.status == .ended ? earlier : nil
    case .inPrison, .inDetoxification, .custodyEndsOnAsOf, .released, .communityCorrection, .custodyAfterAsOf:
      household.subject = 0
      household.custody = plantedCustody(of: household.situation, from: earlier, random: &random)
    case .registerCancelled:
      household.move = Household.Move(member: subject, kind: .abroad, date: earlier)
    case .movedOut: household.move = Household.Move(member: subject, kind: .province, date: earlier)
    case .movedInCity: household.move = Household.Move(member: subject, kind: .inCity, date: earlier)
    case .otherName:
      household.members[subject].registerName = otherName(in: household, random: &random)
    case .formerName:
      household.renamed = subject
      household.members[subject].registerName = otherName(in: household, random: &random)
    case .namesSwapped:
      household.subject = 0
      household.members[0].rollName = household.members[1].name
      household.members[1].rollName = household.members[0].name
    case .notInRegister: household.unregistered = subject
    case .registerNumberUnreadable: household.unreadable = subject
    case .otherHolder:
      household.subject = 0
      household.holder = otherName(in: household, random: &random)
    case .holderIsMember:
      household.subject = 0
      household.holder = household.members[1].name
    case .custodian, .custodianOfMany:
      household.subject = 0
      let custodian = custodian(leader, isRelative: household.situation == .custodian && leader % 3 > 0)
      if custodian.name == household.members[0].name {
        let other = otherName(in: household, random: &random, than: custodian.name)
        household.members[0].name = other
        household.members[0].rollName = other
        household.members[0].registerName = other
      }
      household.custodian = custodian
      household.holder = custodian.name
    case .sharedAccount, .accountOfTwo:
      household.subject = 0
      let name = leaderName(of: leader)
      if isLeader || household.members[0].name == name {
        let own = isLeader ? name : otherName(in: household, random: &random)
        household.members[0].name = own
        household.members[0].rollName = own
        household.members[0].registerName = own
      }
      household.holder = name
    }
  }

  private func otherName(in household: Household, random: inout SplitMix64, than more: Name? = nil) -> Name {
    Name(otherThan: household.members.map(\.name) + (more.map { [$0] } ?? []), vocabulary: vocabulary, random: &random)
  }

  private func plantedCustody(
    of situation: Situation, from earlier: Int, random: inout SplitMix64
  ) -> Household.Custody {
    let later = Self.asOf + random.next(in: 30...900)
    return switch situation {
    case .inPrison:
      Household.Custody(member: 0, kind: .prison, start: earlier, end: random.next(below: 2) == 0 ? nil : later)
    case .inDetoxification: Household.Custody(member: 0, kind: .detoxification, start: earlier, end: later)
    case .custodyEndsOnAsOf: Household.Custody(member: 0, kind: .prison, start: earlier, end: Self.asOf)
    case .released: Household.Custody(member: 0, kind: .released, start: earlier - 400, end: earlier)
    case .communityCorrection: Household.Custody(member: 0, kind: .community, start: earlier, end: later)
    default: Household.Custody(member: 0, kind: .prison, start: Self.asOf + 1 + random.next(below: 10), end: nil)
    }
  }

  private func addFate(to household: inout Household, random: inout SplitMix64) {
    let member = household.subject
    let earlier = Self.asOf - random.next(in: 0...1500)
    switch fate(of: household.index) {
    case .nothing: break
    case .death:
      household.death = Household.Death(member: member, date: earlier, isRegistered: random.next(below: 10) > 0)
    case .custody:
      let kind: Household.Custody.Kind =
        switch random.next(below: 4) {
        case 0: .prison
        case 1: .detoxification
        case 2: .community
        default: .released
        }
      household.custody = Household.Custody(
        member: 0, kind: kind, start: earlier - 300, end: kind == .prison ? nil : earlier)
    case .move:
      let kind: Household.Move.Kind =
        switch random.next(below: 3) {
        case 0: .abroad
        case 1: .province
        default: .inCity
        }
      household.move = Household.Move(member: member, kind: kind, date: earlier)
    }
  }
}
