internal import Normalizers

/// The workbook of one district: a block a case (一户一单), with open cells for the replies.
///
/// Sheets: 核查清单 (a band for each case, then a row a lead), 涉及明细 (the lines behind the leads), 移出清单 (leads that are
/// gone since the night before, where there are any), 填写说明.
struct DistrictWorkbook {
  /// Leads of a workbook; the CSV beside it holds all of them.
  static let leadCountMax = 100_000
  /// Lines of the second sheet.
  static let lineCountMax = 500_000
  private static let headerRow = 2

  let cases: DistrictCases
  let list: LeadList
  let display: IdentityDisplay
  let asOf: CalendarDate

  /// A column of the list may show several of the columns of `leads.csv`, since paper is narrow.
  private static let runColumns: [(shown: [LeadColumn], width: Double)] = [
    ([.flagID], 21), ([.severity], 8), ([.ruleTitle], 13), ([.caseID], 15), ([.name], 9), ([.idNumber], 20),
    ([.fact], 40), ([.grade, .gradeReasons], 16), ([.exemptions, .contrary], 24), ([.months], 9), ([.amount], 13),
    ([.amountBasis], 11), ([.proposal], 17), ([.verify], 30), ([.due], 11), ([.basis], 24)
  ]
  /// What became of a lead since the night before stands beside its number, where it is seen first.
  private var columns: [(shown: [LeadColumn], width: Double)] {
    var columns = Self.runColumns
    if list.hasChanges { columns.insert(([.change], 9), at: 1) }
    return columns
  }
  private var replyStart: Int { columns.count }
  private var columnCount: Int { columns.count + ReplyColumn.allCases.count }

  private var shownDistrict: String { cases.district.isEmpty ? "未注明区" : cases.district }

  /// Writes the file by way of `parts`; what it needs for the time of the work stands in the folder `scratch`.
  func write(to file: OutputFile, through parts: SpillFile, scratch: String) throws(RunError) {
    let book = try SpreadsheetFile(
      descriptor: parts.descriptorNumber, path: file.path, folder: scratch,
      created: Int(asOf.days) * 86_400, title: "核查线索 \(shownDistrict) \(asOf.text)")
    try writeLeads(book)
    try writeLines(book)
    if !cases.gone.isEmpty { try writeGone(book) }
    try writeGuide(book)
    try book.close()
    try SpreadsheetCheck.check(parts, against: book.sheets, path: file.path)
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    var offset = 0
    while true {
      var span = buffer.mutableSpan
      let count = try parts.read(into: &span, at: offset)
      if count == 0 { break }
      try file.append(buffer.span.extracting(0..<count))
      offset += count
    }
    try parts.close()
  }

