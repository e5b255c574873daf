/// What a field of account numbers comes to.
@usableFromInline
package struct PackedAccount: Hashable, Sendable {
  /// The words of `AccountNumber`; both 0 when `codes` is invalid.
  @usableFromInline package let low: UInt64
  @usableFromInline package let high: UInt64
  @usableFromInline package let codes: Codes

  @inlinable @inline(__always)
  package init(low: UInt64, high: UInt64, codes: Codes) {
    self.low = low
    self.high = high
    self.codes = codes
  }
}

extension AccountNumber {
  /// Reads one field as it stands in the source, UTF-8.
  ///
  /// Eight to nineteen plain digits are decided here, the rest by `packedSlowly`.
  @inlinable
  package static func packed(_ field: borrowing Span<UInt8>) -> PackedAccount {
    let count = field.count
    guard count >= 8, count <= 19 else { return packedSlowly(field) }
    let last = EightDigits(ascii: field.eightBytes(at: count &- 8))
    let first = EightDigits(ascii: field.eightBytes(at: 0))
    guard last.areDigits, first.areDigits else { return packedSlowly(field) }
    let length = UInt64(truncatingIfNeeded: count)
    if count < 16 {
      // The digits in front of the last eight, moved to the end of their word; zeros stand before them.
      let front = EightDigits(values: first.values << ((UInt64(16) &- length) &* 8))
      return PackedAccount(
        low: front.number &* 100_000_000 &+ last.number, high: length << lengthShift, codes: [])
    }
    let middle = EightDigits(ascii: field.eightBytes(at: count &- 16))
    guard middle.areDigits else { return packedSlowly(field) }
    let front = EightDigits(values: first.values << ((UInt64(24) &- length) &* 8))
    let low = (front.number &* 100_000_000 &+ middle.number) &* 100_000_000 &+ last.number
    var codes: Codes = []
    if first.values & 0xFFFF == 0x0206, (front.luhnSum &+ middle.luhnSum &+ last.luhnSum) % 10 != 0 { codes = .luhn }
    // What stands behind the fifteenth digit.
    if last.values >> ((UInt64(23) &- length) &* 8) == 0 { codes.insert(.zeroed) }
    return PackedAccount(low: low, high: length << lengthShift, codes: codes)
  }

  /// The reference reading: the clean-up of identity numbers, then digits only.
  @usableFromInline
  @inline(never)
  package static func packedSlowly(_ field: borrowing Span<UInt8>) -> PackedAccount {
    func rejected(_ codes: Codes) -> PackedAccount { PackedAccount(low: 0, high: 0, codes: codes) }
    var text = FieldText(field, blanks: .removed)
    if text.codes.isInvalid { return rejected(text.codes) }
    if text.isScientific { return rejected(.scientificID) }
    text.removeHyphensBetweenDigits()
    text.removeDotZero { $0 > 0 }
    if text.isMasked { return rejected(text.scalars.contains("*") ? .masked : [.masked, .character]) }
    let digits = text.scalars.compactMap(\.digit)
    var codes: Codes = digits.count == text.scalars.count ? [] : .character
    if !(8...32 ~= text.scalars.count) { codes.insert(.length) }
    guard codes.isEmpty else { return rejected(codes) }

    if digits.count >= 16, digits[15...].allSatisfy({ $0 == 0 }) { text.codes.insert(.zeroed) }
    if 16...19 ~= digits.count, digits[0] == 6, digits[1] == 2, luhnSum(digits) % 10 != 0 { text.codes.insert(.luhn) }
    let value = digits.reduce(0 as UInt128) { $0 * 10 + UInt128($1) }
    return PackedAccount(
      low: UInt64(truncatingIfNeeded: value),
      high: UInt64(truncatingIfNeeded: value >> 64) | UInt64(digits.count) << lengthShift, codes: text.codes)
  }

  private static func luhnSum(_ digits: [Int]) -> Int {
    digits.reversed().enumerated().reduce(0) { sum, item in
      let doubled = item.offset % 2 == 1 ? item.element * 2 : item.element
      return sum + (doubled > 9 ? doubled - 9 : doubled)
    }
  }
}
