/// A reason to believe a delivery wrong: rules that look at it are UNKNOWN tonight, and none of their flags is cleared.
struct NightGuard: Hashable {
  enum Kind: String {
    case missing, empty, shrunk, grown, columns, unusable, flood
  }

  var kind: Kind
  /// A source; for `flood` a rule.
  var subject: String
  var sentence: String

  /// As `--accept` names it.
  var name: String { "\(kind.rawValue):\(subject)" }
}

/// How much a delivery may differ from the last good one: `nightly:` of the job.
package struct NightLimits: Sendable, Hashable {
  /// The share of rows by which a source may lose or gain.
  package var shrink = 0.2
  package var grow = 0.5
  /// The share of rows with an unusable key that is no news.
  package var unusable = 0.05
  /// The share of what a rule looked at that it may flag, when it flagged less than half as many the night before.
  package var flood = 0.05

  package init() {}
}

/// What is kept of a source to compare the next delivery with.
struct SourceState: Hashable {
  var rows = 0
  /// The mapped headers of its files.
  var columns: [String] = []
  /// Of a source that arrives as changes: fields that were not kept of rows that stand, since nothing read them then.
  var lacking: [String] = []
  /// Tonight's files of it without even a header; not kept.
  var headless: [String] = []
  /// Rows of a snapshot without a usable key; where it has none, without a usable number of a person.
  var withoutKey = 0
  /// Rows in a thousand whose identity number or key is not usable.
  var unusable = 0

  /// What speaks against a delivery `new` after this one; `source` is as the job has it now.
  func guards(_ source: Job.Source, _ new: SourceState, _ limits: NightLimits) -> [NightGuard] {
    let fields = source.fields.map(\.name)
    var guards: [NightGuard] = []
    func add(_ kind: NightGuard.Kind, _ sentence: String) {
      guards.append(NightGuard(kind: kind, subject: source.name, sentence: "source '\(source.name)' \(sentence)"))
    }
    if new.rows == 0 {
      add(.empty, "has no usable row; before it had \(rows.grouped)")
      return guards
    }
    if Double(new.rows) < Double(rows) * (1 - limits.shrink) {
      add(.shrunk, "has \(new.rows.grouped) rows; before it had \(rows.grouped)")
    }
    if rows > 0, Double(new.rows) > Double(rows) * (1 + limits.grow) {
      add(.grown, "has \(new.rows.grouped) rows; before it had \(rows.grouped)")
    }
    let lost = columns.filter { fields.contains($0) && !new.columns.contains($0) }
    if !lost.isEmpty { add(.columns, "has no column \(Self.list(lost)) any more") }
    for file in new.headless { add(.columns, "has a file without a header: \(file.oneLine)") }
    let lacking = new.lacking.filter { fields.contains($0) && !self.lacking.contains($0) && !lost.contains($0) }
    if !lacking.isEmpty {
      add(
        .columns,
        "has rows that came when the column \(Self.list(lacking)) was not delivered or not read; deliver every row of"
          + " it again as an update")
    }
    if Double(new.unusable - unusable) > limits.unusable * 1000 {
      add(.unusable, "has \(new.unusable) rows in a thousand without a usable key; before it had \(unusable)")
    }
    return guards
  }

  private static func list(_ columns: [String]) -> String {
    columns.map { "'\($0.oneLine)'" }.joined(separator: ", ")
  }
}
