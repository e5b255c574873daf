/// Why a record could not be split; the raw value is the code in reports.
package enum RejectCode: String, CaseIterable, Sendable {
  /// A quote that is still open at the limit of lines or bytes, or at the end of the file.
  case openQuote = "E-QUOTE"
  case recordLength = "E-RECORD-LENGTH"
  case columnCount = "E-COLUMNS"
}

/// How a physical line ends.
package enum LineEnding: String, CaseIterable, Sendable {
  case lf, crlf, cr
}

/// Splits text into records and fields, a byte at a time: the plain reference that fast scanners agree with.
///
/// The text is UTF-8, or GB18030 unless the delimiter is `|`, without its byte order mark. RFC 4180 with these
/// departures:
/// - records end in LF, CRLF or a lone CR, mixed as they come; the last end may be missing; a Ctrl-Z (1A) as the very
///   last byte is no data;
/// - a line without any byte is no record;
/// - a quote opens a quoted field only as its first byte; elsewhere it is a character like others;
/// - text between a closing quote and the next separator belongs to the field (`hasTextAfterQuote`);
/// - a quote that is never closed costs its own physical line: a quoted field may hold fewer line ends than
///   `Limits.quotedLineCount`, a record as many bytes as `Limits.recordByteCount`. The record up to the end of the line
///   in which that quote stands is rejected, and reading goes on behind it;
/// - a longer record without an open quote is rejected up to the next line end, also where quotes stand before it.
///
/// The result does not depend on how the text is cut into pieces.
package struct RecordSplitter: Sendable {
  package struct Limits: Hashable, Sendable {
    package var recordByteCount: Int
    package var quotedLineCount: Int
    package var columnCount: Int

    package init(recordByteCount: Int = 1 << 20, quotedLineCount: Int = 1_000, columnCount: Int = 16_384) {
      self.recordByteCount = recordByteCount
      self.quotedLineCount = quotedLineCount
      self.columnCount = columnCount
    }
  }

  /// Where the text of a field stands.
  ///
  /// Quotes around the field are outside the range; when `needsUnescaping` holds, the range goes from behind the
  /// opening quote to the end of the field, and `RecordSplitter.unescape` gives its text.
  package struct Field: Hashable, Sendable {
    package var start: Int
    package var end: Int
    package var isQuoted: Bool
    package var needsUnescaping: Bool

    package init(start: Int, end: Int, isQuoted: Bool = false, needsUnescaping: Bool = false) {
      self.start = start
      self.end = end
      self.isQuoted = isQuoted
      self.needsUnescaping = needsUnescaping
    }

    package var range: Range<Int> { start..<end }
  }

  /// What stands at an offset; `end` is where reading goes on, behind the line end.
  package enum Step: Hashable, Sendable {
    /// A record; its fields are in `fields`.
    case record(end: Int)
    /// A record that could not be split. For `openQuote`, `fields` holds the line read with that quote as a character.
    case rejected(RejectCode, end: Int)
    case emptyLine(end: Int)
    /// Call again with more text (or `isFinal`) from `keepFrom` on; what stands before it is not needed any more.
    case needsMoreText(keepFrom: Int)
    case endOfText
  }

  package let delimiter: UInt8
  package let limits: Limits
  /// The fields of the last step, with offsets into the text that was passed.
  package private(set) var fields: [Field] = []
  /// Line ends in the last step, its own included; CRLF is one.
  package private(set) var lineEndCount = 0
  /// The line end of the last step, nil where the text ends without one.
  package private(set) var lineEnding: LineEnding?
  /// Some field of the last step has text behind its closing quote.
  package private(set) var hasTextAfterQuote = false
  /// Line ends of the last step that stand before the quote of an `openQuote`.
  package private(set) var lineEndCountBeforeProblem = 0

  /// The code of the record whose rest is being skipped.
  private var skipped: RejectCode?

  package init(delimiter: Delimiter, limits: Limits = Limits()) {
    self.delimiter = delimiter.byte
    self.limits = limits
  }

  private enum State {
    case fieldStart, unquoted, quoted
    /// Behind a quote inside a quoted field: the closing one, or the first of a doubled one.
    case quoteSeen
    case afterQuote
  }

  /// Reads what stands at `offset`; `isFinal` says that the file ends with `text`.
  ///
  /// After `needsMoreText` the next call goes on at `keepFrom` of the same text, moved or not.
  package mutating func next(in text: borrowing Span<UInt8>, from offset: Int, isFinal: Bool) -> Step {
    let hasCtrlZ = isFinal && offset < text.count && text[text.count - 1] == Self.ctrlZ
    let end = hasCtrlZ ? text.count - 1 : text.count
    if let code = skipped {
      return skip(code, in: text, from: offset, end: end, isFinal: isFinal)
    }
    fields.removeAll(keepingCapacity: true)
    lineEndCount = 0
    lineEnding = nil
    hasTextAfterQuote = false
    lineEndCountBeforeProblem = 0
    if offset >= end { return isFinal ? .endOfText : .needsMoreText(keepFrom: offset) }

    var state = State.fieldStart
    var field = Field(start: offset, end: offset)
    var fieldCount = 0
    var code: RejectCode?
    var quote = 0  // the offset of the last opening quote
    var lineEndCountBeforeQuote = 0
    var lineEndCountInQuotes = 0
    var index = offset

    func close(_ field: Field, fieldEnd: Int) {
      fieldCount += 1
      guard fieldCount <= limits.columnCount else { return }
      var field = field
      field.end = fieldEnd
      fields.append(field)
    }

    // Reads the field of the last opening quote again, the quote being a character.
    func rejectQuote() {
      if code == nil { lineEndCountBeforeProblem = lineEndCountBeforeQuote }
      code = .openQuote
      lineEndCount = lineEndCountBeforeQuote
      field = Field(start: quote, end: quote)
      state = .unquoted
      index = quote + 1
    }

    while true {
      if index >= end {
        guard isFinal else { return .needsMoreText(keepFrom: offset) }
        if state == .quoted {
          rejectQuote()
          continue
        }
        close(field, fieldEnd: state == .quoteSeen && !field.needsUnescaping ? end - 1 : end)
        return finish(code, fieldCount: fieldCount, end: text.count)
      }
      let byte = text[index]
      let isLineEnd = byte == Self.lineFeed || byte == Self.carriageReturn

      if index - offset >= limits.recordByteCount {
        let isOpen = state == .quoted || (state == .quoteSeen && byte == Self.quote)
        if !isFinal, index == text.count - 1 { return .needsMoreText(keepFrom: offset) }
        if isOpen, code == nil {
          rejectQuote()
          continue
        }
        if !isLineEnd || isOpen {
          skipped = code ?? .recordLength
          fields.removeAll(keepingCapacity: true)
          return skip(skipped ?? .recordLength, in: text, from: index, end: end, isFinal: isFinal)
        }
      }

      if state == .quoted {
        let isSecondHalf = byte == Self.lineFeed && text[index - 1] == Self.carriageReturn
        if lineEndCountInQuotes >= limits.quotedLineCount, !isSecondHalf {
          rejectQuote()
          continue
        }
        if byte == Self.quote {
          state = .quoteSeen
        } else if isLineEnd, !isSecondHalf {
          lineEndCount += 1
          lineEndCountInQuotes += 1
        }
        index += 1
        continue
      }

      if byte == delimiter || isLineEnd {
        if isLineEnd, byte == Self.carriageReturn, index == text.count - 1, !isFinal {
          return .needsMoreText(keepFrom: offset)
        }
        let isEmptyLine = isLineEnd && index == offset
        if !isEmptyLine {
          close(field, fieldEnd: state == .quoteSeen && !field.needsUnescaping ? index - 1 : index)
        }
        index += 1
        if isLineEnd {
          let behind = passLineEnd(byte, in: text, index: index, end: end)
          return isEmptyLine ? .emptyLine(end: behind) : finish(code, fieldCount: fieldCount, end: behind)
        }
        field = Field(start: index, end: index)
        state = .fieldStart
        continue
      }

      switch state {
      case .fieldStart where byte == Self.quote:
        quote = index
        lineEndCountBeforeQuote = lineEndCount
        lineEndCountInQuotes = 0
        field = Field(start: index + 1, end: index + 1, isQuoted: true)
        state = .quoted
      case .quoteSeen where byte == Self.quote:
        field.needsUnescaping = true
        state = .quoted
      case .quoteSeen:
        field.needsUnescaping = true
        hasTextAfterQuote = true
        state = .afterQuote
      case .fieldStart:
        state = .unquoted
      case .unquoted, .afterQuote, .quoted:
        break
      }
      index += 1
    }
  }

  /// Appends the text of a field whose `needsUnescaping` holds: doubled quotes as one, the closing quote left out.
  package static func unescape(
    _ field: Field, in text: borrowing Span<UInt8>, into output: inout [UInt8]
  ) {
    var index = field.start
    while index < field.end {
      let byte = text[index]
      index += 1
      if byte != Self.quote {
        output.append(byte)
      } else if index < field.end, text[index] == Self.quote {
        output.append(byte)
        index += 1
      } else {
        break
      }
    }
    while index < field.end {
      output.append(text[index])
      index += 1
    }
  }

  /// Appends the text of any field.
  package static func append(_ field: Field, in text: borrowing Span<UInt8>, to output: inout [UInt8]) {
    if field.needsUnescaping {
      unescape(field, in: text, into: &output)
    } else {
      for index in field.start..<field.end { output.append(text[index]) }
    }
  }

  private mutating func finish(_ code: RejectCode?, fieldCount: Int, end: Int) -> Step {
    if let code { return .rejected(code, end: end) }
    if fieldCount > limits.columnCount {
      fields.removeAll(keepingCapacity: true)
      return .rejected(.columnCount, end: end)
    }
    return .record(end: end)
  }

  /// Notes the line end whose first byte was `byte`; `index` is behind that byte.
  private mutating func passLineEnd(_ byte: UInt8, in text: borrowing Span<UInt8>, index: Int, end: Int) -> Int {
    lineEndCount += 1
    guard byte == Self.carriageReturn else {
      lineEnding = .lf
      return index
    }
    let hasLineFeed = index < end && text[index] == Self.lineFeed
    lineEnding = hasLineFeed ? .crlf : .cr
    return hasLineFeed ? index + 1 : index
  }

  private mutating func skip(
    _ code: RejectCode, in text: borrowing Span<UInt8>, from offset: Int, end: Int, isFinal: Bool
  ) -> Step {
    var index = offset
    while index < end {
      let byte = text[index]
      if byte == Self.carriageReturn, index == text.count - 1, !isFinal { return .needsMoreText(keepFrom: index) }
      index += 1
      if byte == Self.lineFeed || byte == Self.carriageReturn {
        skipped = nil
        return .rejected(code, end: passLineEnd(byte, in: text, index: index, end: end))
      }
    }
    guard isFinal else { return .needsMoreText(keepFrom: text.count) }
    skipped = nil
    return .rejected(code, end: text.count)
  }

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed: UInt8 = 0x0A
  private static let carriageReturn: UInt8 = 0x0D
  private static let ctrlZ: UInt8 = 0x1A
}
