extension SampleCity {
  /// Number of the case file: `JZ`, the district's code, seven digits.
  func caseNumber(of household: Household) -> String {
    var rows = RowWriter(vocabulary: vocabulary, isGB18030: false)
    rows.caseNumber(household)
    return String(decoding: rows.bytes, as: UTF8.self)
  }

  /// The scale as it is typed: without a fraction where there is none.
  var scaleText: String { scale == scale.rounded() ? "\(Int(scale))" : "\(scale)" }

  /// `YYYY-MM` of a month by its index.
  func periodName(of month: Int) -> String {
    let date = CivilDate(days: months[month])
    return "\(date.year)-\(date.month < 10 ? "0" : "")\(date.month)"
  }

  /// The name that stands on the account.
  func holder(of household: Household) -> Name {
    household.holder ?? household.members[0].rollName
  }
}
