/// The bytes of a file or of standard input in order, decompressed where the first bytes say so.
///
/// The end is told only where it is one: a read error, a cut or damaged compressed file and bytes behind the
/// compressed data throw.
/// Used by one thread at a time.
package final class ByteStream {
  package let path: String
  package let compression: Compression
  /// Digest and length of the bytes as they are stored; complete when `read` has returned 0.
  package private(set) var stored: FileDigest

  private let source: Descriptor
  /// Where the file was found before it was opened, to be compared at the end.
  private let file: InputFile?
  private let decoder: Decoder
  private var buffer: [UInt8]
  private var next = 0
  private var end = 0
  private var isSourceAtEnd = false
  private var isAtEnd = false
  /// All gzip members and the zeros behind them were read.
  private var isDrained = false
  /// The last byte that libzstd took was the last one of a frame.
  private var isBetweenFrames = false

  private enum Decoder {
    case none
    case gzip(Gzip)
    case zstd(Zstd)
  }

  private static let bufferByteCount = 256 << 10

  /// Opens `file` and looks at its first bytes; `seal` adds a SHA-256 to the digest.
  package convenience init(_ file: InputFile, seal: Bool = false) throws(RunError) {
    let source = try file.isStandardInput ? Descriptor.standardInput : Descriptor.reading(file.path, name: file.name)
    if file.isRegular { try file.verifyUnchanged(source) }
    try self.init(source, name: file.name, seal: seal, file: file.isRegular ? file : nil)
  }

  /// Reads from an open descriptor; `name` is shown in errors, and its ending must not contradict the first bytes.
  package convenience init(_ source: Descriptor, name: String, seal: Bool = false) throws(RunError) {
    try self.init(source, name: name, seal: seal, file: nil)
  }

  private init(_ source: Descriptor, name: String, seal: Bool, file: InputFile?) throws(RunError) {
    var buffer = [UInt8](repeating: 0, count: Self.bufferByteCount)
    var filled = 0
    var isSourceAtEnd = false
    while filled < Compression.prefixByteCount && !isSourceAtEnd {
      var span = buffer.mutableSpan
      let count = try source.read(into: &span, from: filled)
      filled += count
      isSourceAtEnd = count == 0
    }
    let compression = try Compression(name: name, start: buffer.span.extracting(0..<filled))
    switch compression {
    case .none: decoder = .none
    case .gzip: decoder = .gzip(try Gzip(path: name))
    case .zstd: decoder = .zstd(try Zstd(path: name))
    }
    var stored = FileDigest(seal: seal)
    stored.append(buffer.span.extracting(0..<filled))
    self.path = name
    self.compression = compression
    self.source = source
    self.file = file
    self.buffer = buffer
    self.stored = stored
    self.end = filled
    self.isSourceAtEnd = isSourceAtEnd
  }

  /// Reads the next bytes into `output` from `start` on; returns how many, 0 only at the true end.
  package func read(into output: inout MutableSpan<UInt8>, from start: Int = 0) throws(RunError) -> Int {
    precondition(start < output.count)
    if isAtEnd { return 0 }
    let count: Int
    switch decoder {
    case .none: count = try readStored(into: &output, from: start)
    case .gzip(let gzip): count = try readGzip(gzip, into: &output, from: start)
    case .zstd(let zstd): count = try readZstd(zstd, into: &output, from: start)
    }
    if count == 0 {
      try file?.verifyUnchanged(source)
      isAtEnd = true
    }
    return count
  }

  /// Reads until `output` is full from `start` on or the data ends; returns how many bytes there were.
  package func fill(_ output: inout MutableSpan<UInt8>, from start: Int = 0) throws(RunError) -> Int {
    var filled = start
    while filled < output.count {
      let count = try read(into: &output, from: filled)
      if count == 0 { break }
      filled += count
    }
    return filled - start
  }

  /// Reads until `output[start ..< start + count]` is full or the data ends; returns how many bytes there were.
  package func fill(_ output: FlatArray<UInt8>, from start: Int, count: Int) throws(RunError) -> Int {
    try output.withMutableSpan(from: start, count: count) { (span) throws(RunError) in try fill(&span) }
  }

  private func readStored(into output: inout MutableSpan<UInt8>, from start: Int) throws(RunError) -> Int {
    if next < end {
      let count = min(end - next, output.count - start)
      for index in 0..<count { output[start + index] = buffer[next + index] }
      next += count
      return count
    }
    if isSourceAtEnd { return 0 }
    let count = try source.read(into: &output, from: start)
    stored.append(output.span.extracting(start..<start + count))
    isSourceAtEnd = count == 0
    return count
  }

  /// Fills the empty buffer; false at the end of the stored bytes.
  private func refill() throws(RunError) -> Bool {
    if isSourceAtEnd { return false }
    // The buffer is taken out of the object while its bytes are borrowed; a read that throws is the stream's last.
    var bytes: [UInt8] = []
    swap(&bytes, &buffer)
    var span = bytes.mutableSpan
    end = try source.read(into: &span)
    stored.append(bytes.span.extracting(0..<end))
    swap(&bytes, &buffer)
    next = 0
    isSourceAtEnd = end == 0
    return end > 0
  }

  private func readGzip(_ gzip: Gzip, into output: inout MutableSpan<UInt8>, from start: Int) throws(RunError) -> Int {
    while !isDrained {
      if next == end, try !refill() { throw .cut(path: path, format: "gzip") }
      let bytes = buffer
      let step = try gzip.step(bytes.span.extracting(next..<end), into: &output, from: start, path: path)
      next += step.consumed
      if step.isAtEnd {
        if try hasNextMember() { gzip.reset() } else { try drain() }
      }
      if step.produced > 0 { return step.produced }
    }
    return 0
  }

  /// True when another member begins behind the one that has ended.
  private func hasNextMember() throws(RunError) -> Bool {
    if next == end, try !refill() { return false }
    return buffer[next] == 0x1F
  }

  /// Accepts zeros up to the end, and nothing else.
  private func drain() throws(RunError) {
    repeat {
      while next < end {
        guard buffer[next] == 0 else {
          throw .damaged(path: path, format: "gzip", reason: "other bytes behind the compressed data")
        }
        next += 1
      }
    } while try refill()
    isDrained = true
  }

  private func readZstd(_ zstd: Zstd, into output: inout MutableSpan<UInt8>, from start: Int) throws(RunError) -> Int {
    while true {
      if next == end && !isSourceAtEnd { _ = try refill() }
      // An empty step still gives out what the decoder holds back.
      let bytes = buffer
      let step = try zstd.step(bytes.span.extracting(next..<end), into: &output, from: start, path: path)
      if step.consumed > 0 || step.produced > 0 { isBetweenFrames = step.isAtEnd }
      next += step.consumed
      if step.produced > 0 { return step.produced }
      if step.consumed == 0 && next == end && isSourceAtEnd {
        guard isBetweenFrames else { throw .cut(path: path, format: "zstd") }
        return 0
      }
    }
  }
}
