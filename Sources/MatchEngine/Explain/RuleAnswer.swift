/// What one rule says about the person or the case in question, and why.
struct RuleAnswer {
  enum Verdict {
    case flagged, implied, heldBack, excused, notFlagged, notEvaluated, unknown
  }

  /// Index into `Job.settled`.
  var rule: Int
  var verdict: Verdict
  /// Sentences in Chinese, the decisive one first.
  var reasons: [String] = []
  /// Of this person or case; empty unless flagged, implied or held back.
  var drafts: [FlagDraft] = []
}
