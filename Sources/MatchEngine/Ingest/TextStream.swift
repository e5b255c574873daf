internal import Normalizers

/// The text of one input in order, decompressed and decoded to UTF-8.
///
/// UTF-8 is handed on as it stands, malformed bytes included: they spoil the field they stand in. Used by one thread
/// at a time.
package final class TextStream {
  private let stream: ByteStream
  private let input: InputFile
  package private(set) var encoding: TextEncoding
  private var transcoder: Transcoder?
  /// Text that was decoded and not yet handed out.
  private var pending: [UInt8] = []
  private var pendingStart = 0
  private var raw: FlatArray<UInt8>
  private var isAtEnd = false
  private var reported = 0

  static let blockByteCount = 256 << 10

  /// Opens `input`; `given` is the encoding the job names, nil where it is to be detected.
  package init(_ input: InputFile, encoding given: TextEncoding?, seal: Bool) throws(RunError) {
    self.input = input
    stream = try ByteStream(input, seal: seal)
    raw = FlatArray(uninitialized: Self.blockByteCount)
    encoding = given ?? .utf8
    var head: [UInt8] = []
    try readRaw(into: &head, upTo: SourceLayout.headByteCount)
    if let given { encoding = given } else { encoding = try detect(&head) }
    let mark = encoding.byteOrderMark
    let hasMark = !mark.isEmpty && head.starts(with: mark)
    if encoding == .utf8 {
      pending = hasMark ? Array(head.dropFirst(mark.count)) : head
    } else {
      var transcoder = Transcoder(encoding: encoding, marksMalformed: true)
      transcoder.append(head.span, isFinal: isAtEnd, to: &pending)
      self.transcoder = transcoder
    }
  }

  deinit { raw.deallocate() }

  /// The first text, up to 1 MiB and more, and whether it is all there is.
  package var head: (text: [UInt8], isFinal: Bool) { (pending, isAtEnd) }

  /// Leaves out the first `count` bytes of the text: what stands above the data.
  package func skip(_ count: Int) { pendingStart = count }

  /// The text that was read to look at the head and belongs to the data.
  func takeHead() -> [UInt8] {
    let head = Array(pending[min(pendingStart, pending.count)...])
    pending = []
    pendingStart = 0
    return head
  }

  private func readRaw(into bytes: inout [UInt8], upTo count: Int) throws(RunError) {
    while bytes.count < count, !isAtEnd {
      let got = try stream.fill(raw, from: 0, count: raw.count)
      isAtEnd = got == 0
      raw.append(from: 0, count: got, to: &bytes)
    }
  }

  /// The encoding of a text that may begin with any amount of ASCII.
  private func detect(_ head: inout [UInt8]) throws(RunError) -> TextEncoding {
    let detector = EncodingDetector()
    if let mark = detector.mark(in: head.span) { return mark }
    var scanned = 0
    while true {
      if let first = head[scanned...].firstIndex(where: { $0 >= 0x80 }) {
        try readRaw(into: &head, upTo: first + EncodingDetector.stretchByteCount)
        return detector.encoding(ofStretch: head.span.extracting(first..<head.count), isWholeRest: isAtEnd)
      }
      scanned = head.count
      if isAtEnd { return .utf8 }
      // What was ASCII so far needs no decoding; a limit keeps memory in bounds, and ASCII is UTF-8.
      if head.count > 64 << 20 { return .utf8 }
      try readRaw(into: &head, upTo: head.count + Self.blockByteCount)
    }
  }

  /// Puts up to about `count` bytes of text into `chunk` at `position`; 0 only at the end.
  func read(into chunk: Chunk, at position: Int, upTo count: Int) throws(RunError) -> Int {
    if transcoder == nil {
      chunk.reserve(position - Chunk.leadByteCount + count + 64)
      return isAtEnd ? 0 : try stream.fill(chunk.text, from: position, count: count)
    }
    var text: [UInt8] = []
    while text.isEmpty, !isAtEnd {
      let got = try stream.fill(raw, from: 0, count: min(raw.count, max(count, 64)))
      isAtEnd = got == 0
      transcoder?.append(raw.span(from: 0, count: got), isFinal: isAtEnd, to: &text)
    }
    chunk.reserve(position - Chunk.leadByteCount + text.count + 64)
    chunk.text.write(text, at: position)
    return text.count
  }

  /// Bytes read since the last call, as stored.
  func takeProgress() -> Int {
    defer { reported = stream.stored.byteCount }
    return stream.stored.byteCount - reported
  }

  /// Name, length and digest of the input, complete once it was read to its end.
  var finished: Manifest.File {
    Manifest.File(
      path: input.name, byteCount: stream.stored.byteCount, digest: stream.stored.digest,
      sha256: stream.stored.sha256)
  }
}
