/// What the lists show beside the flag itself, where the job delivers it.
package struct LeadDetail: Sendable, Hashable {
  package var street = ""
  package var program = ""
  /// To the head of the case.
  package var relation = ""
  /// Active members of the case on the day of the run.
  package var members: Int?
  /// Days since 1970-01-01, of the record that was found.
  package var evidenceDate: Int32?
  /// Address and whereabouts are withheld.
  package var isProtected = false
  /// Names of people, and numbers of people and accounts, that `fact`, `evidence` and the lines show beside the flag's
  /// own; they are masked with it.
  package var shownNames: [String] = []

  package init() {}
}
