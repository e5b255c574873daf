extension LeadList {
  /// The same list with what became of each flag in a night, and with the leads that are gone from a list.
  func marked(_ comparison: Transition.Comparison) -> LeadList {
    var changes: [String: LeadChange] = [:]
    var gone: [GoneLead] = []
    func leave(_ flag: StateFlag, _ change: LeadChange, _ reason: String) {
      // Flags about the data stand on no list of a district.
      guard let district = flag.district else { return }
      gone.append(
        GoneLead(
          flagID: flag.id, rule: flag.rule, caseID: flag.caseID, idNumber: flag.idNumber, district: district,
          change: change, reason: reason))
    }
    for transition in comparison.transitions {
      let flag = transition.flag
      switch transition.kind {
      case .new: changes[flag.id] = .new
      case .changed: changes[flag.id] = .changed
      case .recurred: changes[flag.id] = .recurred
      case .cleared: leave(flag, .cleared, LeadWords.ending(transition.reason))
      case .withdrawn: leave(flag, .withdrawn, LeadWords.ending(transition.reason))
      case .unknown: break
      }
    }
    for (flag, district) in comparison.moved {
      changes[flag.id] = .movedIn
      leave(flag, .movedOut, LeadWords.movedTo(district))
    }
    return marked(changes, gone: gone)
  }
}
