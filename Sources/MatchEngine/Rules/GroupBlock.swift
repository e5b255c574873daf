/// Up to 1,024 groups whose keys and results stand in cells, waiting to be judged.
final class GroupBlock {
  private let rule: Plan.GroupRule
  private let key: Plan.GroupKey
  private let shard: GroupFamily.Shard
  private let writer: FlagWriter
  private let evaluator = CellEvaluator()
  private let cells: FlatArray<Int64>
  private let all: FlatArray<UInt32>
  private var count = 0
  private var slot = 0
  private var entries: [Int] = []
  private var subs: [Int] = []
  private var subEntries: GroupEntries?

  init(rule: Plan.GroupRule, shard: GroupFamily.Shard, key: Plan.GroupKey, writer: FlagWriter) {
    self.rule = rule
    self.key = key
    self.shard = shard
    self.writer = writer
    cells = FlatArray(repeating: Cell.empty, count: (rule.slotCount + 2) * RecordBatch.capacity)
    all = FlatArray(uninitialized: RecordBatch.capacity)
    for lane in 0..<RecordBatch.capacity { all[lane] = UInt32(lane) }
  }

  deinit {
    cells.deallocate()
    all.deallocate()
  }

  /// Begins a group of the shard's entry; `sub` is its own entry where it has further keys of several words.
  func begin(entry: Int, sub: (entries: GroupEntries, group: Int)?) {
    slot = 0
    entries.append(entry)
    subEntries = sub?.entries
    subs.append(sub?.group ?? 0)
    put(shard.entries.word(0, of: entry))
    if key.type.isWide { put(shard.entries.word(1, of: entry)) }
  }

  /// Puts the next word: keys first, then results.
  func put(_ word: Int64) {
    cells[slot * RecordBatch.capacity + count] = word
    slot += 1
  }

  func end() {
    count += 1
    if count == RecordBatch.capacity { flush() }
  }

  /// Whether `having` is true of a group of `count` rows, where nothing but the row count is asked.
  func holds(count: Int) -> Bool {
    let room = FlatArray<Int64>(repeating: Int64(count) * 1_000_000, count: cells.count)
    defer { room.deallocate() }
    var lanes = CellEvaluator.Lanes(count: 1)
    lanes.cells = room
    lanes.records = all
    return evaluator.evaluate(rule.having, lanes)[0] == 1
  }

  /// Judges the groups put so far.
  func flush() {
    defer {
      count = 0
      entries.removeAll(keepingCapacity: true)
      subs.removeAll(keepingCapacity: true)
    }
    guard count > 0 else { return }
    var lanes = CellEvaluator.Lanes(count: count)
    lanes.cells = cells
    lanes.records = all
    let truth = evaluator.evaluate(rule.having, lanes)
    var flagged = 0
    let records = FlatArray<UInt32>(uninitialized: count)
    defer { records.deallocate() }
    for lane in 0..<count where truth[lane] == 1 {
      records[flagged] = UInt32(lane)
      flagged += 1
    }
    lanes.count = flagged
    lanes.records = records
    var sources = FlagWriter.Sources()
    sources.groupTexts = { [self] lane, key, output in appendText(Int(records[lane]), key: key, to: &output) }
    writer.add(rule: rule.rule, rule.flag, lanes, sources)
  }

  private func appendText(_ lane: Int, key: Int, to output: inout [UInt8]) {
    if key == 0 {
      guard let word = shard.firstTextWord else { return }
      shard.appendText(shard.entries.state(word, of: entries[lane]), to: &output)
    } else if let subEntries {
      let number = rule.rest[..<(key - 1)].count { $0.textField != nil }
      shard.appendText(subEntries.state(number, of: subs[lane]), to: &output)
    }
  }
}
