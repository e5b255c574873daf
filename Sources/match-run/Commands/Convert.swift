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
      var reader = try format.open(file)
      if raw {
        while !output.isClosed, try converter.appendArray(from: &reader, to: &output.buffer) {
          try output.flushIfFull()
        }
      } else {
        var table = TableReader(reader)
        while !output.isClosed, try converter.appendObject(from: &table, to: &output.buffer) {
          try output.flushIfFull()
        }
        reader = table.records
      }
      try output.flush()
      if output.isClosed { return }
      reportProblems(of: reader)
      if reader.problemCount > 0 || reader.decodeErrorCount > 0 { throw ExitCode(1) }
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
