/// A flag with its number, as the lists for people show it.
package struct Lead: Sendable {
  package var flagID: String
  /// Empty without a site key.
  package var evidenceHash: String
  package var flag: SettledFlag
  package var detail: LeadDetail
  /// What became of it in a night; empty where nothing did, and in a run.
  package var change = LeadChange.unchanged
}
