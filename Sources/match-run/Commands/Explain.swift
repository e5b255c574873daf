import ArgumentParser
import MatchEngine

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells in Chinese why a person was flagged, or why not, under every rule of a run.",
    discussion: "The inputs must be as they were. An identity number is read from standard input, never from here.")

  @Argument(help: "A flag_id of the run, or RULE:LINE for a line of its flags.csv.")
  var flag: String?

  @Option(help: ArgumentHelp("Only - : the person's identity number is one line of standard input.", valueName: "-"))
  var person: String?

  @Option(name: .customLong("run"), help: ArgumentHelp("The folder of results of the run.", valueName: "DIR"))
  var folder: String

  @Option(help: "The folder that paths of the job are relative to; default: the folder of results.")
  var input: String?

  @Flag(name: .customLong("show-identity"), help: "Show the name and number of the person in question in full.")
  var showsIdentity = false

  @Option(help: "A journal to which a line is added; see 'match-run journal verify'.")
  var journal: String?

  func run() throws {
    let question: Explanation.Question
    switch (flag, person) {
    case (let flag?, nil): question = .flag(flag)
    case (nil, "-"): question = .person(try number())
    case (nil, .some):
      throw ValidationError("--person takes only -; the number is read from standard input")
    default: throw ValidationError("name a flag, or write --person - with the number on standard input")
    }
    var options = RunOptions()
    options.inputFolder = input
    try reportingRunFailure {
      let text = try Explanation.text(
        question, run: folder, display: showsIdentity ? .full : .masked, options: options)
      if let journal {
        var entry = MatchEngine.Journal.Entry(action: "explain", exitCode: 0)
        // Whom it was about is known by the number of the flag; a number read from standard input is not noted.
        entry.note = (flag.map { "flag \($0)" } ?? "a person") + " in \(folder)" + (showsIdentity ? ", in full" : "")
        try MatchEngine.Journal(path: journal).append(entry)
      }
      _ = try StandardStream.output.write(text)
    }
  }

  /// The first line of standard input; a number is short, so little is read.
  private func number() throws -> [UInt8] {
    let input = try FileBytes(path: "-")
    var bytes: [UInt8] = []
    while bytes.count < 4096, !bytes.contains(0x0A), try input.read(into: &bytes) > 0 {}
    return Array(bytes.prefix { $0 != 0x0A })
  }
}
