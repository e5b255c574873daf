public import ArgumentParser
import MatchEngine
import Normalizers

struct Normalize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings values, one a line of standard input, to their canonical form.",
    discussion: "Prints 'status TAB normalized TAB codes' for each line; exit code 1 when a value is invalid.")

  @Option(help: "What the values are.")
  var kind: NormalizerKind

  @Option(help: "How the bytes are read.")
  var encoding = LineNormalizer.Encoding.utf8

  @OptionGroup var asOf: AsOfOption

  func run() throws {
    try reportingFailure {
      let input = try FileBytes(path: "-")
      var output = StandardOutput()
      var lines = LineNormalizer(kind: kind, encoding: encoding, asOf: asOf.date)
      var piece: [UInt8] = []
      while try input.read(into: &piece) > 0, !output.isClosed {
        lines.append(piece.span, to: &output.buffer)
        try output.flushIfFull()
        piece.removeAll(keepingCapacity: true)
      }
      lines.finish(to: &output.buffer)
      try output.flush()
      if lines.invalidCount > 0, !output.isClosed { throw ExitCode(1) }
    }
  }
}

extension NormalizerKind: ExpressibleByArgument {}
extension LineNormalizer.Encoding: ExpressibleByArgument {}
