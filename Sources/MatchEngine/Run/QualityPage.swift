internal import Normalizers

/// `quality.html`: what `check` found, as a page that an office can send back to its supplier.
///
/// Counts and places, no values; one file without links to others, for screen, telephone and paper.
struct QualityPage {
  static let fileName = "quality.html"
  /// Places that are named for each problem of a column.
  private static let placeCountMax = 5

  let reports: SourceReports
  let quality: Quality

  var html: String {
    var page = HTMLText()
    page.markup("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n")
    page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>数据质量检查 ")
    page.text(reports.prepared.job.name)
    page.markup("</title>\n<style>\n")
    page.markup(Self.style)
    page.markup("</style>\n</head>\n<body>\n<h1>数据质量检查</h1>\n<p class=\"about\">任务：")
    page.text(reports.prepared.job.name)
    page.markup(" · 基准日：")
    page.text(reports.prepared.asOf)
    page.markup(" · 本页只有数量和位置，不含个人信息。</p>\n")
    legend(&page)
    let damage = reports.damage
    for index in quality.sources.indices {
      source(quality.sources[index], outcome: reports.outcomes[index], damage: damage[index], &page)
    }
    page.markup("</body>\n</html>\n")
    return page.html
  }

  private func legend(_ page: inout HTMLText) {
    page.markup(
      """
      <p class="legend"><span><i class="clean"></i>完好</span> <span><i class="repaired"></i>修复后可用</span> \
      <span><i class="unusable"></i>不可用</span> <span><i class="empty"></i>空</span></p>

      """)
  }

  private func source(
    _ source: Quality.Source, outcome: SourceOutcome, damage: [SpreadsheetDamage], _ page: inout HTMLText
  ) {
    page.markup("<section>\n<h2>")
    page.text(source.name)
    page.markup("</h2>\n")
    files(outcome, &page)
    let places = outcome.listedRejects().firstPlaces(Self.placeCountMax)
    records(outcome, places, &page)
    for column in damage { self.damage(column, &page) }
    for (use, field) in zip(outcome.uses, source.fields) {
      self.field(field, type: use.type, columns: headers(of: use.field, outcome), outcome, places, &page)
    }
    page.markup("</section>\n")
  }

  private func files(_ outcome: SourceOutcome, _ page: inout HTMLText) {
    page.markup("<table>\n<tr><th>文件</th><th>编码</th><th class=\"number\">记录</th></tr>\n")
    for (index, file) in outcome.files.enumerated() {
      page.markup("<tr><td>")
      page.text(file.input.name)
      page.markup("</td><td>")
      page.text(file.encoding.rawValue.uppercased())
      page.markup("</td><td class=\"number\">")
      page.number(outcome.records.acceptedByFile[index])
      page.markup("</td></tr>\n")
    }
    page.markup("</table>\n")
  }

  /// Records that were rejected or are no data.
  private func records(
    _ outcome: SourceOutcome, _ places: [Rejects.Finding: [Rejects.Found]], _ page: inout HTMLText
  ) {
    if outcome.records.accepted == 0 { page.markup("<p class=\"alarm\">没有一条可用的记录。</p>\n") }
    let skippedHead = outcome.files.reduce(0) { $0 + $1.layout.skippedHead }
    let skipped: [(String, Int)] = [
      ("表头上方的标题行", skippedHead), ("合计、签章等表尾行", outcome.records.tail),
      ("重复的表头", outcome.records.repeatedHeader), ("全空的行", outcome.records.empty)
    ].filter { $0.1 > 0 }
    if !skipped.isEmpty {
      page.markup("<p>跳过：")
      for (index, entry) in skipped.enumerated() {
        page.text("\(index == 0 ? "" : "；")\(entry.0) \(entry.1.grouped)")
      }
      page.markup("。</p>\n")
    }
    if outcome.records.ragged > 0 {
      page.markup("<p>列数与表头不符的记录（仍然采用）：")
      page.number(outcome.records.ragged)
      page.markup("。</p>\n")
    }
    guard !outcome.records.rejected.isEmpty else { return }
    page.markup("<p class=\"alarm\">无法拆分的记录：")
    page.number(outcome.rejectedCount)
    page.markup("</p>\n")
    reasons(outcome.records.rejected, kind: "unusable", column: [""], outcome, places, &page)
  }

  private func damage(_ damage: SpreadsheetDamage, _ page: inout HTMLText) {
    page.markup("<p class=\"alarm\">“")
    page.text(damage.column)
    page.markup("”列被表格软件损坏：")
    page.text("\(damage.percent)% 的值")
    if damage.scientific > 0 { page.text("，科学计数法 \(damage.scientific.grouped) 个") }
    if damage.zeroed > 0 { page.text("，第15位之后变为零 \(damage.zeroed.grouped) 个") }
    if damage.sparedOnlyX { page.text("，只有以X结尾的号码完好") }
    page.markup("。丢失的数字无法恢复，请把该列设为文本后重新导出。</p>\n")
  }

