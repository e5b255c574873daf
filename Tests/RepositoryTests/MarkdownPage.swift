/// What of a Markdown page is code, and where its links lead.
struct MarkdownPage {
  struct Code {
    let place: String
    let text: String
  }

  /// Lines of fenced blocks and the spans between single backticks.
  private(set) var code: [Code] = []
  /// Targets of links, without the part behind `#`.
  private(set) var links: [Code] = []

  init(_ lines: [(place: String, text: Substring)]) {
    var isFenced = false
    for line in lines {
      if line.text.hasPrefix("```") {
        isFenced.toggle()
      } else if isFenced {
        code.append(Code(place: line.place, text: String(line.text)))
      } else {
        for (index, part) in line.text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        where index % 2 == 1 {
          code.append(Code(place: line.place, text: String(part)))
        }
        for rest in line.text.split(separator: "](", omittingEmptySubsequences: false).dropFirst() {
          let target = rest.prefix { $0 != ")" && $0 != "#" }
          links.append(Code(place: line.place, text: String(target)))
        }
      }
    }
  }
}
