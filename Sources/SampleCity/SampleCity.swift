/// A synthetic city: households, the roll of those who receive an allowance, the feeds that it is matched with.
///
/// Everything follows from the seed and the number of a household, so a city of any size is written with the same small
/// memory. All people are invented.
package struct SampleCity: Sendable {
  package let scale: Double
  package let seed: UInt64

  /// Scales that can be told apart by identity numbers.
  package static let scales = 0.01...1000.0

  /// Households on the roll; they come first.
  let caseCount: Int
  let householdCount: Int
  /// First days of the months with payments, and of the month after them.
  let months: [Int]

  let vocabulary = Vocabulary()
  let identityNumbers: IdentityNumbers

  /// 2026-10-31, the day for which the truth holds.
  static let asOf = CivilDate(year: 2026, month: 10, day: 31).days

  /// A city of about 3,000 × `scale` people on the roll.
  ///
  /// Below scale 10 the register holds little more than the roll and there are three months of payments; from scale 10
  /// on both have the proportions of a whole city: 12 people in the register for one on the roll, 22 months.
  package init(scale: Double, seed: UInt64) {
    precondition(Self.scales.contains(scale), "the scale is 0.01 to 1000")
    self.scale = scale
    self.seed = seed
    let isWhole = scale >= 10
    caseCount = Int((Double(Situation.blockSize) * scale).rounded())
    householdCount = caseCount + (isWhole ? caseCount * 11 : caseCount * 7 / 10)
    months = Array(Self.monthStarts.suffix(isWhole ? 23 : 4))
    identityNumbers = IdentityNumbers(seed: seed)
  }

  /// First days of the 22 months from 2025-01 to 2026-10, and 2026-11-01.
  private static let monthStarts: [Int] = (0...22).map { month in
    CivilDate(year: 2025 + month / 12, month: month % 12 + 1, day: 1).days
  }

  /// Writes all files, `truth.json` last.
  package func write(to sink: inout some CitySink) throws {
    var rows: [(file: String, rows: Int)] = []
    rows.append(try write(RollFeed(city: self), to: &sink))
    rows.append(try write(FuneralFeed(city: self), to: &sink))
    rows.append(try write(JudicialFeed(city: self), to: &sink))
    rows.append(try write(RegisterFeed(city: self), to: &sink))
    for month in 0..<months.count - 1 {
      rows.append(try write(PaymentFeed(city: self, month: month), to: &sink))
    }
    rows.append(try write(CustodianFeed(city: self), to: &sink))
    rows.append(try write(FormerNameFeed(city: self), to: &sink))
    try write(SampleJob.text, as: "job.yml", to: &sink)
    try write(SampleReadme.text(of: self), as: "README.md", to: &sink)
    try Truth(city: self).write(rows: rows, to: &sink)
  }

  private func write(_ text: String, as name: String, to sink: inout some CitySink) throws {
    try sink.begin(name)
    try sink.write(Array(text.utf8))
    try sink.end()
  }

  private static let chunkByteCount = 1 << 20

  private func write<F: Feed>(_ feed: F, to sink: inout some CitySink) throws -> (file: String, rows: Int) {
    let file = Int(F.stream.rawValue) << 8 + feed.damageNumber(of: 0)
    var orderRandom = SplitMix64(seed: seed, stream: .order, number: file)
    let order = Order(count: feed.householdCount, random: &orderRandom)
    let transcoder = F.isGB18030 ? GB18030Transcoder() : nil
    var household = Household()
    var rows = RowWriter(vocabulary: vocabulary, isGB18030: F.isGB18030)
    try sink.begin(feed.fileName)
    feed.writeHead(to: &rows)
    for position in 0..<feed.householdCount {
      let index = order[position]
      guard feed.concerns(index) else { continue }
      fill(&household, index: index)
      rows.damage = SplitMix64(seed: seed, stream: F.stream, number: feed.damageNumber(of: index))
      feed.writeRows(of: household, to: &rows)
      if rows.bytes.count >= Self.chunkByteCount { try flush(&rows, through: transcoder, to: &sink) }
    }
    feed.writeTail(to: &rows)
    try flush(&rows, through: transcoder, to: &sink)
    try sink.end()
    return (feed.fileName, rows.count)
  }

  private func flush(
    _ rows: inout RowWriter, through transcoder: GB18030Transcoder?, to sink: inout some CitySink
  ) throws {
    if let transcoder {
      try sink.write(transcoder.encoded(rows.bytes))
    } else {
      try sink.write(rows.bytes)
    }
    rows.bytes.removeAll(keepingCapacity: true)
  }
}
