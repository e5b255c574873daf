extension IDNumber {
  /// The common damage without allocation: blanks, full-width characters, a small x, an apostrophe, fifteen digits.
  ///
  /// Whatever is not plainly one of these goes to `packedSlowly`.
  @usableFromInline
  @inline(never)
  package static func packedWithRepairs(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedID {
    guard 15...64 ~= field.count else {
      if field.count == 0 { return PackedID(key: 0, codes: .empty) }
      return packedSlowly(field, asOf: asOf)
    }
    var characters = [24 of UInt8](repeating: 0)
    var count = 0
    var codes: Codes = []
    var index = 0
    while index < field.count {
      var byte = field[index]
      index += 1
      switch byte {
      case 0x09...0x0D, 0x20:
        codes.insert(.space)
        continue
      case UInt8(ascii: "'") where count == 0 && !codes.contains(.quote):
        codes.insert(.quote)
        continue
      case 0xC2 where index < field.count && field[index] == 0xA0:
        index += 1
        codes.insert(.space)
        continue
      case 0xE3 where index + 1 < field.count && field[index] == 0x80 && field[index + 1] == 0x80:
        index += 2
        codes.insert(.space)
        continue
      case 0xEF where index + 1 < field.count && field[index] == 0xBC && 0x90...0xB8 ~= field[index + 1]:
        byte = field[index + 1] - 0x60
        index += 2
        codes.insert(.width)
      default: break
      }
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): break
      case UInt8(ascii: "X") where count == 17: break
      case UInt8(ascii: "x") where count == 17:
        byte = UInt8(ascii: "X")
        codes.insert(.letterCase)
      default: return packedSlowly(field, asOf: asOf)
      }
      guard count < 18 else { return packedSlowly(field, asOf: asOf) }
      characters[count] = byte
      count += 1
    }
    guard count == 18 else {
      guard count == 15, upgrade(&characters) else { return packedSlowly(field, asOf: asOf) }
      let key = cleanKey(characters.span, asOf: asOf)
      return key != 0 ? PackedID(key: key, codes: codes.union(.id15)) : packedSlowly(field, asOf: asOf)
    }
    let key = cleanKey(characters.span, asOf: asOf)
    if key != 0 { return PackedID(key: key, codes: codes) }
    let result = judged(characters.span, asOf: asOf)
    return result.key == 0 ? result : PackedID(key: result.key, codes: result.codes.union(codes))
  }

  /// Turns fifteen digits into eighteen characters; false for the sequences of the centenarians.
  private static func upgrade(_ characters: inout [24 of UInt8]) -> Bool {
    if characters[12] == 0x39, characters[13] == 0x39, characters[14] >= 0x36 { return false }
    for place in stride(from: 14, through: 6, by: -1) { characters[place + 2] = characters[place] }
    characters[6] = UInt8(ascii: "1")
    characters[7] = UInt8(ascii: "9")
    var sum = 0
    for place in 0..<17 { sum = (sum + Int(characters[place] & 0x0F)) * 2 }
    let check = (12 - sum % 11) % 11
    characters[17] = check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(check)
    return true
  }
}
