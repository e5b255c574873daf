extension IDNumber {
  /// The reference reading: every rule, on decoded scalars, in the order in which the repairs are defined.
  package static func packedSlowly(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedID {
    var text = FieldText(field, blanks: .removed)
    if text.codes.isInvalid { return PackedID(key: 0, codes: text.codes) }
    if text.isScientific { return PackedID(key: 0, codes: .scientificID) }
    text.removeHyphensBetweenDigits()
    text.removeDotZero { $0 == 15 || $0 == 18 }
    text.restoreCheckCharacter()
    if text.isMasked {
      return PackedID(key: 0, codes: text.scalars.contains("*") ? .masked : [.masked, .character])
    }

    var result: PackedID
    switch text.scalars.count {
    case 18: result = eighteen(text.scalars[...], asOf: asOf)
    case 15 where text.scalars[0].digit == nil: result = lettered(text.scalars)
    case 15: result = fifteen(text.scalars, asOf: asOf)
    case 20, 22:
      guard isDisabilitySuffix(text.scalars[18...]) else { return shapeless(text.scalars) }
      result = eighteen(text.scalars[..<18], asOf: asOf)
      text.codes.insert(.disabledCard)
    default: return shapeless(text.scalars)
    }
    if result.key != 0 { result = PackedID(key: result.key, codes: result.codes.union(text.codes)) }
    return result
  }

  private static func eighteen(_ scalars: ArraySlice<Unicode.Scalar>, asOf: CalendarDate) -> PackedID {
    guard scalars.dropLast().allSatisfy({ $0.digit != nil }), let last = scalars.last,
      last == "X" || last.digit != nil
    else { return PackedID(key: 0, codes: .character) }
    var characters = [24 of UInt8](repeating: 0)
    for (place, scalar) in scalars.enumerated() { characters[place] = UInt8(scalar.value) }
    return judged(characters.span, asOf: asOf)
  }

  /// A number of the first generation (GB 11643-1989): six digits of division, YYMMDD, three of sequence.
  private static func fifteen(_ scalars: [Unicode.Scalar], asOf: CalendarDate) -> PackedID {
    guard scalars.allSatisfy({ $0.digit != nil }) else { return PackedID(key: 0, codes: .character) }
    // The card of 2023 begins with 9 as well, but never had fifteen digits.
    if scalars[0] == "9" { return PackedID(key: 0, codes: .division) }
    // The edition of 1989 kept 996 to 999 for people born in the century before.
    let isCentenarian = scalars[12] == "9" && scalars[13] == "9" && scalars[14].value >= 0x36
    var characters = [24 of UInt8](repeating: 0)
    let upgraded = scalars[..<6] + ["1", isCentenarian ? "8" : "9"] + scalars[6...]
    for (place, scalar) in upgraded.enumerated() { characters[place] = UInt8(scalar.value) }
    characters[17] = checkCharacter(body: upgraded.reduce(0) { $0 * 10 + UInt64($1.value & 0x0F) })
    let result = judged(characters.span, asOf: asOf)
    guard result.key != 0 else { return PackedID(key: 0, codes: result.codes.subtracting(.zeroed)) }
    // No spreadsheet has cut fifteen digits: zeros at the end are its own.
    return PackedID(
      key: result.key,
      codes: result.codes.subtracting(.zeroed).union(isCentenarian ? [.id15, .old] : .id15))
  }

  /// The foreigners' card of 2017: three letters, four digits of place, YYMMDD, two digits.
  private static func lettered(_ scalars: [Unicode.Scalar]) -> PackedID {
    let capitals = scalars.prefix(3).map(\.capitalized)
    let digits = scalars.dropFirst(3).compactMap(\.digit)
    guard digits.count == 12, capitals.allSatisfy({ "A"..."Z" ~= $0 }) else {
      return PackedID(key: 0, codes: .character)
    }
    // The century is open, so 29 February stands for every year.
    let month = number(digits[6...7])
    let day = number(digits[8...9])
    guard 1...12 ~= month, day >= 1, day <= CalendarDate.dayCount(year: 2000, month: month) else {
      return PackedID(key: 0, codes: .date)
    }
    let letters = capitals.reduce(0 as UInt64) { $0 * 26 + UInt64($1.value - 0x41) }
    let body = letters * 1_000_000_000_000 + digits.reduce(0 as UInt64) { $0 * 10 + UInt64($1) }
    let codes: Codes = capitals == Array(scalars.prefix(3)) ? .foreign : [.foreign, .letterCase]
    return PackedID(key: letteredKind << kindShift | body, codes: codes)
  }

  /// What a value of no known length is.
  private static func shapeless(_ scalars: [Unicode.Scalar]) -> PackedID {
    var codes: Codes = .length
    if scalars.contains(where: { $0.digit == nil }) { codes.insert(.character) }
    // Travel permits of Hong Kong and Macao residents.
    if let first = scalars.first, first == "H" || first == "M", scalars.count == 9 || scalars.count == 11,
      scalars.dropFirst().allSatisfy({ $0.digit != nil })
    {
      codes.insert(.kind)
    }
    let parts = scalars.split { "/、;；,，|".unicodeScalars.contains($0) }
    let isRunTogether = codes == .length && [30, 33, 36].contains(scalars.count)
    if isRunTogether || parts.count > 1 && parts.allSatisfy({ $0.count >= 15 }) {
      codes.insert(.multiple)
    }
    return PackedID(key: 0, codes: codes)
  }

  /// Type 1 to 7 and grade 1 to 4 of a disability card, and `B` with a digit on a replaced one.
  private static func isDisabilitySuffix(_ suffix: ArraySlice<Unicode.Scalar>) -> Bool {
    let scalars = Array(suffix)
    guard let type = scalars[0].digit, 1...7 ~= type, let grade = scalars[1].digit, 1...4 ~= grade else { return false }
    return scalars.count == 2 || scalars[2].capitalized == "B" && scalars[3].digit != nil
  }

  private static func number(_ digits: ArraySlice<Int>) -> Int { digits.reduce(0) { $0 * 10 + $1 } }
}

extension FieldText {
  /// Writes the check character as `X` where place 18 holds a small x or a sign that looks like one.
  fileprivate mutating func restoreCheckCharacter() {
    guard [18, 20, 22].contains(scalars.count) else { return }
    switch scalars[17] {
    case "x": codes.insert(.letterCase)
    case "\u{0425}", "\u{0445}", "\u{03A7}", "\u{03C7}", "\u{D7}", "\u{2715}", "\u{2716}", "\u{2573}", "\u{2169}",
      "\u{2179}", "\u{2A09}", "\u{2A2F}":
      codes.insert(.lookalike)
    default: return
    }
    scalars[17] = "X"
  }
}
