/// What came of one settled rule.
package struct SettledOutcome: Sendable {
  /// Sorted as in `flags.csv`.
  package var flags: [SettledFlag] = []
  package var evaluated = 0
  package var notEvaluated: [String: Int] = [:]
  package var exemptions: [String: Int] = [:]
  /// Flags that an alarm held back, and how many alarms there were.
  package var heldBack = 0
  package var alarms = 0
  /// Why nothing, or not everything, can be said; nil where all was evaluated.
  package var unknownReason: String?
  /// Why the rule was not evaluated in this job at all.
  package var hindrance: String?
}
