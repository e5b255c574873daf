/// The lines of a job file, to find the place of a character inside a scalar.
struct JobLines {
  private let lines: [[Unicode.Scalar]]

  init(_ scalars: [Unicode.Scalar]) {
    var lines: [[Unicode.Scalar]] = []
    var line: [Unicode.Scalar] = []
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      guard Self.isBreak(scalar) else {
        line.append(scalar)
        continue
      }
      if scalar == "\r", index < scalars.count, scalars[index] == "\n" { index += 1 }
      lines.append(line)
      line = []
    }
    lines.append(line)
    self.lines = lines
  }

  /// YAML 1.1 ends a line at more characters than LF and CR.
  static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  /// The place of the `offset`th character of `text`; the start of `text` where it does not stand on one line.
  func position(ofOffset offset: Int, in text: JobText) -> Position {
    guard let columns = columns(of: text), offset < columns.count else { return text.position }
    return Position(line: text.position.line, column: columns[offset], file: text.position.file)
  }

  /// What follows a one-line plain scalar on its line, without leading blanks; nil for other scalars.
  func rest(after text: JobText) -> (hasBlank: Bool, scalars: ArraySlice<Unicode.Scalar>)? {
    guard text.style == .plain, !text.isAbsent, let end = columns(of: text)?.last else { return nil }
    let rest = lines[text.position.line - 1][(end - 1)...]
    let trimmed = rest.drop { $0 == " " || $0 == "\t" }
    return (trimmed.startIndex > rest.startIndex, trimmed)
  }

  /// The column of every character of `text`, and of the place behind the last.
  private func columns(of text: JobText) -> [Int]? {
    guard lines.indices.contains(text.position.line - 1) else { return nil }
    let line = lines[text.position.line - 1]
    var index = text.position.column - 1
    guard index >= 0 else { return nil }
    if text.style == .singleQuoted || text.style == .doubleQuoted { index += 1 }
    var columns: [Int] = []
    for scalar in text.text.unicodeScalars {
      guard index < line.count else { return nil }
      columns.append(index + 1)
      switch text.style {
      case .block:
        return nil
      case .plain:
        guard line[index] == scalar else { return nil }
        index += 1
      case .singleQuoted:
        guard line[index] == scalar else { return nil }
        index += scalar == "'" ? 2 : 1
      case .doubleQuoted:
        if line[index] == "\\" {
          index += 2 + Self.escapeDigitCount(index + 1 < line.count ? line[index + 1] : " ")
        } else {
          guard line[index] == scalar else { return nil }
          index += 1
        }
      }
    }
    guard index <= line.count else { return nil }
    columns.append(index + 1)
    return columns
  }

  /// The number of hexadecimal digits behind `\x`, `\u`, `\U` in double quotes.
  private static func escapeDigitCount(_ letter: Unicode.Scalar) -> Int {
    switch letter {
    case "x": 2
    case "u": 4
    case "U": 8
    default: 0
    }
  }
}
