extension NoticeCity {
  /// A household with its people and its case; nothing about it is unusual.
  ///
  /// `relations` begins with the head. Nobody has the same name as another member.
  func family(_ relations: [String], household: Int, random: inout SplitMix64) -> Family {
    var family = Family()
    let numbers = identityNumbers.household(household, random: &random)
    var names: [Name] = []
    let headAge = relations.count == 1 ? random.next(in: 42...78) : random.next(in: 46...60)
    let headFrom = Self.asOf - headAge * 365
    var slot = 0
    for relation in relations {
      let from =
        switch relation {
        case Word.head: headFrom
        case Word.spouse: headFrom - IdentityNumbers.cycle / 2
        // From 16 years before the as-of date on, so everybody is a child of 6 to 16.
        case Word.child: Self.asOf - 16 * 365
        default: headFrom - random.next(in: 24...28) * 365 - IdentityNumbers.cycle
        }
      let (number, birth, isMale) = identityNumbers.person(slot: slot, of: numbers, bornFrom: from)
      let inherited = relation == Word.child && names[0].form != .long ? names[0].family : nil
      var name = Name(family: inherited, vocabulary: vocabulary, random: &random)
      while names.contains(name) { name = Name(family: inherited, vocabulary: vocabulary, random: &random) }
      names.append(name)
      family.members.append(
        Member(number: number, birth: birth, isMale: isMale, name: .name(name), relation: relation))
      slot += 1
    }
    fillCaseFile(of: &family, household: household, random: &random)
    return family
  }

  private func fillCaseFile(of family: inout Family, household: Int, random: inout SplitMix64) {
    family.file.index = household
    family.file.hukouNumber = household
    let district = Districts.codes[random.next(below: Districts.codes.count)]
    family.file.firstDistrict = district
    family.file.district = district
    family.file.street = random.next(below: vocabulary.streets.count)
    family.file.start = Self.asOf - random.next(in: 1000...4000)
    family.file.monthlyAmount = family.members.count * random.next(in: 50...130) * 10_00
    family.file.account = AccountNumber(household * 4).value
    family.file.lastReview = Self.asOf - random.next(in: 20...170)
    family.setHolder(family.head.name, family.head.id)
    family.paid = months
  }

  /// A person who is on no list of the city but the one that a situation puts them on; `place` tells the outsiders of a
  /// household apart. Their numbers were given elsewhere.
  func outsider(of household: Int, place: Int, random: inout SplitMix64) -> Member {
    let divisions = [320582, 330483, 340123, 321283]
    let birth = CivilDate(year: 1950, month: 1, day: 1).days + household % 9000
    return special(
      division: divisions[place], birth: birth, sequence: 1 + household / 9000, relation: "", random: &random)
  }

  /// A person whose number has these parts; the caller sees to it that nobody else has.
  func special(division: Int, birth: Int, sequence: Int, relation: String, random: inout SplitMix64) -> Member {
    let date = CivilDate(days: birth)
    let day = date.year * 10_000 + date.month * 100 + date.day
    let number = UInt64(division) * 100_000_000_000 + UInt64(day) * 1000 + UInt64(sequence)
    let name = shortName(random: &random)
    return Member(number: number, birth: birth, isMale: sequence % 2 == 1, name: .name(name), relation: relation)
  }

  /// A name without a dot that is none of `others`.
  func shortName(otherThan others: [NameText] = [], random: inout SplitMix64) -> Name {
    var name: Name
    repeat {
      name = Name(vocabulary: vocabulary, random: &random)
    } while name.form == .long || others.contains(.name(name))
    return name
  }

  /// The characters of a name.
  func text(of name: NameText) -> String {
    var rows = RecordWriter(vocabulary: vocabulary, isGB18030: false)
    rows.name(name)
    return String(decoding: rows.bytes, as: UTF8.self)
  }
}
