/// How one file is laid out: its header, what stands above it, and where the data begins.
///
/// Found in the first `headByteCount` bytes of text. The header is the first of the first 20 records that has two
/// recognised words; else the first record that can be split. When not one record ends within these bytes, there are
/// no columns.
package struct SourceLayout: Sendable {
  package static let headByteCount = 1 << 20

  package let delimiter: Delimiter
  /// Records above the header; rejected ones are in `problems` and not counted here.
  package let skippedHead: Int
  /// Records above the header that could not be split, with their line.
  package let problems: [Problem]
  /// The header's cells as they stand, quotes resolved.
  package let headerCells: [String]
  /// The cells without the blanks and line breaks at their ends; the second of two equal ones ends in `_2`.
  package let columns: [String]
  /// Where the record behind the header begins, in the text that was analysed.
  package let dataOffset: Int
  /// The physical line, from 1, on which that record begins.
  package let dataLine: Int

  /// The column of each role: of the best-ranked synonyms the leftmost.
  package let roles: [HeaderRole: Int]
  /// What tells the totals below the table.
  package let tailRule: TailRule
  /// The text ends with the header, or has none.
  private let isWithoutData: Bool

  /// The first line above the data that has more columns than are read.
  var overwideLine: Int? { problems.first { $0.code == .columnCount }?.line }

  package struct Problem: Hashable, Sendable {
    package var code: RejectCode
    package var line: Int
  }

  /// Reads the start of a file: UTF-8 without byte order mark; `isFinal` says that it is the whole file.
  ///
  /// `headerWords` are the headers that the job maps; they count as recognised words.
  package init(
    head text: borrowing Span<UInt8>, isFinal: Bool, delimiter: Delimiter, headerWords: [String] = []
  ) {
    let words = Set(headerWords.map { HeaderWord($0) })
    let search = HeaderSearch(in: text, isFinal: isFinal, delimiter: delimiter, words: words)
    let index = search.recognised ?? search.records.firstIndex { $0.code == nil }
    let above = index.map { search.records[..<$0] } ?? search.records[...]
    let header = index.map { search.records[$0] }
    let last = header ?? above.last

    self.delimiter = delimiter
    skippedHead = above.count { $0.code == nil }
    problems = above.compactMap { record in record.code.map { Problem(code: $0, line: record.line) } }
    headerCells = header?.cells ?? []
    columns = Self.uniqueNames(headerCells)
    dataOffset = last?.end ?? 0
    dataLine = last?.endLine ?? 1
    roles = Self.roles(of: headerCells)
    tailRule = TailRule(idColumn: roles[.id])
    isWithoutData = isFinal && dataOffset == text.count
  }

  /// True when the record is the header once more: at a page break, or where files were joined, also with the byte
  /// order mark of the second one.
  package func isRepeatedHeader(_ fields: [RecordSplitter.Field], in text: borrowing Span<UInt8>) -> Bool {
    guard fields.count == headerCells.count, !fields.isEmpty else { return false }
    for (index, cell) in headerCells.enumerated().reversed() {
      var field = fields[index]
      if index == 0, !field.isQuoted, field.end - field.start >= 3,
        text[field.start] == 0xEF, text[field.start + 1] == 0xBB, text[field.start + 2] == 0xBF
      {
        field.start += 3
      }
      guard !field.isQuoted else {
        if HeaderSearch.text(of: field, in: text) != cell { return false }
        continue
      }
      var offset = field.start
      for byte in cell.utf8 {
        guard offset < field.end, text[offset] == byte else { return false }
        offset += 1
      }
      if offset != field.end { return false }
    }
    return true
  }

  /// Where the data begins in the undecoded bytes of the same text, without the byte order mark.
  ///
  /// Line ends are single bytes in UTF-8 and in GB18030, so lines can be counted without decoding.
  package func dataOffset(inUndecoded bytes: borrowing Span<UInt8>) -> Int {
    if isWithoutData { return bytes.count }
    var line = 1
    var index = 0
    while line < dataLine, index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x0A {
        line += 1
      } else if byte == 0x0D {
        if index < bytes.count, bytes[index] == 0x0A { index += 1 }
        line += 1
      }
    }
    return index
  }

  private static func roles(of cells: [String]) -> [HeaderRole: Int] {
    var roles: [HeaderRole: (rank: Int, column: Int)] = [:]
    for (column, cell) in cells.enumerated() {
      guard let meaning = HeaderRole.meaning(of: HeaderWord(cell)) else { continue }
      if let known = roles[meaning.role], known.rank <= meaning.rank { continue }
      roles[meaning.role] = (meaning.rank, column)
    }
    return roles.mapValues(\.column)
  }

  private static func uniqueNames(_ cells: [String]) -> [String] {
    let names = cells.map(\.trimmed)
    var taken = Set(names)
    var seen: Set<String> = []
    return names.map { name in
      if seen.insert(name).inserted { return name }
      var number = 2
      while taken.contains("\(name)_\(number)") { number += 1 }
      let unique = "\(name)_\(number)"
      taken.insert(unique)
      return unique
    }
  }
}
