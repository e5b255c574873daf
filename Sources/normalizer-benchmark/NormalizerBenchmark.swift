import EngineWorkloads
import Foundation
import Normalizers

/// Measures how many values a second one thread normalises; prints a table, or with `--write KIND` the values.
///
///     normalizer-benchmark [--count N] [--rounds N] [--write KIND]
@main
struct NormalizerBenchmark {
  private var count = 1_000_000
  private var rounds = 5
  /// Passes over the values in one round, so that a round is long against the clock.
  private let passes = 10

  static func main() {
    var benchmark = NormalizerBenchmark()
    var written: SampleKind?
    var arguments = CommandLine.arguments.dropFirst()
    while let option = arguments.popFirst() {
      let value = arguments.popFirst() ?? ""
      switch option {
      case "--count": benchmark.count = number(value)
      case "--rounds": benchmark.rounds = number(value)
      case "--write": written = kind(value)
      default: usage()
      }
    }
    if let written { benchmark.write(written) } else { benchmark.measureAll() }
  }

  private static func number(_ text: String) -> Int {
    guard let number = Int(text), number > 0 else { usage() }
    return number
  }

  private static func kind(_ name: String) -> SampleKind {
    guard let kind = SampleKind(rawValue: name) else { usage() }
    return kind
  }

  private static func usage() -> Never {
    let kinds = SampleKind.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(
      Data("usage: normalizer-benchmark [--count N] [--rounds N] [--write KIND]; KIND is one of \(kinds)\n".utf8))
    exit(2)
  }

  private func write(_ kind: SampleKind) {
    FileHandle.standardOutput.write(Data(SampleValues(kind, count: count).bytes))
  }

  private func measureAll() {
    print("million values a second, one thread; \(count) values, \(passes) passes a round, \(rounds) rounds")
    print(row("", "        best      median    best cpu"))
    for kind in SampleKind.allCases { print(row(kind.summary, measure(kind).columns)) }
    print("GB of GB 18030 a second")
    print(row("GB 18030 to UTF-8, CSV rows", measureDecoding(SampleText(byteCount: 20 * count).bytes).columns))
  }

  private func row(_ name: String, _ columns: String) -> String {
    name + String(repeating: " ", count: max(1, 44 - name.count)) + columns
  }

  /// The results are added up and looked at, so that no value can be skipped.
  private func measure(_ kind: SampleKind) -> Measurement {
    guard let work = NormalizerWorkload(kind: kind.rawValue, count: count) else { Self.usage() }
    var sum: UInt64 = 0
    let result = Measurement(rounds: rounds, amount: Double(count * passes) / 1e6) {
      for _ in 0..<passes { sum &+= work.run() }
    }
    keep(sum)
    return result
  }

  /// Stretches of 256 KiB, as a reader of files hands them on.
  private func measureDecoding(_ text: [UInt8]) -> Measurement {
    let decoder = GB18030Decoder()
    let stretch = 1 << 18
    var room = [UInt8](repeating: 0, count: 3 * (stretch + 256))
    var malformed = 0
    let borders = SampleText.lineBorders(in: text, every: stretch)
    let result = Measurement(rounds: rounds, amount: Double(text.count * passes) / 1e9) {
      for _ in 0..<passes {
        for index in 1..<borders.count {
          var output = room.mutableSpan
          let rows = text.span.extracting(borders[index - 1]..<borders[index])
          malformed += decoder.decode(rows, into: &output).malformed
        }
      }
    }
    precondition(malformed == 0, "the text is well-formed GB 18030")
    return result
  }

  @inline(never)
  private func keep(_ sum: UInt64) {
    if sum == 1 { print("sum 1") }
  }
}
