/// Whom or what a flag is about, as its number is made from it.
package struct FlagSubject: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case person, household
    /// Nothing but the flag key: an account, a pair of programs.
    case key
  }

  package let kind: Kind
  /// Canonical; empty for `key`.
  package let text: String

  /// The person where there is a usable number, else the case, else what the flag key says.
  package init(idNumber: String, caseID: String) {
    if !idNumber.isEmpty {
      kind = .person
      text = idNumber
    } else if !caseID.isEmpty {
      kind = .household
      text = caseID
    } else {
      kind = .key
      text = ""
    }
  }
}
