/// The rows of the relation of calendar months: one a month from 1950-01 to 2149-12.
enum CalendarRows {
  static let firstMonth: Int64 = 1950 * 12
  static let count = 200 * 12

  /// The rows of the months from `from` to `to`, both included, as far as the calendar goes.
  static func rows(from: Int64, to: Int64) -> Range<Int> {
    let start = max(from - firstMonth, 0)
    let end = min(to - firstMonth + 1, Int64(count))
    return start < end ? Int(start)..<Int(end) : 0..<0
  }

  /// Fills `relation` with the months.
  static func fill(_ relation: HeldRelation) {
    let first = relation.store.reserve(count)
    for month in 0..<count {
      relation.store.begin(first + month, ruleBits: 1)
      relation.store.setWord(relation.layout.word(of: 0), of: first + month, to: firstMonth + Int64(month))
    }
  }
}
