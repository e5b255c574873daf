internal import Synchronization

/// Writes `flags.csv`.
struct FlagFile {
  private let job: Job
  private let threads: Int

  init(job: Job, threads: Int) {
    self.job = job
    self.threads = threads
  }

  /// Writes the flags of rules for which `isKept` holds, and those of settled rules, one list a rule; returns how many
  /// there are of each streamed rule.
  func write(
    _ buffers: [FlagBuffer], isKept: (Int) -> Bool, settled: [[SettledFlag]], to file: OutputFile
  ) throws(RunError) -> [Int] {
    var header = CSVCellWriter()
    for column in job.flagColumns { header.text(column.header) }
    header.endRecord()
    try file.append(header.bytes)

    let order = job.rules.indices.filter(isKept).sorted {
      Array(job.rules[$0].id.utf8).lexicographicallyPrecedes(Array(job.rules[$1].id.utf8))
    }
    let texts = Mutex(Array(repeating: [UInt8](), count: order.count))
    let counts = Mutex(Array(repeating: 0, count: job.rules.count))
    let columns = job.flagColumns.map(\.attribute)
    let ids = job.rules.map { Array($0.id.utf8) }
    FlagSorter(buffers).forEachRule(order, threads: threads) { place, flags in
      let text = Self.lines(flags, rule: ids[order[place]], columns: columns)
      texts.withLock { $0[place] = text }
      counts.withLock { $0[order[place]] = flags.count }
    }
    var blocks = zip(order.map { ids[$0] }, texts.withLock { $0 }).map { (id: $0, text: $1) }
    for (rule, flags) in zip(job.settled, settled) where !flags.isEmpty {
      blocks.append((id: Array(rule.id.utf8), text: SettledFlagLines(job: job, rule: rule).text(flags)))
    }
    blocks.sort { $0.id.lexicographicallyPrecedes($1.id) }
    for block in blocks { try file.append(block.text) }
    return counts.withLock { $0 }
  }

  private static func lines(_ flags: [ArraySlice<UInt8>], rule: [UInt8], columns: [FlagAttribute]) -> [UInt8] {
    var cells = CSVCellWriter()
    var ends = Array(repeating: 0, count: FlagBuffer.Column.allCases.count)
    for flag in flags {
      var column = 0
      for index in flag.indices where flag[index] == 0 {
        ends[column] = index
        column += 1
      }
      func part(_ column: FlagBuffer.Column) -> ArraySlice<UInt8> {
        let number = column.rawValue
        return flag[(number == 0 ? flag.startIndex : ends[number - 1] + 1)..<ends[number]]
      }
      for attribute in columns {
        switch attribute {
        case .rule: cells.text(rule)
        case .caseID: cells.text(part(.caseID).span)
        case .idNumber: cells.text(part(.idNumber).span)
        case .evidence: cells.text(part(.evidence).span)
        case .name: cells.text(part(.name).span)
        case .district: cells.text(part(.district).span)
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
