/// A scalar of a name in its canonical shape, with the repairs that led to it.
///
///     31      24 23    21 20                   0
///     ┌─────────┬────────┬─────────────────────┐
///     │ repairs │   0    │ scalar              │
///     └─────────┴────────┴─────────────────────┘
struct PersonNameScalar {
  private(set) var rawValue: UInt32

  var value: UInt32 { rawValue & 0x1F_FFFF }

  /// A scalar without repairs.
  init(_ value: UInt32) { rawValue = value }

  /// The repairs of this scalar.
  var repairs: Codes {
    var codes: Codes = []
    if rawValue & Self.width != 0 { codes.insert(.width) }
    if rawValue & Self.letterCase != 0 { codes.insert(.letterCase) }
    if rawValue & Self.compatibility != 0 { codes.insert(.compatibility) }
    if rawValue & Self.privateUse != 0 { codes.insert(.privateUse) }
    return codes
  }

  var isRepaired: Bool { rawValue > 0x1F_FFFF }

  private static let width: UInt32 = 1 << 24
  private static let letterCase: UInt32 = 1 << 25
  private static let compatibility: UInt32 = 1 << 26
  private static let privateUse: UInt32 = 1 << 27

  /// The canonical shape of `source`: standard characters for private use and compatibility, ASCII for full-width
  /// forms, capitals for Latin letters.
  init(canonical source: UInt32) {
    rawValue = source
    if Self.isCommonHan(source) { return }
    if source < 0x80 {
      raise()
      return
    }
    if source >= 0xE000, source <= 0xF8FF { replace(by: ScalarMap.privateUse[source], Self.privateUse) }
    replace(by: ScalarMap.compatibility[value], Self.compatibility)
    // U+FF0E may be a middle dot, which its neighbours decide.
    if value >= 0xFF01, value <= 0xFF5E, value != 0xFF0E { narrow() }
    raise()
  }

  /// ASCII for a full-width form.
  mutating func narrow() { replace(by: value - 0xFEE0, Self.width) }

  /// The composed form of Latin letters and marks.
  init(composed value: UInt32, from first: PersonNameScalar) {
    rawValue = value | first.rawValue & ~0x1F_FFFF | Self.compatibility
  }

  private mutating func raise() {
    if value < 0x80 {
      if value >= 0x61, value <= 0x7A { replace(by: value - 0x20, Self.letterCase) }
    } else if value < 0x250 || value >= 0x1D00 && value < 0x1F00 || value >= 0x2C60 && value < 0xABC0 {
      replace(by: ScalarMap.latinUppercase[value], Self.letterCase)
    }
  }

  private mutating func replace(by target: UInt32, _ repair: UInt32) {
    if target != 0 { rawValue = rawValue & ~0x1F_FFFF | target | repair }
  }

  // Classes

  static func isCommonHan(_ value: UInt32) -> Bool { value >= 0x4E00 && value <= 0x9FFF }

  /// An ideograph, or 々 〆 〇 and the Hangzhou numerals that names are written with.
  var isHan: Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x3FFFF, 0xF900...0xFAFF, 0x3005...0x3007, 0x3021...0x3029,
      0x2E80...0x2FDF, 0x31C0...0x31EF:
      true
    default: false
    }
  }

  var isLatinLetter: Bool {
    switch value {
    case 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x250...0x2AF, 0x1E00...0x1EFF,
      0x2C60...0x2C7F,
      0xA722...0xA78E, 0xA790...0xA7FF, 0xAB30...0xAB64:
      true
    default: false
    }
  }

  /// A combining mark that composition knows.
  var isMark: Bool { value >= 0x300 && value <= 0x36F }

  /// What a blank may separate as a Latin word: letters, their marks and the punctuation of Latin names.
  var isLatinPart: Bool {
    switch value {
    case 0x27, 0x2C, 0x2D, 0x2E, 0x2F, 0x30...0x39, 0x2019: true
    default: isLatinLetter || isMark
    }
  }

  var isPrivateUse: Bool { value >= 0xE000 && value <= 0xF8FF || value >= 0xF0000 }

  /// A letter of any script; punctuation, symbols, digits and controls are none.
  var isLetter: Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x41...0x5A, 0x61...0x7A: true
    case ..<0xAA: false
    case 0xAA, 0xB5, 0xBA: true
    case 0xAB..<0xC0, 0xD7, 0xF7, 0x2000...0x206F, 0x2070...0x2BFF, 0x2E00...0x2E7F, 0x2FF0...0x3004, 0x3008...0x3020,
      0x3030, 0x303D...0x303F, 0x3200...0x33FF, 0x4DC0...0x4DFF, 0xFE00...0xFE6F, 0xFF00...0xFF20, 0xFF3B...0xFF40,
      0xFF5B...0xFF65, 0xFFE0...0xFFFF, 0x1F000...0x1FAFF, 0xE0000...0xE0FFF:
      false
    default: !isMiddleDot && !isInvisible
    }
  }

  /// A character that stands for the middle dot between letters; the full stop of ASCII has its own rule.
  var isMiddleDot: Bool {
    switch value {
    case 0x4E00...0x9FFF: false
    case 0xB7, 0x387, 0x2D9, 0x2022, 0x2024, 0x2027, 0x2219, 0x22C5, 0x25E6, 0x2981, 0x2E31, 0x2E33, 0x30FB, 0xFF65,
      0xFF0E,
      0xFE52, 0x3002, 0xFF61, 0x16EB, 0x1427, 0xA78F, 0x10101, 0x318D, 0xB0:
      true
    default: false
    }
  }

  /// A blank one can see; between two Latin words one stays.
  var isBlank: Bool { Unicode.Scalar(value)?.isBlank ?? false }

  /// A blank, or another character without width: to be removed.
  var isInvisible: Bool { Unicode.Scalar(value)?.isInvisible ?? false }

  var isVariationSelector: Bool { value >= 0xFE00 && value <= 0xFE0F || value >= 0xE0100 && value <= 0xE01EF }

  /// Stands for a hidden character: stars, crosses, circles and 某.
  var isMask: Bool {
    switch value {
    case 0x2A, 0xD7, 0x2217, 0x25CB, 0x25CF, 0x25EF, 0x2573, 0x2715, 0x2716, 0x67D0, 0xFE61: true
    default: false
    }
  }

  /// Stands for a character that a system did not have, or for cut-off text.
  var isLost: Bool {
    switch value {
    case 0x3F, 0xFE56, 0xFFFD, 0x25A0, 0x25A1, 0x3013, 0x2025, 0x2026: true
    default: false
    }
  }

  var isControl: Bool { value < 0x20 || value >= 0x7F && value < 0xA0 }

  var isDigit: Bool { value >= 0x30 && value <= 0x39 }

  /// The bracket that closes this one; nil for other characters.
  var closingBracket: UInt32? {
    switch value {
    case 0x28: 0x29
    case 0x5B: 0x5D
    case 0x7B: 0x7D
    case 0x3C: 0x3E
    case 0x3008, 0x300A, 0x3010, 0x3014, 0x3016: value + 1
    case 0xFE59: 0xFE5A
    default: nil
    }
  }

  var isBracket: Bool {
    switch value {
    case 0x28, 0x29, 0x5B, 0x5D, 0x7B, 0x7D, 0x3C, 0x3E, 0x3008...0x300B, 0x3010, 0x3011, 0x3014...0x3017, 0xFE59,
      0xFE5A:
      true
    default: false
    }
  }
}
