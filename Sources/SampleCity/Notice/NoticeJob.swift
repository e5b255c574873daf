/// The job beside the data: the sources of the city, and the pack with the rules.
enum NoticeJob {
  /// All sources with their fields, for jobs with rules of their own.
  static func sources(of city: NoticeCity) -> String {
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

  /// The job under the pack of the notice, which knows the fields and headers by itself.
  static func text(of city: NoticeCity) -> String {
    // No rule of the pack reads the feed of other hardship.
    let sources = NoticeFeed.allCases.filter { $0 != .otherHardship }.map { feed in
      let path = feed == .payments ? "\"payments-*.csv\"" : "\(feed.rawValue).csv"
      let day = feed == .register ? ", snapshot_date: 2026-10-15" : ""
      return "  \(feed.rawValue): {path: \(path)\(day)}"
    }
    return """
      # The job of this city: its files under the rules of the notice. Written by `match-run generate`.
      version: 1
      name: notice-city
      as_of: 2026-10-31
      use: [notice-2021-6]

      sources:
      \(sources.joined(separator: "\n"))

      """
  }
}
