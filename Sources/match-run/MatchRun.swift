import ArgumentParser
import MatchEngine

@main
struct MatchRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match-run", abstract: "Matches rolls, ledgers and feeds under rules that are data.",
    version: JobRun.version,
    subcommands: [
      Check.self, Convert.self, Explain.self, Generate.self, Init.self, Inspect.self, Journal.self, Key.self,
      Nightly.self, Normalize.self, Plan.self, Purge.self, Run.self, Truth.self
    ])

  /// Wrong usage ends with exit code 2, as for most tools of Unix.
  static func main() {
    do {
      try SignalWatch.shared.start()
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error)
      guard code == .validationFailure else { exit(withError: error) }
      StandardError.write("match-run: error: \(message(for: error))")
      exit(withError: ExitCode(2))
    }
  }
}
