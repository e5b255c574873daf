import ArgumentParser
import MatchEngine

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells a file's encoding, delimiter, header, roles and problems.")

  @Argument(help: "The file to read; - is standard input.")
  var file: String

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var format: SourceFormatOptions

  func run() throws {
    try reportingFailure {
      let inspection = try FileInspection(format.open(file))
      var output = StandardOutput()
      output.buffer.append(contentsOf: json ? inspection.json : [UInt8](inspection.summary.utf8))
      output.buffer.append(0x0A)
      try output.flush()
      if inspection.hasProblems, !output.isClosed { throw ExitCode(1) }
    }
  }
}
