import Glibc

extension FlatArray where Element == UInt8 {
  /// Eight bytes as a number, the least first.
  @inline(__always)
  package func word(at start: Int) -> UInt64 {
    precondition(start >= 0 && start + 8 <= count)
    // SAFETY: the eight bytes are inside the array.
    return UInt64(littleEndian: unsafe UnsafeRawPointer(base + start).loadUnaligned(as: UInt64.self))
  }
}

/// Numbers as they stand in the files of the state, which are read by machines that keep the least byte first.
extension FlatArray where Element: FixedWidthInteger {
  /// The bytes of `length` numbers from `start` on.
  @_lifetime(borrow self)
  package func bytes(from start: Int, count length: Int) -> Span<UInt8> {
    precondition(start >= 0 && length >= 0 && start + length <= count)
    // SAFETY: the bytes of whole numbers inside the array, each of them initialised.
    let first = unsafe UnsafeRawPointer(base + start).assumingMemoryBound(to: UInt8.self)
    let span = unsafe Span(_unsafeStart: first, count: length * MemoryLayout<Element>.stride)
    return unsafe _overrideLifetime(span, borrowing: self)
  }
}

extension Descriptor {
  /// Reads numbers from the bytes at `offset` into `buffer[from ..< from + count]`; returns how many bytes there were.
  package func read<Number: FixedWidthInteger>(
    into buffer: FlatArray<Number>, from start: Int = 0, count: Int, at offset: Int
  ) throws(RunError) -> Int {
    precondition(start >= 0 && count >= 0 && start + count <= buffer.count)
    let byteCount = count * MemoryLayout<Number>.stride
    var filled = 0
    while filled < byteCount {
      // SAFETY: the range was checked against the array's length; its owner keeps it alive during the call.
      let place = unsafe UnsafeMutableRawPointer(buffer.base + start) + filled
      let got = unsafe pread(number, place, byteCount - filled, off_t(offset + filled))
      if got == 0 { break }
      if got > 0 { filled += got } else if errno != EINTR { throw SystemCall.fail("read", path) }
    }
    return filled
  }
}
