extension FieldType {
  /// Words of a value of this type.
  package var wordCount: Int {
    switch self {
    case .account, .text: 2
    case .residentID, .personName, .date, .month, .money, .code, .number: 1
    }
  }
}
