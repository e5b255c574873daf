/// Collects the mistakes of a job file while it is read and checked.
struct JobProblems {
  /// Beyond this the file is not worth a closer look: later messages carry no suggestions, and none are added.
  private static let countMax = 1000

  let lines: JobLines
  private(set) var list: [JobError.Problem] = []

  init(lines: JobLines) {
    self.lines = lines
  }

  mutating func report(_ position: Position, _ message: String) {
    guard list.count < Self.countMax else { return }
    list.append(.init(position, message))
  }

  /// Reports a mistake in the expression `text`, and where YAML cut the expression short, how to mend that.
  mutating func report(_ problem: ExpressionProblem, in text: JobText) {
    report(lines.position(ofOffset: problem.offset, in: text), problem.message + hint(for: text))
  }

  /// In the order of the file, none twice.
  var sorted: [JobError.Problem] {
    var seen: Set<JobError.Problem> = []
    return list.enumerated()
      .sorted { left, right in
        let (a, b) = (left.element.position, right.element.position)
        return (a.line, a.column, left.offset) < (b.line, b.column, right.offset)
      }
      .map(\.element)
      .filter { seen.insert($0).inserted }
  }

  /// What YAML did to the expression, if that may be the reason for the mistake.
  private func hint(for text: JobText) -> String {
    if text.style == .singleQuoted || text.style == .doubleQuoted {
      return text.text.contains("'")
        ? "" : "; YAML took away the quotes around this, a constant text is written \"'text'\""
    }
    guard let rest = lines.rest(after: text), let next = rest.scalars.first else { return "" }
    if next == "#", rest.hasBlank {
      return "; YAML takes everything from ' #' on as a comment, put the whole expression in double quotes"
    }
    if next == "," || next == "]" || next == "}" || next == "[" || next == "{" {
      return "; inside brackets YAML ends unquoted text at '\(next)', put the whole expression in double quotes"
    }
    return ""
  }
}
