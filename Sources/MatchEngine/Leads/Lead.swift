/// A flag with its number, as the lists for people show it.
package struct Lead: Sendable {
  package var flagID: String
  /// Empty without a site key.
  package var evidenceHash: String
  package var flag: SettledFlag
  package var detail: LeadDetail
}
