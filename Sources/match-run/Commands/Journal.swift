import ArgumentParser
import MatchEngine

struct Journal: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks after journals of runs, look-ups and purges.", subcommands: [JournalVerify.self])
}

struct JournalVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks that no line of a journal was changed, taken out or put in.")

  @Argument(help: "The journal; that of a state is journal.jsonl in its folder.")
  var file: String

  @Option(help: "The hash that the last line has to have, as it was noted before.")
  var last: String?

  func run() throws {
    try reportingRunFailure {
      let verdict = try MatchEngine.Journal(path: file).verify()
      var text = "\(verdict.lines) lines, last hash \(verdict.lastHash)\n"
      var isSound = verdict.fault == nil
      if let fault = verdict.fault { text += "\(fault)\n" }
      if let last, last != verdict.lastHash {
        isSound = false
        text += "the last line is not the one that was noted: lines are missing at the end, or were added\n"
      }
      _ = try StandardStream.output.write(text)
      if !isSound { throw ExitCode(1) }
    }
  }
}