  /// The headers that a field is read from, in any file.
  private func headers(of field: Int, _ outcome: SourceOutcome) -> [String] {
    var names: [String] = []
    for file in outcome.files {
      guard let column = file.columns[field] else { continue }
      let name = file.layout.columns[column]
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private func field(
    _ field: Quality.Field, type: FieldType, columns: [String], _ outcome: SourceOutcome,
    _ places: [Rejects.Finding: [Rejects.Found]], _ page: inout HTMLText
  ) {
    let valid = field.valid ?? 0
    let parts: [(name: String, label: String, count: Int)] = [
      ("clean", "完好", valid - field.repairedValues), ("repaired", "修复后可用", field.repairedValues),
      ("unusable", "不可用", field.rows - field.empty - valid), ("empty", "空", field.empty)
    ]
    page.markup("<div class=\"field\">\n<h3>")
    page.text(columns.isEmpty ? field.name : columns.joined(separator: " / "))
    page.markup(" <small>")
    page.text(type.chineseName + (columns.isEmpty ? "，文件中没有这一列" : ""))
    page.markup("</small></h3>\n<div class=\"bar\">")
    for part in parts where part.count > 0 {
      page.markup("<i class=\"")
      page.text(part.name)
      page.markup("\" style=\"flex-grow:")
      page.text(String(part.count))
      page.markup("\"></i>")
    }
    page.markup("</div>\n<p class=\"counts\">")
    for part in parts where part.count > 0 || part.name == "clean" {
      page.markup("<span>")
      page.text("\(part.label) \(part.count.grouped)（\(Self.percent(part.count, of: field.rows))）")
      page.markup("</span> ")
    }
    page.markup("</p>\n")
    reasons(field.invalid, kind: "unusable", column: columns, outcome, places, &page)
    reasons(field.repaired, kind: "repaired", column: [], outcome, places, &page)
    reasons(field.warnings, kind: "noted", column: [], outcome, places, &page)
    page.markup("</div>\n")
  }

  /// A line a code, the most frequent first, with the first places.
  private func reasons(
    _ counts: [String: Int], kind: String, column columns: [String], _ outcome: SourceOutcome,
    _ places: [Rejects.Finding: [Rejects.Found]], _ page: inout HTMLText
  ) {
    guard !counts.isEmpty else { return }
    let title = ["unusable": "不可用", "repaired": "已修复"][kind] ?? "提示"
    page.markup("<ul class=\"")
    page.text(kind)
    page.markup("\">\n")
    for (code, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      page.markup("<li><b>")
      page.text("\(title)：\(CodeMeaning.phrase(code))")
      page.markup("</b> <code>")
      page.text(code)
      page.markup("</code> ")
      page.number(count)
      let found = columns.flatMap { places[Rejects.Finding(column: $0, code: code)] ?? [] }.prefix(Self.placeCountMax)
      if !found.isEmpty { page.text(" — \(Self.list(Array(found), outcome))\(count > found.count ? "等" : "")") }
      page.markup("</li>\n")
    }
    page.markup("</ul>\n")
  }

  /// `第3、17行等`, with the file's name where there are several.
  private static func list(_ places: [Rejects.Found], _ outcome: SourceOutcome) -> String {
    var parts: [String] = []
    var file = -1
    for place in places {
      if place.file != file {
        file = place.file
        let name = outcome.allFiles.count > 1 ? "\(outcome.allFiles[file].input.name) " : ""
        let lines = places.filter { $0.file == file }.map { String($0.line) }
        parts.append("\(name)第\(lines.joined(separator: "、"))行")
      }
    }
    return parts.joined(separator: "；")
  }

  /// One place behind the point, cut so that only all is 100 % and only nothing is 0 %.
  static func percent(_ count: Int, of all: Int) -> String {
    guard all > 0 else { return "0%" }
    if count == all { return "100%" }
    if count == 0 { return "0%" }
    let tenths = min(max((count * 1000 + all / 2) / all, 1), 999)
    return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
  }

  private static let style: StaticString = """
    :root { color-scheme: light; }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 56rem; padding: 1rem; color: #1b1b1b; background: #fff; line-height: 1.6;
      font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; }
    h1 { font-size: 1.5rem; margin: 0; }
    h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 2px solid #1b1b1b; }
    h3 { font-size: 1rem; margin: 1rem 0 .25rem; overflow-wrap: anywhere; }
    h3 small, .about { color: #555; font-weight: normal; }
    p { margin: .25rem 0; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; padding: .15rem .5rem .15rem 0; border-bottom: 1px solid #ccc; overflow-wrap: anywhere; }
    .number { text-align: right; padding-right: 0; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .legend span, .counts span { display: inline-block; margin-right: 1rem; }
    .legend i { display: inline-block; width: 1em; height: 1em; margin-right: .3em; vertical-align: -.1em; }
    .bar { display: flex; height: 1.1rem; border: 1px solid #1b1b1b; }
    .bar i { flex: 0 1 0; min-width: 2px; }
    i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    i.clean { background: #2f7d4f; }
    i.repaired { background: repeating-linear-gradient(45deg, #9ccc65 0 5px, #6fa83c 5px 8px); }
    i.unusable { background: #b3261e; }
    i.empty { background: #e4e4e4; }
    .alarm { border-left: .4rem solid #b3261e; padding-left: .6rem; font-weight: bold; }
    ul { margin: .25rem 0; padding-left: 1.2rem; }
    ul b { font-weight: normal; }
    ul.unusable b { color: #b3261e; }
    code { color: #555; font-size: .85em; }
    .field { break-inside: avoid; }
    @media print { body { max-width: none; padding: 0; font-size: 10pt; } }

    """
}
