internal import Normalizers

/// A column of the list of leads, in order; the raw value is its header.
enum LeadColumn: String, CaseIterable {
  case flagID = "线索编号"
  case asOf = "比对基准日"
  case district = "区"
  case street = "街镇"
  case rule = "规则编号"
  case ruleTitle = "规则名称"
  case ruleVersion = "规则版本"
  case category = "问题类别"
  case caseID = "户编号"
  case program = "救助项目"
  case name = "姓名"
  case idNumber = "证件号"
  case relation = "与户主关系"
  case members = "户内在保人数"
  case fact = "核对事实"
  case sources = "比对来源"
  case evidenceDate = "来源日期"
  case grade = "身份一致等级"
  case gradeReasons = "理由"
  case exemptions = "排除条件核验"
  case contrary = "矛盾证据"
  case severity = "严重程度"
  case priority = "优先顺序"
  case months = "涉及月份"
  case amount = "涉及金额"
  case amountBasis = "金额口径"
  case proposal = "建议处置"
  case due = "办理时限"
  case basis = "政策依据"
  case verify = "核查要点"
  case protected = "保护标记"
  case evidenceHash = "证据指纹"
  case change = "本次变化"

  /// Those of the lists of a night, or of a run.
  static func columns(hasChanges: Bool) -> [LeadColumn] {
    allCases.filter { $0 != .change || hasChanges }
  }
}

/// The cells of one lead for people.
struct LeadCells {
  let lead: Lead
  let rule: LeadRule
  let texts: LeadTexts
  let asOf: CalendarDate
  /// Place of the lead in its district, 1 first.
  let priority: Int

  init(_ lead: Lead, _ rule: LeadRule, _ display: IdentityDisplay, asOf: CalendarDate, priority: Int) {
    self.lead = lead
    self.rule = rule
    texts = LeadTexts(lead, rule, display)
    self.asOf = asOf
    self.priority = priority
  }

  func text(_ column: LeadColumn) -> String {
    let flag = lead.flag
    return switch column {
    case .flagID: lead.flagID
    case .asOf: asOf.text
    case .district: flag.district
    case .street: lead.detail.isProtected ? "" : lead.detail.street
    case .rule: rule.id
    case .ruleTitle: rule.title
    case .ruleVersion: String(rule.version)
    case .category: rule.category
    case .caseID: flag.caseID
    case .program: lead.detail.program
    case .name: texts.name
    case .idNumber: texts.idNumber
    case .relation: lead.detail.relation
    case .members: lead.detail.members.map { String($0) } ?? ""
    case .fact: texts.fact
    case .sources: rule.sources.joined(separator: "、")
    case .evidenceDate: lead.detail.evidenceDate.map { CalendarDate(days: $0).text } ?? ""
    case .grade: LeadWords.grade(flag.grade)
    case .gradeReasons: flag.reasons.map(LeadWords.reason).joined(separator: "；")
    case .exemptions: flag.exemptions.map { "\(LeadWords.excuse($0))：无" }.joined(separator: "；")
    case .contrary: contrary
    case .severity: LeadWords.severity(flag.severity)
    case .priority: String(priority)
    case .months: flag.months.map { CalendarMonth(months: $0).text }.joined(separator: " ")
    case .amount: flag.amount.map { Amount(cents: $0).description } ?? ""
    case .amountBasis: LeadWords.amountBasis(flag.amountBasis)
    case .proposal: proposal
    case .due: flag.due.map { CalendarDate(days: $0).text } ?? ""
    case .basis: rule.basis.joined(separator: "；")
    case .verify: rule.verify
    case .protected: lead.detail.isProtected ? "保护" : ""
    case .evidenceHash: lead.evidenceHash
    case .change: lead.change.rawValue
    }
  }

  private var proposal: String {
    let words = LeadWords.proposal(lead.flag.proposal)
    return words.isEmpty ? "" : "\(words)（建议，须人工核实）"
  }

  private var contrary: String {
    if rule.contrary.isEmpty { return "" }
    let isFound = lead.flag.reasons.contains("CONFLICTING_SOURCES")
    return "\(rule.contrary.map(LeadWords.excuse).joined(separator: "、"))：\(isFound ? "有" : "无")"
  }
}

extension CalendarDate {
  /// YYYY-MM-DD
  var text: String {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension CalendarMonth {
  /// YYYY-MM
  var text: String {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
