/// The funeral feed 殡葬: GB 18030, CRLF, a title above the header and a total at the end.
struct FuneralFeed: Feed {
  static let stream = SplitMix64.Stream.funeralDamage
  static let isGB18030 = true
  let city: SampleCity
  let fileName = "funeral.csv"
  var householdCount: Int { city.householdCount }

  func concerns(_ index: Int) -> Bool {
    guard index < city.caseCount else { return city.fate(of: index) == .death }
    return switch city.planted(in: index).situation {
    case .diedHead, .diedMember, .diedOnAsOf, .diedCaseEnded, .diedCaseSuspended, .diedAfterAsOf, .twinDied: true
    default: false
    }
  }

  func writeHead(to rows: inout RowWriter) {
    rows.line(rows.vocabulary.funeralTitle)
    rows.line(rows.vocabulary.funeralHeader)
  }

  func writeRows(of household: Household, to rows: inout RowWriter) {
    guard let death = household.death else { return }
    let member = household.members[death.member]
    let words = rows.vocabulary
    var random = SplitMix64(seed: city.seed, stream: .funeralRow, number: household.index)
    var name = member.name
    if death.isTwin {
      name = Name(family: name.form == .long ? nil : name.family, vocabulary: words, random: &random)
    }
    rows.number(rows.count + 1)
    rows.name(name, mayBeLost: household.isPlain)
    rows.identity(
      death.isTwin ? IdentityNumbers.twin(of: member.number) : member.number, mayBeLost: household.isPlain)
    rows.text(member.isMale ? words.male : words.female)
    rows.date(death.date)
    rows.date(death.date + random.next(in: 2...5))
    rows.text(words.funeralHomes[random.next(below: words.funeralHomes.count)])
    rows.code("BZ", household.index, width: 9)
    rows.endRecord()
  }

  func writeTail(to rows: inout RowWriter) {
    rows.line("\(rows.vocabulary.total),\(rows.count),,,,,,")
  }
}
