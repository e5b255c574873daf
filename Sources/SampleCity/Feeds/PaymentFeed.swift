/// The payments 发放明细 of one month: paid to the head of the case; UTF-8.
struct PaymentFeed: Feed {
  static let stream = SplitMix64.Stream.paymentDamage
  let city: SampleCity
  /// Index into the city's months.
  let month: Int
  let fileName: String
  private let period: String
  private let yearAndMonth: Int
  var householdCount: Int { city.caseCount }

  init(city: SampleCity, month: Int) {
    self.city = city
    self.month = month
    let date = CivilDate(days: city.months[month])
    yearAndMonth = date.year * 100 + date.month
    fileName = "payments-\(yearAndMonth).csv"
    period = city.periodName(of: month)
  }

  func damageNumber(of index: Int) -> Int { index * 32 + month }

  func writeHead(to rows: inout RowWriter) {
    rows.line("流水号,发放日期,所属月份,救助证号,姓名,身份证号,银行账号,开户名,发放类别,发放金额")
  }

  func writeRows(of household: Household, to rows: inout RowWriter) {
    let words = rows.vocabulary
    let head = household.members[0]
    let holder = city.holder(of: household)
    let isVaried = household.situation == .nameVariants
    for payment in city.payments(to: household, month: month) {
      rows.code("FF", yearAndMonth, width: 6, household.index * 10 + payment.place, width: 9)
      rows.date(payment.date)
      rows.text(period)
      rows.caseNumber(household)
      rows.name(head.rollName, mayBeLost: household.isPlain)
      rows.identity(head.number, mayBeLost: household.isPlain)
      rows.account(AccountNumber(household.account), mayBeLost: household.isPlain)
      rows.name(holder, mayBeLost: household.isPlain, isVaried: isVaried)
      rows.text(payment.isBackPayment ? words.backPayment : words.regular)
      rows.amount(payment.amount)
      rows.endRecord()
    }
  }
}
