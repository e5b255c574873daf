/// What one worker counted about one rule.
package struct RuleCounts: Sendable {
  /// Subject rows, or rows of groups, that were judged.
  package var evaluated = 0
  /// Not judged: the key, or group key, is empty or cannot be read.
  package var keyEmpty = 0
  package var keyInvalid = 0
  /// Not judged: a side of the comparison is empty or cannot be read.
  package var compareEmpty = 0
  package var compareInvalid = 0
  /// Not judged: `where` is neither true nor false.
  package var unknown = 0
  /// Rows with a usable key, whatever else holds.
  package var subjectKeys = 0
  package var foundKeys = 0

  package init() {}

  package mutating func add(_ other: RuleCounts) {
    evaluated += other.evaluated
    keyEmpty += other.keyEmpty
    keyInvalid += other.keyInvalid
    compareEmpty += other.compareEmpty
    compareInvalid += other.compareInvalid
    unknown += other.unknown
    subjectKeys += other.subjectKeys
    foundKeys += other.foundKeys
  }

  /// The reasons of `not_evaluated` in the manifest.
  package var notEvaluated: [String: Int] {
    [
      "key_empty": keyEmpty, "key_invalid": keyInvalid, "compare_empty": compareEmpty,
      "compare_invalid": compareInvalid, "where_unknown": unknown
    ].filter { $0.value > 0 }
  }
}
