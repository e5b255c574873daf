internal import Normalizers

/// A column of long numbers that a spreadsheet took for quantities (facts 1.9): it keeps fifteen digits, the rest is lost.
struct SpreadsheetDamage: Hashable, Sendable {
  /// Index into the source's fields.
  var field: Int
  /// The column's header.
  var column: String
  /// Names of the source's files.
  var files: [String]
  /// Values that are not empty.
  var filled: Int
  /// Values in scientific notation (`E-SCI`).
  var scientific: Int
  /// Values whose digits behind the fifteenth are zeros (`W-ZEROED`).
  var zeroed: Int
  /// Nothing but numbers that end in the letter X came through, which a spreadsheet leaves alone.
  var sparedOnlyX: Bool

  /// More than this share of the filled cells, in percent, is no accident.
  static let percentMax = 20
  private static let namedFileCountMax = 3

  /// The damaged columns of identity numbers and accounts, in the order of the fields.
  static func found(in outcome: SourceOutcome, of source: Job.Source) -> [SpreadsheetDamage] {
    outcome.uses.compactMap { use in
      guard use.slot != nil, use.type == .residentID || use.type == .account else { return nil }
      let counts = outcome.fields[use.field]
      let filled = outcome.records.accepted - counts.empty
      let scientific = counts.codes[Codes.scientificID.rawValue.trailingZeroBitCount]
      let zeroed = counts.codes[Codes.zeroed.rawValue.trailingZeroBitCount]
      guard (scientific + zeroed) * 100 > filled * percentMax else { return nil }
      // Numbers of fifteen digits and typing mistakes may stand among those with an X.
      let spared = filled - scientific - zeroed
      return SpreadsheetDamage(
        field: use.field, column: outcome.header(of: use.field) ?? source.fields[use.field].name,
        files: outcome.files.map(\.input.name), filled: filled, scientific: scientific, zeroed: zeroed,
        sparedOnlyX: use.type == .residentID && spared > 0 && counts.endingInX * 10 >= spared * 9)
    }
  }

  /// The share of damaged values in percent, rounded down.
  var percent: Int { (scientific + zeroed) * 100 / max(filled, 1) }

  /// At most three names, and how many more there are.
  var fileList: String {
    let rest = files.count - Self.namedFileCountMax
    return files.prefix(Self.namedFileCountMax).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// File, column and pattern in one sentence.
  var sentence: String {
    var patterns: [String] = []
    if scientific > 0 { patterns.append("\(scientific.grouped) in scientific notation (E-SCI)") }
    if zeroed > 0 { patterns.append("\(zeroed.grouped) with zeros behind the fifteenth digit (W-ZEROED)") }
    if sparedOnlyX { patterns.append("only numbers ending in X are intact") }
    return "column '\(column)' of \(fileList) was damaged by a spreadsheet, \(percent) % of its values: "
      + patterns.joined(separator: ", ") + "; ask for the file again, exported with this column as text"
  }
}
