/// The sources of the city as a job file has them; the rules come from a pack.
enum NoticeJob {
  static func text(of city: NoticeCity) -> String {
    let sources = NoticeFeed.allCases.map { feed in
      let path = feed == .payments ? "\"payments-*.csv\"" : "\(feed.rawValue).csv"
      let day = feed == .register ? "    snapshot_date: 2026-10-15\n" : ""
      let fields = feed.columns.compactMap { column in
        column.field.map { "      \($0): {type: \(column.type), column: \(column.header)}" }
      }
      return "  \(feed.rawValue):\n    path: \(path)\n\(day)    fields:\n" + fields.joined(separator: "\n")
    }
    return """
      # The sources of this city: every file, its fields, their types and headers. Written by `match-run generate`.
      version: 1
      name: notice-city
      as_of: 2026-10-31

      sources:
      \(sources.joined(separator: "\n"))

      """
  }
}