  private func writeLeads(_ book: SpreadsheetFile) throws(RunError) {
    try book.addSheet("核查清单")
    for (index, column) in columns.enumerated() { try book.setColumn(index, width: column.width) }
    for (index, column) in ReplyColumn.allCases.enumerated() {
      try book.setColumn(replyStart + index, width: column.width)
    }
    try book.setPage(width: 2, breakColumn: replyStart)
    book.freeze(row: Self.headerRow + 1, column: 1)
    book.protect()

    try book.setRow(0, height: 26)
    try book.writeBand(
      "\(shownDistrict) 社会救助核查线索（一户一单）", row: 0, columns: 0...replyStart - 1, style: .title)
    try book.setRow(1, height: 18)
    try book.writeBand(
      "比对基准日 \(asOf.text)；\(cases.cases.count.grouped) 户、\(cases.leadCount.grouped) 条线索。"
        + "线索只供核查，不是处理决定；金额均为待核实金额。黄色格供填写，其余不可改动。",
      row: 1, columns: 0...replyStart - 1, style: .note)
    try book.setRow(Self.headerRow, height: 32)
    for (index, column) in columns.enumerated() {
      let title = column.shown == [.amount] ? "涉及金额（元，待核实）" : column.shown[0].rawValue
      try book.write(title, row: Self.headerRow, column: index, style: .header)
    }
    for (index, column) in ReplyColumn.allCases.enumerated() {
      try book.write(column.rawValue, row: Self.headerRow, column: replyStart + index, style: .replyHeader)
    }

    var row = Self.headerRow + 1
    var priority = 0
    for block in cases.cases {
      guard priority + block.leads.count <= Self.leadCountMax else { break }
      try book.setRow(row, height: 20)
      try book.writeBand(title(of: block), row: row, columns: 0...columnCount - 1, style: .band)
      row += 1
      for lead in block.leads {
        priority += 1
        let cells = LeadCells(lead, list.rule(of: lead), display, asOf: asOf, priority: priority)
        try write(cells, row: row, book)
        row += 1
      }
    }
    if priority < cases.leadCount {
      let rest = (cases.leadCount - priority).grouped
      try book.write("另有 \(rest) 条线索见同一文件夹的 leads.csv", row: row, column: 0, style: .urgent)
    }
    guard priority > 0 else { return }
    let rows = Self.headerRow + 1...row - 1
    for (index, column) in ReplyColumn.allCases.enumerated() {
      let place = replyStart + index
      if let choices = column.choices {
        try book.setChoices(choices, rows: rows, column: place, hint: column.hint)
      } else if let limit = column.limit {
        try book.setLimit(limit, rows: rows, column: place, hint: column.hint)
      }
    }
  }

  /// `户编号 …；3 条线索；最高 5 紧急；涉及 张**`
  private func title(of block: DistrictCases.Case) -> String {
    var names: [String] = []
    for lead in block.leads {
      let name = display == .full ? lead.flag.name : Mask.masked(lead.flag.name)
      if !name.isEmpty && !names.contains(name) { names.append(name) }
    }
    var parts = [block.caseID.isEmpty ? "未关联户" : "户编号 \(block.caseID)", "\(block.leads.count) 条线索"]
    let severity = LeadWords.severity(block.severity)
    if !severity.isEmpty { parts.append("最高程度 \(severity)") }
    if let members = block.leads.compactMap(\.detail.members).max() { parts.append("在保 \(members) 人") }
    if !names.isEmpty { parts.append("涉及 \(names.joined(separator: "、"))") }
    return parts.joined(separator: "　")
  }

  private func write(_ cells: LeadCells, row: Int, _ book: SpreadsheetFile) throws(RunError) {
    let flag = cells.lead.flag
    var lineCount = 1
    for (index, entry) in columns.enumerated() {
      if entry.shown == [.amount], let amount = flag.amount {
        try book.write(Double(amount) / 100, row: row, column: index, style: .money)
        continue
      }
      let text = entry.shown.map(cells.text).filter { !$0.isEmpty }.joined(separator: "；")
      let isUrgent = entry.shown == [.severity] && flag.severity >= 5
      try book.write(text, row: row, column: index, style: isUrgent ? .urgent : .text)
      lineCount = max(lineCount, Self.lineCount(text, width: entry.width))
    }
    // A spreadsheet does not fit rows of a file by itself in all programs; a line is 15 points high, a row 409 at most.
    try book.setRow(row, height: Double(min(lineCount, 26) * 15 + 3))
    for (index, column) in ReplyColumn.allCases.enumerated() {
      try book.write("", row: row, column: replyStart + index, style: column.style)
    }
  }

