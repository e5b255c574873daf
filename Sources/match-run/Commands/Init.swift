import ArgumentParser
import MatchEngine

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints a draft job for unknown files, from their headers and values.",
    discussion: "Write it to a file, look at the guesses, run it: match-run init *.csv > job.yml")

  @Argument(help: "The files to look at; those with the same headers become one source.")
  var files: [String]

  func validate() throws {
    guard !files.contains("-") else {
      throw ValidationError("init reads files; standard input cannot be named in a job that is run later")
    }
  }

  func run() throws {
    try reportingFailure {
      let draft = JobDraft(files: try files.map { try FileSample(path: $0) })
      guard !draft.isEmpty else {
        StandardError.write("match-run: error: none of the files has a header, so there is no job to draft")
        throw ExitCode(1)
      }
      var output = StandardOutput()
      output.buffer.append(contentsOf: draft.text.utf8)
      try output.flush()
    }
  }
}
