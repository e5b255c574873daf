/// All that is wrong with a job file and its packs, in their order; a wrong job ends the program with exit code 2.
package struct JobError: Error, Hashable, Sendable {
  /// The file as the user named it.
  package var file: String
  package var problems: [Problem]

  package init(file: String, problems: [Problem]) {
    self.file = file
    self.problems = problems
  }

  /// One mistake: where it is, what it is, and what would be right.
  package struct Problem: Hashable, Sendable {
    package var position: Position
    package var message: String

    package init(_ position: Position, _ message: String) {
      self.position = position
      self.message = message
    }
  }

  /// How many problems are printed; a file with more is another kind of file.
  package static let printedProblemCountMax = 100

  /// One line a problem, `FILE:LINE:COLUMN: message`, without a line end.
  package var lines: [String] {
    var lines = problems.prefix(Self.printedProblemCountMax).map {
      "\($0.position.file ?? file):\($0.position.line):\($0.position.column): \($0.message)"
    }
    if problems.count > Self.printedProblemCountMax {
      lines.append("\(file): and \(problems.count - Self.printedProblemCountMax) more mistakes")
    }
    return lines
  }
}

extension JobError: CustomStringConvertible {
  package var description: String { lines.joined(separator: "\n") }
}

/// A job file that cannot be read at all: exit code 3.
package struct JobFileUnreadable: Error, Hashable, Sendable, CustomStringConvertible {
  package var file: String
  /// Why, in words that continue "FILE: ".
  package var reason: String

  package init(file: String, reason: String) {
    self.file = file
    self.reason = reason
  }

  package var description: String { "\(file): \(reason)" }
}
