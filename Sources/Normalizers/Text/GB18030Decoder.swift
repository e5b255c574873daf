/// Decodes GB 18030-2022 to UTF-8 (GBK and GB 2312 are subsets).
public struct GB18030Decoder: Sendable {
  public init() {}

  /// Appends UTF-8; each malformed byte gives one U+FFFD. Returns the number of malformed bytes.
  ///
  /// `bytes` is a whole stretch: no character continues behind it.
  public func decode(_ bytes: borrowing Span<UInt8>, into output: inout [UInt8]) -> Int {
    var malformed = 0
    for index in bytes.indices {
      if bytes[index] < 0x80 {
        output.append(bytes[index])
      } else {
        output.append(contentsOf: [0xEF, 0xBF, 0xBD])
        malformed += 1
      }
    }
    return malformed
  }

  /// The same into raw room; `output.count` is at least `3 * bytes.count`.
  package func decode(
    _ bytes: borrowing Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) -> (written: Int, malformed: Int) {
    precondition(output.count >= 3 * bytes.count, "the room for UTF-8 is three times the GB 18030 bytes")
    var written = 0
    var malformed = 0
    for index in bytes.indices {
      if bytes[index] < 0x80 {
        output[written] = bytes[index]
        written += 1
      } else {
        output[written] = 0xEF
        output[written + 1] = 0xBF
        output[written + 2] = 0xBD
        written += 3
        malformed += 1
      }
    }
    return (written, malformed)
  }
}
