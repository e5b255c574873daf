/// The judicial feed 司法: UTF-8 with byte order mark.
struct JudicialFeed: Feed {
  static let stream = SplitMix64.Stream.judicialDamage
  let city: SampleCity
  let fileName = "judicial.csv"
  var householdCount: Int { city.householdCount }

  func concerns(_ index: Int) -> Bool {
    guard index < city.caseCount else { return city.fate(of: index) == .custody }
    return switch city.planted(in: index).situation {
    case .inPrison, .inDetoxification, .custodyEndsOnAsOf, .released, .communityCorrection, .custodyAfterAsOf: true
    default: false
    }
  }

  func writeHead(to rows: inout RowWriter) {
    rows.line("\u{FEFF}文书号,当事人,身份证号码,状态,机构,开始日期,结束日期")
  }

  func writeRows(of household: Household, to rows: inout RowWriter) {
    guard let custody = household.custody else { return }
    let member = household.members[custody.member]
    let words = rows.vocabulary
    let number = household.index
    let (status, place) =
      switch custody.kind {
      case .prison: (number % 7 == 0 ? words.imprisonedElsewhere : words.imprisoned, number % 2)
      case .detoxification: (words.detoxification, 2)
      case .community: (words.community, 3)
      case .released: (words.released, number % 2)
      }
    rows.code("SF", number, width: 9)
    rows.name(member.name, mayBeLost: household.isPlain)
    rows.identity(member.number, mayBeLost: household.isPlain)
    rows.word(status)
    rows.text(words.prisons[place])
    rows.date(custody.start)
    if let end = custody.end { rows.date(end) } else { rows.text(words.nothing[number % words.nothing.count]) }
    rows.endRecord()
  }
}
