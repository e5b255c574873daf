/// What a field of identity numbers comes to: a key, or 0, and the codes.
@usableFromInline
package struct PackedID: Hashable, Sendable {
  /// `IDNumber.key`, 0 when the field is unusable.
  @usableFromInline package let key: UInt64
  @usableFromInline package let codes: Codes

  @inlinable @inline(__always)
  package init(key: UInt64, codes: Codes) {
    self.key = key
    self.codes = codes
  }
}

extension IDNumber {
  /// Reads one field as it stands in the source, UTF-8.
  ///
  /// Eighteen clean characters of a mainland citizen without anything to warn of are decided here; the rest goes to
  /// `packedWithRepairs`, and what is not plain there either to `packedSlowly`, which knows every rule.
  @inlinable
  package static func packed(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedID {
    if field.count == 18 {
      let key = cleanKey(field, asOf: asOf)
      if key != 0 { return PackedID(key: key, codes: []) }
    }
    return packedWithRepairs(field, asOf: asOf)
  }

  /// The key of the first 18 bytes when they are a valid number that calls for no code at all, else 0.
  @inlinable @inline(__always)
  package static func cleanKey(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> UInt64 {
    let first = EightDigits(ascii: field.eightBytes(at: 0))
    let second = EightDigits(ascii: field.eightBytes(at: 8))
    let birth = EightDigits(ascii: field.eightBytes(at: 6))
    // Places 15 to 18; the check character X becomes 0x68.
    let tail = field.eightBytes(at: 10) >> 32 ^ 0x3030_3030
    let last = tail >> 16 & 0xFF
    let checkByte = tail >> 24
    let check = checkByte == 0x68 ? 10 : checkByte
    guard first.areDigits, second.areDigits, last <= 9, check <= 10, checkByte != 10 else { return 0 }
    // ISO 7064 MOD 11-2 over all eighteen characters leaves 1.
    let weighted = first.binaryWeighted << 10 &+ second.binaryWeighted << 2 &+ last << 1 &+ check
    guard UInt32(truncatingIfNeeded: weighted) % 11 == 1 else { return 0 }

    let places = first.pairs
    let province = places & 0xFF &- 11
    let county = places >> 16 & 0xFF
    let part = places >> 32 & 0xFF
    guard province < 64, mainlandProvinces >> province & 1 == 1, county &- 1 < 70 || county == 90, part != 0 else {
      return 0
    }

    let parts = birth.pairs
    let year = Int(truncatingIfNeeded: (parts & 0xFF) &* 100 &+ (parts >> 16 & 0xFF))
    let month = Int(truncatingIfNeeded: parts >> 32 & 0xFF)
    let day = Int(truncatingIfNeeded: parts >> 48)
    guard month >= 1, month <= 12, day >= 1, day <= CalendarDate.dayCount(year: year, month: month) else { return 0 }
    guard isPlainBirth(year: year, asOf: asOf) else { return 0 }

    // Sequence 000, or the last three characters 000.
    guard tail & 0x00FF_FFFF != 0, tail & 0xFFFF_FF00 != 0 else { return 0 }
    return (first.number &* 100_000_000 &+ second.number) &* 10 &+ last
  }

  /// True when every day of the year surely lies behind `asOf` and less than 120 years back.
  @inlinable @inline(__always)
  static func isPlainBirth(year: Int, asOf: CalendarDate) -> Bool {
    // The first day of the year, right to three days.
    let newYear = (year &- 1970) &* 1461 >> 2
    let age = Int(asOf.days) &- newYear
    return year >= 1880 && age >= 372 && age <= 120 * 365
  }

  /// The years of birth of plain numbers; empty where there are none.
  package static func plainBirthYears(asOf: CalendarDate) -> Range<Int> {
    let first = (1880...9999).first { isPlainBirth(year: $0, asOf: asOf) } ?? 9999
    let end = (first...9999).first { !isPlainBirth(year: $0, asOf: asOf) } ?? 9999
    return first..<end
  }

  /// Bit n stands for the province n + 11 (GB/T 2260), those that issue ordinary citizen numbers.
  @usableFromInline package static let mainlandProvinces: UInt64 = 0x007C_0F8F_C7F0_1C1F
}
