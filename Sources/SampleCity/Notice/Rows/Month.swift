/// A month of the calendar, counted.
struct Month: Hashable, Comparable, Strideable {
  /// Months since the year 0.
  var number: Int

  init(number: Int) { self.number = number }

  init(_ year: Int, _ month: Int) { number = year * 12 + month - 1 }

  /// The month of a day.
  init(of day: Int) {
    let date = CivilDate(days: day)
    self.init(date.year, date.month)
  }

  var year: Int { number / 12 }
  var monthOfYear: Int { number % 12 + 1 }

  func day(_ day: Int) -> Int { CivilDate(year: year, month: monthOfYear, day: day).days }
  var lastDay: Int { advanced(by: 1).day(1) - 1 }

  /// `YYYY-MM`.
  var text: String { "\(year)-\(monthOfYear < 10 ? "0" : "")\(monthOfYear)" }

  static func < (left: Month, right: Month) -> Bool { left.number < right.number }
  func distance(to other: Month) -> Int { other.number - number }
  func advanced(by count: Int) -> Month { Month(number: number + count) }
}
