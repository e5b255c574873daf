/// Rows of cells as lines of text; columns are as wide as a terminal shows them.
struct TextTable {
  /// The first row is the header.
  var rows: [[String]]
  /// Columns whose cells stand at the right.
  var numberColumns: ClosedRange<Int>

  /// Every line ends in LF.
  var text: String {
    guard let header = rows.first else { return "" }
    let widths = header.indices.map { column in rows.map { $0[column].terminalWidth }.max() ?? 0 }
    var text = ""
    for row in rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        let room = String(repeating: " ", count: widths[column] - cell.terminalWidth)
        line += (column == 0 ? "" : "  ") + (numberColumns.contains(column) ? room + cell : cell + room)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}
