extension NoticeCity {
  /// Writes all files, `truth.json` last.
  package func write(to sink: inout some CitySink) throws {
    var counts: [(file: String, rows: Int)] = []
    for feed in NoticeFeed.allCases {
      if feed == .payments {
        for month in months {
          let number = month.year * 100 + month.monthOfYear
          counts.append(try write(feed, month: month, as: "payments-\(number).csv", to: &sink))
        }
      } else {
        counts.append(try write(feed, month: nil, as: "\(feed.rawValue).csv", to: &sink))
      }
    }
    try write(NoticeReadme.text(of: self), as: "README.md", to: &sink)
    try write(NoticeJob.text(of: self), as: "job.yml", to: &sink)
    try write(NoticeJob.sources(of: self), as: "sources.yml", to: &sink)
    try writeTruth(rows: counts, to: &sink)
  }

  func write(_ text: String, as name: String, to sink: inout some CitySink) throws {
    try sink.begin(name)
    try sink.write(Array(text.utf8))
    try sink.end()
  }

  private static let chunkByteCount = 1 << 20

  private func write(
    _ feed: NoticeFeed, month: Month?, as name: String, to sink: inout some CitySink
  ) throws -> (file: String, rows: Int) {
    let transcoder = feed.isGB18030 ? GB18030Transcoder() : nil
    var rows = RecordWriter(vocabulary: vocabulary, isGB18030: feed.isGB18030)
    try sink.begin(name)
    if feed.hasTitle { rows.line(feed.titleLine) }
    rows.line(feed.headerLine)
    feed.writeTable(to: &rows)
    let number = feed.number << 16 + (month?.number ?? 0)
    let unitCount = plantedCount + caseCount + (feed.hasStrangers ? strangerCount : 0)
    var orderRandom = SplitMix64(seed: seed, stream: .order, number: number)
    let order = Order(count: unitCount, random: &orderRandom)
    var unit = NoticeUnit()
    for position in 0..<unitCount {
      let index = order[position]
      guard concerns(feed, index) else { continue }
      fill(&unit, index: index)
      rows.isClean = unit.isClean
      rows.isStranger = index >= plantedCount + caseCount
      rows.damage = SplitMix64(seed: seed, stream: .noticeDamage, number: index << 16 + number & 0xFFFF)
      if let month {
        NoticeFeed.writePayments(of: unit, in: month, isHundredfold: isHundredfold, to: &rows)
      } else {
        feed.write(unit, to: &rows)
      }
      if rows.bytes.count >= Self.chunkByteCount { try flush(&rows, through: transcoder, to: &sink) }
    }
    if feed == .roll { writeRollTail(to: &rows) }
    if feed.hasTitle {
      let commas = String(repeating: ",", count: feed.columns.count - 2)
      rows.line("\(JudicialWords.total),\(rows.count)" + commas)
    }
    try flush(&rows, through: transcoder, to: &sink)
    try sink.end()
    return (name, rows.count)
  }

  /// False where it is known, without making the unit, that it gives no row.
  private func concerns(_ feed: NoticeFeed, _ index: Int) -> Bool {
    if index < plantedCount { return true }
    if index >= plantedCount + caseCount { return feed == .register || fate(of: index).feeds.contains(feed) }
    return switch feed {
    case .standards, .exclusivePrograms, .statusCodes, .divisions, .accountMap: false
    default: true
    }
  }

  private func writeRollTail(to rows: inout RecordWriter) {
    var unit = NoticeUnit()
    rows.isClean = true
    for index in 0..<plantedCount where traps[index % traps.count].numbers.contains("T92") {
      fill(&unit, index: index)
      NoticeFeed.roll.writeRoll(unit, isTail: true, to: &rows)
    }
  }

  private func flush(
    _ rows: inout RecordWriter, through transcoder: GB18030Transcoder?, to sink: inout some CitySink
  ) throws {
    if let transcoder {
      try sink.write(transcoder.encoded(rows.bytes))
    } else {
      try sink.write(rows.bytes)
    }
    rows.bytes.removeAll(keepingCapacity: true)
  }
}
