internal import Normalizers

/// A column of what says which leads are gone, in order; the raw value is its header.
enum GoneColumn: String, CaseIterable {
  case flagID = "线索编号"
  case change = "本次变化"
  case reason = "变化原因"
  case asOf = "比对基准日"
  case rule = "规则编号"
  case ruleTitle = "规则名称"
  case caseID = "户编号"
  case idNumber = "证件号"

  /// On the sheet, in characters.
  var width: Double {
    switch self {
    case .flagID: 40
    case .reason: 48
    case .rule: 24
    case .ruleTitle, .caseID, .idNumber: 20
    case .change, .asOf: 12
    }
  }
}

/// The cells of one of them for people.
struct GoneCells {
  let lead: GoneLead
  let title: String
  let display: IdentityDisplay
  let asOf: CalendarDate

  init(_ lead: GoneLead, _ list: LeadList, _ display: IdentityDisplay, asOf: CalendarDate) {
    self.lead = lead
    title = list.rules.first { $0.id == lead.rule }?.title ?? ""
    self.display = display
    self.asOf = asOf
  }

  func text(_ column: GoneColumn) -> String {
    switch column {
    case .flagID: lead.flagID
    case .change: lead.change.rawValue
    case .reason: lead.reason
    case .asOf: asOf.text
    case .rule: lead.rule
    case .ruleTitle: title
    case .caseID: lead.caseID
    case .idNumber: display == .full ? lead.idNumber : Mask.masked(lead.idNumber)
    }
  }
}
