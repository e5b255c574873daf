/// What a district writes beside each lead; the raw value is the header. `线索编号` stands in the list already.
enum ReplyColumn: String, CaseIterable {
  case outcome = "核查结论"
  case reason = "原因"
  case method = "核查方式"
  case checker = "核查人"
  case secondChecker = "第二核查人"
  case checkDate = "核查日期"
  case decision = "处理决定"
  case effectivePeriod = "生效月份"
  case monthlyChange = "月减增额"
  case recoverable = "应追回金额"
  case recovered = "已追回金额"
  case recoveredDate = "追回日期"
  case noticeDate = "告知日期"
  case objection = "是否异议"
  case recheckOutcome = "复查结论"
  case documents = "文书号"
  case note = "说明"

  /// Outcomes, as the ledger knows them.
  static let outcomes = ["属实", "情况属实但符合政策", "部分属实", "不属实", "核查中", "无法核实"]

  /// What the drop-down list offers; nil for free text, dates and money.
  var choices: [String]? {
    switch self {
    case .outcome, .recheckOutcome: Self.outcomes
    case .reason:
      [
        "重名", "号码错录", "来源数据错误", "数据过期", "已办理", "系统规则误判", "代管已备案", "同户账户", "社区矫正", "渐退期", "补发", "其他"
      ]
    case .method: ["入户", "邻访", "函证", "电话", "系统"]
    case .decision: ["停发", "减发", "增发", "维持", "更正信息", "补备案", "追回", "纳入保障", "转办", "不予处理"]
    case .objection: ["是", "否"]
    case .checker, .secondChecker, .checkDate, .effectivePeriod, .monthlyChange, .recoverable, .recovered,
      .recoveredDate, .noticeDate, .documents, .note:
      nil
    }
  }

  var limit: SpreadsheetFile.Limit? {
    switch self {
    case .checkDate, .recoveredDate, .noticeDate: .date
    case .monthlyChange, .recoverable, .recovered: .money
    case .outcome, .reason, .method, .checker, .secondChecker, .decision, .effectivePeriod, .objection,
      .recheckOutcome, .documents, .note:
      nil
    }
  }

  /// What is shown when the cell is chosen.
  var hint: String {
    switch self {
    case .outcome: "属实，或符合政策，或比对有误；尚在核查的填核查中"
    case .reason: "不属实的填比对或数据哪里有误；符合政策的填缺少哪项备案信息"
    case .method: "主要核查方式"
    case .checkDate, .recoveredDate, .noticeDate: "填日期，如 2026-11-30"
    case .decision: "停发、减发须先告知本人并填告知日期"
    case .monthlyChange: "元；减少填负数"
    case .recoverable, .recovered: "元"
    case .objection: "本人是否提出异议"
    case .recheckOutcome: "异议复查后的结论"
    case .checker, .secondChecker, .effectivePeriod, .documents, .note: ""
    }
  }

  var width: Double {
    switch self {
    case .outcome, .recheckOutcome: 18
    case .reason, .documents: 15
    case .note: 28
    case .method, .checker, .secondChecker, .checkDate, .decision, .effectivePeriod, .monthlyChange, .recoverable,
      .recovered, .recoveredDate, .noticeDate, .objection:
      12
    }
  }

  var style: SpreadsheetFile.Style {
    switch limit {
    case .date: .replyDate
    case .money: .replyMoney
    case nil: .replyText
    }
  }
}
