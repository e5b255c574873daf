/// A day of the Gregorian calendar, as a number of days.
public struct CalendarDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let days: Int32

  @inlinable
  public init(days: Int32) { self.days = days }

  @inlinable
  public static func < (left: CalendarDate, right: CalendarDate) -> Bool { left.days < right.days }
}
