/// The rows of a view that stand for groups, as a run keeps them with its results: what is said of a group hangs on
/// rows that an explanation does not read.
struct KeptView: Sendable {
  /// By row and field of the view: texts that read as the values.
  var rows: [[[UInt8]]] = []

  static func path(of view: String) -> String { "views/\(view).csv" }

  /// Puts the rows in an order of their own.
  mutating func sort() {
    rows.sort { left, right in left.lexicographicallyPrecedes(right) { $0.lexicographicallyPrecedes($1) } }
  }

  func csv(_ fields: [Job.Field]) -> [UInt8] {
    var writer = CSVCellWriter()
    for field in fields { writer.text(field.name) }
    writer.endRecord()
    for row in rows {
      for text in row { writer.text(text.first == Self.apostrophe ? [Self.apostrophe] + text : text) }
      writer.endRecord()
    }
    return writer.bytes
  }

  /// Reads what `csv` wrote; nil where it did not write this.
  init?(_ bytes: [UInt8], _ fields: [Job.Field]) {
    var lines: [[[UInt8]]] = []
    do {
      var records = try RecordReader(MemoryBytes(bytes), encoding: .utf8, delimiter: .comma)
      while let event = try records.next() {
        guard case .record = event, records.fields.count == fields.count else { return nil }
        lines.append(
          records.fields.map { field in
            var text: [UInt8] = []
            records.append(field, to: &text)
            // Before what a spreadsheet would take for a formula, and before an apostrophe itself.
            if text.first == Self.apostrophe { text.removeFirst() }
            return text
          })
      }
    } catch {
      return nil
    }
    guard lines.first == fields.map({ Array($0.name.utf8) }) else { return nil }
    rows = Array(lines.dropFirst())
  }

  init(rows: [[[UInt8]]] = []) { self.rows = rows }

  private static let apostrophe = UInt8(ascii: "'")
}
