/// What the sample rules have to find, worked out from what was planted and not from the files.
struct Truth {
  let city: SampleCity

  /// Flags of one rule about one case.
  struct Finding: Equatable {
    var rule: SampleRule
    var person: UInt64?
    var key = ""
    /// 0 for a harmless situation that the rule must pass over.
    var flags: Int
    var hasCase = true
  }

  /// Writes `truth.csv` and then `truth.json`.
  func write(rows: [(file: String, rows: Int)], to sink: inout some CitySink) throws {
    var flags = [Int](repeating: 0, count: SampleRule.allCases.count)
    var cases = [Int](repeating: 0, count: Situation.allCases.count)
    var text = Array("situation,rule,case_id,id_no,key,flags\n".utf8)
    var household = Household()
    try sink.begin("truth.csv")
    for index in 0..<city.caseCount {
      let (situation, slot, leader) = city.planted(in: index)
      cases[Int(situation.rawValue)] += 1
      guard situation != .none else { continue }
      city.fill(&household, index: index)
      for finding in findings(in: household, isLeader: slot == leader) {
        flags[finding.rule.index] += finding.flags
        append(finding, about: household, to: &text)
      }
      if text.count > 1 << 20 {
        try sink.write(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    try sink.write(text)
    try sink.end()
    try sink.begin("truth.json")
    try sink.write(Array(json(rows: rows, flags: flags, cases: cases).utf8))
    try sink.end()
  }

  private func append(_ finding: Finding, about household: Household, to text: inout [UInt8]) {
    text.append(contentsOf: "\(household.situation.name),\(finding.rule.rawValue),".utf8)
    if finding.hasCase { text.append(contentsOf: city.caseNumber(of: household).utf8) }
    text.append(UInt8(ascii: ","))
    if let person = finding.person { text.append(identity: person) }
    text.append(contentsOf: ",\(finding.key),\(finding.flags)\n".utf8)
  }

  private func json(rows: [(file: String, rows: Int)], flags: [Int], cases: [Int]) -> String {
    let fileLines = rows.map { "    \"\($0.file)\": \($0.rows)" }
    let flagLines = SampleRule.allCases.map { "    \"\($0.rawValue)\": \(flags[$0.index])" }
    let caseLines = Situation.allCases.map { "    \"\($0.name)\": \(cases[Int($0.rawValue)])" }
    return """
      {
        "generator": "match-run generate",
        "scale": \(city.scaleText),
        "seed": \(city.seed),
        "as_of": "2026-10-31",
        "rows": {
      \(fileLines.joined(separator: ",\n"))
        },
        "flags": {
      \(flagLines.joined(separator: ",\n"))
        },
        "cases": {
      \(caseLines.joined(separator: ",\n"))
        }
      }

      """
  }

  /// The findings in a case, and the harmless ones with 0 flags; `isLeader` writes those of the whole group.
  func findings(in household: Household, isLeader: Bool) -> [Finding] {
    let subject = household.members[household.subject].number
    let head = household.members[0].number
    func one(_ rule: SampleRule) -> Finding { Finding(rule: rule, person: subject, flags: 1) }
    func none(_ rule: SampleRule) -> Finding { Finding(rule: rule, person: subject, flags: 0) }
    let payments = (0..<city.months.count - 1).map { city.payments(to: household, month: $0) }
    let holderMismatch = Finding(rule: .holderMismatch, person: head, flags: payments.joined().count)
    let event = payments[household.eventMonth]
    let period = city.periodName(of: household.eventMonth)
    switch household.situation {
    case .none: return []
    case .diedHead:
      let death = household.death
      let late = payments.joined().count { payment in death.map { payment.date > $0.date } ?? false }
      let paid = Finding(rule: .paidAfterDeath, person: subject, flags: late)
      return [one(.deceased), paid] + (death?.isRegistered ?? false ? [one(.registerInactive)] : [])
    case .diedMember, .diedOnAsOf: return [one(.deceased)]
    case .diedCaseEnded, .diedCaseSuspended, .diedAfterAsOf, .twinDied: return [none(.deceased), none(.paidAfterDeath)]
    case .inPrison, .inDetoxification, .custodyEndsOnAsOf: return [one(.inCustody)]
    case .released, .communityCorrection, .custodyAfterAsOf: return [none(.inCustody)]
    case .registerCancelled, .movedOut: return [one(.registerInactive)]
    case .movedInCity: return [none(.registerInactive)]
    case .otherName, .formerName: return [one(.nameMismatch)]
    case .namesSwapped:
      return [0, 1].map { Finding(rule: .nameMismatch, person: household.members[$0].number, flags: 1) }
    case .nameVariants: return [none(.nameMismatch), none(.holderMismatch)]
    case .notInRegister, .registerNumberUnreadable: return [one(.notInRegister)]
    case .otherHolder, .holderIsMember, .custodian: return [holderMismatch]
    case .custodianOfMany:
      guard isLeader, let custodian = household.custodian else { return [holderMismatch] }
      var key: [UInt8] = []
      key.append(identity: custodian.number)
      let many = Finding(
        rule: .custodianOfMany, key: String(decoding: key, as: UTF8.self), flags: 1, hasCase: false)
      return [holderMismatch, many]
    case .sharedAccount, .accountOfTwo:
      guard isLeader else { return [holderMismatch] }
      let key = "\(AccountNumber(household.account).value)"
      let flags = household.situation == .sharedAccount ? 1 : 0
      return [Finding(rule: .sharedAccount, key: key, flags: flags, hasCase: false)]
    case .frequentPayments, .threePayments:
      return [Finding(rule: .frequentPayment, key: period, flags: event.count >= 4 ? 1 : 0)]
    case .largePayment, .nearlyLargePayment:
      return [Finding(rule: .largePayment, person: head, flags: event.count { $0.amount >= 2_000_000 })]
    }
  }
}
