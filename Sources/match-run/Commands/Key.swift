import ArgumentParser
import MatchEngine

struct Key: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes the key from which the numbers of flags are made.", subcommands: [KeyInit.self])
}

struct KeyInit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Makes a new site key; a file that is there already is left alone.")

  @Argument(help: "The new file; it gets mode 0600.")
  var file: String

  func run() throws {
    try reportingRunFailure {
      let key = SiteKey.random()
      try key.write(to: file)
      _ = try StandardStream.output.write(
        "\(key.name)\nKeep a copy in a safe place: without this key every flag gets another number.\n")
    }
  }
}
