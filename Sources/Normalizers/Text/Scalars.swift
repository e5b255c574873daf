extension Span where Element == UInt8 {
  /// Decodes the UTF-8 scalar that starts at `index` and moves `index` behind it.
  ///
  /// Nil, with `index` left where it is, when the bytes there are malformed: overlong forms, surrogates, values above
  /// U+10FFFF, stray or missing trail bytes.
  package func scalar(at index: inout Int) -> Unicode.Scalar? {
    let lead = self[index]
    if lead < 0x80 {
      index += 1
      return Unicode.Scalar(lead)
    }
    let length: Int
    var value: UInt32
    let least: UInt32
    switch lead {
    case 0xC2...0xDF: (length, value, least) = (2, UInt32(lead & 0x1F), 0x80)
    case 0xE0...0xEF: (length, value, least) = (3, UInt32(lead & 0x0F), 0x800)
    case 0xF0...0xF4: (length, value, least) = (4, UInt32(lead & 0x07), 0x1_0000)
    default: return nil
    }
    guard index + length <= count else { return nil }
    for offset in 1..<length {
      let trail = self[index + offset]
      guard trail & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(trail & 0x3F)
    }
    guard value >= least, let scalar = Unicode.Scalar(value) else { return nil }
    index += length
    return scalar
  }
}

extension Unicode.Scalar {
  /// True for what is removed from every value: white space, zero-width and direction marks, fillers, variation
  /// selectors.
  package var isInvisible: Bool {
    switch value {
    case 0x21...0x7E, 0x3400...0x9FFF: false
    case 0x0009...0x000D, 0x0020, 0x0085, 0x00A0, 0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x1680, 0x17B4, 0x17B5,
      0x180E, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x2064, 0x2066...0x206F, 0x3000, 0x3164, 0xFE00...0xFE0F,
      0xFEFF,
      0xFFA0, 0xE0100...0xE01EF:
      true
    default: false
    }
  }

  /// True for the invisible scalars that separate words: white space with a width, line ends.
  package var isBlank: Bool {
    switch value {
    case 0x0009...0x000D, 0x0020, 0x0085, 0x00A0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// The ASCII character that a full-width form (U+FF01 to U+FF5E) stands for; every other scalar as it is.
  package var narrowed: Unicode.Scalar {
    guard 0xFF01...0xFF5E ~= value else { return self }
    return Unicode.Scalar(UInt8(truncatingIfNeeded: value - 0xFEE0))
  }

  /// The capital of an ASCII letter; every other scalar as it is.
  package var capitalized: Unicode.Scalar {
    guard 0x61...0x7A ~= value else { return self }
    return Unicode.Scalar(UInt8(truncatingIfNeeded: value - 0x20))
  }

  /// The value of an ASCII digit, nil for everything else.
  package var digit: Int? {
    guard 0x30...0x39 ~= value else { return nil }
    return Int(value - 0x30)
  }

  /// True for the signs that are typed as a hyphen or a minus.
  package var isHyphen: Bool {
    switch value {
    case 0x2D, 0x2010...0x2015, 0x2212, 0xFE63, 0xFF0D: true
    default: false
    }
  }
}
