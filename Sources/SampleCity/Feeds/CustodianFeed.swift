/// The registered custodians 代管人 of accounts; UTF-8.
struct CustodianFeed: Feed {
  static let stream = SplitMix64.Stream.custodianDamage
  let city: SampleCity
  let fileName = "custodians.csv"
  var householdCount: Int { city.caseCount }

  func concerns(_ index: Int) -> Bool {
    switch city.planted(in: index).situation {
    case .custodian, .custodianOfMany: true
    default: false
    }
  }

  func writeHead(to rows: inout RowWriter) {
    rows.line("备案号,救助证号,代管对象姓名,代管对象身份证号,代管人姓名,代管人身份证号,代管人类别,代管账号,备案日期")
  }

  func writeRows(of household: Household, to rows: inout RowWriter) {
    guard let custodian = household.custodian else { return }
    let words = rows.vocabulary
    let head = household.members[0]
    rows.code("DG", household.index, width: 7)
    rows.caseNumber(household)
    rows.name(head.rollName, mayBeLost: false)
    rows.identity(head.number, mayBeLost: false)
    rows.name(custodian.name, mayBeLost: false)
    rows.identity(custodian.number, mayBeLost: false)
    rows.text(custodian.isRelative ? words.relative : words.committee)
    rows.account(AccountNumber(household.account), mayBeLost: false)
    rows.date(household.start + 30)
    rows.endRecord()
  }
}
