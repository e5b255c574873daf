import Testing

@testable import MatchEngine

/// A workbook is read back before it is handed on: the writer does not say when a part of it could not be written.
@Suite struct SpreadsheetCheckTests {
  /// Two sheets, written cell by cell; the bytes, and what the writer was told to write.
  private static func make() throws -> (bytes: [UInt8], sheets: [SpreadsheetCheck.Cells]) {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place("out"))
    let parts = try folder.makeSpillFile()
    let book = try SpreadsheetFile(
      descriptor: parts.descriptorNumber, path: "leads.xlsx", folder: folder.scratchPath, created: 0, title: "示例")
    try book.addSheet("一")
    try book.writeBand("标题 <&> \"引号\"", row: 0, columns: 0...2, style: .title)
    try book.write("310101********0112", row: 1, column: 0, style: .text)
    try book.write("", row: 1, column: 1, style: .replyText)
    try book.write(-1330.05, row: 1, column: 2, style: .money)
    try book.write(9_999_999_999_999.99, row: 2, column: 2, style: .money)
    try book.addSheet("二")
    for row in 0..<2_000 { try book.write("第\(row)行", row: row, column: row % 30, style: .text) }
    try book.close()
    var bytes = [UInt8](repeating: 0, count: try parts.byteCount())
    var span = bytes.mutableSpan
    _ = try parts.read(into: &span, at: 0)
    try folder.abandon()
    return (bytes, book.sheets)
  }

  private static func check(_ bytes: [UInt8], _ sheets: [SpreadsheetCheck.Cells]) throws {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place("out"))
    let file = try folder.makeSpillFile()
    try file.append(bytes.span)
    defer { try? folder.abandon() }
    try SpreadsheetCheck.check(file, against: sheets, path: "leads.xlsx")
  }

  private static func cells(_ texts: [(String, String)], numbers: [(String, Double)] = []) -> SpreadsheetCheck.Cells {
    var cells = SpreadsheetCheck.Cells()
    for (place, text) in texts { cells.add(place: Array(place.utf8), text: Array(text.utf8)) }
    for (place, number) in numbers { cells.add(place: Array(place.utf8), number: number) }
    return cells
  }

  private static let first: [(String, String)] = [
    ("A1", "标题 <&> \"引号\""), ("B1", ""), ("C1", ""), ("A2", "310101********0112"), ("B2", "")
  ]
  /// Rows 0 to 1,999, each in one of thirty columns.
  private static let second: [(String, String)] = (0..<2_000).map { row in
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ").map { String($0) } + ["AA", "AB", "AC", "AD"]
    return ("\(letters[row % 30])\(row + 1)", "第\(row)行")
  }

  @Test func whatWasWrittenComesBack() throws {
    let (bytes, sheets) = try Self.make()
    try Self.check(bytes, sheets)
    let first = Self.cells(Self.first, numbers: [("C2", -1330.05), ("C3", 9_999_999_999_999.99)])
    try Self.check(bytes, [first, Self.cells(Self.second)])
  }

  @Test func anotherCellIsFound() throws {
    let (bytes, sheets) = try Self.make()
    var wrong: [(String, [SpreadsheetCheck.Cells])] = []
    func first(_ name: String, _ texts: [(String, String)], _ number: Double = -1330.05) {
      wrong.append((name, [Self.cells(texts, numbers: [("C2", number), ("C3", 9_999_999_999_999.99)]), sheets[1]]))
    }
    first("a cell less", Array(Self.first.dropLast()))
    first("a cell more", Self.first + [("D2", "")])
    first("another place", Self.first.dropLast() + [("D2", "")])
    first("another text", Self.first.dropLast() + [("B2", " ")])
    first("another number", Self.first, -1330.06)
    wrong.append(("sheets in another order", sheets.reversed()))
    wrong.append(("a sheet more", sheets + [SpreadsheetCheck.Cells()]))
    for (name, sheets) in wrong {
      #expect(throws: RunError.self, "\(name)") { try Self.check(bytes, sheets) }
    }
  }

  @Test func aFileThatIsCutIsFound() throws {
    let (bytes, sheets) = try Self.make()
    for count in [0, 21, bytes.count / 2, bytes.count - 23, bytes.count - 1] {
      #expect(throws: RunError.self, "\(count) bytes") { try Self.check(Array(bytes.prefix(count)), sheets) }
    }
    // A byte of a deflated part is another one.
    var damaged = bytes
    damaged[bytes.count / 2] ^= 1
    #expect(throws: RunError.self) { try Self.check(damaged, sheets) }
  }
}
