/// Reads any readable file as records, in memory that does not grow with the file.
///
/// It holds a window of decoded text: the first `SourceLayout.headByteCount` bytes at the start, later the record at
/// hand and the stretch behind it.
package struct RecordReader {
  /// What was read; fields and offsets are those of `fields` and `text`.
  package enum Event: Hashable, Sendable {
    case record
    case rejected(RejectCode)
  }

  /// As many problems are listed; `problemCount` counts all.
  package static let listedProblemCount = 10_000

  package private(set) var delimiter: Delimiter
  /// The decoded text that `fields` point into.
  package private(set) var text: [UInt8] = []
  /// The physical line, from 1, on which the last event begins; for `openQuote` the line of that quote.
  package private(set) var line = 1
  package private(set) var problems: [TextProblem] = []
  package private(set) var problemCount = 0
  /// Lines without any byte so far.
  package private(set) var emptyLineCount = 0
  /// The kinds of line ends seen outside quotes.
  package private(set) var lineEndings: Set<LineEnding> = []

  private static let longByteCount = 64 << 10

  private var source: any ByteSource
  private var transcoder: Transcoder
  private var splitter: RecordSplitter
  private var bytes: [UInt8] = []
  private var isFinal = false
  /// Where the next record begins in `text`, and its line.
  private var offset = 0
  private var nextLine = 1
  /// The offset of `text[0]` in all decoded text.
  private var windowStart = 0
  private var errorOffsets: [Int] = []
  private var errorIndex = 0

  /// Opens the start of `source`; an encoding or delimiter that is nil is detected, with the help of `headerWords`.
  package init(
    _ source: any ByteSource, encoding: TextEncoding? = nil, delimiter: Delimiter? = nil,
    headerWords: [String] = [], limits: RecordSplitter.Limits = .init()
  ) throws {
    self.source = source
    transcoder = Transcoder(encoding: encoding)
    self.delimiter = delimiter ?? .comma
    splitter = RecordSplitter(delimiter: self.delimiter, limits: limits)
    while text.count < SourceLayout.headByteCount, !isFinal { try readMore() }
    if delimiter == nil {
      self.delimiter = Delimiter(detectedIn: text.span, isFinal: isFinal, headerWords: headerWords)
      splitter = RecordSplitter(delimiter: self.delimiter, limits: limits)
    }
  }

  /// Where the next record begins in all decoded text.
  package var position: Int { windowStart + offset }
  package var fields: [RecordSplitter.Field] { splitter.fields }
  /// The encoding as far as it is known; UTF-8 while only ASCII has been seen.
  package var encoding: TextEncoding { transcoder.encoding ?? .utf8 }
  package var hasByteOrderMark: Bool { transcoder.hasByteOrderMark }
  /// Malformed pieces in all text that was decoded; complete when the end was reached.
  package var decodeErrorCount: Int { transcoder.errorCount }

  /// The layout of the file; to be asked before the first `next`.
  package func layout(headerWords: [String] = []) -> SourceLayout {
    precondition(windowStart == 0 && offset == 0, "the layout is read before the first record")
    return SourceLayout(head: text.span, isFinal: isFinal, delimiter: delimiter, headerWords: headerWords)
  }

  /// Reads the next record; nil at the end.
  package mutating func next() throws -> Event? {
    while true {
      switch Self.step(&splitter, in: text, from: offset, isFinal: isFinal) {
      case .record(let end):
        pass(to: end, code: nil)
        return .record
      case .rejected(let code, let end):
        pass(to: end, code: code)
        return .rejected(code)
      case .emptyLine(let end):
        emptyLineCount += 1
        pass(to: end, code: nil)
      case .endOfText:
        return nil
      case .needsMoreText(let keepFrom):
        offset = keepFrom
        dropReadText()
        // A long record is read again from its start, so the text behind it grows in proportion.
        let wanted = text.count < Self.longByteCount ? text.count + 1 : text.count * 2
        repeat { try readMore() } while text.count < wanted && !isFinal
      }
    }
  }

  /// Appends the text of a field of the last record.
  package func append(_ field: RecordSplitter.Field, to output: inout [UInt8]) {
    RecordSplitter.append(field, in: text.span, to: &output)
  }

  private mutating func pass(to end: Int, code: RejectCode?) {
    line = nextLine + splitter.lineEndCountBeforeProblem
    nextLine += splitter.lineEndCount
    if let ending = splitter.lineEnding { lineEndings.insert(ending) }
    offset = end
    if let code { note(TextProblem.Code(code)) }
    if splitter.hasTextAfterQuote { note(.textAfterQuote) }
    let errorsBefore = errorIndex
    while errorIndex < errorOffsets.count, errorOffsets[errorIndex] < windowStart + end { errorIndex += 1 }
    if errorIndex > errorsBefore { note(.decode) }
  }

  private mutating func note(_ code: TextProblem.Code) {
    problemCount += 1
    if problems.count < Self.listedProblemCount { problems.append(TextProblem(line: line, code: code)) }
  }

  private mutating func dropReadText() {
    text.removeFirst(offset)
    windowStart += offset
    offset = 0
    errorOffsets.removeFirst(errorIndex)
    errorIndex = 0
  }

  private mutating func readMore() throws {
    bytes.removeAll(keepingCapacity: true)
    isFinal = try source.read(into: &bytes) == 0
    Self.decode(bytes, isFinal: isFinal, with: &transcoder, to: &text)
    errorOffsets.append(contentsOf: transcoder.takeErrorOffsets())
  }

  // The span of one stored property may not be taken while another is changed; hence these take them apart.

  private static func step(
    _ splitter: inout RecordSplitter, in text: [UInt8], from offset: Int, isFinal: Bool
  ) -> RecordSplitter.Step {
    splitter.next(in: text.span, from: offset, isFinal: isFinal)
  }

  private static func decode(
    _ bytes: [UInt8], isFinal: Bool, with transcoder: inout Transcoder, to text: inout [UInt8]
  ) {
    transcoder.append(bytes.span, isFinal: isFinal, to: &text)
  }
}
