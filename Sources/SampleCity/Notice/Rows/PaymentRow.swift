/// A row of the payments.
struct PaymentRow {
  /// Number of a payment: its household, the month in which it is made, its place there.
  struct ID: Equatable {
    var household: Int
    var month: Month
    var place: Int
  }

  var payID: ID
  var date: Int
  var period: Month
  var program: String
  var kind = Word.regular
  var monthsCovered: Int?
  var district: Int
  var caseNumber: CaseNumber?
  var id: IdentityText
  var name: NameText
  var account: UInt64
  var holder: NameText
  var holderID: IdentityText
  /// Yuan in 1/100.
  var amount: Int
  var result = Word.paid
  var reversed: ID?
  var failReason = ""
}

extension Family {
  /// The regular payment for `period`, made in that month.
  func payment(for period: Month) -> PaymentRow { payment(for: period, on: period.day(payDay), place: 0) }

  /// A payment like the regular one, made on `day` as the `place`th of its month.
  func payment(for period: Month, on day: Int, place: Int) -> PaymentRow {
    PaymentRow(
      payID: PaymentRow.ID(household: file.index, month: Month(of: day), place: place), date: day, period: period,
      program: file.program, district: file.district, caseNumber: file.caseNumber, id: members[payee].id,
      name: members[payee].rollName, account: file.account, holder: file.holder, holderID: file.holderID,
      amount: file.amount(for: period))
  }
}
