/// What `run` prints at its end: a line a rule, then the warnings.
package struct SummaryTable: Hashable, Sendable {
  package var rules: [Manifest.Rule]
  /// One sentence each.
  package var warnings: [String]
  /// What differs from the packs of the job, one sentence each.
  package var differences: [String]

  package init(rules: [Manifest.Rule], warnings: [String], differences: [String] = []) {
    self.rules = rules
    self.differences = differences
    self.warnings = warnings
  }

  /// The table and the warnings, each line ended by LF; columns are as wide as a terminal shows them.
  package var text: String {
    var rows = [["rule", "flags", "evaluated", "not evaluated", "exemptions", "title"]]
    for rule in rules {
      let isDone = rule.state == .done
      rows.append([
        rule.id.oneLine,
        isDone ? rule.flags.grouped : rule.state.rawValue,
        isDone ? rule.evaluated.grouped : "",
        isDone || rule.state == .notEvaluated ? rule.notEvaluated.values.reduce(0, +).grouped : "",
        isDone ? rule.exemptions.values.reduce(0, +).grouped : "",
        rule.title.oneLine
      ])
    }
    var text = TextTable(rows: rows, numberColumns: 1...4).text
    for rule in rules where rule.state != .done {
      text += "\(rule.id.oneLine): \(rule.state.rawValue): \((rule.reason ?? "").oneLine)\n"
    }
    for difference in differences { text += "differs from the pack \(difference.oneLine)\n" }
    for warning in warnings { text += "warning: \(warning.oneLine)\n" }
    return text
  }
}

extension String {
  /// Columns that a terminal uses: 2 for East Asian wide and full-width characters, 0 for combining marks.
  var terminalWidth: Int {
    unicodeScalars.reduce(0) { $0 + $1.terminalWidth }
  }
}

extension Unicode.Scalar {
  var terminalWidth: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
