import MatchEngine
import Normalizers

/// People that do not exist, and flags on them.
enum LeadSamples {
  /// The specimen of annex A of GB 11643-1999.
  static let idNumber = "11010519491231002X"
  static let account = "6222020000000000000"
  static let key = SiteKey(bytes: Array(0..<32))
  static let asOf = CalendarDate(days: 20_757)  // 2026-10-31
  static func month(_ year: Int32, _ month: Int32) -> Int32 { year * 12 + month - 1 }

  static let rules: [LeadRule] = {
    var death = LeadRule(id: "DEATH_STOP")
    death.title = "死亡未停"
    death.category = "停保类"
    death.basis = ["沪民救发[2021]6号 二(一)", "社会救助暂行办法 第十三条"]
    death.verify = "核实死亡与户内人数"
    death.sources = ["roll", "funeral"]
    death.contrary = ["户籍变动"]
    death.evidenceIsName = [false, false]
    var holder = LeadRule(id: "HOLDER_MISMATCH")
    holder.title = "户名与对象不一致"
    holder.category = "资金类"
    holder.basis = ["沪民救发[2021]6号 二(四)"]
    holder.sources = ["payments", "roll"]
    holder.evidenceIsName = [false, true]
    holder.shownIsName = [false, true]
    var help = LeadRule(id: "UNCOVERED_HARDSHIP")
    help.title = "应保未保线索"
    help.category = "应保类"
    var list = LeadRule(id: "ID_UNUSABLE")
    list.title = "证件号不合格"
    list.isList = true
    return [death, holder, help, list]
  }()

  static var death: SettledFlag {
    var flag = SettledFlag(rule: 0)
    flag.severity = 5
    flag.proposal = "STOP HOLD_NEXT"
    flag.grade = "B"
    flag.reasons = ["DOT_VARIANT"]
    flag.caseID = "C-1"
    flag.idNumber = idNumber
    flag.name = "阿依·古丽"
    flag.district = "310101"
    flag.months = [month(2026, 9)]
    flag.amount = 133_000
    flag.amountBasis = "FULL"
    flag.due = 20_790  // 2026-12-03
    flag.fact = "阿依·古丽于2026-09-03死亡（\(idNumber)），至2026-10-31仍在低保名册"
    flag.evidence = "BZ1|2026-09-03"
    flag.exemptions = ["因死亡已停"]
    flag.flagKey = ["C-1"]
    flag.lines = [SettledFlag.Line(month: month(2026, 9), amount: 133_000, shown: ["P1", "=1+1"])]
    return flag
  }

  static var holder: SettledFlag {
    var flag = SettledFlag(rule: 1)
    flag.severity = 4
    flag.proposal = "REVIEW"
    flag.caseID = "C-1"
    flag.name = "阿依·古丽"
    flag.district = "310101"
    flag.months = [month(2026, 8), month(2026, 9)]
    flag.amount = 266_000
    flag.amountBasis = "FULL"
    flag.fact = "账户户名欧阳示例不是同户成员"
    flag.evidence = "\(account)|欧阳示例"
    flag.exemptions = ["代管备案", "同户成员"]
    flag.flagKey = ["C-1", account]
    flag.lines = [
      SettledFlag.Line(month: month(2026, 8), amount: 133_000, shown: [account, "欧阳示例"]),
      SettledFlag.Line(month: month(2026, 9), amount: 133_000, shown: ["6222 0200 0000 0000 000", "欧阳示例"])
    ]
    return flag
  }

  static var help: SettledFlag {
    var flag = SettledFlag(rule: 2)
    flag.severity = 3
    flag.proposal = "OUTREACH"
    flag.idNumber = idNumber
    flag.name = "钱示例"
    flag.district = "黄浦/<b>"
    flag.fact = "钱示例持有二级残疾人证，未纳入保障"
    return flag
  }

  static var unusable: SettledFlag {
    var flag = SettledFlag(rule: 3)
    flag.caseID = "C-9"
    flag.name = "周示例"
    flag.district = "310101"
    flag.fact = "证件号位数不对"
    return flag
  }

  static func list(_ flags: [SettledFlag], key: SiteKey? = key) -> LeadList {
    LeadList(flags, rules: rules, identity: key.map { FlagIdentity(key: $0) })
  }
}
