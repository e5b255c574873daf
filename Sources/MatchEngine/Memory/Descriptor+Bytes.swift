import Glibc

extension Descriptor {
  /// Reads the next bytes into `buffer` from `start` on; returns how many, 0 only at the end.
  package func read(into buffer: inout MutableSpan<UInt8>, from start: Int = 0) throws(RunError) -> Int {
    precondition(start >= 0 && start <= buffer.count)
    while true {
      // SAFETY: the kernel writes at most the bytes of the span from `start` on.
      let count = unsafe buffer.withUnsafeMutableBufferPointer { bytes in
        unsafe Glibc.read(number, bytes.baseAddress.map { unsafe $0 + start }, bytes.count - start)
      }
      if count >= 0 { return count }
      if errno != EINTR { throw SystemCall.fail("read", path) }
    }
  }

  /// Reads the bytes at `offset` until the span is full or the file ends; returns how many there were.
  package func read(into buffer: inout MutableSpan<UInt8>, at offset: Int) throws(RunError) -> Int {
    var filled = 0
    while filled < buffer.count {
      // SAFETY: the kernel writes at most the bytes of the span from `filled` on.
      let count = unsafe buffer.withUnsafeMutableBufferPointer { bytes in
        unsafe pread(number, bytes.baseAddress.map { unsafe $0 + filled }, bytes.count - filled, off_t(offset + filled))
      }
      if count == 0 { break }
      if count > 0 { filled += count } else if errno != EINTR { throw SystemCall.fail("read", path) }
    }
    return filled
  }

  /// Reads the bytes at `offset` into `buffer[from ..< from + count]`, fewer only at the end of the file.
  package func read(into buffer: FlatArray<UInt8>, from start: Int, count: Int, at offset: Int) throws(RunError) -> Int
  {
    precondition(start >= 0 && count >= 0 && start + count <= buffer.count)
    var filled = 0
    while filled < count {
      // SAFETY: the range was checked against the array's length; its owner keeps it alive during the call.
      let got = unsafe pread(number, buffer.base + start + filled, count - filled, off_t(offset + filled))
      if got == 0 { break }
      if got > 0 { filled += got } else if errno != EINTR { throw SystemCall.fail("read", path) }
    }
    return filled
  }

  /// Writes the first `count` of `bytes` at `offset`.
  package func write(_ bytes: FlatArray<UInt8>, count: Int, at offset: Int) throws(RunError) {
    precondition(count >= 0 && count <= bytes.count)
    var written = 0
    while written < count {
      // SAFETY: the range was checked against the array's length; its owner keeps it alive during the call.
      let done = unsafe pwrite(number, bytes.base + written, count - written, off_t(offset + written))
      if done > 0 { written += done } else if done == 0 || errno != EINTR { throw SystemCall.fail("write", path) }
    }
  }

  /// Writes all of `bytes` at `offset`.
  package func write(_ bytes: Span<UInt8>, at offset: Int) throws(RunError) {
    var written = 0
    while written < bytes.count {
      // SAFETY: the kernel reads at most the bytes of the span from `written` on.
      let count = unsafe bytes.withUnsafeBufferPointer { source in
        unsafe pwrite(
          number, source.baseAddress.map { unsafe $0 + written }, source.count - written, off_t(offset + written))
      }
      if count > 0 { written += count } else if count == 0 || errno != EINTR { throw SystemCall.fail("write", path) }
    }
  }

  /// Writes all of `bytes`.
  package func write(_ bytes: Span<UInt8>) throws(RunError) {
    var written = 0
    while written < bytes.count {
      // SAFETY: the kernel reads at most the bytes of the span from `written` on.
      let count = unsafe bytes.withUnsafeBufferPointer { source in
        unsafe Glibc.write(number, source.baseAddress.map { unsafe $0 + written }, source.count - written)
      }
      if count > 0 { written += count } else if count == 0 || errno != EINTR { throw SystemCall.fail("write", path) }
    }
  }
}
