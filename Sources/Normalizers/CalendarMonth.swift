/// A month of the Gregorian calendar.
public struct CalendarMonth: Hashable, Comparable, Sendable {
  /// Year times twelve plus the month counted from 0.
  public let months: Int32

  @inlinable
  public init(months: Int32) { self.months = months }

  @inlinable
  public init?(year: Int, month: Int) {
    guard 0...9999 ~= year, 1...12 ~= month else { return nil }
    self.init(months: Int32(year * 12 + month - 1))
  }

  /// The month in which a day lies.
  public init(_ date: CalendarDate) {
    let (year, month, _) = date.components
    self.init(months: Int32(year * 12 + month - 1))
  }

  /// Reads a field as it stands in the source, UTF-8; throws the codes that say why it is no month.
  public init(parsing field: borrowing Span<UInt8>, asOf: CalendarDate) throws(Defect) {
    let packed = Self.packed(field, asOf: asOf)
    guard !packed.codes.isInvalid else { throw Defect(codes: packed.codes) }
    self.init(months: packed.months)
  }

  @inlinable
  public static func < (left: CalendarMonth, right: CalendarMonth) -> Bool { left.months < right.months }

  public var year: Int { Int(months) / 12 }
  /// 1 to 12.
  public var month: Int { Int(months) % 12 + 1 }
  public var firstDay: CalendarDate { CalendarDate(days: CalendarDate.days(year: year, month: month, day: 1)) }

  /// Appends `YYYY-MM`.
  public func write(into output: inout [UInt8]) {
    output.appendDecimal(year, width: 4)
    output.append(UInt8(ascii: "-"))
    output.appendDecimal(month, width: 2)
  }
}

/// What a field of months comes to.
@usableFromInline
package struct PackedMonth: Hashable, Sendable {
  /// `CalendarMonth.months`; 0 when `codes` is invalid.
  @usableFromInline package let months: Int32
  @usableFromInline package let codes: Codes

  @inlinable @inline(__always)
  package init(months: Int32, codes: Codes) {
    self.months = months
    self.codes = codes
  }
}

extension CalendarMonth {
  /// Reads one field as it stands in the source, UTF-8: `YYYY-MM` from 1850 to 2200 here, other plain
  /// forms in `packedPlain`, the rest by `packedSlowly`.
  @inlinable
  package static func packed(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedMonth {
    guard field.count == 7 else { return packedPlain(field, asOf: asOf) }
    let front = UInt64(field.fourBytes(at: 0))
    let back = UInt64(field.fourBytes(at: 3))
    let digits = EightDigits(ascii: front << 16 | (back >> 16) << 48 | 0x3030)
    guard back & 0xFF00 == 0x2D00, digits.areDigits else { return packedPlain(field, asOf: asOf) }
    let number = digits.number
    let year = Int32(truncatingIfNeeded: number / 100)
    let month = Int32(truncatingIfNeeded: number % 100)
    guard year >= 1850, year <= 2200, month >= 1, month <= 12 else { return packedPlain(field, asOf: asOf) }
    let months = year &* 12 &+ month &- 1
    let firstDay = CalendarDate.days(year: Int(year), month: Int(month), day: 1)
    return PackedMonth(months: months, codes: firstDay > asOf.days ? .future : [])
  }

  /// The other plain forms without allocation: `YYYYMM`, and year and month behind `-`, `/`, `.` or 年, 月.
  @usableFromInline
  @inline(never)
  package static func packedPlain(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedMonth {
    guard 6...12 ~= field.count else { return packedSlowly(field, asOf: asOf) }
    var digits = DigitCursor()
    guard let year = digits.take(field, atLeast: 4, atMost: 4), 1850...2200 ~= year else {
      return packedSlowly(field, asOf: asOf)
    }
    var month: Int?
    if let separator = digits.takeSeparatorAfterYear(field) {
      month = digits.take(field, atLeast: 1, atMost: 2)
      if separator == .year, digits.takeSeparator(field) != .month { month = nil }
    } else if field.count == 6 {
      month = digits.take(field, atLeast: 2, atMost: 2)
    }
    guard digits.isAtEnd(field), let month, 1...12 ~= month, field.count != 7 || field[4] != UInt8(ascii: "-") else {
      return packedSlowly(field, asOf: asOf)
    }
    let firstDay = CalendarDate.days(year: year, month: month, day: 1)
    return PackedMonth(
      months: Int32(year * 12 + month - 1), codes: firstDay > asOf.days ? [.format, .future] : .format)
  }

  /// The reference reading of every form; whatever is a date is a month as well.
  @usableFromInline
  @inline(never)
  package static func packedSlowly(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedMonth {
    DateReading(field).month(asOf: asOf)
  }
}
