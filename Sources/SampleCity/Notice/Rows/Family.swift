/// A household: its case, if it has one, its people and the months for which it is paid.
struct Family {
  var file = CaseFile()
  var members: [Member] = []
  /// Periods with a regular payment; none where it is nil.
  var paid: ClosedRange<Month>?
  /// Periods of `paid` without one.
  var unpaid: [Month] = []
  var payDay = 12
  /// The person to whom the payments are addressed.
  var payee = 0

  var head: Member {
    get { members[0] }
    set { members[0] = newValue }
  }

  /// 家庭人口: members whose row has not been ended on its own.
  var size: Int { members.count { $0.isOnRoll && $0.status == nil } }

  func isPaid(in month: Month) -> Bool {
    paid.map { $0.contains(month) } ?? false && !unpaid.contains(month)
  }

  /// Leaves the account to another holder.
  mutating func setHolder(_ name: NameText, _ id: IdentityText) {
    file.holder = name
    file.holderID = id
  }

  /// Ends the whole case, and the payments with that month.
  mutating func end(_ day: Int, reason: String) {
    file.status = Word.ended
    file.end = day
    file.endReason = reason
    if let from = paid?.lowerBound, from <= Month(of: day) { paid = from...Month(of: day) } else { paid = nil }
  }
}
