/// The household register 户籍: a row for every resident; UTF-8.
struct RegisterFeed: Feed {
  static let stream = SplitMix64.Stream.registerDamage
  let city: SampleCity
  let fileName = "household.csv"
  var householdCount: Int { city.householdCount }

  func writeHead(to rows: inout RowWriter) {
    rows.line("公民身份号码,姓名,性别,出生日期,户号,与户主关系,户籍状态,变动原因,变动日期")
  }

  func writeRows(of household: Household, to rows: inout RowWriter) {
    let words = rows.vocabulary
    let isVaried = household.situation == .nameVariants
    for (place, member) in household.members.enumerated() where place != household.unregistered {
      if place == household.unreadable {
        rows.scientific(member.number)
      } else {
        // A lost number of somebody on the roll would be a finding.
        rows.identity(member.number, mayBeLost: !household.isCase)
      }
      rows.name(member.registerName, mayBeLost: household.isPlain, isVaried: isVaried)
      rows.text(member.isMale ? words.male : words.female)
      rows.date(member.birth)
      rows.code("3", household.index, width: 11)
      rows.text(words.relations[member.relation.rawValue])
      if let move = move(of: place, in: household) {
        let (status, reason) =
          switch move.kind {
          case .death: (words.cancelled, words.cancelledByDeath)
          case .abroad: (words.cancelled, words.cancelledAbroad)
          case .province: (words.movedOut, words.movedToProvince)
          case .inCity: (words.registered, words.movedInCity)
          }
        rows.word(status)
        rows.text(reason)
        rows.date(move.date)
      } else {
        rows.word(words.registered)
        rows.text("")
        rows.date(nil)
      }
      rows.endRecord()
    }
  }

  private func move(of place: Int, in household: Household) -> Household.Move? {
    if let death = household.death, death.isRegistered, death.member == place {
      return Household.Move(member: place, kind: .death, date: death.date)
    }
    return household.move?.member == place ? household.move : nil
  }
}
