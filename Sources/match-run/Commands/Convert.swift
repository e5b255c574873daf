import ArgumentParser
import MatchEngine

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the records of any readable file as JSON, one value a line.")

  @Argument(help: "The file to read; - is standard input.")
  var file: String

  @Option(help: "The output format: ndjson.")
  var to: OutputFormat

  @Flag(help: "Print every record as an array, header, titles and totals included.")
  var raw = false

  @OptionGroup var format: SourceFormatOptions

  enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case ndjson
  }

  func run() throws {
    try reportingFailure {
      var output = StandardOutput()
      var converter = RecordConverter()
      let reader = try format.open(file)
      let read =
        raw ? try converter.writeArrays(reader, to: &output) : try converter.writeObjects(reader, to: &output)
      if output.isClosed { return }
      reportProblems(of: read)
      if read.problemCount > 0 || read.decodeErrorCount > 0 { throw ExitCode(1) }
    }
  }

  private func reportProblems(of reader: RecordReader) {
    let shown = 20
    for problem in reader.problems.prefix(shown) {
      StandardError.write("match-run: warning: \(file):\(problem.line): \(problem.code.rawValue)")
    }
    if reader.problemCount > shown {
      StandardError.write("match-run: warning: \(file): \(reader.problemCount - shown) more problems")
    }
  }
}
