extension NoticeFeed {
  /// The payments of one month: a batch a district. `isHundredfold` says which batch counts in 分.
  static func writePayments(
    of unit: NoticeUnit, in month: Month, isHundredfold: (PaymentRow) -> Bool, to rows: inout RecordWriter
  ) {
    for family in unit.families where family.isPaid(in: month) {
      write(family.payment(for: month), in: month, isHundredfold: isHundredfold, to: &rows)
    }
    for payment in unit.payments where payment.payID.month == month {
      write(payment, in: month, isHundredfold: isHundredfold, to: &rows)
    }
  }

  private static func write(
    _ payment: PaymentRow, in month: Month, isHundredfold: (PaymentRow) -> Bool, to rows: inout RecordWriter
  ) {
    rows.payment(payment.payID)
    rows.batch(month, payment.district)
    rows.date(payment.date)
    rows.month(payment.period)
    rows.text(payment.program)
    rows.text(payment.kind)
    rows.number(payment.monthsCovered)
    rows.district(payment.district)
    rows.caseNumber(payment.caseNumber)
    rows.identity(payment.id)
    rows.name(payment.name)
    rows.account(payment.account)
    rows.name(payment.holder)
    rows.identity(payment.holderID)
    rows.money(isHundredfold(payment) ? payment.amount * 100 : payment.amount)
    rows.word(payment.result)
    rows.payment(payment.reversed)
    rows.text(payment.failReason)
    rows.endRecord()
  }
}
