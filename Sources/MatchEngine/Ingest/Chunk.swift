/// A stretch of a source's text with its records indexed: what a worker takes from a feed at a time.
///
/// The text is UTF-8. Bytes before `leadByteCount` are never text, so that a position before the first record exists.
package final class Chunk {
  static let leadByteCount = 64
  /// Bytes at the very end in which no field lies.
  private static let trailByteCount = 64

  /// The text, padding behind it, and from `sideStart` on room for unescaped fields.
  package private(set) var text: FlatArray<UInt8>
  package let index: SeparatorIndex
  private(set) var sideStart: Int
  private var sideEnd: Int

  /// Index into the source's files.
  package var file = 0
  /// The physical line, from 1, on which the first record begins.
  package var firstLine = 1
  /// Records that could not be split, by their number in the index; they count as rejected.
  package private(set) var rejected: [Int: RejectCode] = [:]
  /// Line ends in the indexed text.
  private(set) var lineEndCount = 0
  /// What a record may take; lines that the engine wrote itself have no limits.
  package var limits = RecordSplitter.Limits()
  /// Line ends before each record, where the splitter made the index; its records need not touch each other.
  private var recordLines: [Int32]?

  package init(byteCount: Int) {
    sideStart = 0
    sideEnd = 0
    text = FlatArray(uninitialized: 0)
    index = SeparatorIndex(capacity: byteCount + SeparatorIndex.padding)
    reserve(byteCount)
  }

  deinit { text.deallocate() }

  /// Room for `byteCount` bytes of text; what stands there stays.
  func reserve(_ byteCount: Int) {
    let needed = Self.leadByteCount + byteCount + SeparatorIndex.padding
    guard needed > sideStart else { return }
    let more = FlatArray<UInt8>(uninitialized: needed * 2 + Self.trailByteCount)
    more.copy(from: text, at: 0, to: 0, count: sideStart)
    text.deallocate()
    text = more
    sideStart = needed
    sideEnd = needed
  }

  /// Where the last field has to end: the bytes behind may be read, and mean nothing.
  var readableEnd: Int { text.count - Self.trailByteCount }

  /// Bytes of text that fit.
  var capacity: Int { sideStart - Self.leadByteCount - SeparatorIndex.padding }

  /// How an attempt to index a stretch ended.
  enum Outcome {
    /// Every record that begins before the stop is indexed; the next one begins at `end`.
    case complete(end: Int)
    /// The text ends inside a record. The bytes of `discard` are not needed any more: what stands behind them moves
    /// up, and so does the stop, before the call is made again with more text.
    case needsMoreText(discard: Range<Int>)
  }

  /// Decides what the vector scan leaves open; it goes on where more text was needed.
  private var splitter: RecordSplitter?
  private var splitOffset = 0
  /// The record at `splitOffset` was begun; its end counts even where the stop has moved up before it.
  private var isInsideRecord = false

  /// Forgets all records; the first one will begin at text position `start`.
  func beginIndex(at start: Int) {
    index.begin(at: start)
    rejected.removeAll(keepingCapacity: true)
    lineEndCount = 0
    recordLines = nil
    splitter = nil
    isInsideRecord = false
    sideEnd = sideStart
  }

  /// Indexes the records that begin at or after `start` and before `stop`.
  ///
  /// `end` is where the text ends; `isFinal` says that the file ends there, too. `stop` may lie behind `end` only when
  /// `isFinal` holds. `takesAll` asks for every complete record instead, one at least.
  func indexRecords(
    from start: Int, to end: Int, stop: Int, isFinal: Bool, delimiter: Delimiter, takesAll: Bool = false
  ) -> Outcome {
    if splitter == nil {
      beginIndex(at: start)
      let last = end > start ? text[end - 1] : 0
      if let outcome = scan(
        from: start, to: end, stop: stop, isFinal: isFinal, delimiter: delimiter, takesAll: takesAll)
      {
        return outcome
      }
      // The scan may have put a line end where a Ctrl-Z stood.
      if end > start { text[end - 1] = last }
      beginIndex(at: start)
      index.hasQuotes = true
      recordLines = []
      splitter = RecordSplitter(delimiter: delimiter, limits: limits)
      splitOffset = start
    }
    return split(to: end, stop: stop, isFinal: isFinal, takesAll: takesAll)
  }

  /// The vector scan; nil where a quote, a limit or a cut makes it unfit to decide.
  private func scan(
    from start: Int, to textEnd: Int, stop: Int, isFinal: Bool, delimiter: Delimiter, takesAll: Bool
  ) -> Outcome? {
    var end = textEnd
    if isFinal {
      if end > start, text[end - 1] == Self.ctrlZ { end -= 1 }
      if end == start { return .complete(end: textEnd) }
      let last = text[end - 1]
      if last != Self.lineFeed, last != Self.carriageReturn {
        text[end] = Self.lineFeed
        end += 1
      }
    } else if end > start, text[end - 1] == Self.carriageReturn {
      // Whether a line feed follows is not known yet.
      end -= 1
    }
    // What follows is real text where the stretch was shortened.
    if end >= textEnd { text[end] = 0 }
    guard index.scan(text, from: start, to: end, delimiter: delimiter.byte) else { return nil }
    if isFinal, index.recordEndPosition(index.recordCount - 1) != end - 1 { return nil }
    let takesComplete = takesAll && index.recordCount > 0
    let kept = takesComplete ? index.recordCount : index.recordCount(beginningBefore: stop, from: start)
    if !isFinal, !takesComplete, kept == index.recordCount {
      // The last record's end is known only when it lies behind the stop.
      guard kept > 0, index.recordEndPosition(kept - 1) + 1 >= stop else {
        return end - start > limits.recordByteCount || index.quotedLineEnds >= limits.quotedLineCount
          ? nil : .needsMoreText(discard: start..<start)
      }
    }
    // A record over the limit leaves room for few others.
    let mayHoldLong = index.recordCount <= end - start - limits.recordByteCount
    if mayHoldLong, !index.recordsAreShorter(than: limits.recordByteCount) { return nil }
    if index.quotedLineEnds > 0 {
      if index.quotedLineEnds >= limits.quotedLineCount { return nil }
      index.keepRecords(kept)
      let stopped = kept == 0 ? start : index.recordEndPosition(kept - 1) + 1
      lineEndCount = countLineEnds(from: start, to: stopped)
    } else {
      index.keepRecords(kept)
      lineEndCount = kept
    }
    return .complete(end: kept == 0 ? start : min(index.recordEndPosition(kept - 1) + 1, textEnd))
  }

  private func split(to end: Int, stop: Int, isFinal: Bool, takesAll: Bool) -> Outcome {
    guard var splitter else { preconditionFailure("the splitter is made first") }
    var offset = splitOffset
    while takesAll || offset < stop || isInsideRecord {
      let goesOn = isInsideRecord
      isInsideRecord = false
      let step = splitter.next(in: text.span(from: 0, count: end), from: offset, isFinal: isFinal)
      switch step {
      case .record(let next):
        append(splitter, from: offset, end: next)
        offset = next
      case .rejected(let code, let next):
        rejected[index.recordCount] = code
        append(splitter, from: offset, end: next, isRejected: true)
        offset = next
      case .emptyLine(let next):
        append(splitter, from: offset, end: next, isRejected: true)
        offset = next
      case .needsMoreText(let keepFrom):
        if takesAll, index.recordCount > 0, keepFrom <= offset, !goesOn {
          self.splitter = nil
          return .complete(end: offset)
        }
        splitOffset = offset
        isInsideRecord = true
        self.splitter = splitter
        return .needsMoreText(discard: offset..<max(offset, keepFrom))
      case .endOfText:
        self.splitter = nil
        return .complete(end: end)
      }
    }
    self.splitter = nil
    return .complete(end: offset)
  }

  /// Puts one step of the splitter into the index; a rejected or empty line becomes a record of one cell.
  private func append(_ splitter: RecordSplitter, from start: Int, end: Int, isRejected: Bool = false) {
    recordLines?.append(Int32(truncatingIfNeeded: lineEndCount))
    lineEndCount += splitter.lineEndCount
    precondition(start == index.recordEndPosition(index.recordCount - 1) + 1, "records follow each other")
    // Without a line end the text ends here, perhaps in a Ctrl-Z that is no data.
    let hasLineEnd = splitter.lineEnding != nil || end > start && text[end - 1] == Self.ctrlZ
    let lineEnd = hasLineEnd ? end - 1 : end
    if !isRejected {
      for field in splitter.fields.dropLast() {
        index.append(separator: field.isQuoted && !field.needsUnescaping ? field.end + 1 : field.end)
      }
      if splitter.lineEnding == .crlf { index.hasReturns = true }
    }
    if splitter.lineEnding == nil { text[lineEnd] = Self.lineFeed }
    index.append(separator: lineEnd)
    index.endRecord()
  }

  private func countLineEnds(from start: Int, to end: Int) -> Int {
    var count = 0
    var at = start
    while at < end {
      let byte = text[at]
      at += 1
      if byte == Self.carriageReturn {
        count += 1
        if at < end, text[at] == Self.lineFeed { at += 1 }
      } else if byte == Self.lineFeed {
        count += 1
      }
    }
    return count
  }

  /// The physical line on which record `record` begins.
  package func line(of record: Int) -> Int {
    if let recordLines { return firstLine + Int(recordLines[record]) }
    if index.quotedLineEnds == 0 { return firstLine + record }
    return firstLine + countLineEnds(from: Int(index.separators[0]) + 1, to: index.recordStart(record))
  }

  /// Where the text of a field whose first byte is a quote lies once the quotes are resolved.
  ///
  /// `start ..< end` is the field as it stands; the result may lie in the room behind the text.
  @inline(never)
  package func unquoted(_ start: Int, _ end: Int) -> (start: Int, end: Int) {
    guard let close = text.firstIndex(of: Self.quote, from: start + 1, to: end) else { return (start + 1, end) }
    if close == end - 1 { return (start + 1, close) }
    if sideEnd + (end - start) > readableEnd { sideEnd = sideStart }
    let first = sideEnd
    var at = start + 1
    var isOpen = true
    while at < end {
      let byte = text[at]
      at += 1
      if isOpen, byte == Self.quote {
        if at < end, text[at] == Self.quote { at += 1 } else { isOpen = false; continue }
      }
      text[sideEnd] = byte
      sideEnd += 1
    }
    return (first, sideEnd)
  }

  /// Forgets what `unquoted` and `place` put behind the text. The fields of one column fit there side by side.
  func removeUnquoted() { sideEnd = sideStart }

  /// Puts `bytes` behind the text and says where, for values that stand in for what was delivered.
  package func place(_ bytes: [UInt8]) -> (start: Int, end: Int) {
    if sideEnd + bytes.count > readableEnd { sideEnd = sideStart }
    let first = sideEnd
    for byte in bytes where sideEnd < readableEnd {
      text[sideEnd] = byte
      sideEnd += 1
    }
    return (first, sideEnd)
  }

  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
  private static let ctrlZ: UInt8 = 0x1A
}
