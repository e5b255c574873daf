/// A lead that the list of its district had and does not have any more.
package struct GoneLead: Sendable, Hashable {
  package var flagID: String
  /// The rule's id, also when the job has the rule no more.
  package var rule: String
  package var caseID: String
  package var idNumber: String
  /// Of the list that had it; empty where none is known.
  package var district: String
  package var change: LeadChange
  /// Why, for people.
  package var reason: String

  package init(
    flagID: String, rule: String, caseID: String, idNumber: String, district: String, change: LeadChange,
    reason: String
  ) {
    self.flagID = flagID
    self.rule = rule
    self.caseID = caseID
    self.idNumber = idNumber
    self.district = district
    self.change = change
    self.reason = reason
  }
}
