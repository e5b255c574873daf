/// A character of UTF-8 text, or the malformed bytes that stand for one.
///
/// A malformed piece is what Unicode 15 (section 3.9, table 3-8) calls a maximal subpart: the longest start of a
/// well-formed sequence, or else one byte. It becomes one U+FFFD.
struct UTF8Piece {
  let byteCount: Int
  let isWellFormed: Bool
  /// The text ends inside a sequence that is well-formed so far.
  let isCut: Bool

  /// Reads the piece at `offset` of `text[..<end]`.
  init(in text: borrowing Span<UInt8>, at offset: Int, end: Int) {
    let lead = text[offset]
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch lead {
    case 0..<0x80: length = 1
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, low) = (3, 0xA0)
    case 0xED: (length, high) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, low) = (4, 0x90)
    case 0xF4: (length, high) = (4, 0x8F)
    case 0xF1...0xF3: length = 4
    default: length = 0
    }
    var taken = 1
    while taken < length, offset + taken < end {
      let byte = text[offset + taken]
      if byte < low || byte > high { break }
      (low, high) = (0x80, 0xBF)
      taken += 1
    }
    byteCount = taken
    isWellFormed = taken == length
    isCut = taken < length && offset + taken == end
  }
}
