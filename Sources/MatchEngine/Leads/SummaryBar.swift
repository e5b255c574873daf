/// One row of a bar chart: a label, a bar drawn as inline SVG, the number behind it.
///
/// The drawing holds no text, so it may be stretched to any width.
struct SummaryBar {
  /// Units of the drawing over its whole width.
  private static let width = 10_000

  let label: String
  /// Shown small under the label.
  let code: String
  /// By severity, 0 for what has none.
  let counts: [Int]
  /// Stands in for the total.
  let shown: String?

  init(label: String, code: String = "", counts: [Int], shown: String? = nil) {
    self.label = label
    self.code = code
    self.counts = counts
    self.shown = shown
  }

  private var total: Int { counts.reduce(0) { $0 + max($1, 0) } }

  /// Writes the rows, the longest bar over the whole width.
  static func write(_ bars: [SummaryBar], _ page: inout HTMLText) {
    guard !bars.isEmpty else {
      page.markup("<p>没有线索。</p>\n")
      return
    }
    let longest = max(bars.map(\.total).max() ?? 0, 1)
    page.markup("<ul class=\"bars\">\n")
    for bar in bars { bar.write(longest: longest, &page) }
    page.markup("</ul>\n")
  }

  private func write(longest: Int, _ page: inout HTMLText) {
    page.markup("<li><span class=\"label\">")
    page.text(label)
    if !code.isEmpty && code != label {
      page.markup("<code>")
      page.text(code)
      page.markup("</code>")
    }
    page.markup("</span><svg viewBox=\"0 0 10000 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"")
    page.text(shown ?? total.grouped)
    page.markup("\">")
    var before = 0
    for severity in counts.indices.reversed() where counts[severity] > 0 {
      // From the sums, so that rounding leaves no gap; whatever is there can be seen.
      let start = Self.place(before, of: longest)
      before += counts[severity]
      let end = max(Self.place(before, of: longest), start + 20)
      page.markup("<rect class=\"s")
      page.text(String(severity))
      page.markup("\" y=\"0\" height=\"10\" x=\"")
      page.text(String(start))
      page.markup("\" width=\"")
      page.text(String(end - start))
      page.markup("\"/>")
    }
    page.markup("</svg><span class=\"count\"><b>")
    page.text(shown ?? total.grouped)
    page.markup("</b>")
    let parts = counts.indices.reversed().filter { $0 > 0 && counts[$0] > 0 }
    if !parts.isEmpty {
      page.markup("<small>")
      page.text(parts.map { "\(LeadWords.severityName($0)) \(counts[$0].grouped)" }.joined(separator: " · "))
      page.markup("</small>")
    }
    page.markup("</span></li>\n")
  }

  private static func place(_ count: Int, of longest: Int) -> Int {
    let (high, low) = count.multipliedFullWidth(by: width)
    return longest.dividingFullWidth((high, low)).quotient
  }
}
