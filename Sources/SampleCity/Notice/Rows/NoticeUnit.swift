/// What belongs together in the city: a household, or a planted situation with all its people and rows.
struct NoticeUnit {
  /// Planted or held ready as a look-alike: its values are written without damage.
  var isClean = false
  var families: [Family] = []
  var funeral: [DeathRow] = []
  var otherDeaths: [DeathRow] = []
  var custody: [CustodyRow] = []
  /// Payments beside the regular ones of `families`.
  var payments: [PaymentRow] = []
  var custodians: [CustodianRow] = []
  var officials: [OfficialRow] = []
  var disability: [HardshipRow] = []
  var illness: [HardshipRow] = []
  var unemployed: [HardshipRow] = []
  var lowMargin: [HardshipRow] = []
  var otherHardship: [HardshipRow] = []
  var declined: [HardshipRow] = []
  var accountChanges: [AccountChange] = []
  var findings: [Finding] = []

  mutating func removeAll() {
    isClean = false
    families.removeAll(keepingCapacity: true)
    funeral.removeAll(keepingCapacity: true)
    otherDeaths.removeAll(keepingCapacity: true)
    custody.removeAll(keepingCapacity: true)
    payments.removeAll(keepingCapacity: true)
    custodians.removeAll(keepingCapacity: true)
    officials.removeAll(keepingCapacity: true)
    disability.removeAll(keepingCapacity: true)
    illness.removeAll(keepingCapacity: true)
    unemployed.removeAll(keepingCapacity: true)
    lowMargin.removeAll(keepingCapacity: true)
    otherHardship.removeAll(keepingCapacity: true)
    declined.removeAll(keepingCapacity: true)
    accountChanges.removeAll(keepingCapacity: true)
    findings.removeAll(keepingCapacity: true)
  }
}
