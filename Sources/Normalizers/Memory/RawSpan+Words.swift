extension RawSpan {
  /// The eight bytes from `offset` on as one little-endian word; traps when they are not all inside.
  @inlinable @inline(__always)
  package func word(at offset: Int) -> UInt64 {
    // SAFETY: the load checks its bounds; every bit pattern is a valid UInt64.
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}
