import ArgumentParser
import MatchEngine
import SampleCity

/// Compares a run over a synthetic city with what was planted in it.
struct Truth: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compares a run over a synthetic city with what was planted in it.",
    discussion: """
      CITY was made by `match-run generate --flavour notice`; `--run` names the results of its job. Exit code 1 when \
      something planted was not found as it should be, or something else was.
      """)

  @Argument(help: "The folder of the city.")
  var city: String

  @Option(name: .customLong("run"), help: "The folder of results.")
  var results: String

  func run() throws {
    try reportingRunFailure {
      let check = TruthCheck(
        truth: try rows("\(city)/truth.csv"), flags: try rows("\(results)/flags.csv"),
        warnings: try warnings())
      _ = try StandardStream.output.write(text(check))
      if !check.isAllMet { throw ExitCode(1) }
    }
  }

  private func warnings() throws -> [String] {
    let file = try FileBytes(path: "\(results)/\(Manifest.fileName)")
    var text: [UInt8] = []
    while try file.read(into: &text) > 0 {}
    return Manifest.warnings(in: String(decoding: text, as: UTF8.self))
  }

  /// Records of a file by header.
  private func rows(_ path: String) throws -> [TruthCheck.Row] {
    var table = TableReader(try RecordReader(FileBytes(path: path)))
    let headers = table.layout.columns
    var rows: [TruthCheck.Row] = []
    while let kind = try table.next() {
      guard kind == .record else { continue }
      var row: TruthCheck.Row = [:]
      for (header, field) in zip(headers, table.records.fields) {
        var bytes: [UInt8] = []
        table.records.append(field, to: &bytes)
        row[header] = String(decoding: bytes, as: UTF8.self)
      }
      rows.append(row)
    }
    return rows
  }

  private func text(_ check: TruthCheck) -> String {
    var lines = [["planted", "lines", "met", "ok", "expected"]]
    for situation in check.situations.sorted(by: { $0.trap < $1.trap }) {
      let isMet = situation.metCount == situation.lineCount
      lines.append([
        situation.trap, String(situation.lineCount), String(situation.metCount), isMet ? "yes" : "NO",
        situation.expected
      ])
    }
    var text = TextTable(rows: lines, numberColumns: 1...2).text
    for situation in check.situations {
      for problem in situation.problems { text += "\(situation.trap): \(problem)\n" }
    }
    let (all, met) = check.situations.reduce((0, 0)) { ($0.0 + $1.lineCount, $0.1 + $1.metCount) }
    text += "planted situations: \(check.situations.count); what is expected of them: \(all), met: \(met)\n"
    text += "flags: \(check.flagCount); on planted people, but not expected: \(check.unexpectedCount)\n"
    text += "flags on people for whom nothing was planted: \(check.strangerCount)\n"
    return text
  }
}
