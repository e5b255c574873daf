import ArgumentParser
import MatchEngine

struct Nightly: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs a job over tonight's deliveries and tells what became of the flags since the last night.")

  @OptionGroup var job: JobOptions

  @Option(help: "The folder of the state: absent, or of an earlier night.")
  var state: String

  @OptionGroup var work: WorkOptions

  @Option(
    help: ArgumentHelp(
      "Go on in spite of a guard, such as shrunk:payments; may stand several times.", valueName: "guard"))
  var accept: [String] = []

  @Flag(help: "Run in full beside it, and compare the flags.")
  var verify = false

  @Flag(help: "Judge everything, not only what changed.")
  var whole = false

  @Flag(help: "Write the full list of flags, however long it is.")
  var list = false

  func run() throws {
    var options = try work.options(job.options)
    try reportingRunFailure {
      options.siteKey = try work.siteKey()
      let request = NightRun.Request(
        state: state, out: work.out, accepted: accept, isVerified: verify, isWhole: whole, isListed: list)
      let result = try NightRun.run(jobFile: job.job, request, options: options)
      try work.note("nightly", result, in: work.journal ?? "\(state)/\(MatchEngine.Journal.fileName)")
      try result.tell(isQuiet: work.quiet, out: work.out)
    }
  }
}
