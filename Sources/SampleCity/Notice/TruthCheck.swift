/// Compares the flags of a run with what was planted in a city for the rules of the notice.
///
/// A line of the truth speaks of a flag of its rule when both name the same person, or else the same case or account; a
/// flag that names neither person nor case is known by what its evidence holds.
package struct TruthCheck {
  /// Cells by header.
  package typealias Row = [String: String]

  /// What became of the lines of one situation.
  package struct Situation: Hashable, Sendable {
    /// Its number in the catalogue.
    package var trap: String
    /// Rules that have to say something, each once, with the verdict where it is not `flag`; then how many rules have
    /// to be silent.
    package var expected: String
    package var lineCount = 0
    package var metCount = 0
    /// What is otherwise, without anybody's name or number.
    package var problems: [String] = []
  }

  package private(set) var situations: [Situation] = []
  package private(set) var flagCount = 0
  /// Flags about planted people, cases or accounts that no line expects.
  package private(set) var unexpectedCount = 0
  /// Flags about people, cases and accounts for which nothing was planted.
  package private(set) var strangerCount = 0

  private let flags: [String: [Flag]]
  private let warnings: [String]

  /// A flag with its keys.
  private struct Flag {
    var row: Row
    var tokens: Set<String>

    init(_ row: Row) {
      self.row = row
      let cells = (row["evidence"] ?? "").split { $0 == "|" || $0 == ";" }.map(String.init)
      tokens = Set(cells)
    }

    subscript(_ name: String) -> String { row[name] ?? "" }
  }

  /// `truth` are the lines of `truth.csv`, `flags` those of the run's `flags.csv`, `warnings` those of its manifest.
  package init(truth: [Row], flags rows: [Row], warnings: [String]) {
    let all = rows.map(Flag.init)
    flags = Dictionary(grouping: all) { $0["rule"] }
    self.warnings = warnings
    flagCount = all.count
    var places: [String: Int] = [:]
    var speaking: [Set<String>] = []
    var silent: [Set<String>] = []
    for line in truth {
      let (trap, verdict) = (line["trap"] ?? "", line["verdict"] ?? "")
      let place = places[trap] ?? situations.count
      if place == situations.count {
        places[trap] = place
        situations.append(Situation(trap: trap, expected: ""))
        speaking.append([])
        silent.append([])
      }
      let rule = line["rule"] ?? ""
      switch verdict {
      case "none", "withdrawn", "not_evaluated": silent[place].insert(rule)
      case "flag": speaking[place].insert(rule)
      default: speaking[place].insert("\(rule) (\(verdict))")
      }
      situations[place].lineCount += 1
      if let problem = problem(of: line, verdict) {
        situations[place].problems.append("\(rule) (\(verdict)): \(problem)")
      } else {
        situations[place].metCount += 1
      }
    }
    for place in situations.indices {
      var words = speaking[place].sorted()
      if !silent[place].isEmpty { words.append("\(silent[place].count) silent") }
      situations[place].expected = words.joined(separator: ", ")
    }
    countOthers(all, truth)
  }

  package var isAllMet: Bool {
    unexpectedCount == 0 && strangerCount == 0 && situations.allSatisfy { $0.metCount == $0.lineCount }
  }

  /// What is otherwise than the line says; nil where nothing is.
  private func problem(of line: Row, _ verdict: String) -> String? {
    let found = (flags[line["rule"] ?? ""] ?? []).filter { Self.speaks(line, of: $0) }
    switch verdict {
    case "flag", "quality":
      guard !found.isEmpty else { return "not found" }
      // What is asserted of a whole case is about exactly one of its flags.
      if line["subject"] == "case", line["proposal"] == "STOP" {
        let stops = found.count { $0["proposal"].split(separator: " ").contains("STOP") }
        return stops == 1 ? nil : "\(stops) flags propose STOP"
      }
      let differences = found.map { Self.differences(line, $0) }
      return differences.contains([]) ? nil : differences[0].joined(separator: ", ")
    case "none", "withdrawn", "not_evaluated":
      return found.isEmpty ? nil : "found"
    case "optional":
      return nil
    case "warning":
      return warnings.contains { $0.contains("'\(line["reasons"] ?? "")'") } ? nil : "no warning"
    case "feed_alarm":
      return warnings.contains { $0.hasPrefix("\(line["rule"] ?? ""): alarm") } ? nil : "no alarm"
    default:
      return "unknown verdict"
    }
  }

  private static func speaks(_ line: Row, of flag: Flag) -> Bool {
    let (number, id, account) = (line["case_no"] ?? "", line["id_no"] ?? "", line["account_no"] ?? "")
    if !account.isEmpty, flag.tokens.contains(account) { return true }
    if !id.isEmpty, !flag["id_no"].isEmpty {
      return id == flag["id_no"] && (number.isEmpty || flag["case_id"].isEmpty || number == flag["case_id"])
    }
    guard !number.isEmpty else { return false }
    if !flag["case_id"].isEmpty { return number == flag["case_id"] }
    return id.isEmpty && flag.tokens.contains(number)
  }

  private static func differences(_ line: Row, _ flag: Flag) -> [String] {
    var differences: [String] = []
    for column in ["severity", "grade", "months", "amount", "amount_basis"] {
      if let wanted = line[column], !wanted.isEmpty, wanted != flag[column] {
        differences.append("\(column) is \(flag[column]), not \(wanted)")
      }
    }
    for column in ["proposal", "reasons"] {
      let words = Set(flag[column].split(separator: " ").map(String.init))
      // What is wrong with a number of the quality list is its evidence.
      let known = line["verdict"] == "quality" ? words.union(flag.tokens) : words
      for wanted in (line[column] ?? "").split(separator: " ").map(String.init) where !known.contains(wanted) {
        differences.append("\(column) without \(wanted)")
      }
    }
    return differences
  }

  private mutating func countOthers(_ all: [Flag], _ truth: [Row]) {
    var byRule: [String: [Row]] = [:]
    var planted: Set<String> = []
    for line in truth {
      if ["flag", "quality", "optional"].contains(line["verdict"]) {
        byRule[line["rule"] ?? "", default: []].append(line)
      }
      planted.formUnion(["case_no", "id_no", "account_no"].compactMap { line[$0] })
    }
    for flag in all where !(byRule[flag["rule"]] ?? []).contains(where: { Self.speaks($0, of: flag) }) {
      let keys = flag.tokens.union([flag["case_id"], flag["id_no"]]).subtracting([""])
      if keys.isDisjoint(with: planted) { strangerCount += 1 } else { unexpectedCount += 1 }
    }
  }
}
