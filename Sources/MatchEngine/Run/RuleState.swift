/// Decides after the passes which rules had what they need: an empty register must not flag the whole roll.
struct RuleState {
  let job: Job
  /// By source: why nothing can be said that needs it; nil where something can.
  let guards: [String?]
  let counts: [RuleCounts]

  /// Why nothing can be said under rule `index`, or nil.
  func unknownReason(_ index: Int) -> String? {
    let rule = job.rules[index]
    for source in [rule.subject, rule.find?.source].compactMap({ $0 }) {
      if let reason = guards[source] { return reason }
    }
    guard let find = rule.find else { return nil }
    if counts[index].subjectKeys == 0 { return keyReason(rule.subject, find.key.map(\.subjectField)) }
    if counts[index].foundKeys == 0 { return keyReason(find.source, find.key.map(\.foundField)) }
    return nil
  }

  private func keyReason(_ source: Int, _ fields: [Int]) -> String {
    let names = fields.map { job.sources[source].fields[$0].name }.joined(separator: ", ")
    return "source '\(job.sources[source].name)' has no row with a usable key (\(names))"
  }
}
