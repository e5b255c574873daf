internal import Normalizers

/// How far a subject and a found row are the same person, where their identity numbers are equal.
///
/// A: the names agree, too. B: a known variant of the name, a former name, or a number of the old 15-digit form. C:
/// the names differ, or one is missing. A number that a spreadsheet may have zeroed costs one step, and so do a day of
/// birth and a sex that are not those of the number beside them. As long as the numbers are equal nothing is below C.
struct IdentityGrade {
  private(set) var grade: Int
  private(set) var reasons: [String] = []

  init(subject: [UInt8], found: [UInt8]) {
    guard !subject.isEmpty, !found.isEmpty else {
      grade = 3
      reasons = ["NAME_MISSING"]
      return
    }
    switch NameVerdict(subject.span, found.span) {
    case nil:
      grade = 3
      reasons = ["NAME_MISSING"]
    case .same?: grade = 1
    case .different?:
      grade = 3
      reasons = ["NAME_DIFFERENT"]
    case let variant?:
      grade = 2
      reasons = [variant.rawValue]
    }
  }

  /// A further name of one of the two, and the name of the other.
  mutating func note(otherName: [UInt8], against opposite: [UInt8]) {
    guard grade == 3, !otherName.isEmpty, !opposite.isEmpty,
      let verdict = NameVerdict(otherName.span, opposite.span), verdict != .different
    else { return }
    grade = 2
    reasons = ["FORMER_NAME"]
  }

  /// The reason codes of both numbers.
  mutating func note(_ codes: Codes) {
    if codes.contains(.id15) {
      grade = max(grade, 2)
      reasons.append("LEGACY_ID")
    }
    for (code, name) in Self.doubts where codes.contains(code) {
      grade = max(grade, min(grade + 1, 3))
      reasons.append(name)
    }
  }

  private static let doubts: [(code: Codes, name: String)] = [
    (.zeroed, "W-ZEROED"), (.otherBirth, "W-BIRTH"), (.otherSex, "W-SEX")
  ]

  /// The letter of a grade; empty for none.
  static func letter(_ grade: Int) -> String { grade == 0 ? "" : String(["A", "B", "C", "D", "E"][min(grade, 5) - 1]) }
}
