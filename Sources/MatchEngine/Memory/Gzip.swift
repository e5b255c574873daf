import CZlib

/// zlib's decoder of one gzip member at a time.
@safe
final class Gzip {
  /// What one step did: bytes taken from the input, bytes put into the output, and whether the member has ended.
  struct Step {
    var consumed: Int
    var produced: Int
    var isAtEnd: Bool
  }

  private let stream: UnsafeMutablePointer<z_stream>

  init(path: String) throws(RunError) {
    // SAFETY: zlib keeps the address of the stream, so it lives at a fixed place until `deinit`.
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15: the largest window; 16: a gzip header and nothing else.
    let result = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { throw .damaged(path: path, format: "gzip", reason: "the decoder did not start") }
  }

  deinit {
    // SAFETY: allocated in `init`, freed once; inflateEnd of a stream that did not start does nothing.
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Begins the next member.
  func reset() {
    // SAFETY: the stream was initialised in `init`.
    unsafe inflateReset(stream)
  }

  /// Decodes from `input` into `output`, as much as either holds; throws what zlib says of damaged data.
  func step(_ input: Span<UInt8>, into output: inout MutableSpan<UInt8>, from start: Int, path: String) throws(RunError)
    -> Step
  {
    // SAFETY: both buffers are valid during the closures, zlib takes and writes at most the counts that it is given.
    let (result, consumed, produced) = unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        let room = Swift.min(target.count - start, Int(Int32.max))
        let available = Swift.min(source.count, Int(Int32.max))
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: source.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(available)
        unsafe stream.pointee.next_out = unsafe target.baseAddress.map { unsafe $0 + start }
        unsafe stream.pointee.avail_out = UInt32(room)
        let result = unsafe inflate(stream, Z_NO_FLUSH)
        let consumed = unsafe available - Int(stream.pointee.avail_in)
        let produced = unsafe room - Int(stream.pointee.avail_out)
        return (result, consumed, produced)
      }
    }
    switch result {
    case Z_OK, Z_BUF_ERROR: return Step(consumed: consumed, produced: produced, isAtEnd: false)
    case Z_STREAM_END: return Step(consumed: consumed, produced: produced, isAtEnd: true)
    default:
      // SAFETY: `msg` is null or a constant zero-terminated text of zlib.
      let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "error \(result)"
      throw .damaged(path: path, format: "gzip", reason: reason)
    }
  }
}
