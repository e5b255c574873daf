/// The flags of a run in the order of `flags.csv`, each with its number.
package struct LeadList: Sendable {
  /// By `SettledFlag.rule`.
  package let rules: [LeadRule]
  /// Sorted by rule, case, identity number, evidence, then whatever else tells two flags apart.
  package private(set) var leads: [Lead]
  /// Whether it is known what became of the flags since the night before.
  package private(set) var hasChanges = false
  /// Leads that a list of the night before had, those that were taken back first.
  package private(set) var gone: [GoneLead] = []
  /// By rule: flags whose rule, subject and flag key are also those of an earlier flag. Their numbers need more to
  /// tell them apart, and change when the earlier flag is gone: the rule's `flag_key` is too short.
  package let likeAnother: [Int]
  package let hasKey: Bool

  /// Numbers `flags`; without an identity the numbers are those of this run only. `details` is empty, or in the order
  /// of `flags`.
  package init(
    _ flags: [SettledFlag], details: [LeadDetail] = [], rules: [LeadRule], identity: FlagIdentity?
  ) {
    precondition(details.isEmpty || details.count == flags.count, "a detail for each flag")
    self.rules = rules
    hasKey = identity != nil
    let order = flags.indices.sorted { left, right in
      Self.precedes(flags[left], flags[right], rules)
    }
    var likeAnother = Array(repeating: 0, count: rules.count)
    var leads: [Lead] = []
    leads.reserveCapacity(flags.count)
    var taken: Set<String> = []
    for (place, index) in order.enumerated() {
      let flag = flags[index]
      let rule = rules[flag.rule]
      var lead = Lead(
        flagID: "", evidenceHash: "", flag: flag, detail: details.isEmpty ? LeadDetail() : details[index])
      if let identity {
        let subject = FlagSubject(idNumber: flag.idNumber, caseID: flag.caseID)
        lead.flagID = identity.flagID(rule: rule.id, subject: subject, flagKey: flag.flagKey)
        var repetition = 0
        while !taken.insert(lead.flagID).inserted {
          if repetition == 0 { likeAnother[flag.rule] += 1 }
          let distinction = repetition == 0 ? [flag.caseID] : [flag.caseID, String(repetition)]
          lead.flagID = identity.flagID(
            rule: rule.id, subject: subject, flagKey: flag.flagKey, distinction: distinction)
          repetition += 1
        }
        lead.evidenceHash = identity.evidenceHash(of: flag, under: rule)
      } else {
        let digits = String(place + 1)
        lead.flagID = "run-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
      }
      leads.append(lead)
    }
    self.leads = leads
    self.likeAnother = likeAnother
  }

  /// The same list with what became of each flag in a night, by number, and with the leads that are gone; flags that
  /// are not named stayed as they were.
  package func marked(_ changes: [String: LeadChange], gone: [GoneLead] = []) -> LeadList {
    var list = self
    list.hasChanges = true
    list.gone = gone.sorted { left, right in
      let (isFirst, isSecond) = (left.change == .withdrawn, right.change == .withdrawn)
      if isFirst != isSecond { return isFirst }
      return (left.rule, left.flagID) < (right.rule, right.flagID)
    }
    for index in leads.indices { list.leads[index].change = changes[leads[index].flagID] ?? .unchanged }
    return list
  }

  /// What people should know of the numbers, one sentence each.
  package var warnings: [String] {
    var warnings: [String] = []
    if !hasKey && !leads.isEmpty {
      warnings.append(
        "flag numbers are those of this run only: 'match-run key init FILE' makes a site key for --key FILE")
    }
    for (rule, count) in zip(rules, likeAnother) where count > 0 {
      warnings.append(
        "\(rule.id): \(count.grouped) flags share subject and flag_key with another;"
          + " name in flag_key what tells them apart, or their numbers may change")
    }
    return warnings
  }

  package func rule(of lead: Lead) -> LeadRule { rules[lead.flag.rule] }

  private static func precedes(_ left: SettledFlag, _ right: SettledFlag, _ rules: [LeadRule]) -> Bool {
    if left.rule != right.rule {
      return rules[left.rule].id.utf8.lexicographicallyPrecedes(rules[right.rule].id.utf8)
    }
    for part in [\SettledFlag.caseID, \.idNumber, \.evidence, \.name, \.district, \.fact, \.grade, \.proposal] {
      let (first, second) = (left[keyPath: part], right[keyPath: part])
      if first != second { return first.utf8.lexicographicallyPrecedes(second.utf8) }
    }
    if left.flagKey != right.flagKey { return left.flagKey.lexicographicallyPrecedes(right.flagKey) }
    if left.months != right.months { return left.months.lexicographicallyPrecedes(right.months) }
    if left.amount != right.amount { return left.amount ?? .min < right.amount ?? .min }
    if left.reasons != right.reasons { return left.reasons.lexicographicallyPrecedes(right.reasons) }
    return left.lines.lexicographicallyPrecedes(right.lines) { first, second in
      (first.month ?? .min, first.amount ?? .min, first.shown.joined(separator: "|"))
        < (second.month ?? .min, second.amount ?? .min, second.shown.joined(separator: "|"))
    }
  }
}
