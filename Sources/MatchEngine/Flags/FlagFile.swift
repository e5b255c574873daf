/// Writes `flags.csv`.
struct FlagFile {
  private let job: Job
  private let threads: Int

  init(job: Job, threads: Int) {
    self.job = job
    self.threads = threads
  }

  /// Writes the flags of rules for which `isKept` holds, and the leads of settled rules, one list a rule; returns how
  /// many there are of each streamed rule.
  func write(
    _ buffers: [FlagBuffer], isKept: (Int) -> Bool, settled: [[Lead]], to file: OutputFile
  ) throws(RunError) -> [Int] {
    var header = CSVCellWriter()
    for column in job.flagColumns { header.text(column.header) }
    header.endRecord()
    try file.append(header.bytes)

    let order = job.rules.indices.filter(isKept).sorted {
      Array(job.rules[$0].id.utf8).lexicographicallyPrecedes(Array(job.rules[$1].id.utf8))
    }
    let columns = job.flagColumns.map(\.attribute)
    let ids = job.rules.map { Array($0.id.utf8) }
    var counts = Array(repeating: 0, count: job.rules.count)
    let parts = FlagSorter(buffers).map(order, threads: threads) { place, flags in
      (text: Self.lines(flags, of: buffers, rule: ids[order[place]], columns: columns), count: flags.count)
    }
    // Settled rules stand between the others, by the same order of names.
    var blocks = zip(job.settled, settled).filter { !$1.isEmpty }.map { rule, leads in
      (id: Array(rule.id.utf8), text: SettledFlagLines(job: job, rule: rule).text(leads))
    }.sorted { $0.id.lexicographicallyPrecedes($1.id) }[...]
    for (place, part) in parts {
      while let block = blocks.first, block.id.lexicographicallyPrecedes(ids[order[place]]) {
        try file.append(block.text)
        blocks = blocks.dropFirst()
      }
      try file.append(part.text)
      counts[order[place]] += part.count
    }
    for block in blocks { try file.append(block.text) }
    return counts
  }

  private static func lines(
    _ flags: [FlagSorter.Flag], of buffers: [FlagBuffer], rule: [UInt8], columns: [FlagAttribute]
  ) -> [UInt8] {
    // Columns end with one byte here as there; few cells get quotes.
    let byteCount = flags.reduce(0) { $0 + $1.range.count + rule.count + columns.count }
    var cells = CSVCellWriter(byteCapacity: byteCount)
    var ends = Array(repeating: 0, count: FlagBuffer.Column.allCases.count)
    for flag in flags {
      let bytes = buffers[flag.buffer].bytes
      let text = bytes.span.extracting(flag.range)
      bytes.withWords { words in
        var (at, column) = (flag.range.lowerBound, 0)
        while at < flag.range.upperBound {
          var zeros = words.bigEndian(at: at, end: flag.range.upperBound).zeroBytes
          while zeros != 0, column < ends.count {
            let place = zeros.leadingZeroBitCount / 8
            ends[column] = at + place - flag.range.lowerBound
            column += 1
            zeros &= ~(0x80 << UInt64(56 - place * 8))
          }
          at += 8
        }
      }
      func range(_ column: FlagBuffer.Column) -> Range<Int> {
        let number = column.rawValue
        return (number == 0 ? 0 : ends[number - 1] + 1)..<ends[number]
      }
      for attribute in columns {
        switch attribute {
        case .rule: cells.text(rule)
        case .caseID: cells.text(text.extracting(range(.caseID)))
        case .idNumber: cells.text(text.extracting(range(.idNumber)))
        case .evidence: cells.text(text.extracting(range(.evidence)))
        case .name: cells.text(text.extracting(range(.name)))
        case .district: cells.text(text.extracting(range(.district)))
        case .flagID, .severity, .proposal, .grade, .reasons, .months, .amount, .amountBasis, .due, .fact,
          .exemptions, .basis:
          cells.text([])
        }
      }
      cells.endRecord()
    }
    return cells.bytes
  }
}

extension UInt64 {
  /// The highest bit of every byte that is 0.
  fileprivate var zeroBytes: UInt64 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    return ~((self & low) &+ low | self | low)
  }
}
