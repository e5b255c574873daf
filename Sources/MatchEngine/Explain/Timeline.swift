internal import Normalizers

/// The rows about a person and the person's cases as events in the order of their days.
struct Timeline {
  let job: Job
  let words: ExplainWords
  let maker: CellMaker
  let veil: IdentityVeil

  private struct Event {
    /// Days since 1970-01-01; nil where no day is known.
    var day: Int32?
    var text: String
  }

  /// A payment, or whatever has a month and an amount.
  private struct Payment {
    var month: Int32
    var cents: Int64
    var row: FactRow
  }

  func lines(_ rows: [FactRow]) -> [String] {
    var events: [Event] = []
    for source in job.sources.indices {
      let here = rows.filter { $0.source == source }
      guard !here.isEmpty else { continue }
      let fields = job.sources[source].fields
      let month = fields.firstIndex { $0.type == .month }
      let amount = fields.firstIndex { $0.type == .money }
      var folded: [[String]: [Payment]] = [:]
      for row in here {
        if let month, let amount, let payment = payment(row, month: month, amount: amount) {
          folded[sameness(row), default: []].append(payment)
        } else {
          events.append(event(row))
        }
      }
      for payments in folded.values { events += runs(payments) }
    }
    events.sort { left, right in
      let (a, b) = (left.day ?? .max, right.day ?? .max)
      return a == b ? left.text.utf8.lexicographicallyPrecedes(right.text.utf8) : a < b
    }
    return events.map { event in
      (event.day.map { CalendarDate(days: $0).written } ?? "日期不详  ") + "  " + event.text
    }
  }

  private func place(_ row: FactRow) -> String {
    let name = words.files[row.source][row.file].input.name.oneLine
    return "\(words.relation(row.source))（\(name) 第\(row.line)行）"
  }

  private func cell(_ row: FactRow, _ field: Int) -> CellMaker.Words {
    let known = job.sources[row.source].fields[field]
    let text = row.texts[field]
    return maker.words(text.span, as: known.type)
  }

  private func event(_ row: FactRow) -> Event {
    let fields = job.sources[row.source].fields
    // A day of birth is no event, and with it a masked number could be read.
    let told = fields.indices.filter { fields[$0].number == nil }
    let days = told.filter { fields[$0].type == .date }.map { cell(row, $0).first }
    // A day to come, such as the end of a card, is not what happened.
    let day = days.first { Cell.isUsable($0) && $0 <= Int64(maker.asOf.days) } ?? days.first(where: Cell.isUsable)
    let parts = told.compactMap { shown(row, $0) }
    return Event(
      day: day.map { Int32(truncatingIfNeeded: $0) },
      text: "\(place(row))：\(parts.joined(separator: "，"))")
  }

  /// 「header」value; nil where nothing is written.
  private func shown(_ row: FactRow, _ field: Int) -> String? {
    let known = job.sources[row.source].fields[field]
    let bytes = row.texts[field]
    let range = CellMaker.trimmed(bytes.span)
    guard !range.isEmpty else { return nil }
    let words = cell(row, field)
    if words.first == Cell.empty { return nil }
    let label = self.words.field(field, of: row.source)
    var text = String(decoding: bytes[range], as: UTF8.self)
    if words.first == Cell.invalid { return "\(label) \(Mask.masked(text))（无法识别）" }
    if !known.type.valueType.isKeptAsText {
      var canonical: [UInt8] = []
      FlagWriter.write(words.first, words.second, as: known.type.valueType, into: &canonical)
      text = String(decoding: canonical, as: UTF8.self)
    }
    let isOwn = known.type == .residentID ? text == veil.ownNumber : row.isOwn
    let unit = known.type == .money ? "元" : ""
    return "\(label) \(veil.value(text, known.type, isOwn: isOwn))\(unit)"
  }

  // MARK: - Payments

  private func payment(_ row: FactRow, month: Int, amount: Int) -> Payment? {
    let (month, amount) = (cell(row, month).first, cell(row, amount).first)
    guard Cell.isUsable(month), Cell.isUsable(amount) else { return nil }
    return Payment(month: Int32(truncatingIfNeeded: month), cents: amount, row: row)
  }

  /// What payments of one run have in common: everything but days, months and running numbers.
  private func sameness(_ row: FactRow) -> [String] {
    job.sources[row.source].fields.indices.map { field in
      switch job.sources[row.source].fields[field].type {
      case .date, .month, .text, .number: ""
      case .residentID, .personName, .account, .money, .code: shown(row, field) ?? ""
      }
    }
  }

  /// Payments of consecutive months as one event each.
  private func runs(_ payments: [Payment]) -> [Event] {
    var events: [Event] = []
    let sorted = payments.sorted { ($0.month, $0.row.file, $0.row.line) < ($1.month, $1.row.file, $1.row.line) }
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].month <= sorted[end - 1].month + 1 { end += 1 }
      events.append(event(sorted[start..<end]))
      start = end
    }
    return events
  }

  private func event(_ payments: ArraySlice<Payment>) -> Event {
    let (first, last) = (payments[payments.startIndex], payments[payments.endIndex - 1])
    let day = CalendarMonth(months: first.month).firstDay.days
    let source = first.row.source
    let common = job.sources[source].fields.indices.filter { field in
      switch job.sources[source].fields[field].type {
      case .date, .month, .text, .number, .money: payments.count == 1
      case .residentID, .personName, .account, .code: true
      }
    }.compactMap { shown(first.row, $0) }.joined(separator: "，")
    guard payments.count > 1 else { return Event(day: day, text: "\(place(first.row))：\(common)") }
    let files = Set(payments.map(\.row.file)).sorted().map { words.files[source][$0].input.name.oneLine }
    let place = files.count == 1 ? files[0] : "\(files[0])等\(files.count)个文件"
    let months = first.month == last.month ? written(first.month) : "\(written(first.month))至\(written(last.month))"
    let total = payments.reduce(0) { $0 + $1.cents }
    return Event(
      day: day,
      text: "\(words.relation(source))（\(place)）：\(months)共\(payments.count)笔，每笔\(written(cents: first.cents))元，"
        + "合计\(written(cents: total))元，\(common)")
  }

  private func written(_ month: Int32) -> String {
    var bytes: [UInt8] = []
    CalendarMonth(months: month).write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func written(cents: Int64) -> String {
    var bytes: [UInt8] = []
    Amount(cents: cents).write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
