extension RawSpan {
  /// The four bytes from `offset` on as one little-endian word; traps when they are not all inside.
  @inlinable @inline(__always)
  package func halfWord(at offset: Int) -> UInt32 {
    // SAFETY: the load checks its bounds; every bit pattern is a valid UInt32.
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }
}
