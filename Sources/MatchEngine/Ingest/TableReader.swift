/// Reads a file as a table: the header found, titles, totals, repeated headers and empty records left out.
package struct TableReader {
  package enum Row: Hashable, Sendable {
    /// A data record; its cells are the fields of `records`.
    case record
    /// A data record that could not be split; for `openQuote` the cells are those of its line read as it stands.
    case rejected(RejectCode)
  }

  /// Records that are no data, by reason; empty lines are not among them.
  package struct Skipped: Hashable, Sendable {
    package var head = 0
    package var tail = 0
    package var repeatedHeader = 0
    package var empty = 0
  }

  package private(set) var records: RecordReader
  package let layout: SourceLayout
  package private(set) var skipped = Skipped()
  /// Data records whose number of fields is not the header's.
  package private(set) var raggedCount = 0

  /// The last row has cells to show.
  package var hasCells: Bool { !records.fields.isEmpty }

  private let tailRule: TailRule

  package init(_ records: RecordReader, headerWords: [String] = []) {
    self.records = records
    layout = records.layout(headerWords: headerWords)
    tailRule = layout.tailRule
    skipped.head = layout.skippedHead
  }

  /// Reads the next data record; nil at the end.
  package mutating func next() throws -> Row? {
    while let event = try records.next() {
      if records.position <= layout.dataOffset { continue }
      switch event {
      case .rejected(let code): return .rejected(code)
      case .record where isData(): return .record
      case .record: continue
      }
    }
    return nil
  }

  private mutating func isData() -> Bool {
    let fields = records.fields
    if fields.allSatisfy({ $0.start == $0.end }) {
      skipped.empty += 1
    } else if layout.isRepeatedHeader(fields, in: records.text.span) {
      skipped.repeatedHeader += 1
    } else if tailRule.matches(fields, in: records.text.span) {
      skipped.tail += 1
    } else {
      if fields.count != layout.columns.count { raggedCount += 1 }
      return true
    }
    return false
  }
}
