internal import Normalizers

/// Turns the bytes of a file into UTF-8 text, a piece at a time.
///
/// The byte order mark is left out. Whatever is malformed becomes U+FFFD and is counted: a maximal subpart in UTF-8, a
/// malformed byte in GB18030, an unpaired surrogate or an odd last byte in UTF-16. Without a given encoding
/// `EncodingDetector` decides; until it has seen enough, bytes behind the first non-ASCII one are held back.
package struct Transcoder: Sendable {
  /// The encoding; nil while only ASCII has been seen.
  package private(set) var encoding: TextEncoding?
  package private(set) var hasByteOrderMark = false
  /// Malformed pieces so far.
  package private(set) var errorCount = 0
  /// Bytes of text given so far.
  package private(set) var textByteCount = 0
  /// Where the U+FFFD of malformed pieces stand, as offsets in all text given; taken by `takeErrorOffsets`.
  private var errorOffsets: [Int] = []

  private var pending: [UInt8] = []
  private var isAtStart = true
  private let detector = EncodingDetector()

  private let marksMalformed: Bool
  /// What stands for a malformed piece.
  private var replacement: [UInt8] { marksMalformed ? [Self.malformedMark] : Self.replacementCharacter }

  /// `encoding` nil: to be detected. With `marksMalformed` a malformed piece becomes the byte FF, which no UTF-8 holds,
  /// so that it spoils its field as a malformed byte of a UTF-8 file does.
  package init(encoding: TextEncoding? = nil, marksMalformed: Bool = false) {
    self.encoding = encoding
    self.marksMalformed = marksMalformed
  }

  /// Appends the text of `bytes`, which follow those of the last call; `isFinal` says that the file ends with them.
  package mutating func append(_ bytes: borrowing Span<UInt8>, isFinal: Bool, to text: inout [UInt8]) {
    let before = text.count
    for index in bytes.indices { pending.append(bytes[index]) }
    var offset = 0
    if isAtStart {
      guard isFinal || pending.count >= EncodingDetector.markByteCount else { return }
      offset = takeMark()
      isAtStart = false
    }
    if encoding == nil { offset = detect(from: offset, isFinal: isFinal, to: &text) }
    switch encoding {
    case nil: break
    case .utf8: offset = appendUTF8(from: offset, isFinal: isFinal, before: before, to: &text)
    case .gb18030: offset = appendGB18030(from: offset, isFinal: isFinal, before: before, to: &text)
    case .utf16LittleEndian, .utf16BigEndian:
      offset = appendUTF16(from: offset, isFinal: isFinal, before: before, to: &text)
    }
    pending.removeFirst(offset)
    textByteCount += text.count - before
  }

  /// The error offsets since the last call, in ascending order.
  package mutating func takeErrorOffsets() -> [Int] {
    defer { errorOffsets = [] }
    return errorOffsets
  }

  private mutating func takeMark() -> Int {
    if encoding == nil { encoding = detector.mark(in: pending.span) }
    guard let mark = encoding?.byteOrderMark, detector.starts(pending.span, with: mark) else { return 0 }
    hasByteOrderMark = true
    return mark.count
  }

  private mutating func detect(from offset: Int, isFinal: Bool, to text: inout [UInt8]) -> Int {
    let first = detector.firstNonASCII(in: pending.span, from: offset)
    text.append(contentsOf: pending[offset..<first])
    let stretch = pending.count - first
    if stretch >= EncodingDetector.stretchByteCount || (isFinal && stretch > 0) {
      encoding = detector.encoding(ofStretch: pending.span.extracting(first...), isWholeRest: isFinal)
    }
    return first
  }

  private mutating func noteError(at offset: Int) {
    errorCount += 1
    errorOffsets.append(offset)
  }

  private mutating func appendUTF8(from start: Int, isFinal: Bool, before: Int, to text: inout [UInt8]) -> Int {
    var offset = start
    var copied = start
    while offset < pending.count {
      let piece = UTF8Piece(in: pending.span, at: offset, end: pending.count)
      if piece.isCut, !isFinal { break }
      if !piece.isWellFormed {
        text.append(contentsOf: pending[copied..<offset])
        noteError(at: textByteCount + text.count - before)
        text.append(contentsOf: replacement)
        copied = offset + piece.byteCount
      }
      offset += piece.byteCount
    }
    text.append(contentsOf: pending[copied..<offset])
    return offset
  }

  private mutating func appendUTF16(from start: Int, isFinal: Bool, before: Int, to text: inout [UInt8]) -> Int {
    let high = encoding == .utf16BigEndian ? 0 : 1
    func unit(at offset: Int) -> UInt16 {
      UInt16(pending[offset + high]) << 8 | UInt16(pending[offset + 1 - high])
    }
    var offset = start
    while offset + 1 < pending.count {
      let first = unit(at: offset)
      var scalar = Unicode.Scalar(first)
      var byteCount = 2
      if first & 0xFC00 == 0xD800 {
        if offset + 3 >= pending.count, !isFinal { return offset }
        if offset + 3 < pending.count {
          let second = unit(at: offset + 2)
          if second & 0xFC00 == 0xDC00 {
            scalar = Unicode.Scalar(0x10000 + UInt32(first & 0x3FF) << 10 + UInt32(second & 0x3FF))
            byteCount = 4
          }
        }
      }
      if scalar == nil { noteError(at: textByteCount + text.count - before) }
      if let scalar, let encoded = UTF8.encode(scalar) {
        text.append(contentsOf: encoded)
      } else {
        text.append(contentsOf: replacement)
      }
      offset += byteCount
    }
    if isFinal, offset < pending.count {
      noteError(at: textByteCount + text.count - before)
      text.append(contentsOf: replacement)
      offset = pending.count
    }
    return offset
  }

  private mutating func appendGB18030(from start: Int, isFinal: Bool, before: Int, to text: inout [UInt8]) -> Int {
    let end = isFinal ? pending.count : Self.characterEnd(in: pending.span, from: start)
    let textStart = textByteCount + text.count - before
    let mark = marksMalformed ? Self.malformedMark : nil
    var offsets: [Int] = []
    let malformedCount = GB18030Decoder().decode(pending.span.extracting(start..<end), into: &text) { written in
      offsets.append(textStart + written)
      return mark
    }
    errorCount += malformedCount
    errorOffsets += offsets
    return end
  }

  /// An offset that no GB18030 character lies across, as late as it is found.
  private static func characterEnd(in bytes: borrowing Span<UInt8>, from start: Int) -> Int {
    // Bytes below 30 are whole characters wherever they stand.
    var safe = bytes.count
    while safe > start, bytes[safe - 1] >= 0x30 { safe -= 1 }
    var offset = safe
    while offset < bytes.count {
      guard case 0x81...0xFE = bytes[offset] else {
        offset += 1
        continue
      }
      guard offset + 1 < bytes.count else { return offset }
      guard case 0x30...0x39 = bytes[offset + 1] else {
        let isPair = bytes[offset + 1] >= 0x40 && bytes[offset + 1] != 0x7F && bytes[offset + 1] != 0xFF
        offset += isPair ? 2 : 1
        continue
      }
      guard offset + 3 < bytes.count else { return offset }
      let isFour = (0x81...0xFE).contains(bytes[offset + 2]) && (0x30...0x39).contains(bytes[offset + 3])
      offset += isFour ? 4 : 1
    }
    return offset
  }

  private static let malformedMark: UInt8 = 0xFF
  private static let replacementCharacter: [UInt8] = [0xEF, 0xBF, 0xBD]
}
