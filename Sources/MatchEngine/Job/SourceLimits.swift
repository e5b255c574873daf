internal import Normalizers

/// What a source has to be like for rules to say anything about it: `rows:`, `max_age:` and `covers:` of the job.
package struct SourceLimits: Sendable, Hashable {
  /// A length of time as written: `35 days`, `2 months`.
  package struct Age: Sendable, Hashable {
    enum Unit: Sendable { case days, months }

    var amount: Int
    var unit: Unit
    var written: String

    /// Nil where the text is no length of time.
    init?(_ text: String) {
      let words = text.split(separator: " ")
      guard words.count == 2, let amount = Int(words[0]), (1...99_999).contains(amount) else { return nil }
      switch words[1] {
      case "day", "days": (self.amount, unit) = (amount, .days)
      case "month", "months": (self.amount, unit) = (amount, .months)
      case "year", "years": (self.amount, unit) = (amount * 12, .months)
      default: return nil
      }
      written = text
    }

    /// The oldest day that is not too old.
    func firstDay(before day: CalendarDate) -> CalendarDate {
      switch unit {
      case .days: CalendarDate(days: day.days - Int32(amount))
      case .months: day.addingMonths(-amount)
      }
    }
  }

  /// Days from the first to the last, both included: `2026`, `2026-10`, `2026-10-31`, or two of them with `..`.
  package struct Period: Sendable, Hashable {
    var first: CalendarDate
    var last: CalendarDate
    var written: String

    /// Nil where the text is no period, or ends before it begins.
    init?(_ text: String) {
      var ends: [(first: CalendarDate, last: CalendarDate)] = []
      let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 1 || parts.count == 3 && parts[1].isEmpty else { return nil }
      for part in parts where !part.isEmpty || parts.count == 1 {
        guard let days = Self.days(of: part) else { return nil }
        ends.append(days)
      }
      guard let begin = ends.first, let end = ends.last, parts.count == 1 || ends.count == 2,
        begin.first <= end.last
      else { return nil }
      (first, last, written) = (begin.first, end.last, text)
    }

    /// The first and last day of a year, month or day as written.
    private static func days(of text: String) -> (first: CalendarDate, last: CalendarDate)? {
      if let day = CalendarDate(written: text) { return (day, day) }
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard let year = Int(parts[0]), parts[0].utf8.count == 4 else { return nil }
      if parts.count == 1 {
        guard let first = CalendarDate(year: year, month: 1, day: 1),
          let last = CalendarDate(year: year, month: 12, day: 31)
        else { return nil }
        return (first, last)
      }
      guard parts.count == 2, parts[1].utf8.count == 2, let month = Int(parts[1]),
        let first = CalendarDate(year: year, month: month, day: 1)
      else { return nil }
      return (first, CalendarDate(days: first.addingMonths(1).days - 1))
    }
  }

  /// Accepted rows; nil: any number but none.
  package var minRows: Int?
  package var maxRows: Int?
  package var maxAge: Age?
  package var period: Period?

  package init() {}

  /// The newest day that the dates of the source name has to be known.
  var wantsNewestDay: Bool { maxAge != nil }
}
