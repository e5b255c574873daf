import Normalizers
import Testing

struct CalendarDateTests {
  // Day numbers from CPython's datetime.
  @Test(arguments: [
    (1850, 1, 1, -43_829), (1899, 12, 30, -25_569), (1900, 2, 28, -25_509), (1900, 3, 1, -25_508), (1970, 1, 1, 0),
    (2000, 2, 29, 11_016), (2026, 2, 1, 20_485), (2100, 3, 1, 47_541), (2200, 12, 31, 84_370), (9999, 12, 31, 2_932_896)
  ])
  func countsDays(year: Int, month: Int, day: Int, days: Int32) throws {
    let date = try #require(CalendarDate(year: year, month: month, day: day))
    #expect(date.days == days)
    #expect(date.components == (year, month, day))
  }

  @Test(arguments: [
    (1900, 2, 29), (2026, 2, 29), (2026, 13, 1), (2026, 0, 1), (2026, 4, 31), (2026, 1, 0), (10_000, 1, 1)
  ])
  func knowsTheCalendar(year: Int, month: Int, day: Int) {
    #expect(CalendarDate(year: year, month: month, day: day) == nil)
  }

  @Test
  func followsEachOtherDayByDay() throws {
    var expected = (year: 1850, month: 1, day: 1)
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    for days in -43_829...84_370 {
      #expect(CalendarDate(days: Int32(days)).components == expected)
      let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
      let length = lengths[expected.month - 1] + (expected.month == 2 && isLeap ? 1 : 0)
      expected.day += 1
      if expected.day > length { expected = (expected.year, expected.month + 1, 1) }
      if expected.month > 12 { expected = (expected.year + 1, 1, 1) }
    }
  }

  @Test(arguments: [
    ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-01-31", -1, "2025-12-31"),
    ("2024-02-29", 12, "2025-02-28"), ("2026-03-15", -14, "2025-01-15"), ("2026-12-01", 1, "2027-01-01")
  ])
  func addsMonthsAndStaysInTheMonth(from: String, months: Int, to: String) throws {
    let date = try CalendarDate(parsing: Array(from.utf8).span, asOf: Vector.today)
    var output: [UInt8] = []
    date.addingMonths(months).write(into: &output)
    #expect(String(decoding: output, as: UTF8.self) == to)
  }
}
