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
    case 18: result = eighteen(text.scalars, asOf: asOf)
    case 15 where text.scalars[0].digit == nil: result = lettered(text.scalars)
    case 15: result = fifteen(text.scalars, asOf: asOf)
    case 20, 22:
      guard Self.isDisabilitySuffix(text.scalars[18...]) else { return shapeless(text.scalars) }
      result = eighteen(Array(text.scalars[..<18]), asOf: asOf)
      text.codes.insert(.disabledCard)
    default: return shapeless(text.scalars)
    }
    if result.key != 0 { result = PackedID(key: result.key, codes: result.codes.union(text.codes)) }
    return result
  }

  private static func eighteen(_ scalars: [Unicode.Scalar], asOf: CalendarDate) -> PackedID {
    let digits = scalars.prefix(17).compactMap(\.digit)
    let last = scalars[17]
    guard digits.count == 17, let check = last == "X" ? 10 : last.digit else { return PackedID(key: 0, codes: .character) }

    var codes = divisionCodes(digits)
    codes.formUnion(
      birthCodes(
        year: number(digits[6...9]), month: number(digits[10...11]), day: number(digits[12...13]), asOf: asOf))
    let body = digits.reduce(0 as UInt64) { $0 * 10 + UInt64($1) }
    let weighted = digits.reduce(0) { ($0 + $1) * 2 % 11 }
    if (weighted + check) % 11 != 1 { codes.insert(.check) }
    if digits[14] == 0, digits[15] == 0, digits[16] == 0 { codes.insert(.sequence) }
    if digits[15] == 0, digits[16] == 0, check == 0 { codes.insert(.zeroed) }
    return PackedID(key: codes.isInvalid ? 0 : body, codes: codes)
  }

  /// A number of the first generation (GB 11643-1989): six digits of division, YYMMDD, three of sequence.
  private static func fifteen(_ scalars: [Unicode.Scalar], asOf: CalendarDate) -> PackedID {
    let digits = scalars.compactMap(\.digit)
    guard digits.count == 15 else { return PackedID(key: 0, codes: .character) }
    // The edition of 1989 kept 996 to 999 for people born in the century before.
    let isCentenarian = number(digits[12...14]) >= 996
    let upgraded = digits[..<6] + [1, isCentenarian ? 8 : 9] + digits[6...]
    var codes = divisionCodes(Array(upgraded))
    // The card of 2023 begins with 9 as well, but never had fifteen digits.
    if digits[0] == 9 { codes = .division }
    codes.formUnion(
      birthCodes(
        year: number(upgraded[6...9]), month: number(upgraded[10...11]), day: number(upgraded[12...13]), asOf: asOf))
    if isCentenarian { codes.insert(.old) }
    if number(digits[12...14]) == 0 { codes.insert(.sequence) }
    if !codes.isInvalid { codes.insert(.id15) }
    return PackedID(key: codes.isInvalid ? 0 : upgraded.reduce(0 as UInt64) { $0 * 10 + UInt64($1) }, codes: codes)
  }

  /// The foreigners' card of 2017: three letters, four digits of place, YYMMDD, two digits.
  private static func lettered(_ scalars: [Unicode.Scalar]) -> PackedID {
    let capitals = scalars.prefix(3).map(\.capitalized)
    let digits = scalars.dropFirst(3).compactMap(\.digit)
    guard digits.count == 12, capitals.allSatisfy({ "A"..."Z" ~= $0 }) else { return PackedID(key: 0, codes: .character) }
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
    if parts.count > 1, parts.allSatisfy({ $0.count >= 15 }) || [30, 33, 36].contains(scalars.count) && codes == .length {
      codes.insert(.multiple)
    }
    return PackedID(key: 0, codes: codes)
  }

  private static func divisionCodes(_ digits: [Int]) -> Codes {
    if digits[0] == 9 { return provinces.contains(digits[1] * 10 + digits[2]) ? .foreign : .division }
    let province = digits[0] * 10 + digits[1]
    let county = digits[2] * 10 + digits[3]
    let part = digits[4] * 10 + digits[5]
    guard provinces.contains(province) else { return .division }
    if 81...83 ~= province { return county == 0 && part == 0 ? .hongKongMacaoTaiwan : .unusualDivision }
    let isPlausible = (1...70 ~= county || county == 90) && part != 0 && province != 71
    return isPlausible ? [] : .unusualDivision
  }

  private static func birthCodes(year: Int, month: Int, day: Int, asOf: CalendarDate) -> Codes {
    guard let birth = CalendarDate(year: year, month: month, day: day) else { return .date }
    if year < 1880 || birth > asOf { return .dateRange }
    return birth.addingMonths(121 * 12) <= asOf ? .old : []
  }

  /// Type 1 to 7 and grade 1 to 4 of a disability card, and `B` with a digit on a replaced one.
  private static func isDisabilitySuffix(_ suffix: ArraySlice<Unicode.Scalar>) -> Bool {
    let scalars = Array(suffix)
    guard let type = scalars[0].digit, 1...7 ~= type, let grade = scalars[1].digit, 1...4 ~= grade else { return false }
    return scalars.count == 2 || scalars[2].capitalized == "B" && scalars[3].digit != nil
  }

  private static func number(_ digits: ArraySlice<Int>) -> Int { digits.reduce(0) { $0 * 10 + $1 } }

  private static let provinces: Set<Int> = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65,
    71, 81, 82, 83,
  ]
}

extension FieldText {
  /// Writes the check character as `X` where place 18 holds a small x or a sign that looks like one.
  fileprivate mutating func restoreCheckCharacter() {
    guard [18, 20, 22].contains(scalars.count) else { return }
    switch scalars[17] {
    case "x": codes.insert(.letterCase)
    case "\u{0425}", "\u{0445}", "\u{03A7}", "\u{03C7}", "\u{D7}", "\u{2715}", "\u{2716}", "\u{2573}", "\u{2169}", "\u{2179}",
      "\u{2A09}", "\u{2A2F}":
      codes.insert(.lookalike)
    default: return
    }
    scalars[17] = "X"
  }
}
