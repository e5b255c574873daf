import ArgumentParser

@main
struct MatchRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match-run", abstract: "Matches rolls, ledgers and feeds under rules that are data.", version: "0.1.0",
    subcommands: [Generate.self])
}
