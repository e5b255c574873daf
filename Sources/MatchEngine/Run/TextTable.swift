/// Rows of cells as lines of text; columns are as wide as a terminal shows them.
package struct TextTable {
  /// The first row is the header.
  package var rows: [[String]]
  /// Columns whose cells stand at the right.
  package var numberColumns: ClosedRange<Int>

  package init(rows: [[String]], numberColumns: ClosedRange<Int>) {
    self.rows = rows
    self.numberColumns = numberColumns
  }

  /// Every line ends in LF.
  package var text: String {
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