  /// Lines that `text` takes in a column; Chinese characters are two units wide.
  private static func lineCount(_ text: String, width: Double) -> Int {
    let units = text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2000 ? 1 : 2) }
    return Int((Double(units) / (width - 1)).rounded(.up))
  }

  private func writeLines(_ book: SpreadsheetFile) throws(RunError) {
    try book.addSheet("涉及明细")
    let headers = ["线索编号", "户编号", "月份", "金额（元，待核实）", "内容"]
    for (index, width) in [24.0, 18, 10, 18, 90].enumerated() { try book.setColumn(index, width: width) }
    try book.setPage(width: 1, breakColumn: 0)
    book.freeze(row: 1, column: 0)
    book.protect()
    for (index, header) in headers.enumerated() { try book.write(header, row: 0, column: index, style: .header) }
    var row = 1
    for lead in cases.cases.flatMap(\.leads) {
      let texts = LeadTexts(lead, list.rule(of: lead), display)
      for line in lead.flag.lines {
        guard row <= Self.lineCountMax else {
          try book.write("其余明细见 flag_lines.csv", row: row, column: 0, style: .urgent)
          return
        }
        try book.write(lead.flagID, row: row, column: 0, style: .text)
        try book.write(lead.flag.caseID, row: row, column: 1, style: .text)
        try book.write(line.month.map { CalendarMonth(months: $0).text } ?? "", row: row, column: 2, style: .text)
        if let amount = line.amount {
          try book.write(Double(amount) / 100, row: row, column: 3, style: .money)
        } else {
          try book.write("", row: row, column: 3, style: .text)
        }
        try book.write(
          texts.shown(line).filter { !$0.isEmpty }.joined(separator: " | "), row: row, column: 4, style: .text)
        row += 1
      }
    }
  }

  private func writeGone(_ book: SpreadsheetFile) throws(RunError) {
    try book.addSheet("移出清单")
    for (index, column) in GoneColumn.allCases.enumerated() { try book.setColumn(index, width: column.width) }
    try book.setPage(width: 1, breakColumn: 0)
    book.freeze(row: 1, column: 0)
    book.protect()
    for (index, column) in GoneColumn.allCases.enumerated() {
      try book.write(column.rawValue, row: 0, column: index, style: .header)
    }
    for (index, lead) in cases.gone.enumerated() {
      guard index < Self.leadCountMax else {
        try book.write("其余见同一文件夹的 gone.csv", row: index + 1, column: 0, style: .urgent)
        return
      }
      let cells = GoneCells(lead, list, display, asOf: asOf)
      for (column, shown) in GoneColumn.allCases.enumerated() {
        let isUrgent = shown == .change && lead.change == .withdrawn
        try book.write(cells.text(shown), row: index + 1, column: column, style: isUrgent ? .urgent : .text)
      }
    }
  }

  private func writeGuide(_ book: SpreadsheetFile) throws(RunError) {
    try book.addSheet("填写说明")
    try book.setColumn(0, width: 110)
    try book.setPage(width: 1, breakColumn: 0)
    book.protect()
    for (row, line) in Self.guide.enumerated() {
      try book.setRow(row, height: Double(Self.lineCount(line, width: 110) * 17 + 3))
      try book.write(line, row: row, column: 0, style: row == 0 ? .title : .note)
    }
  }

  private static let guide = [
    "填写说明",
    "一、每条线索都要由人核实。建议处置只是建议，任何停发、减发须由经办人员查实，告知本人理由，并填写告知日期。",
    "二、核查结论：属实；情况属实但符合政策（例如代管已备案、同户账户）；部分属实；不属实（比对或来源数据有误）；核查中；无法核实。",
    "三、不属实的，在“原因”中选比对或数据错在哪里；符合政策的，选缺少哪项备案或信息，以便下次不再误报。",
    "四、入户核查须有两名核查人，分别填入“核查人”和“第二核查人”。",
    "五、涉及金额为待核实金额：全额指单人户，重新核定后的差额指户内仍有成员，按人均估算是上限。已追回金额不得大于应追回金额。",
    "六、身份一致等级：A 身份一致；B 身份基本一致（写法不同）；C 号同名异，须先核实身份；D 疑似同人。C、D 不得据以停发。",
    "七、“排除条件核验”列出已经查找而没有找到的合理情形；核查时发现有此情形的，请在“原因”中注明。",
    "八、线索编号用于回收反馈，不可改动。证件号按文本保存，请不要另存为其他格式后再改。"
  ]
}
