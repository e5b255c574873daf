extension IDNumber {
  /// The key and the codes of eighteen characters that are seventeen digits and a digit or `X`.
  ///
  /// More than one error may be told at once, and `W-ZEROED` stands beside a wrong check character too.
  static func judged(_ characters: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedID {
    func number(_ first: Int, _ count: Int) -> Int {
      var value = 0
      for place in first..<(first + count) { value = value * 10 + Int(characters[place] & 0x0F) }
      return value
    }

    var codes = divisionCodes(division: number(0, 6))
    codes.formUnion(birthCodes(year: number(6, 4), month: number(10, 2), day: number(12, 2), asOf: asOf))
    var weighted = 0
    for place in 0..<17 { weighted = (weighted + Int(characters[place] & 0x0F)) * 2 }
    let last = characters[17]
    if (weighted + (last == UInt8(ascii: "X") ? 10 : Int(last & 0x0F))) % 11 != 1 { codes.insert(.check) }
    if number(14, 3) == 0 { codes.insert(.sequence) }
    if number(15, 2) == 0, last == UInt8(ascii: "0") { codes.insert(.zeroed) }
    guard !codes.isInvalid else {
      // What warns of an odd value says nothing about one that is wrong anyway; lost digits do.
      return PackedID(key: 0, codes: codes.intersection(Codes.errors.union(.zeroed)))
    }
    return PackedID(key: UInt64(number(0, 17)), codes: codes)
  }

  private static func divisionCodes(division: Int) -> Codes {
    // On the card of 2023 the province where it was applied for stands in places 2 and 3 (GA 2102-2023).
    if division / 100_000 == 9 { return isProvince(division / 1000 % 100) ? .foreign : .division }
    let province = division / 10_000
    guard isProvince(province) else { return .division }
    if division == 810_000 || division == 820_000 || division == 830_000 { return .hongKongMacaoTaiwan }
    let county = division / 100 % 100
    let isPlausible = (1...70 ~= county || county == 90) && division % 100 != 0 && province < 70
    return isPlausible ? [] : .unusualDivision
  }

  /// The first two digits of GB/T 2260, with 83 for Taiwan residents' permits.
  private static func isProvince(_ code: Int) -> Bool {
    switch code {
    case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71, 81...83: true
    default: false
    }
  }

  private static func birthCodes(year: Int, month: Int, day: Int, asOf: CalendarDate) -> Codes {
    guard let birth = CalendarDate(year: year, month: month, day: day) else { return .date }
    if isPlainBirth(year: year, asOf: asOf) { return [] }
    if year < 1880 || birth > asOf { return .dateRange }
    // Older than 120: the 121st birthday is past.
    return birth.addingMonths(121 * 12) <= asOf ? .old : []
  }
}
