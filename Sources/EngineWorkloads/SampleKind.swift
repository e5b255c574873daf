/// The kinds of values that are measured; the raw value names them on the command line and in the output.
package enum SampleKind: String, CaseIterable {
  case cleanIDs = "ids"
  case damagedIDs = "ids-damaged"
  case names = "names-damaged"
  case dates
  case mixedDates = "dates-mixed"
  case amounts
  case mixedAmounts = "amounts-mixed"
  case accounts

  package var summary: String {
    switch self {
    case .cleanIDs: "well-formed ID to key"
    case .damagedIDs: "ID to key, 8 % damaged"
    case .names: "name: isPlain, else canonical, 5 % damaged"
    case .dates: "date, YYYY-MM-DD"
    case .mixedDates: "date, 5 % in other spellings"
    case .amounts: "amount, plain decimals"
    case .mixedAmounts: "amount, 5 % in other spellings"
    case .accounts: "account, 19 digits"
    }
  }
}
