/// Collects the mistakes of a job file while it is read and checked.
struct JobProblems {
  /// A file with so many mistakes is not looked at any further.
  private static let countMax = 500

  /// By file, as in `Position.file`.
  private var lines: [String?: JobLines]
  private(set) var list: [JobError.Problem] = []

  init(lines: JobLines) {
    self.lines = [nil: lines]
  }

  /// Makes the lines of a pack known.
  mutating func add(_ lines: JobLines, of file: String) {
    self.lines[file] = lines
  }

  mutating func report(_ position: Position, _ message: String) {
    guard !isFull else { return }
    list.append(.init(position, message))
  }

  /// True when nothing more is taken in; messages that cost time need not be made then.
  var isFull: Bool { list.count >= Self.countMax }

  /// Reports a mistake in the expression `text`, and where YAML cut the expression short, how to mend that.
  mutating func report(_ problem: ExpressionProblem, in text: JobText) {
    guard !isFull else { return }
    let text = problem.text ?? text
    let position = lines[text.position.file]?.position(ofOffset: problem.offset, in: text) ?? text.position
    report(position, problem.message + hint(for: problem, in: text))
  }

  /// In the order of the job file, then of each pack, none twice.
  var sorted: [JobError.Problem] {
    var seen: Set<JobError.Problem> = []
    return list.enumerated()
      .sorted { left, right in
        let (a, b) = (left.element.position, right.element.position)
        return (a.file ?? "", a.line, a.column, left.offset) < (b.file ?? "", b.line, b.column, right.offset)
      }
      .map(\.element)
      .filter { seen.insert($0).inserted }
  }

  /// What YAML did to the expression, if that may be the reason for the mistake.
  private func hint(for problem: ExpressionProblem, in text: JobText) -> String {
    if text.style == .singleQuoted || text.style == .doubleQuoted {
      let isPlainWords = !text.text.utf8.contains { "=<>()'.{".utf8.contains($0) }
      return isPlainWords ? "; YAML took away the quotes around this, a constant text is written \"'text'\"" : ""
    }
    guard problem.isCutOff, let rest = lines[text.position.file]?.rest(after: text), let next = rest.scalars.first
    else { return "" }
    if next == "#", rest.hasBlank {
      return "; YAML takes everything from ' #' on as a comment, put the whole expression in double quotes"
    }
    if next == "," || next == "[" || next == "{" {
      return "; inside brackets YAML ends unquoted text at '\(next)', put the whole expression in double quotes"
    }
    return ""
  }
}
