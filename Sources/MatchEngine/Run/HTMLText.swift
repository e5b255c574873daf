/// Text that is put together into a page; whatever comes from data is escaped.
struct HTMLText {
  private(set) var html = ""

  /// Appends markup that is part of the program.
  mutating func markup(_ markup: StaticString) { html += "\(markup)" }

  /// Appends text with the five characters that mean something in HTML escaped, control characters replaced.
  mutating func text(_ text: String) {
    for scalar in text.oneLine.unicodeScalars {
      switch scalar {
      case "&": html += "&amp;"
      case "<": html += "&lt;"
      case ">": html += "&gt;"
      case "\"": html += "&quot;"
      case "'": html += "&#39;"
      default: html.unicodeScalars.append(scalar)
      }
    }
  }

  mutating func number(_ number: Int) { html += number.grouped }
}
