import CZstd

/// libzstd's streaming decoder, over any number of frames.
@safe
final class Zstd {
  struct Step {
    var consumed: Int
    var produced: Int
    /// True exactly between two frames.
    var isAtEnd: Bool
  }

  /// Frames that need a larger window than 128 MiB are refused, so that a file cannot take any amount of memory.
  static let windowBitsMax: Int32 = 27

  private let context: OpaquePointer

  init(path: String) throws(RunError) {
    // SAFETY: the context is made here, used only by this object and freed once in `deinit`.
    guard let made = unsafe ZSTD_createDCtx() else {
      throw .damaged(path: path, format: "zstd", reason: "the decoder did not start")
    }
    unsafe context = made
    unsafe ZSTD_DCtx_setParameter(made, ZSTD_d_windowLogMax, Self.windowBitsMax)
  }

  deinit {
    // SAFETY: made in `init`.
    unsafe ZSTD_freeDCtx(context)
  }

  /// Decodes from `input` into `output`, as much as either holds; throws what libzstd says of damaged data.
  func step(_ input: Span<UInt8>, into output: inout MutableSpan<UInt8>, from start: Int, path: String) throws(RunError)
    -> Step
  {
    // SAFETY: both buffers are valid during the closures, libzstd takes and writes at most the sizes that it is given.
    let (result, consumed, produced) = unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
        var into = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: start)
        let result = unsafe ZSTD_decompressStream(context, &into, &from)
        return unsafe (result, from.pos, into.pos - start)
      }
    }
    guard ZSTD_isError(result) == 0 else {
      // SAFETY: the name is a constant zero-terminated text of libzstd.
      throw .damaged(path: path, format: "zstd", reason: unsafe String(cString: ZSTD_getErrorName(result)))
    }
    return Step(consumed: consumed, produced: produced, isAtEnd: result == 0)
  }
}
