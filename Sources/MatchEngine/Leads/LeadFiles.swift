package import Normalizers

/// Writes the lists of leads: `leads.csv`, `flag_lines.csv`, and `leads.xlsx` and `leads.csv` of each district; in a
/// night `gone.csv` of each district from whose list leads are gone.
package struct LeadFiles {
  package static let districtFolder = "by_district"

  private let list: LeadList
  private let display: IdentityDisplay
  private let asOf: CalendarDate
  private let threads: Int

  /// `display` is what lists for people show of identities; `flag_lines.csv` stays inside the office, as `flags.csv`
  /// does.
  package init(_ list: LeadList, display: IdentityDisplay, asOf: CalendarDate, threads: Int = 1) {
    self.list = list
    self.display = display
    self.asOf = asOf
    self.threads = threads
  }

  /// The files of one district.
  private struct District {
    var cases: DistrictCases
    var place: String
    var book: OutputFile
    var bookParts: SpillFile
    var table: OutputFile
    var gone: OutputFile?
  }

  /// Every file is written by one thread; several are written at once.
  package func write(into folder: OutputFolder) throws(RunError) {
    let all = try folder.makeFile("leads.csv")
    let lines = try folder.makeFile("flag_lines.csv")
    var names = DistrictFolder()
    var districts: [District] = []
    for cases in DistrictCases.districts(of: list) {
      let place = "\(Self.districtFolder)/\(names.name(for: cases.district))"
      districts.append(
        District(
          cases: cases, place: place, book: try folder.makeFile("\(place)/leads.xlsx"),
          bookParts: try folder.makeSpillFile(), table: try folder.makeFile("\(place)/leads.csv"),
          gone: cases.gone.isEmpty ? nil : try folder.makeFile("\(place)/gone.csv")))
    }
    let scratch = folder.scratchPath
    _ = try Team(threads: threads).map(districts.count + 2) { number throws(RunError) in
      switch number {
      case 0:
        try writeHeader(to: all, hasReplies: false)
        for district in districts { try write(district.cases, to: all, hasReplies: false) }
      case 1:
        try writeLines(to: lines)
      default:
        let district = districts[number - 2]
        try DistrictWorkbook(cases: district.cases, list: list, display: display, asOf: asOf)
          .write(to: district.book, through: district.bookParts, scratch: scratch)
        try writeHeader(to: district.table, hasReplies: true)
        try write(district.cases, to: district.table, hasReplies: true)
        if let gone = district.gone { try write(district.cases.gone, to: gone) }
      }
      return number
    }
    // The writer of workbooks opens files of this name and removes the name at once, or does not say that it could not.
    try folder.refuse(prefix: "tmp.")
    try folder.finish(all)
    try folder.finish(lines)
    for district in districts {
      try folder.finish(district.book)
      try folder.finish(district.table)
      if let gone = district.gone { try folder.finish(gone) }
      try folder.closeFolder(district.place)
    }
  }

  private func writeHeader(to file: OutputFile, hasReplies: Bool) throws(RunError) {
    let columns = LeadColumn.columns(hasChanges: list.hasChanges).map(\.rawValue)
    try writeHeader(columns + (hasReplies ? ReplyColumn.allCases.map(\.rawValue) : []), to: file)
  }

  /// With a byte order mark, by which a spreadsheet knows the encoding.
  private func writeHeader(_ titles: [String], to file: OutputFile) throws(RunError) {
    var cells = CSVCellWriter()
    for title in titles { cells.text(title) }
    cells.endRecord()
    try file.append([0xEF, 0xBB, 0xBF])
    try file.append(cells.bytes)
  }

  private func write(_ district: DistrictCases, to file: OutputFile, hasReplies: Bool) throws(RunError) {
    var cells = CSVCellWriter()
    let columns = LeadColumn.columns(hasChanges: list.hasChanges)
    var priority = 0
    for lead in district.cases.flatMap(\.leads) {
      priority += 1
      let values = LeadCells(lead, list.rule(of: lead), display, asOf: asOf, priority: priority)
      for column in columns {
        let text = values.text(column)
        if column == .amount { cells.number(text) } else { cells.text(text) }
      }
      if hasReplies { for _ in ReplyColumn.allCases { cells.text("") } }
      cells.endRecord()
      try file.append(cells.bytes)
      cells.removeAll()
    }
  }

  private func write(_ gone: [GoneLead], to file: OutputFile) throws(RunError) {
    try writeHeader(GoneColumn.allCases.map(\.rawValue), to: file)
    var cells = CSVCellWriter()
    for lead in gone {
      let values = GoneCells(lead, list, display, asOf: asOf)
      for column in GoneColumn.allCases { cells.text(values.text(column)) }
      cells.endRecord()
    }
    try file.append(cells.bytes)
  }

  /// One line a payment or other fact behind a flag, in the order of `flags.csv`.
  private func writeLines(to file: OutputFile) throws(RunError) {
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
  }
}
