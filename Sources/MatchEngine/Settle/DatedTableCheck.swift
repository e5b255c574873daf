/// Whether the rows of a dated table follow each other without a gap, an overlap or two rows for one day.
struct DatedTableCheck {
  /// Rows without a usable first day, or with a last day that cannot be read or lies before it.
  private(set) var undated = 0
  /// Rows with the key and first day of another row.
  private(set) var doubled = 0
  /// Rows that begin while the row before them still holds.
  private(set) var overlaps = 0
  /// Rows that begin later than the day after the row before them ends.
  private(set) var gaps = 0

  private struct Row {
    var key: [Int64]
    var from: Int64
    /// The last day; nil: open.
    var to: Int64?
  }

  init(_ table: DatedTable, _ relation: HeldRelation, _ fields: [Job.Field]) {
    let store = relation.store
    let words = table.key.flatMap { field in
      (0..<fields[field].type.wordCount).map { relation.layout.word(of: field) + $0 }
    }
    let from = relation.layout.word(of: table.from)
    let to = table.to.map(relation.layout.word)
    var rows: [Row] = []
    for row in 0..<store.rowCount {
      let first = store.word(from, of: row)
      let last = to.map { store.word($0, of: row) } ?? Cell.empty
      guard Cell.isUsable(first), last == Cell.empty || (Cell.isUsable(last) && last >= first) else {
        undated += 1
        continue
      }
      rows.append(
        Row(key: words.map { store.word($0, of: row) }, from: first, to: last == Cell.empty ? nil : last))
    }
    rows.sort { $0.key == $1.key ? $0.from < $1.from : $0.key.lexicographicallyPrecedes($1.key) }
    // The latest day up to which a row of the same key holds; nil: one is open.
    var end: Int64?
    for (number, row) in rows.enumerated() {
      guard number > 0, case let before = rows[number - 1], before.key == row.key else {
        end = row.to
        continue
      }
      if before.from == row.from {
        doubled += 1
      } else if let end, end < row.from {
        if end + 1 < row.from { gaps += 1 }
      } else if table.to != nil {
        overlaps += 1
      }
      if let last = end { end = row.to.map { max($0, last) } }
    }
  }

  /// A sentence for each kind of problem that there is; they name no value.
  func sentences(name: String) -> [String] {
    [
      (undated, "hold from a day that is missing or cannot be read, or until one before it"),
      (doubled, "hold from the same day as another row of their key; which of them is meant is not known"),
      (overlaps, "begin while the row before them still holds"),
      (gaps, "leave days without a row before them")
    ].filter { $0.0 > 0 }.map { "\(name): \($0.0) rows \($0.1)" }
  }
}
