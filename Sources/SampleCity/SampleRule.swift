/// The rules of the sample job; the raw value is the rule's name there.
package enum SampleRule: String, CaseIterable, Sendable {
  case deceased = "DECEASED"
  case paidAfterDeath = "PAID_AFTER_DEATH"
  case inCustody = "IN_CUSTODY"
  case registerInactive = "HUKOU_INACTIVE"
  case nameMismatch = "NAME_MISMATCH"
  case notInRegister = "NOT_IN_HOUSEHOLD"
  case holderMismatch = "HOLDER_MISMATCH"
  case sharedAccount = "SHARED_ACCOUNT"
  case frequentPayment = "FREQUENT_PAYMENT"
  case largePayment = "LARGE_PAYMENT"
  case custodianOfMany = "CUSTODIAN_OF_MANY"

  /// Place in `allCases`.
  var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
