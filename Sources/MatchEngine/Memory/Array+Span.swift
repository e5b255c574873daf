extension [UInt8] {
  /// Appends all bytes of `span`.
  package mutating func append(span: Span<UInt8>) {
    // SAFETY: the buffer is valid during the closure and its bytes are copied.
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
