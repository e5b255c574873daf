/// Texts put together so that no two different lists give the same bytes: each part stands behind its length.
///
///     ┌────────────────────────┬───────────┬────────────────────────┬─────
///     │ length, 8 bytes, big-  │ bytes     │ length of the second   │ …
///     │ endian, of the first   │           │                        │
///     └────────────────────────┴───────────┴────────────────────────┴─────
struct FramedParts {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ part: [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: UInt64(part.count) >> UInt64(shift)))
    }
    bytes.append(contentsOf: part)
  }

  /// Appends a part behind its length to `bytes`.
  static func append(_ part: Span<UInt8>, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: UInt64(part.count) >> UInt64(shift)))
    }
    bytes.append(span: part)
  }

  mutating func append(_ part: String) { append(Array(part.utf8)) }

  /// A list as one part, so that its end is clear.
  mutating func append(list: FramedParts) { append(list.bytes) }
}
