extension Span<UInt8> {
  /// The eight bytes from `offset` on, the first lowest; traps when they are not all inside.
  @inlinable @inline(__always)
  package func eightBytes(at offset: Int) -> UInt64 {
    // SAFETY: bytes have no padding to expose; the load checks its bounds, and every bit pattern is a valid UInt64.
    unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  /// The four bytes from `offset` on, the first lowest; traps when they are not all inside.
  @inlinable @inline(__always)
  package func fourBytes(at offset: Int) -> UInt32 {
    // SAFETY: as in `eightBytes`.
    unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }
}
