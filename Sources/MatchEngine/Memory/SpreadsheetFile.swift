import CXlsxWriter

/// An XLSX file that is written row after row (libxlsxwriter); what it takes of memory does not grow with its rows.
///
/// Equal calls give equal bytes. Texts stay texts: an identity number keeps its digits, and a cell that begins with
/// `=` is no formula.
@safe
final class SpreadsheetFile {
  enum Style: Int32 {
    case title, note, header, replyHeader, band, text, money, urgent, replyText, replyDate, replyMoney
  }

  /// What a reply cell accepts beside nothing.
  enum Limit: Int32 {
    case date, money
  }

  /// Characters of a cell; a spreadsheet holds 32,767.
  static let textLengthMax = 8000

  private let book: OpaquePointer
  private let path: String
  private var isClosed = false
  /// By sheet: the cells that were written, for `SpreadsheetCheck`.
  private(set) var sheets: [SpreadsheetCheck.Cells] = []

  /// Begins the file `number` (an open file of this process), which errors call `path`; parts of it wait nameless in
  /// `folder`.
  init(descriptor number: Int32, path: String, folder: String, created: Int, title: String) throws(RunError) {
    // SAFETY: the texts are zero-terminated copies during the call; the book is closed, and so freed, once.
    guard let book = unsafe mr_book_new("/proc/self/fd/\(number)", folder, Int64(created), title) else {
      throw .damaged(path: path, format: "xlsx", reason: "the writer did not start")
    }
    unsafe self.book = book
    self.path = path
  }

  deinit {
    // SAFETY: the book was not closed before.
    if !isClosed { _ = unsafe mr_book_close(book) }
  }

  /// Writes what is left. The file must not be used any more.
  func close() throws(RunError) {
    isClosed = true
    // SAFETY: called once; the book is not used again.
    try check(unsafe mr_book_close(book))
  }

  private func check(_ result: Int32) throws(RunError) {
    guard result != 0 else { return }
    // SAFETY: a constant zero-terminated text of the library.
    throw .damaged(path: path, format: "xlsx", reason: unsafe String(cString: mr_book_error(result)))
  }

  // SAFETY: below, the book is alive until `close`, and texts are zero-terminated copies during each call.

  /// Begins the next sheet; later calls are about it.
  func addSheet(_ name: String) throws(RunError) {
    try check(unsafe mr_book_add_sheet(book, name))
    sheets.append(SpreadsheetCheck.Cells())
  }

  private func note(_ text: String, row: Int, column: Int) {
    sheets[sheets.count - 1].add(place: SpreadsheetCheck.Cells.place(row: row, column: column), text: Array(text.utf8))
  }

  func setColumn(_ column: Int, width: Double) throws(RunError) {
    try check(unsafe mr_book_set_column(book, UInt16(column), width))
  }

  func setRow(_ row: Int, height: Double) throws(RunError) {
    try check(unsafe mr_book_set_row(book, UInt32(row), height))
  }

  func write(_ text: String, row: Int, column: Int, style: Style) throws(RunError) {
    let text = Self.cell(text)
    try check(unsafe mr_book_text(book, UInt32(row), UInt16(column), text, style.rawValue))
    note(text, row: row, column: column)
  }

  func write(_ number: Double, row: Int, column: Int, style: Style) throws(RunError) {
    try check(unsafe mr_book_number(book, UInt32(row), UInt16(column), number, style.rawValue))
    sheets[sheets.count - 1].add(place: SpreadsheetCheck.Cells.place(row: row, column: column), number: number)
  }

  /// One cell over the columns of a row.
  func writeBand(_ text: String, row: Int, columns: ClosedRange<Int>, style: Style) throws(RunError) {
    let text = Self.cell(text)
    try check(
      unsafe mr_book_band(
        book, UInt32(row), UInt16(columns.lowerBound), UInt16(columns.upperBound), text, style.rawValue))
    for column in columns { note(column == columns.lowerBound ? text : "", row: row, column: column) }
  }

  /// A drop-down list.
  func setChoices(_ choices: [String], rows: ClosedRange<Int>, column: Int, hint: String) throws(RunError) {
    let texts = choices.map { Array($0.utf8.map { CChar(bitPattern: $0) }) + [0] }
    let result = unsafe Self.withPointers(to: texts[...], []) { pointers in
      unsafe mr_book_choices(
        book, UInt32(rows.lowerBound), UInt32(rows.upperBound), UInt16(column), pointers, hint)
    }
    try check(result)
  }

  func setLimit(_ limit: Limit, rows: ClosedRange<Int>, column: Int, hint: String) throws(RunError) {
    try check(
      unsafe mr_book_limits(
        book, UInt32(rows.lowerBound), UInt32(rows.upperBound), UInt16(column), limit.rawValue, hint))
  }

  func freeze(row: Int, column: Int) { unsafe mr_book_freeze(book, UInt32(row), UInt16(column)) }

  /// Landscape on A3, `width` pages wide, with a new page at `breakColumn` where that is not 0.
  func setPage(width: Int, breakColumn: Int) throws(RunError) {
    try check(unsafe mr_book_set_page(book, UInt16(width), UInt16(breakColumn)))
  }

  /// Locks all cells but those of a reply style.
  func protect() { unsafe mr_book_protect(book) }

  /// The pointers to all of `texts`, with a null behind them, for the time of the call.
  private static func withPointers(
    to texts: ArraySlice<[CChar]>, _ pointers: [UnsafePointer<CChar>?],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Int32
  ) -> Int32 {
    guard let text = texts.first else {
      let ended = unsafe pointers + [nil]
      return unsafe ended.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
    return unsafe text.withUnsafeBufferPointer { buffer in
      unsafe withPointers(to: texts.dropFirst(), pointers + [buffer.baseAddress], body)
    }
  }

  /// On one line, and cut where a spreadsheet would refuse it.
  private static func cell(_ text: String) -> String {
    let line = text.oneLine
    guard line.unicodeScalars.count > textLengthMax else { return line }
    return String(String.UnicodeScalarView(line.unicodeScalars.prefix(textLengthMax))) + "…"
  }
}
