/// What a field of dates comes to.
@usableFromInline
package struct PackedDate: Hashable, Sendable {
  /// Days since 1970-01-01; 0 when `codes` is invalid.
  @usableFromInline package let days: Int32
  @usableFromInline package let codes: Codes

  @inlinable @inline(__always)
  package init(days: Int32, codes: Codes) {
    self.days = days
    self.codes = codes
  }
}

extension CalendarDate {
  /// Reads one field as it stands in the source, UTF-8; `asOf` is the day behind which a date lies in the future.
  ///
  /// `YYYY-MM-DD` from 1850 to 2200 without anything to warn of is decided here, other plain orders of year, month
  /// and day
  /// in `packedPlain`, the rest by `packedSlowly`.
  @inlinable
  package static func packed(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedDate {
    guard field.count == 10 else { return packedPlain(field, asOf: asOf) }
    let front = field.eightBytes(at: 0)
    let back = field.eightBytes(at: 2)
    let digits = EightDigits(
      ascii: front & 0xFFFF_FFFF | front >> 8 & 0x0000_FFFF_0000_0000 | back & 0xFFFF_0000_0000_0000)
    guard digits.areDigits, front & 0xFF00_00FF_0000_0000 == 0x2D00_002D_0000_0000 else {
      return packedPlain(field, asOf: asOf)
    }
    let pairs = digits.pairs
    let year = Int(truncatingIfNeeded: (pairs & 0xFF) &* 100 &+ (pairs >> 16 & 0xFF))
    let month = Int(truncatingIfNeeded: pairs >> 32 & 0xFF)
    let day = Int(truncatingIfNeeded: pairs >> 48)
    guard let days = plainDays(year: year, month: month, day: day) else { return packedSlowly(field, asOf: asOf) }
    return PackedDate(days: days, codes: days > asOf.days ? .future : [])
  }

  /// The days of a date that calls for no code but `W-FUTURE`; nil when it calls for another or is no date.
  @inlinable @inline(__always)
  package static func plainDays(year: Int, month: Int, day: Int) -> Int32? {
    guard year >= 1850, year <= 2200, month >= 1, month <= 12, day >= 1,
      day <= dayCount(year: year, month: month)
    else { return nil }
    let days = days(year: year, month: month, day: day)
    // What systems write when they know no date: 1899-12-30 to 1900-01-01, 1970-01-01, 2099-12-31.
    return days == 0 || days == 47_481 || -25_569 ... -25_567 ~= days ? nil : days
  }

  /// The other plain forms without allocation: `YYYYMMDD`, and year, month, day between `-`, `/`, `.` or 年, 月, 日.
  @usableFromInline
  @inline(never)
  package static func packedPlain(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedDate {
    guard 8...17 ~= field.count else {
      return field.count == 0 ? PackedDate(days: 0, codes: .empty) : packedSlowly(field, asOf: asOf)
    }
    var digits = DigitCursor()
    guard let year = digits.take(field, atLeast: 4, atMost: 4) else { return packedSlowly(field, asOf: asOf) }
    var month: Int?
    var day: Int?
    if field.count == 8, let both = digits.take(field, atLeast: 4, atMost: 4) {
      (month, day) = (both / 100, both % 100)
    } else if let separator = digits.takeSeparatorAfterYear(field) {
      month = digits.take(field, atLeast: 1, atMost: 2)
      if digits.takeSeparator(field) == separator.successor { day = digits.take(field, atLeast: 1, atMost: 2) }
      if separator == .year, digits.takeSeparator(field) != .day { day = nil }
    }
    guard digits.isAtEnd(field), let month, let day, let days = plainDays(year: year, month: month, day: day),
      field.count != 10 || field[4] != UInt8(ascii: "-")
    else { return packedSlowly(field, asOf: asOf) }
    return PackedDate(days: days, codes: days > asOf.days ? [.format, .future] : .format)
  }

  /// Reads a field as it stands in the source, UTF-8; throws the codes that say why it is no date.
  public init(parsing field: borrowing Span<UInt8>, asOf: CalendarDate) throws(Defect) {
    let packed = Self.packed(field, asOf: asOf)
    guard !packed.codes.isInvalid else { throw Defect(codes: packed.codes) }
    self.init(days: packed.days)
  }

  /// The reference reading of every form.
  @usableFromInline
  @inline(never)
  package static func packedSlowly(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedDate {
    DateReading(field).date(asOf: asOf)
  }
}
