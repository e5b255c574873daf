internal import Normalizers

/// What became of a flag in a night.
struct Transition {
  enum Kind: String, CaseIterable {
    case new, changed, cleared, withdrawn, recurred, unknown
  }

  var kind: Kind
  var flag: StateFlag
  /// Why, as a word; empty where the kind says it.
  var reason = ""

  static let fileName = "transitions.csv"
  static let header = [
    "batch", "generation_before", "transition", "flag_id", "evidence_hash", "rule", "case_id", "id_no", "reason"
  ]

  /// Tonight's flags against those of the night before.
  struct Comparison {
    var transitions: [Transition] = []
    /// All flags after tonight, those that are cleared among them.
    var flags: [StateFlag] = []
    /// Flags as they were that stand on the list of another district tonight, which is named.
    var moved: [(flag: StateFlag, district: String)] = []
  }

  /// What is known about why a flag is gone.
  struct Causes {
    /// By rule: why it says nothing tonight.
    var unknown: [String: String] = [:]
    /// Rules of the job.
    var rules: Set<String> = []
    /// By rule: people about whom a record that the rule looks for was removed or taken back; of those who are asked
    /// about.
    var withdrawn: [String: Set<UInt32>] = [:]
    /// By rule: people about whom any record that the rule looks at came or changed; of those who are asked about.
    var touched: [String: Set<UInt32>] = [:]
    var person: (String) -> UInt32 = { _ in 0 }
    /// YYYY-MM-DD
    var day = ""

    /// Ends a flag that is no longer true, and says why.
    func end(_ flag: inout StateFlag) -> Transition {
      flag.since = day
      let person = flag.idNumber.isEmpty ? 0 : self.person(flag.idNumber)
      if person != 0, rules.contains(flag.rule), withdrawn[flag.rule]?.contains(person) == true {
        flag.state = .withdrawn
        return Transition(kind: .withdrawn, flag: flag, reason: "RECORD_TAKEN_BACK")
      }
      flag.state = .cleared
      let isTouched = person != 0 && touched[flag.rule]?.contains(person) == true
      let reason = !rules.contains(flag.rule) ? "RULE_REMOVED" : isTouched ? "LATE_DATA" : "NO_LONGER_TRUE"
      return Transition(kind: .cleared, flag: flag, reason: reason)
    }
  }

  static func compare(_ tonight: [StateFlag], with before: [String: StateFlag], _ causes: Causes) -> Comparison {
    var result = Comparison()
    var left = before
    for var flag in tonight {
      guard let old = left.removeValue(forKey: flag.id) else {
        result.transitions.append(Transition(kind: .new, flag: flag))
        result.flags.append(flag)
        continue
      }
      flag.since = old.since
      switch old.state {
      case .open where old.evidenceHash == flag.evidenceHash: break
      case .open: result.transitions.append(Transition(kind: .changed, flag: flag))
      case .unknown: result.transitions.append(Transition(kind: .changed, flag: flag, reason: "KNOWN_AGAIN"))
      case .cleared, .withdrawn: result.transitions.append(Transition(kind: .recurred, flag: flag))
      }
      if !old.isOver, old.district != nil, let district = flag.district, district != old.district {
        result.moved.append((old, district))
      }
      result.flags.append(flag)
    }
    for var flag in left.values {
      defer { result.flags.append(flag) }
      guard flag.state == .open || flag.state == .unknown else { continue }
      if let reason = causes.unknown[flag.rule] {
        if flag.state == .open {
          flag.state = .unknown
          result.transitions.append(Transition(kind: .unknown, flag: flag, reason: reason))
        }
        continue
      }
      result.transitions.append(causes.end(&flag))
    }
    return result
  }

  /// The transition as a line of a batch.
  func line(batch: Int, base: Int) -> [UInt8] {
    var row = CSVCellWriter()
    row.number(batch)
    row.number(base)
    for cell in [kind.rawValue, flag.id, flag.evidenceHash, flag.rule, flag.caseID, flag.idNumber, reason] {
      row.text(cell)
    }
    row.endRecord()
    return row.bytes
  }
}
