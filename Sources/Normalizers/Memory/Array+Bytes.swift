extension Array where Element == UInt8 {
  /// Appends the bytes of a span.
  @inlinable @inline(__always)
  package mutating func append(copying bytes: borrowing Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      // SAFETY: the pointer is only read during the call, while the span borrows its memory.
      unsafe append(contentsOf: buffer)
    }
  }
}
