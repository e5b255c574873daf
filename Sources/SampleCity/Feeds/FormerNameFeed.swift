/// The former names 曾用名 that the register knows of; UTF-8.
struct FormerNameFeed: Feed {
  static let stream = SplitMix64.Stream.formerNameDamage
  let city: SampleCity
  let fileName = "former_names.csv"
  var householdCount: Int { city.caseCount }

  func concerns(_ index: Int) -> Bool { city.planted(in: index).situation == .formerName }

  func writeHead(to rows: inout RowWriter) {
    rows.line("公民身份号码,姓名,曾用名,变更日期")
  }

  func writeRows(of household: Household, to rows: inout RowWriter) {
    guard let renamed = household.renamed else { return }
    let member = household.members[renamed]
    rows.identity(member.number, mayBeLost: false)
    rows.name(member.registerName, mayBeLost: false)
    rows.name(member.rollName, mayBeLost: false)
    rows.date(household.start + 200)
    rows.endRecord()
  }
}
