import Foundation
import MatchEngine
import Testing

@Suite struct SummaryPageTests {
  private func page(_ flags: [SettledFlag] = [LeadSamples.death, LeadSamples.holder, LeadSamples.help])
    -> SummaryPage
  {
    var page = SummaryPage(
      jobName: "月度<比对>", asOf: LeadSamples.asOf, engineVersion: "1.2.3", jobDigest: "abc", siteKey: "site-v5l424dt",
      list: LeadSamples.list(flags))
    var feed = SummaryFeed(name: "funeral")
    feed.rowsRead = 12_345
    feed.rowsAccepted = 12_340
    feed.rowsRejected = ["OPEN_QUOTE": 5]
    feed.newest = 20_756
    feed.problems = ["“身份证号”列不可用的值：校验码不符 12"]
    page.feeds = [feed]
    for (id, count) in [("DEATH_STOP", 1), ("HOLDER_MISMATCH", 1), ("UNCOVERED_HARDSHIP", 1)] {
      var rule = Manifest.Rule(id: id)
      rule.flags = count
      rule.evaluated = 3000
      rule.exemptions = ["代管备案": 7]
      rule.notEvaluated = ["key_invalid": 31]
      page.rules.append(rule)
    }
    var unknown = Manifest.Rule(id: "IN_CUSTODY")
    unknown.state = .unknown
    unknown.reason = "source 'judicial' has no usable row"
    page.rules.append(unknown)
    return page
  }

  @Test func theNumbersOfTheRunStandOnIt() {
    let html = page().html
    for text in [
      "月度&lt;比对&gt;", "2026-10-31",
      "<td class=\"number\">12,340</td><td class=\"number\">5</td><td class=\"date\">2026-10-30</td>",
      "校验码不符 12", "死亡未停", "户名与对象不一致", "应保未保线索", "黄浦/&lt;b&gt;", "IN_CUSTODY", "来源 judicial 没有一条可用的记录",
      "代管备案 7", "匹配字段不可用 31", "没有差异", "1,330.00", "2,660.00", "2026-08", "沪民救发[2021]6号 二(一)", "site-v5l424dt", "1.2.3",
      "<svg viewBox="
    ] {
      #expect(html.contains(text), "\(text)")
    }
    // By month, 8: the holder's; 9: the holder's and the death's.
    #expect(html.contains("<span class=\"label\">2026-09</span>"))
    #expect(html.components(separatedBy: "2,660.00").count >= 3)
  }

  @Test func nobodyIsNamed() {
    let html = page().html
    for secret in [LeadSamples.idNumber, LeadSamples.account, "阿依·古丽", "欧阳示例", "钱示例", "C-1"] {
      #expect(!html.contains(secret))
    }
  }

  @Test func nothingIsFetched() {
    let html = page().html
    for word in ["http", "<script", "<link", "<img", "url(", "@import"] { #expect(!html.contains(word)) }
  }

  @Test func differencesFromThePacksAreCounted() {
    var page = page()
    page.differences = [
      .init(
        PackDifference(kind: .exemption, pack: "notice-2021-6", name: "局长<亲属>", shipped: "", used: "id_no = '1'"),
        removed: 1234),
      .init(
        PackDifference(kind: .parameter, pack: "notice-2021-6", name: "min_days", shipped: "30", used: "90"),
        removed: nil)
    ]
    let html = page.html
    #expect(html.contains("增加的排除条件 局长&lt;亲属&gt;"))
    #expect(html.contains("<td class=\"number\" data-label=\"因此减少的线索\">1,234</td>"))
    #expect(html.contains(">未统计</td>"))
    #expect(html.contains("参数 min_days</td><td data-label=\"原来\">30</td><td data-label=\"本次\">90</td>"))
  }

  @Test func anEmptyRunSaysSo() {
    let page = SummaryPage(
      jobName: "n", asOf: LeadSamples.asOf, engineVersion: "1", jobDigest: "", siteKey: nil, list: LeadSamples.list([]))
    #expect(page.html.contains("没有线索"))
    #expect(page.html.contains("线索编号只在本次有效"))
  }

  @Test func barsOfEqualRunsAreEqual() {
    let flags = [LeadSamples.death, LeadSamples.holder, LeadSamples.help]
    #expect(page(flags).html == page(flags.reversed()).html)
  }
}
