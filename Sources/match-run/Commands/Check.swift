import ArgumentParser
import MatchEngine

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads every source of a job, matches nothing, and tells how usable the values are.",
    discussion: "DIR holds quality.html for the supplier, quality.json, and rejects/ with the lines to look at.")

  @OptionGroup var job: JobOptions

  @Option(help: "The folder of results: absent, empty, or of an earlier run.")
  var out: String

  @Flag(help: "No progress and no table.")
  var quiet = false

  func run() throws {
    var options = job.options
    options.isQuiet = quiet
    try reportingRunFailure {
      let result = try CheckRun.run(jobFile: job.job, out: out, options: options)
      try result.tell(isQuiet: quiet, out: out)
    }
  }
}
