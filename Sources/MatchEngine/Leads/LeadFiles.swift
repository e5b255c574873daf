package import Normalizers

/// Writes the lists of leads: `leads.csv`, `flag_lines.csv`, and `leads.xlsx` and `leads.csv` of each district.
package struct LeadFiles {
  package static let districtFolder = "by_district"

  private let list: LeadList
  private let display: IdentityDisplay
  private let asOf: CalendarDate

  /// `display` is what lists for people show of identities; `flag_lines.csv` stays inside the office, as `flags.csv`
  /// does.
  package init(_ list: LeadList, display: IdentityDisplay, asOf: CalendarDate) {
    self.list = list
    self.display = display
    self.asOf = asOf
  }

  package func write(into folder: OutputFolder) throws(RunError) {
    let districts = DistrictCases.districts(of: list)
    let all = try folder.makeFile("leads.csv")
    try writeHeader(to: all, hasReplies: false)
    for district in districts { try write(district, to: all, hasReplies: false) }
    try folder.finish(all)
    try writeLines(into: folder)

    var names = DistrictFolder()
    for district in districts {
      let place = "\(Self.districtFolder)/\(names.name(for: district.district))"
      let book = try folder.makeFile("\(place)/leads.xlsx")
      try DistrictWorkbook(cases: district, list: list, display: display, asOf: asOf).write(to: book, in: folder)
      try folder.finish(book)
      let table = try folder.makeFile("\(place)/leads.csv")
      try writeHeader(to: table, hasReplies: true)
      try write(district, to: table, hasReplies: true)
      try folder.finish(table)
      try folder.closeFolder(place)
    }
  }

  /// With a byte order mark, by which a spreadsheet knows the encoding.
  private func writeHeader(to file: OutputFile, hasReplies: Bool) throws(RunError) {
    var cells = CSVCellWriter()
    for column in LeadColumn.allCases { cells.text(column.rawValue) }
    if hasReplies { for column in ReplyColumn.allCases { cells.text(column.rawValue) } }
    cells.endRecord()
    try file.append([0xEF, 0xBB, 0xBF])
    try file.append(cells.bytes)
  }

  private func write(_ district: DistrictCases, to file: OutputFile, hasReplies: Bool) throws(RunError) {
    var cells = CSVCellWriter()
    var priority = 0
    for lead in district.cases.flatMap(\.leads) {
      priority += 1
      let values = LeadCells(lead, list.rule(of: lead), display, asOf: asOf, priority: priority)
      for column in LeadColumn.allCases {
        let text = values.text(column)
        if column == .amount { cells.number(text) } else { cells.text(text) }
      }
      if hasReplies { for _ in ReplyColumn.allCases { cells.text("") } }
      cells.endRecord()
      try file.append(cells.bytes)
      cells.removeAll()
    }
  }

  /// One line a payment or other fact behind a flag, in the order of `flags.csv`.
  private func writeLines(into folder: OutputFolder) throws(RunError) {
    let file = try folder.makeFile("flag_lines.csv")
    try file.append("flag_id,month,amount,facts\n")
    var cells = CSVCellWriter()
    for lead in list.leads {
      for line in lead.flag.lines {
        cells.text(lead.flagID)
        cells.number(line.month.map { CalendarMonth(months: $0).text } ?? "")
        cells.number(line.amount.map { Amount(cents: $0).description } ?? "")
        cells.text(line.shown.map { $0.replacing("|", with: "¦") }.joined(separator: "|"))
        cells.endRecord()
      }
      try file.append(cells.bytes)
      cells.removeAll()
    }
    try folder.finish(file)
  }
}
