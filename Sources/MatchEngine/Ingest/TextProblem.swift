/// Something wrong in a file's text, with its place.
package struct TextProblem: Hashable, Sendable {
  package enum Code: String, CaseIterable, Sendable {
    case openQuote = "E-QUOTE"
    case recordLength = "E-RECORD-LENGTH"
    case columnCount = "E-COLUMNS"
    /// Malformed bytes, read as U+FFFD.
    case decode = "E-DECODE"
    /// Text behind a closing quote, read as part of the field.
    case textAfterQuote = "W-AFTER-QUOTE"

    package init(_ code: RejectCode) {
      self =
        switch code {
        case .openQuote: .openQuote
        case .recordLength: .recordLength
        case .columnCount: .columnCount
        }
    }
  }

  /// The physical line, from 1: of the open quote, else of the record's start.
  package var line: Int
  package var code: Code

  package init(line: Int, code: Code) {
    self.line = line
    self.code = code
  }
}
