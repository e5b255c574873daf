internal import Normalizers

/// What the summary says of one source: what came, and what is wrong with it.
package struct SummaryFeed: Sendable, Hashable {
  package struct File: Sendable, Hashable {
    package var name: String
    package var digest: String

    package init(name: String, digest: String) {
      self.name = name
      self.digest = digest
    }
  }

  package var name: String
  package var files: [File] = []
  package var rowsRead = 0
  package var rowsAccepted = 0
  package var rowsRejected: [String: Int] = [:]
  /// The newest day that a row of it carries, days since 1970-01-01; nil where nobody looked.
  package var newest: Int32?
  /// Sentences in Chinese.
  package var problems: [String] = []

  package init(name: String) { self.name = name }

  package var rejectedCount: Int { rowsRejected.values.reduce(0, +) }
}

extension SummaryFeed {
  /// Problems that are named for each field.
  private static let problemCountMax = 3

  init(_ entry: Manifest.Source, _ quality: Quality.Source, damage: [SpreadsheetDamage]) {
    name = ExplainWords.title(of: entry.name)
    files = entry.files.map { File(name: $0.path, digest: $0.digest) }
    rowsRead = entry.rowsRead
    rowsAccepted = entry.rowsAccepted
    rowsRejected = entry.rowsRejected
    if entry.rowsAccepted == 0 { problems.append("没有一条可用的记录") }
    for column in damage { problems.append("“\(column.column)”列被表格软件损坏，\(column.percent)% 的值无法使用") }
    if entry.ragged > 0 { problems.append("列数与表头不符的记录 \(entry.ragged.grouped) 条（仍然采用）") }
    for field in quality.fields {
      let shown = field.column ?? field.name
      if field.column == nil { problems.append("没有“\(field.name)”这一列") }
      let codes = field.invalid.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      if !codes.isEmpty {
        let counts = codes.prefix(Self.problemCountMax).map { "\(CodeMeaning.phrase($0.key)) \($0.value.grouped)" }
        problems.append("“\(shown)”列不可用的值：\(counts.joined(separator: "，"))\(codes.count > counts.count ? "等" : "")")
      }
    }
    for keys in quality.repeatedKeys where keys.keys > 0 && keys.fields.count == 1 {
      problems.append("“\(keys.fields[0])”重复的值 \(keys.keys.grouped) 个，涉及 \(keys.rows.grouped) 条记录")
    }
  }
}

extension SourceReports {
  /// The sources as the summary shows them, in the order of the job.
  func summaryFeeds(_ quality: Quality) -> [SummaryFeed] {
    let damage = damage
    return outcomes.indices.map { index in
      let source = prepared.job.sources[index]
      var feed = SummaryFeed(outcomes[index].manifest(of: source), quality.sources[index], damage: damage[index])
      feed.newest =
        source.snapshotDate?.days
        ?? outcomes[index].fields.compactMap(\.newestDay).max().map { Int32(truncatingIfNeeded: $0) }
      return feed
    }
  }
}
