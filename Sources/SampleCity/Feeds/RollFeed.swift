/// The roll 低保名册: a row for every member of every case; UTF-8.
struct RollFeed: Feed {
  static let stream = SplitMix64.Stream.rollDamage
  let city: SampleCity
  let fileName = "roll.csv"
  var householdCount: Int { city.caseCount }

  func writeHead(to rows: inout RowWriter) {
    rows.line("序号,救助证号,姓名,身份证号,与户主关系,户主姓名,家庭人口,区,街道,救助类别,状态,起始日期,结束日期,月保障金（元）,银行账号,开户名")
  }

  func writeRows(of household: Household, to rows: inout RowWriter) {
    let words = rows.vocabulary
    let district = words.districts[household.district]
    let status =
      switch household.status {
      case .active: household.district % 8 == 5 ? words.activeElsewhere : words.active
      case .suspended: words.suspended
      case .ended: words.ended
      }
    let isVaried = household.situation == .nameVariants
    for member in household.members {
      rows.number(rows.count + 1)
      rows.caseNumber(household)
      rows.name(member.rollName, mayBeLost: household.isPlain, isVaried: isVaried)
      rows.identity(member.number, mayBeLost: household.isPlain)
      rows.text(words.relations[member.relation.rawValue])
      rows.name(household.members[0].rollName, mayBeLost: false)
      rows.number(household.members.count)
      rows.text(district.name)
      rows.text(words.streets[household.street])
      rows.text(words.programs[household.program])
      rows.word(status)
      rows.date(household.start)
      rows.date(household.end)
      rows.amount(household.monthlyAmount)
      rows.account(AccountNumber(household.account), mayBeLost: household.isPlain)
      rows.name(city.holder(of: household), mayBeLost: household.isPlain)
      rows.endRecord()
    }
  }
}
