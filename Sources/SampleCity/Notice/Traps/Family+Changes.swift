extension Family {
  /// Puts the case into another district; its number keeps the first one.
  mutating func move(to district: Int) {
    file.firstDistrict = district
    file.district = district
  }

  /// Ends the row of one member, while the case goes on.
  mutating func end(member: Int, _ day: Int, reason: String) {
    members[member].status = Word.ended
    members[member].end = day
    members[member].endReason = reason
  }

  /// The months of `range` with a regular payment.
  func paidMonths(in range: ClosedRange<Month>) -> [Month] { range.filter(isPaid) }

  /// Granted on `day`, paid from the month after it.
  mutating func start(_ day: Int) {
    file.start = day
    let first = Month(of: day).advanced(by: 1)
    paid = first <= NoticeCity.lastMonth ? first...NoticeCity.lastMonth : nil
  }

  /// The last regular payment is for `month`.
  mutating func stopPayments(after month: Month) {
    if let from = paid?.lowerBound, from <= month { paid = from...month } else { paid = nil }
  }
}

extension Member {
  /// Another name everywhere.
  mutating func rename(_ name: NameText) {
    self.name = name
    rollName = name
    registerName = name
  }

  mutating func cancel(_ event: String, on date: Int) {
    isCancelled = true
    self.event = event
    eventDate = date
  }
}
