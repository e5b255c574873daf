extension Span where Element == UInt8 {
  /// The same bytes as a raw span, for loads of whole words.
  @inlinable @inline(__always)
  package var rawBytes: RawSpan {
    @_lifetime(copy self)
    get {
      // SAFETY: every byte of a span of bytes is initialised and may be read as any type without padding.
      unsafe bytes
    }
  }
}
