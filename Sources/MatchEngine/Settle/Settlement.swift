/// Settles the drafts of all rules: what an alarm holds back, what another rule already says, which stops are proved.
struct Settlement {
  let job: Job
  /// Drafts and counts by rule.
  var drafts: [[FlagDraft]]
  var outcomes: [SettledOutcome]

  /// Holds flags back where so many subjects are flagged that the feed is more likely wrong than the people.
  mutating func holdAlarms(groups: [[Int64: Int]]) {
    for (index, rule) in job.settled.enumerated() {
      guard let alarm = rule.alarm, !drafts[index].isEmpty else { continue }
      var flagged: [Int64: Set<UInt32>] = [:]
      for draft in drafts[index] {
        flagged[alarm.group == nil ? 0 : draft.alarmWord, default: []].formUnion(draft.subjects)
      }
      let alarmed = flagged.filter { group, subjects in
        let evaluated = alarm.group == nil ? outcomes[index].evaluated : groups[index][group] ?? 0
        return subjects.count >= alarm.atLeast && Double(subjects.count) > alarm.share * Double(evaluated)
      }
      guard !alarmed.isEmpty else { continue }
      let before = drafts[index].count
      drafts[index].removeAll { alarmed[alarm.group == nil ? 0 : $0.alarmWord] != nil }
      outcomes[index].heldBack = before - drafts[index].count
      outcomes[index].alarms = alarmed.count
      if alarm.group == nil {
        outcomes[index].unknownReason = "FEED_ALARM: more than \(Self.percent(alarm.share)) of what was looked at"
      }
    }
  }

  private static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  /// Turns stops into recalculations unless everybody of the case is concerned and known; one stop a case is left.
  mutating func proveStops(_ proof: (Set<MemberProof.CaseWord>) -> MemberProof) {
    let wanted = drafts.joined().filter { $0.flag.proposesStop }.map(\.caseWord)
    guard !wanted.isEmpty else { return }
    let proof = proof(Set(wanted))
    for index in drafts.indices where drafts[index].contains(where: { $0.flag.proposesStop }) {
      var persons: [MemberProof.CaseWord: Set<Int64>] = [:]
      for draft in drafts[index] where draft.flag.isIdentified {
        persons[draft.caseWord, default: []].formUnion(draft.persons)
      }
      var stopped: [MemberProof.CaseWord: Int] = [:]
      var kept: [FlagDraft] = []
      for var draft in drafts[index] {
        guard draft.flag.proposesStop else {
          kept.append(draft)
          continue
        }
        if !draft.flag.isIdentified {
          draft.flag.replaceStop(by: "IDENTIFY_FIRST", reason: nil)
        } else if !proof.isProved(draft.caseWord, persons: persons[draft.caseWord] ?? []) {
          draft.flag.replaceStop(by: "RECALC", reason: "MEMBERS_UNCERTAIN")
        } else if let first = stopped[draft.caseWord] {
          kept[first].persons.formUnion(draft.persons)
          kept[first].subjects.formUnion(draft.subjects)
          kept[first].flag.evidence += ";" + draft.flag.evidence
          kept[first].flag.fact += draft.flag.fact
          kept[first].flag.detail.shownNames += [draft.flag.name, draft.flag.idNumber] + draft.flag.detail.shownNames
          kept[first].flag.severity = max(kept[first].flag.severity, draft.flag.severity)
          continue
        } else {
          stopped[draft.caseWord] = kept.count
        }
        kept.append(draft)
      }
      drafts[index] = kept
    }
  }

  /// Drops what a flag of another rule about the same person, or case, already says.
  mutating func dropImplied() {
    let order = Dictionary(uniqueKeysWithValues: job.settled.enumerated().map { ($1.id, $0) })
    let before = drafts
    for (index, rule) in job.settled.enumerated() where !rule.impliedBy.isEmpty {
      for other in rule.impliedBy {
        guard let number = order[other] else { continue }
        // A hint about somebody says nothing in another flag's place.
        let known = before[number].filter { $0.flag.grade != "D" }
        let persons = known.reduce(into: Set<Int64>()) { $0.formUnion($1.persons) }
        let cases = Set(known.map(\.caseWord).filter { Cell.isUsable($0.first) })
        let count = drafts[index].count
        drafts[index].removeAll { draft in
          draft.persons.isEmpty ? cases.contains(draft.caseWord) : !draft.persons.isDisjoint(with: persons)
        }
        let dropped = count - drafts[index].count
        if dropped > 0 { outcomes[index].exemptions["implied_by \(other)", default: 0] += dropped }
      }
    }
  }
}

extension SettledFlag {
  var proposesStop: Bool { proposal.split(separator: " ").contains("STOP") }

  /// Grade A or B.
  var isIdentified: Bool { grade == "A" || grade == "B" }

  mutating func replaceStop(by word: String, reason: String?) {
    var words: [String] = []
    for part in proposal.split(separator: " ").map(String.init) where part != "HOLD_NEXT" {
      let next = part == "STOP" ? word : part
      if !words.contains(next) { words.append(next) }
    }
    proposal = words.joined(separator: " ")
    if let reason, !reasons.contains(reason) { reasons = (reasons + [reason]).sorted() }
  }
}
