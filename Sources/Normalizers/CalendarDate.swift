/// A day of the Gregorian calendar, as a number of days.
public struct CalendarDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let days: Int32

  @inlinable
  public init(days: Int32) { self.days = days }

  /// The day of a year from 0 to 9999; nil when the calendar has no such day.
  @inlinable
  public init?(year: Int, month: Int, day: Int) {
    guard 0...9999 ~= year, 1...12 ~= month, day >= 1, day <= Self.dayCount(year: year, month: month) else {
      return nil
    }
    self.init(days: Self.days(year: year, month: month, day: day))
  }

  @inlinable
  public static func < (left: CalendarDate, right: CalendarDate) -> Bool { left.days < right.days }

  public var year: Int { components.year }
  /// 1 to 12.
  public var month: Int { components.month }
  /// 1 to 31.
  public var day: Int { components.day }

  /// Year, month (1 to 12) and day (1 to 31) in one go.
  public var components: (year: Int, month: Int, day: Int) {
    // Counts from 0000-03-01, so that the leap day is the last day of a year; 146,097 days make 400 years.
    let shifted = Int(days) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// `year * 12 + month - 1`, for days of the years 0 to 9999.
  ///
  /// The 400-year cycle in two multiplications (Neri and Schneider, Euclidean affine functions, 2022).
  @inlinable @inline(__always)
  package var monthNumber: Int {
    // Days since 0000-03-01, times four.
    let shifted = UInt32(truncatingIfNeeded: Int(days) &+ 719_468) &* 4 &+ 3
    let century = shifted / 146_097
    let dayOfCentury = shifted % 146_097 | 3
    let product = UInt64(dayOfCentury) &* 2_939_745
    let yearOfCentury = UInt32(truncatingIfNeeded: product >> 32)
    let dayOfYear = UInt32(truncatingIfNeeded: product) / 2_939_745 / 4
    // 0 is March.
    let marchMonth = (dayOfYear &* 2141 &+ 197_913) >> 16 &- 3
    let months = (century &* 100 &+ yearOfCentury) &* 12 &+ marchMonth &+ 2
    return Int(months)
  }

  /// The same day `months` later (earlier when negative), or the last day of that month when it is shorter.
  public func addingMonths(_ months: Int) -> CalendarDate {
    let (year, month, day) = components
    let total = year * 12 + month - 1 + months
    let newYear = (total - (total < 0 ? 11 : 0)) / 12
    let newMonth = total - newYear * 12 + 1
    let newDay = min(day, Self.dayCount(year: newYear, month: newMonth))
    return CalendarDate(days: Self.days(year: newYear, month: newMonth, day: newDay))
  }

  /// Appends `YYYY-MM-DD`.
  public func write(into output: inout [UInt8]) {
    let (year, month, day) = components
    output.appendDecimal(year, width: 4)
    output.append(UInt8(ascii: "-"))
    output.appendDecimal(month, width: 2)
    output.append(UInt8(ascii: "-"))
    output.appendDecimal(day, width: 2)
  }

  /// The number of days of a month from 1 to 12.
  @inlinable @inline(__always)
  package static func dayCount(year: Int, month: Int) -> Int {
    // Two bits a month from bit 2 on: the days above 28.
    let above28 = 0x3BB_EECC >> (month &* 2) & 3
    return 28 &+ above28 &+ (month == 2 && isLeap(year) ? 1 : 0)
  }

  @inlinable @inline(__always)
  package static func isLeap(_ year: Int) -> Bool { year & 3 == 0 && (year % 100 != 0 || year & 15 == 0) }

  /// Days since 1970-01-01 of a day that is in the calendar.
  @inlinable @inline(__always)
  package static func days(year: Int, month: Int, day: Int) -> Int32 {
    let late = month <= 2
    // 4,000 years more keep the divisions below unsigned; they are ten whole cycles of 146,097 days.
    let marchYear = UInt64(truncatingIfNeeded: year &- (late ? 1 : 0) &+ 4000)
    let marchMonth = UInt64(truncatingIfNeeded: late ? month &+ 9 : month &- 3)
    let dayOfYear = (153 &* marchMonth &+ 2) / 5 &+ UInt64(truncatingIfNeeded: day &- 1)
    let total = 365 &* marchYear &+ marchYear / 4 &- marchYear / 100 &+ marchYear / 400 &+ dayOfYear
    return Int32(truncatingIfNeeded: Int64(bitPattern: total) &- 719_468 &- 1_460_970)
  }
}
