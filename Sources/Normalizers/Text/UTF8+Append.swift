extension Array where Element == UInt8 {
  /// Appends a scalar value, which is no surrogate, in UTF-8.
  mutating func append(utf8 scalar: UInt32) {
    if scalar < 0x80 {
      append(UInt8(scalar))
      return
    }
    if scalar < 0x800 {
      append(UInt8(0xC0 | scalar >> 6))
    } else {
      if scalar < 0x10000 {
        append(UInt8(0xE0 | scalar >> 12))
      } else {
        append(UInt8(0xF0 | scalar >> 18))
        append(UInt8(0x80 | scalar >> 12 & 0x3F))
      }
      append(UInt8(0x80 | scalar >> 6 & 0x3F))
    }
    append(UInt8(0x80 | scalar & 0x3F))
  }
}
