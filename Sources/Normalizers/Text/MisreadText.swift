/// Text that was decoded by the wrong table.
struct MisreadText {
  /// Not of GB 2312; or 锟, with which U+FFFD read as GBK begins.
  static func isRare(_ gbkCode: UInt16) -> Bool {
    gbkCode < 0xA100 || gbkCode & 0xFF < 0xA1 || gbkCode == 0xEFBF
  }

  /// The two-byte GBK code of each scalar up to FFFF; 0 where there is none.
  static let gbkCodes: [UInt16] = {
    var codes = [UInt16](repeating: 0, count: 0x10000)
    var place = 0
    for scalar in HexadecimalGroups(GB18030Table.twoBytes, digitCount: 4) {
      let trail = place % 190
      codes[Int(scalar)] = UInt16((0x81 + place / 190) << 8 | (0x40 + (trail < 63 ? trail : trail + 1)))
      place += 1
    }
    codes[0] = 0
    return codes
  }()

  /// True for well-formed UTF-8 of nothing but U+4E00–9FFF, or U+FFFD.
  static func isUTF8OfHan(_ bytes: [UInt8]) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let step = UTF8Step(in: bytes.span, at: offset)
      guard step.isWellFormed, PersonNameScalar.isCommonHan(step.scalar) || step.scalar == 0xFFFD else { return false }
      offset += step.byteCount
    }
    return !bytes.isEmpty
  }

  /// True when `field` looks like GBK or UTF-8 bytes of at least two Han characters, or one, that were read as Latin-1
  /// or Windows-1252 (`Íõ Ã÷`, `çŽ‹æ˜Ž`).
  ///
  /// All characters are of U+0080–00FF or of Windows-1252 above 7F, but for blanks between words.
  static func isLatinMisreading(_ field: borrowing Span<UInt8>) -> Bool {
    guard field.count >= 4, field[0] >= 0xC2, field[0] <= 0xE2 else { return false }
    var bytes: [UInt8] = []
    var offset = 0
    while offset < field.count {
      let step = UTF8Step(in: field, at: offset)
      offset += step.byteCount
      if step.scalar == 0x20 { continue }
      guard let byte = windows1252Byte(step.scalar) else { return false }
      bytes.append(byte)
    }
    return isUTF8OfHan(bytes) || isGB2312OfHan(bytes)
  }

  private static func isGB2312OfHan(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 4, bytes.count % 2 == 0 else { return false }
    var hasLetter = false
    for place in stride(from: 0, to: bytes.count, by: 2) {
      guard bytes[place] >= 0xB0, bytes[place] <= 0xF7, bytes[place + 1] >= 0xA1, bytes[place + 1] <= 0xFE else {
        return false
      }
      hasLetter = hasLetter || bytes[place] != 0xD7 || bytes[place + 1] != 0xD7
    }
    return hasLetter
  }

  private static func windows1252Byte(_ scalar: UInt32) -> UInt8? {
    if scalar >= 0x80, scalar <= 0xFF { return UInt8(scalar) }
    return windows1252.firstIndex(of: scalar).map { UInt8($0 + 0x80) }
  }

  /// Windows-1252, 80–9F; 0 where it has no character.
  private static let windows1252: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178
  ]
}
