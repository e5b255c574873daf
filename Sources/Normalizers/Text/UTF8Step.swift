/// One step of reading UTF-8: a scalar, or a malformed piece that counts as one.
@usableFromInline
package struct UTF8Step {
  /// The scalar value; U+FFFD for a malformed piece.
  package let scalar: UInt32
  /// Bytes the step takes, 1...4.
  package let byteCount: Int
  package let isWellFormed: Bool

  /// Reads at `offset`, which lies inside `field`.
  ///
  /// A malformed piece is as long as the start of some well-formed sequence goes, and one byte at least.
  package init(in field: borrowing Span<UInt8>, at offset: Int) {
    let lead = field[offset]
    if lead < 0x80 {
      (scalar, byteCount, isWellFormed) = (UInt32(lead), 1, true)
      return
    }
    if lead >= 0xE4, lead < 0xED, offset + 3 <= field.count {
      let second = field[offset + 1]
      let third = field[offset + 2]
      if second & 0xC0 == 0x80, third & 0xC0 == 0x80 {
        let value = UInt32(lead & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(third & 0x3F)
        (scalar, byteCount, isWellFormed) = (value, 3, true)
        return
      }
    }
    guard let form = Self.form(lead: lead) else {
      (scalar, byteCount, isWellFormed) = (0xFFFD, 1, false)
      return
    }
    var value = UInt32(lead) & (0x7F >> UInt32(form.byteCount))
    var taken = 1
    while taken < form.byteCount, offset + taken < field.count {
      let byte = field[offset + taken]
      let (low, high): (UInt8, UInt8) = taken == 1 ? (form.low, form.high) : (0x80, 0xBF)
      if byte < low || byte > high { break }
      value = value << 6 | UInt32(byte & 0x3F)
      taken += 1
    }
    let complete = taken == form.byteCount
    (scalar, byteCount, isWellFormed) = (complete ? value : 0xFFFD, taken, complete)
  }

  /// Length of a sequence by its lead byte, and the range of its second byte (Unicode 15, table 3-7).
  private static func form(lead: UInt8) -> (byteCount: Int, low: UInt8, high: UInt8)? {
    switch lead {
    case 0xC2...0xDF: (2, 0x80, 0xBF)
    case 0xE0: (3, 0xA0, 0xBF)
    case 0xED: (3, 0x80, 0x9F)
    case 0xE1...0xEF: (3, 0x80, 0xBF)
    case 0xF0: (4, 0x90, 0xBF)
    case 0xF1...0xF3: (4, 0x80, 0xBF)
    case 0xF4: (4, 0x80, 0x8F)
    default: nil
    }
  }

  /// Bytes of the well-formed scalar at `offset`; 0 when there is none, or when it is NUL.
  @inlinable
  package static func byteCountIfWellFormed(_ field: borrowing Span<UInt8>, at offset: Int) -> Int {
    let left = field.count &- offset
    let lead = field[offset]
    if lead < 0x80 { return lead == 0 ? 0 : 1 }
    if lead >= 0xE0, lead < 0xF0 {
      guard left >= 3 else { return 0 }
      let second = field[offset &+ 1]
      let third = field[offset &+ 2]
      let value = UInt32(lead & 0x0F) &<< 12 | UInt32(second & 0x3F) &<< 6
      let isScalar = value >= 0x800 && value & 0xF800 != 0xD800
      return second & 0xC0 == 0x80 && third & 0xC0 == 0x80 && isScalar ? 3 : 0
    }
    if lead >= 0xC2, lead < 0xE0 {
      return left >= 2 && field[offset &+ 1] & 0xC0 == 0x80 ? 2 : 0
    }
    guard lead >= 0xF0, lead <= 0xF4, left >= 4 else { return 0 }
    let second = field[offset &+ 1]
    let plane = UInt32(lead & 0x07) &<< 2 | UInt32(second &>> 4) & 3
    let areTrails = second & 0xC0 == 0x80 && field[offset &+ 2] & 0xC0 == 0x80 && field[offset &+ 3] & 0xC0 == 0x80
    return areTrails && plane >= 1 && plane <= 16 ? 4 : 0
  }
}
