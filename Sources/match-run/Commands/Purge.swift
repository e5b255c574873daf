import ArgumentParser
import MatchEngine

struct Purge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Removes what the retention rules of a job no longer let be kept, and lists it.")

  @OptionGroup var job: JobOptions

  @Option(help: "The folder of the nightly state.")
  var state: String?

  @Option(help: "A folder that holds folders of results.")
  var runs: String?

  @Flag(name: .customLong("dry-run"), help: "List what would go, and remove nothing.")
  var isTrial = false

  @Option(help: "A journal to which a line is added; default: that of the state.")
  var journal: String?

  func run() throws {
    guard state != nil || runs != nil else { throw ValidationError("name --state, --runs or both") }
    try reportingRunFailure {
      let options = job.options
      let outcome = try MatchEngine.Purge.run(
        jobFile: job.job, state: state, runs: runs, asOf: options.asOf, isTrial: isTrial)
      let text = outcome.lines.map { $0 + "\n" }.joined()
      _ = try StandardStream.output.write(text.isEmpty ? "nothing to remove\n" : text)
      guard !isTrial, let path = journal ?? state.map({ "\($0)/\(MatchEngine.Journal.fileName)" }) else { return }
      var entry = MatchEngine.Journal.Entry(action: "purge", exitCode: 0)
      entry.job = outcome.jobName
      entry.jobDigest = outcome.jobDigest
      entry.counts = ["flags": outcome.flags, "runs": outcome.runs, "leftovers": outcome.leftovers]
      try MatchEngine.Journal(path: path).append(entry)
    }
  }
}
