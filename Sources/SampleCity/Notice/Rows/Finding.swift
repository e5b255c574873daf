/// A line of `truth.csv`: what a rule has to say about a planted situation. What is empty is not asserted.
struct Finding {
  enum Verdict: String, CaseIterable {
    /// Exactly this flag.
    case flag
    /// No flag of this rule.
    case none
    /// No flag, and the rule says that it did not look.
    case notEvaluated = "not_evaluated"
    /// One alarm for the whole feed instead of flags.
    case feedAlarm = "feed_alarm"
    /// The fact was withdrawn by its source: no flag now; one that stood before becomes WITHDRAWN.
    case withdrawn
    /// No flag, but a line of the quality list.
    case quality
    /// A warning of the run.
    case warning
    /// A flag is right and its absence too; the specification leaves it open.
    case optional
  }

  enum Subject: String {
    case person, `case`, account, feed
  }

  var trap: String
  var verdict: Verdict
  var rule: String
  var subject: Subject
  var caseNumber: CaseNumber?
  var id: UInt64?
  var account: UInt64?
  var severity: Int?
  var grade = ""
  var proposal = ""
  var reasons: [String] = []
  var months: [Month] = []
  /// Yuan in 1/100.
  var amount: Int?
  var basis = ""
}
