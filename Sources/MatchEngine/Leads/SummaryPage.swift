package import Normalizers

/// `summary.html`: a run on one page, for screen, telephone and paper; numbers only, nobody's name.
package struct SummaryPage: Sendable {
  package static let fileName = "summary.html"
  /// Months that get a bar of their own; older ones share one.
  private static let monthCountMax = 18
  /// Districts that get a bar of their own.
  private static let districtCountMax = 60
  private static let helpCategory = "应保类"

  /// Something in which the job differs from a pack, and what it did.
  package struct Difference: Sendable, Hashable {
    package var difference: PackDifference
    /// Flags that are missing because of it; nil where that was not counted.
    package var removed: Int?

    package init(_ difference: PackDifference, removed: Int?) {
      self.difference = difference
      self.removed = removed
    }
  }

  package var jobName: String
  package var asOf: CalendarDate
  package var engineVersion: String
  package var jobDigest: String
  package var siteKey: String?
  package var feeds: [SummaryFeed] = []
  /// As in the manifest: all rules of the job, also those without leads.
  package var rules: [Manifest.Rule] = []
  package var differences: [Difference] = []
  /// What a guard or an alarm held back, one sentence each.
  package var alarms: [String] = []
  /// Files of the run with their digests.
  package var files: [Manifest.File] = []
  private let list: LeadList

  package init(
    jobName: String, asOf: CalendarDate, engineVersion: String, jobDigest: String, siteKey: String?, list: LeadList
  ) {
    self.jobName = jobName
    self.asOf = asOf
    self.engineVersion = engineVersion
    self.jobDigest = jobDigest
    self.siteKey = siteKey
    self.list = list
  }

  package var html: String {
    var page = HTMLText()
    page.markup("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n")
    page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>比对情况 ")
    page.text("\(jobName) \(asOf.text)")
    page.markup("</title>\n<style>\n")
    page.markup(Self.style)
    page.markup("</style>\n</head>\n<body>\n<header>\n<h1>社会救助数据比对情况</h1>\n<p class=\"about\">任务：")
    page.text(jobName)
    page.markup(" · 比对基准日：")
    page.text(asOf.text)
    page.markup(" · 本页只有数量，不含个人信息</p>\n</header>\n")
    let leads = list.leads.filter { !list.rule(of: $0).isList }
    headline(leads, &page)
    held(&page)
    byRule(&page)
    byDistrict(leads, &page)
    money(leads, &page)
    help(leads, &page)
    sources(&page)
    evaluation(&page)
    packs(&page)
    basis(&page)
    method(&page)
    page.markup("</body>\n</html>\n")
    return page.html
  }

  // MARK: - Head

  private func headline(_ leads: [Lead], _ page: inout HTMLText) {
    let cases = Set(leads.map(\.flag.caseID)).subtracting([""]).count
    let help = leads.filter { list.rule(of: $0).category == Self.helpCategory }.count
    let tiles: [(String, Int, String)] = [
      ("核查线索", leads.count, "条"), ("涉及", cases, "户"),
      ("紧急", leads.filter { $0.flag.severity >= 5 }.count, "条"),
      ("涉及金额的线索", leads.filter { $0.flag.amount != nil }.count, "条"),
      ("应保未保线索", help, "条"),
      ("未能判断的规则", rules.filter { $0.state != .done }.count, "条")
    ]
    page.markup("<ul class=\"tiles\">\n")
    for (label, count, unit) in tiles {
      page.markup("<li><span>")
      page.text(label)
      page.markup("</span><b>")
      page.number(count)
      page.markup("</b><small>")
      page.text(unit)
      page.markup("</small></li>\n")
    }
    page.markup("</ul>\n<p class=\"notice\">线索只供人工核查，不是处理决定；金额均为待核实金额。</p>\n")
  }

  /// What was not judged, or held back, stands on top: silence about it would read as "nothing found".
  private func held(_ page: inout HTMLText) {
    let unjudged = rules.filter { $0.state != .done }
    guard !unjudged.isEmpty || !alarms.isEmpty else { return }
    page.markup("<section class=\"held\">\n<h2>须先处理</h2>\n<ul>\n")
    for alarm in alarms {
      page.markup("<li>")
      page.text(alarm)
      page.markup("</li>\n")
    }
    for rule in unjudged {
      page.markup("<li><b>")
      page.text(title(of: rule))
      page.markup("</b> <code>")
      page.text(rule.id)
      page.markup("</code> ")
      page.text(rule.state == .unknown ? "本次无法判断，不等于没有问题" : "缺少所需数据，未评估")
      if let reason = rule.reason { page.text("：\(Self.chinese(reason))") }
      page.markup("</li>\n")
    }
    page.markup("</ul>\n</section>\n")
  }

  // MARK: - Flags

  private func byRule(_ page: inout HTMLText) {
    var severities: [String: [Int]] = [:]
    for lead in list.leads {
      severities[list.rule(of: lead).id, default: Array(repeating: 0, count: 6)][Self.step(lead)] += 1
    }
    let bars = rules.filter { $0.flags > 0 }.sorted { ($1.flags, $0.id) < ($0.flags, $1.id) }.map { rule in
      SummaryBar(label: title(of: rule), code: rule.id, counts: severities[rule.id] ?? [rule.flags, 0, 0, 0, 0, 0])
    }
    page.markup("<section>\n<h2>线索按规则</h2>\n")
    legend(&page)
    SummaryBar.write(bars, &page)
    page.markup("</section>\n")
  }

  private func byDistrict(_ leads: [Lead], _ page: inout HTMLText) {
    guard !leads.isEmpty else { return }
    var severities: [String: [Int]] = [:]
    for lead in leads {
      severities[lead.flag.district, default: Array(repeating: 0, count: 6)][Self.step(lead)] += 1
    }
    let bars = severities.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { SummaryBar(label: $0.key.isEmpty ? "未注明区" : $0.key, counts: $0.value) }
    page.markup("<section>\n<h2>线索按区</h2>\n")
    SummaryBar.write(Array(bars.prefix(Self.districtCountMax)), &page)
    if bars.count > Self.districtCountMax {
      page.markup("<p>另有 ")
      page.number(bars.count - Self.districtCountMax)
      page.markup(" 个区未列出。</p>\n")
    }
    page.markup("</section>\n")
  }

  private static func step(_ lead: Lead) -> Int { min(max(lead.flag.severity, 0), 5) }

  private func legend(_ page: inout HTMLText) {
    page.markup("<p class=\"legend\">")
    for severity in stride(from: 5, through: 1, by: -1) {
      page.markup("<span><i class=\"s")
      page.text(String(severity))
      page.markup("\"></i>")
      page.text(LeadWords.severity(severity))
      page.markup("</span> ")
    }
    page.markup("</p>\n")
  }

  private func title(of rule: Manifest.Rule) -> String {
    if let known = list.rules.first(where: { $0.id == rule.id }), !known.title.isEmpty { return known.title }
    return rule.title.isEmpty ? rule.id : rule.title
  }

  // MARK: - Money and help

  private func money(_ leads: [Lead], _ page: inout HTMLText) {
    var sums: [String: [String: Int64]] = [:]
    var months: [Int32: Int64] = [:]
    for lead in leads {
      guard let amount = lead.flag.amount else { continue }
      sums[list.rule(of: lead).id, default: [:]][lead.flag.amountBasis, default: 0] += amount
      for line in lead.flag.lines { if let month = line.month { months[month, default: 0] += line.amount ?? 0 } }
    }
    guard !sums.isEmpty else { return }
    let bases = ["FULL", "RECALC", "PER_CAPITA", ""].filter { basis in sums.values.contains { $0[basis] != nil } }
    page.markup("<section>\n<h2>待核实金额</h2>\n<p>同一笔资金可能出现在几条规则中，各规则的金额不可相加；按人均估算的是上限。</p>\n")
    page.markup("<div class=\"wide\"><table class=\"stack\">\n<tr><th>规则</th>")
    let titles = bases.map { $0.isEmpty ? "未注明口径" : LeadWords.amountBasis($0) }
    for title in titles {
      page.markup("<th class=\"number\">")
      page.text("\(title)（元）")
      page.markup("</th>")
    }
    page.markup("</tr>\n")
    for rule in rules {
      guard let sum = sums[rule.id] else { continue }
      page.markup("<tr><td>")
      page.text(title(of: rule))
      page.markup("</td>")
      for (basis, title) in zip(bases, titles) {
        page.markup("<td class=\"number\" data-label=\"")
        page.text(title)
        page.markup("\">")
        page.text(sum[basis].map(Self.yuan) ?? "")
        page.markup("</td>")
      }
      page.markup("</tr>\n")
    }
    page.markup("</table></div>\n")
    monthBars(months, &page)
    page.markup("</section>\n")
  }

  private func monthBars(_ months: [Int32: Int64], _ page: inout HTMLText) {
    guard !months.isEmpty else { return }
    let sorted = months.sorted { $0.key < $1.key }
    let recent = sorted.suffix(Self.monthCountMax)
    var bars: [SummaryBar] = []
    let older = sorted.dropLast(recent.count)
    if !older.isEmpty {
      let sum = older.reduce(0) { $0 + $1.value }
      bars.append(SummaryBar(label: "更早", counts: [Int(sum)], shown: Self.yuan(sum)))
    }
    for (month, sum) in recent {
      bars.append(SummaryBar(label: CalendarMonth(months: month).text, counts: [Int(sum)], shown: Self.yuan(sum)))
    }
    page.markup("<h3>按所属月份（元，各规则合计，可能重复）</h3>\n")
    SummaryBar.write(bars, &page)
  }

  /// `12,345.60`
  private static func yuan(_ cents: Int64) -> String {
    let text = Amount(cents: cents).description
    let parts = text.split(separator: ".", maxSplits: 1)
    let whole = Int(parts[0]) ?? 0
    let sign = cents < 0 && whole == 0 ? "-" : ""
    return sign + whole.grouped + (parts.count > 1 ? ".\(parts[1])" : "")
  }

  private func help(_ leads: [Lead], _ page: inout HTMLText) {
    let helping = list.rules.filter { $0.category == Self.helpCategory }
    guard !helping.isEmpty else { return }
    var counts: [String: [String: Int]] = [:]
    for lead in leads where list.rule(of: lead).category == Self.helpCategory {
      counts[lead.flag.district, default: [:]][list.rule(of: lead).id, default: 0] += 1
    }
    page.markup("<section>\n<h2>应保尽保</h2>\n")
    if counts.isEmpty {
      page.markup("<p>本次没有发现应保未保线索。</p>\n</section>\n")
      return
    }
    page.markup("<p>可能需要帮助而尚未纳入的人，请主动上门或电话告知；收入和财产尚未核对。</p>\n<div class=\"wide\"><table>\n<tr><th>区</th>")
    for rule in helping {
      page.markup("<th class=\"number\">")
      page.text(rule.shownTitle)
      page.markup("</th>")
    }
    page.markup("</tr>\n")
    for (district, found) in counts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      page.markup("<tr><td>")
      page.text(district.isEmpty ? "未注明区" : district)
      page.markup("</td>")
      for rule in helping {
        page.markup("<td class=\"number\">")
        page.number(found[rule.id] ?? 0)
        page.markup("</td>")
      }
      page.markup("</tr>\n")
    }
    page.markup("</table></div>\n</section>\n")
  }

  // MARK: - Sources and rules

  private func sources(_ page: inout HTMLText) {
    page.markup("<section>\n<h2>数据来源</h2>\n<div class=\"wide\"><table>\n")
    page.markup("<tr><th>来源</th><th class=\"number\">记录</th><th class=\"number\">无法拆分</th><th>最新日期</th></tr>\n")
    for feed in feeds {
      page.markup("<tr><td>")
      page.text(feed.name)
      page.markup("</td><td class=\"number\">")
      page.number(feed.rowsAccepted)
      page.markup("</td><td class=\"number\">")
      page.number(feed.rejectedCount)
      page.markup("</td><td class=\"date\">")
      page.text(feed.newest.map { CalendarDate(days: $0).text } ?? "")
      page.markup("</td></tr>\n")
    }
    page.markup("</table></div>\n")
    for feed in feeds where !feed.problems.isEmpty {
      page.markup("<h3>")
      page.text(feed.name)
      page.markup("</h3>\n<ul>\n")
      for problem in feed.problems {
        page.markup("<li>")
        page.text(problem)
        page.markup("</li>\n")
      }
      page.markup("</ul>\n")
    }
    page.markup("</section>\n")
  }

  private func evaluation(_ page: inout HTMLText) {
    page.markup("<section>\n<h2>判断了多少</h2>\n<div class=\"wide\"><table class=\"stack\">\n")
    page.markup("<tr><th>规则</th><th class=\"number\">已判断</th><th class=\"number\">线索</th>")
    page.markup("<th>未判断</th><th>因排除条件不列</th></tr>\n")
    for rule in rules {
      page.markup("<tr><td>")
      page.text(title(of: rule))
      page.markup("</td><td class=\"number\" data-label=\"已判断\">")
      page.number(rule.evaluated)
      page.markup("</td><td class=\"number\" data-label=\"线索\">")
      page.number(rule.flags)
      page.markup("</td><td data-label=\"未判断\">")
      page.text(Self.counts(rule.notEvaluated))
      page.markup("</td><td data-label=\"因排除条件不列\">")
      page.text(Self.counts(rule.exemptions))
      page.markup("</td></tr>\n")
    }
    page.markup("</table></div>\n</section>\n")
  }

  /// `name 12；other 3`, the greatest first.
  private static func counts(_ counts: [String: Int]) -> String {
    counts.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\(chinese($0.key)) \($0.value.grouped)" }.joined(separator: "；")
  }

  /// What the manifest says in English of why something was not judged; a sentence of another form stays as it is.
  private static func chinese(_ reason: String) -> String {
    if let found = reason.wholeMatch(of: /source '([^']*)' has no usable row/) {
      return "来源 \(found.1) 没有一条可用的记录"
    }
    if let found = reason.wholeMatch(of: /source '([^']*)' has no row with a usable key \((.*)\)/) {
      return "来源 \(found.1) 没有一条记录的 \(found.2) 可用"
    }
    return LeadWords.excuse(reason)
  }

  private func packs(_ page: inout HTMLText) {
    page.markup("<section>\n<h2>与随附规则包的差异</h2>\n")
    if differences.isEmpty {
      page.markup("<p>没有差异：参数、排除条件和规则都与规则包相同。</p>\n</section>\n")
      return
    }
    page.markup("<div class=\"wide\"><table class=\"stack\">\n<tr><th>规则包</th><th>改动</th><th>原来</th><th>本次</th>")
    page.markup("<th class=\"number\">因此减少的线索</th></tr>\n")
    for entry in differences {
      page.markup("<tr><td>")
      page.text(entry.difference.pack)
      page.markup("</td><td data-label=\"改动\">")
      page.text("\(entry.difference.kind.chineseName) \(entry.difference.name)")
      page.markup("</td><td data-label=\"原来\">")
      page.text(entry.difference.shipped)
      page.markup("</td><td data-label=\"本次\">")
      page.text(entry.difference.used)
      page.markup("</td><td class=\"number\" data-label=\"因此减少的线索\">")
      page.text(entry.removed.map(\.grouped) ?? "未统计")
      page.markup("</td></tr>\n")
    }
    page.markup("</table></div>\n</section>\n")
  }

  private func basis(_ page: inout HTMLText) {
    let described = list.rules.filter { !$0.basis.isEmpty }
    guard !described.isEmpty else { return }
    page.markup("<section>\n<h2>规则与政策依据</h2>\n<div class=\"wide\"><table class=\"stack\">\n")
    page.markup("<tr><th>规则</th><th>编号</th><th class=\"number\">版本</th><th>依据</th></tr>\n")
    for rule in described {
      page.markup("<tr><td>")
      page.text(rule.shownTitle)
      page.markup("</td><td><code>")
      page.text(rule.id)
      page.markup("</code></td><td class=\"number\" data-label=\"版本\">")
      page.number(rule.version)
      page.markup("</td><td data-label=\"依据\">")
      page.text(rule.basis.joined(separator: "；"))
      page.markup("</td></tr>\n")
    }
    page.markup("</table></div>\n</section>\n")
  }

  private func method(_ page: inout HTMLText) {
    page.markup(
      """
      <section>
      <h2>方法</h2>
      <ul>
      <li>以公民身份号码为准逐条比对，姓名只用来核实身份；号码相同而姓名不同的，一律先核实身份。</li>
      <li>停发建议只用于身份一致且查明为单人户的情形；户内仍有成员的，建议复核后增减发。</li>
      <li>合理情形（代管备案、同户账户、社区矫正、冲正退票等）逐项查找，查到的不列线索，并按名称计数。</li>
      <li>来源缺失或明显不全的，规则不下结论，已有线索不视为消除。</li>
      <li>相同的数据、基准日和任务，得到相同的结果。</li>
      </ul>
      <div class="wide"><table class="digests">

      """)
    let facts: [(String, String)] =
      [
        ("程序", "match-run \(engineVersion)"), ("任务摘要", jobDigest),
        ("线索编号密钥", siteKey ?? "没有；线索编号只在本次有效")
      ] + feeds.flatMap { feed in feed.files.map { ($0.name, $0.digest) } } + files.map { ($0.path, $0.digest) }
    for (name, value) in facts where !value.isEmpty {
      page.markup("<tr><td>")
      page.text(name)
      page.markup("</td><td><code>")
      page.text(value)
      page.markup("</code></td></tr>\n")
    }
    page.markup("</table></div>\n</section>\n")
  }

  private static let style: StaticString = """
    :root { color-scheme: light; }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 60rem; padding: 1rem; color: #1b1b1b; background: #fff; line-height: 1.6;
      font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; }
    h1 { font-size: 1.6rem; line-height: 1.3; margin: 0; }
    h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; border-bottom: 2px solid #1f3a5f; color: #1f3a5f; }
    h3 { font-size: 1rem; margin: 1rem 0 .25rem; overflow-wrap: anywhere; }
    p { margin: .25rem 0; }
    ul { margin: .25rem 0; padding-left: 1.2rem; }
    .about { color: #555; }
    .notice { border-left: .4rem solid #1f3a5f; padding-left: .6rem; }
    .tiles { list-style: none; padding: 0; margin: 1rem 0; display: grid; gap: .6rem;
      grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); }
    .tiles li { border: 1px solid #b8c4d0; border-radius: .3rem; padding: .4rem .7rem; }
    .tiles span { display: block; color: #555; }
    .tiles b { font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
    .tiles small { margin-left: .25rem; }
    .held { border: 2px solid #a61b1b; border-radius: .3rem; padding: .2rem 1rem .6rem; margin-top: 1rem; }
    .held h2 { margin-top: .4rem; border: 0; color: #a61b1b; }
    .bars { list-style: none; padding: 0; }
    .bars li { display: grid; grid-template-columns: 11rem 1fr 19rem; gap: 0 .7rem;
      align-items: center; padding: .2rem 0; border-bottom: 1px solid #e6e6e6; break-inside: avoid; }
    .bars .label code { display: block; line-height: 1.2; }
    .bars .label { overflow-wrap: anywhere; line-height: 1.35; }
    .bars svg { display: block; width: 100%; height: 1.1rem; }
    .bars .count { font-variant-numeric: tabular-nums; line-height: 1.35; }
    .bars .count small { color: #555; margin-left: .3rem; font-size: .82em; }
    .legend span { display: inline-block; margin-right: 1rem; }
    .legend i { display: inline-block; width: 1em; height: 1em; margin-right: .3em; vertical-align: -.1em; }
    .legend i, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    .s5 { fill: #a61b1b; background: #a61b1b; }
    .s4 { fill: #d9731a; background: #d9731a; }
    .s3 { fill: #e3b341; background: #e3b341; }
    .s2 { fill: #6f94c4; background: #6f94c4; }
    .s1 { fill: #b8c4d0; background: #b8c4d0; }
    .s0 { fill: #1f3a5f; background: #1f3a5f; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; vertical-align: top; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid #ccc; }
    th { color: #1f3a5f; white-space: nowrap; }
    td:first-child { min-width: 6rem; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .number + th, .number + td:not(.number) { padding-left: 1rem; }
    .number + .number { padding-left: .4rem; }
    .date { white-space: nowrap; }
    code { color: #555; font-size: .85em; overflow-wrap: anywhere; }
    .digests td { border: 0; padding-top: 0; padding-bottom: 0; }
    section { break-inside: auto; }
    h2, h3 { break-after: avoid; }
    tr { break-inside: avoid; }
    @media (max-width: 40rem) {
      body { padding: .7rem; }
      .bars li { grid-template-columns: minmax(7em, auto) 1fr; }
      .bars svg { grid-row: 2; grid-column: 1 / 3; }
      .bars .count { text-align: right; }
      .bars .count small { font-size: .72em; }
      .bars .label code { display: none; }
      th, td { padding-right: .5rem; font-size: .92rem; }
      th { white-space: normal; }
      .stack tr:first-child { display: none; }
      .stack tr, .stack td { display: block; border: 0; text-align: left; padding: 0; }
      .stack tr { border-bottom: 1px solid #ccc; padding: .3rem 0; }
      .stack td:first-child { font-weight: bold; }
      .stack td:empty { display: none; }
      .stack td[data-label]::before { content: attr(data-label) "："; color: #555; }
      .stack td[data-label] { padding-left: 0; }
    }
    @media print {
      body { max-width: none; padding: 0; font-size: 9pt; line-height: 1.4; }
      .tiles { grid-template-columns: repeat(6, 1fr); }
      .bars li { padding: 0; }
      .wide { overflow-x: visible; }
      h2 { margin-top: 1.2rem; }
    }

    """
}

extension PackDifference.Kind {
  /// As the summary calls it.
  fileprivate var chineseName: String {
    switch self {
    case .parameter: "参数"
    case .definition: "改动的定义"
    case .view: "改动的视图"
    case .membership: "改动的家庭成员口径"
    case .exemption: "增加的排除条件"
    case .off: "停用的规则"
    case .rule: "改动的规则"
    }
  }
}
