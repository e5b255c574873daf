internal import Dispatch
internal import Synchronization

/// The transitions of one night, in the order of rules and then of flags, and the flags that the state keeps as text.
struct NightBatch {
  private let number: Int
  private let base: Int
  /// Lines of flags of rules that are judged in passing, in order, in pieces.
  private var pieces: [Piece] = []
  /// Of the other rules, in order.
  private var others: [Transition] = []
  private(set) var counts: [Transition.Kind: Int] = [:]
  /// All flags of settled rules after tonight, and all that are over.
  var flags: [StateFlag] = []
  /// What became of flags of settled rules, which stand on lists for people.
  var settled = Transition.Comparison()

  private struct Piece: Sendable {
    /// Of the entries of the numbers.
    var range = 0..<0
    var bytes: [UInt8] = []
    /// Where each line ends.
    var ends: [Int] = []
  }

  private var numbers: FlagNumbers?

  init(number: Int, base: Int) { (self.number, self.base) = (number, base) }

  /// What is known of a flag when it is decided what became of it.
  struct Name {
    fileprivate let numbers: FlagNumbers
    fileprivate let entry: FlagNumbers.Entry

    private var name: FlagName { numbers.name(entry) }
    var rule: String { numbers.rule(entry) }
    var digits: String { numbers.digits(entry) }
    var caseID: String { name.caseID }
    var idNumber: String { name.idNumber }
  }

  /// Adds flags of rules that are judged in passing; `judge` says what became of each, one after the other.
  mutating func add(
    _ numbers: FlagNumbers, threads: Int,
    _ judge: (Name, _ id: () -> String, _ isNew: Bool) -> (Transition.Kind, reason: String)
  ) {
    var verdicts: [(kind: Transition.Kind, reason: String)] = []
    verdicts.reserveCapacity(numbers.entries.count)
    for entry in numbers.entries {
      let name = Name(numbers: numbers, entry: entry)
      let verdict = judge(name, { "\(numbers.rule(entry))-\(numbers.digits(entry))" }, entry.isNew)
      counts[verdict.0, default: 0] += 1
      verdicts.append(verdict)
    }
    let size = 4096
    let parts = (verdicts.count + size - 1) / size
    let made = Mutex<[Piece]>(Array(repeating: Piece(), count: parts))
    let (start, judged) = (Array("\(number),\(base),".utf8), verdicts)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let piece = Self.piece(numbers, part * size..<min(judged.count, (part + 1) * size), judged, start)
      made.withLock { $0[part] = piece }
    }
    pieces = made.withLock { $0 }
    self.numbers = numbers
  }

  private static func piece(
    _ numbers: FlagNumbers, _ range: Range<Int>, _ verdicts: [(kind: Transition.Kind, reason: String)],
    _ start: [UInt8]
  ) -> Piece {
    var piece = Piece(range: range)
    var row = CSVCellWriter()
    let bytes = numbers.names.bytes
    for index in range {
      let entry = numbers.entries[index]
      let rule = numbers.rule(entry)
      let columns = numbers.names.entries[Int(entry.name)]
      let digits = numbers.digits.span.extracting(numbers.range(entry))
      piece.bytes += start
      row.text(verdicts[index].kind.rawValue)
      row.text("\(rule)-\(numbers.digits(entry))")
      row.text(digits)
      row.text(rule)
      var (first, count) = (columns.start, 0)
      for at in columns.start..<columns.end where bytes[at] == 0 && count < 2 {
        row.text(bytes.span.extracting(first..<at))
        (first, count) = (at + 1, count + 1)
      }
      row.text(verdicts[index].reason)
      row.endRecord()
      piece.bytes += row.bytes
      row.removeAll()
      piece.ends.append(piece.bytes.count)
    }
    return piece
  }

  /// Adds transitions of other flags.
  mutating func add(_ transitions: [Transition]) {
    for transition in transitions { counts[transition.kind, default: 0] += 1 }
    others += transitions
    others.sort { ($0.flag.rule, $0.flag.id) < ($1.flag.rule, $1.flag.id) }
  }

  /// Writes the batch as a file of `folder`.
  func write(in folder: OutputFolder) throws(RunError) {
    let file = try folder.makeFile(Transition.fileName, expecting: pieces.reduce(0) { $0 + $1.bytes.count })
    var row = CSVCellWriter()
    for title in Transition.header { row.text(title) }
    row.endRecord()
    try file.append(row.bytes)
    var next = 0
    for piece in pieces {
      guard next < others.count, let numbers else {
        try file.append(piece.bytes)
        continue
      }
      for (index, entry) in piece.range.enumerated() {
        let rule = numbers.rules[Int(numbers.names.entries[Int(numbers.entries[entry].name)].rule)]
        let id = "\(rule)-\(numbers.digits(numbers.entries[entry]))"
        while next < others.count, (others[next].flag.rule, others[next].flag.id) < (rule, id) {
          try file.append(others[next].line(batch: number, base: base))
          next += 1
        }
        try file.append(piece.bytes.span.extracting((index == 0 ? 0 : piece.ends[index - 1])..<piece.ends[index]))
      }
    }
    for transition in others[next...] { try file.append(transition.line(batch: number, base: base)) }
    try folder.finish(file)
  }
}
