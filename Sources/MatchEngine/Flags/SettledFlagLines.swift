internal import Normalizers

/// Writes the flags of a settled rule as lines of `flags.csv`.
struct SettledFlagLines {
  let job: Job
  let rule: SettledRule

  func text(_ leads: [Lead]) -> [UInt8] {
    var cells = CSVCellWriter()
    for lead in leads {
      for column in job.flagColumns {
        cells.text(column.attribute == .flagID ? lead.flagID : Self.text(of: column.attribute, lead.flag, rule))
      }
      cells.endRecord()
    }
    return cells.bytes
  }

  /// What stands in a column.
  static func text(of attribute: FlagAttribute, _ flag: SettledFlag, _ rule: SettledRule) -> String {
    switch attribute {
    case .flagID: ""
    case .rule: rule.id
    case .severity: String(flag.severity)
    case .proposal: flag.proposal
    case .grade: flag.grade
    case .reasons: flag.reasons.joined(separator: " ")
    case .caseID: flag.caseID
    case .idNumber: flag.idNumber
    case .name: flag.name
    case .district: flag.district
    case .months: flag.months.map { written(CalendarMonth(months: $0)) }.joined(separator: " ")
    case .amount: flag.amount.map { written(Amount(cents: $0)) } ?? ""
    case .amountBasis: flag.amountBasis
    case .due: flag.due.map { written(CalendarDate(days: $0)) } ?? ""
    case .fact: flag.fact
    case .evidence: flag.evidence
    case .exemptions: flag.exemptions.map { "\($0):none" }.joined(separator: " ")
    case .basis: rule.basis.joined(separator: "；")
    }
  }

  private static func written(_ month: CalendarMonth) -> String {
    var bytes: [UInt8] = []
    month.write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func written(_ amount: Amount) -> String {
    var bytes: [UInt8] = []
    amount.write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func written(_ date: CalendarDate) -> String {
    var bytes: [UInt8] = []
    date.write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
