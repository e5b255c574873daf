/// A text of any content: decoded, never changed (kind `text`).
public struct TextValue {
  /// Appends `field` as well-formed UTF-8.
  ///
  /// Each malformed piece (Unicode 15, section 3.9: maximal subpart) becomes one U+FFFD; this, and a NUL, which stays,
  /// give `E-DECODE`. Nothing else is changed.
  public static func decode(_ field: borrowing Span<UInt8>, into output: inout [UInt8]) -> Codes {
    if isWellFormed(field) {
      output.append(copying: field)
      return []
    }
    var offset = 0
    while offset < field.count {
      let step = UTF8Step(in: field, at: offset)
      output.append(utf8: step.scalar)
      offset += step.byteCount
    }
    return .decode
  }

  /// True when `field` is well-formed UTF-8 and holds no NUL; false means: ask `decode`.
  @inlinable
  package static func isWellFormed(_ field: borrowing Span<UInt8>) -> Bool {
    let count = field.count
    var offset = 0
    while offset &+ 8 <= count {
      let word = field.eightBytes(at: offset)
      // The borrow of a zero byte sets its top bit; a set top bit of the word is a byte above 7F.
      let odd = (word | (word &- 0x0101_0101_0101_0101)) & 0x8080_8080_8080_8080
      if odd == 0 {
        offset &+= 8
        continue
      }
      offset &+= odd.trailingZeroBitCount &>> 3
      let byteCount = UTF8Step.byteCountIfWellFormed(field, at: offset)
      if byteCount == 0 { return false }
      offset &+= byteCount
    }
    while offset < count {
      let byteCount = UTF8Step.byteCountIfWellFormed(field, at: offset)
      if byteCount == 0 { return false }
      offset &+= byteCount
    }
    return true
  }
}
