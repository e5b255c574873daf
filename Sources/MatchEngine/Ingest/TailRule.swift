/// Tells the lines of totals and signatures that people write below a table.
///
/// Such a line's first filled cell begins with a word of totals or signatures, and its identity number cell holds no
/// digit (it may hold a signature). A table without such a column is judged by the first filled cell alone.
package struct TailRule: Sendable {
  /// The column that holds the identity number.
  package var idColumn: Int?

  package init(idColumn: Int?) {
    self.idColumn = idColumn
  }

  /// True when the record of `fields` is such a line.
  package func matches(_ fields: [RecordSplitter.Field], in text: borrowing Span<UInt8>) -> Bool {
    guard startsWithWord(fields, in: text) else { return false }
    guard let idColumn, idColumn < fields.count else { return true }
    return !holdsDigit(fields[idColumn], in: text)
  }

  private func startsWithWord(_ fields: [RecordSplitter.Field], in text: borrowing Span<UInt8>) -> Bool {
    for field in fields {
      let verdict: Bool?
      if field.needsUnescaping {
        var cell: [UInt8] = []
        RecordSplitter.unescape(field, in: text, into: &cell)
        verdict = Self.startsWithWord(.init(start: 0, end: cell.count), in: cell.span)
      } else {
        verdict = Self.startsWithWord(field, in: text)
      }
      if let verdict { return verdict }
    }
    return false
  }

  /// Nil for a blank cell.
  private static func startsWithWord(_ field: RecordSplitter.Field, in text: borrowing Span<UInt8>) -> Bool? {
    guard let first = firstFilled(of: field, in: text) else { return nil }
    guard first + 2 < field.end else { return false }
    guard firstCharacters.contains(character(text[first], text[first + 1], text[first + 2])) else { return false }
    let start = start(of: field, from: first, in: text)
    return words.contains { start.hasPrefix($0) }
      || signatures.contains { start.hasPrefix($0 + ":") || start.hasPrefix($0 + "：") }
  }

  /// The offset of the first byte that is no blank: ASCII up to 20, and U+3000.
  private static func firstFilled(of field: RecordSplitter.Field, in text: borrowing Span<UInt8>) -> Int? {
    var index = field.start
    while index < field.end {
      if text[index] <= 0x20 {
        index += 1
      } else if index + 2 < field.end, text[index] == 0xE3, text[index + 1] == 0x80, text[index + 2] == 0x80 {
        index += 3
      } else {
        return index
      }
    }
    return nil
  }

  /// The first characters of a cell, without its blanks.
  private static func start(
    of field: RecordSplitter.Field, from first: Int, in text: borrowing Span<UInt8>
  ) -> String {
    var bytes: [UInt8] = []
    for index in first..<min(field.end, first + 64) { bytes.append(text[index]) }
    var start = String.UnicodeScalarView()
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars where !scalar.isBlank { start.append(scalar) }
    return String(start)
  }

  private static func character(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
    UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
  }

  private func holdsDigit(_ field: RecordSplitter.Field, in text: borrowing Span<UInt8>) -> Bool {
    for index in field.range {
      let byte = text[index]
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { return true }
      // Full-width digits are EF BC 90 ... EF BC 99.
      guard byte == 0xEF, index + 2 < field.end, text[index + 1] == 0xBC else { continue }
      if case 0x90...0x99 = text[index + 2] { return true }
    }
    return false
  }

  private static let words = ["合计", "小计", "总计", "共计", "填表日期", "制表日期"]
  /// These count only with a colon behind them.
  private static let signatures = [
    "制表", "制表人", "制表单位", "审核", "审核人", "复核", "复核人", "填表", "填表人", "填报人", "经办人", "负责人", "备注"
  ]

  /// The three bytes of every first character, which nearly all records fail already.
  private static let firstCharacters: [UInt32] = Set(
    (words + signatures).map { word in
      let bytes = Array(word.utf8)
      return character(bytes[0], bytes[1], bytes[2])
    }
  ).sorted()
}
