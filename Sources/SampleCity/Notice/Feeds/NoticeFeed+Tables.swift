extension NoticeFeed {
  /// Writes the rows of the feeds that are parameter tables; others write nothing.
  func writeTable(to rows: inout RecordWriter) {
    switch self {
    case .standards:
      for entry in Standards.entries {
        for division in Districts.codes + Districts.merged.map(\.old) {
          rows.text(entry.program)
          rows.district(division)
          rows.date(entry.from)
          rows.money(entry.amount)
          rows.endRecord()
        }
      }
    case .exclusivePrograms:
      for (program, other) in Standards.exclusive { write([program, other], to: &rows) }
    case .statusCodes:
      for (code, title, group) in Self.codes { write([code, title, group], to: &rows) }
    case .divisions:
      for (old, retired, successor) in Districts.merged {
        rows.district(old)
        rows.date(retired)
        rows.district(successor)
        rows.endRecord()
      }
      for code in Districts.codes {
        rows.district(code)
        rows.nothing()
        rows.nothing()
        rows.endRecord()
      }
    default: break
    }
  }

  private func write(_ cells: [String], to rows: inout RecordWriter) {
    for cell in cells { rows.text(cell) }
    rows.endRecord()
  }

  private static let codes = [
    ("01", "监狱服刑", "PRISON"), ("02", "强制隔离戒毒", "COMPULSORY_DETOX"), ("03", "宣告失踪", "DECLARED_MISSING"),
    ("04", "拘役", "SHORT_DETENTION"), ("05", "缓刑", "COMMUNITY"), ("06", "假释", "COMMUNITY"),
    ("07", "暂予监外执行", "COMMUNITY"), ("08", "管制", "COMMUNITY"), ("10", "刑事拘留", "NONE"), ("11", "逮捕", "NONE"),
    ("12", "取保候审", "NONE"), ("13", "社区戒毒", "NONE"), ("14", "行政拘留", "NONE")
  ]
}
