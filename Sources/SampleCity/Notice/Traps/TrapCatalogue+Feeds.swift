extension TrapCatalogue {
  /// What is wrong with a whole feed is in variants of the city; this is what a variant adds to the truth.
  static func findings(of variant: NoticeCity.Variant) -> [Finding] {
    switch variant {
    case .main: []
    case .feedAlarmRegister:
      [Finding(trap: "T41", verdict: .feedAlarm, rule: "NOT_IN_REGISTER", subject: .feed)]
    case .feedAlarmBatch:
      [
        Finding(
          trap: "T61", verdict: .feedAlarm, rule: "PAY_LARGE", subject: .feed, months: [NoticeCity.lastMonth])
      ]
    }
  }
}
