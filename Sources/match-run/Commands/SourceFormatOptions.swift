import ArgumentParser
import MatchEngine

/// How a file is read when nobody, or the user, says so.
struct SourceFormatOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How the bytes are read: auto, utf-8, gb18030, utf-16le or utf-16be.", valueName: "encoding"))
  var encoding = Choice<TextEncoding>.auto

  @Option(
    help: ArgumentHelp("What separates fields: auto, comma, tab, semicolon or pipe.", valueName: "delimiter"))
  var delimiter = Choice<Delimiter>.auto

  /// Opens `path` (`-`: standard input) as records.
  func open(_ path: String) throws -> RecordReader {
    try RecordReader(FileBytes(path: path), encoding: encoding.value, delimiter: delimiter.value)
  }
}

/// A value that is named, or left to be detected.
enum Choice<Value>: ExpressibleByArgument
where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  case auto
  case named(Value)

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let value = Value(rawValue: argument) {
      self = .named(value)
    } else {
      return nil
    }
  }

  var value: Value? {
    switch self {
    case .auto: nil
    case .named(let value): value
    }
  }

  var defaultValueDescription: String { "auto" }

  static var allValueStrings: [String] { ["auto"] + Value.allCases.map(\.rawValue) }
}
