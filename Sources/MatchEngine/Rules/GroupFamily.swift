internal import Normalizers
internal import Synchronization

/// The groups of all aggregate rules of a source that share their first key, in shards that workers take in turns.
///
/// A worker sorts the records of a batch by shard and locks each shard once a batch.
package final class GroupFamily: @unchecked Sendable {
  // SAFETY: a shard is used only by the thread that holds its lock, and by one thread a shard once the pass is over.
  static let shardCount = 32

  let step: Plan.FamilyStep
  private let shards: [Shard]
  private let hash: KeyHash

  /// Words of the groups' state by rule: how many rows, then each aggregate's.
  struct StateLayout {
    var start: Int
    var offsets: [Int]
    var wordCount: Int

    init(start: Int, _ aggregates: [Plan.GroupAggregate]) {
      self.start = start
      var next = start + 1
      offsets = []
      for aggregate in aggregates {
        offsets.append(next)
        next += Self.wordCount(of: aggregate)
      }
      wordCount = next - start
    }

    private static func wordCount(of aggregate: Plan.GroupAggregate) -> Int {
      switch aggregate.function {
      case .count: 0  // the row count in front
      case .countDistinct: aggregate.isWide ? 3 : 2
      case .sum: 2
      case .min, .max: 1
      }
    }
  }

  /// How the groups of one rule are kept.
  enum Groups {
    /// In the entries of the first key.
    case direct(StateLayout)
    case counters(MonthCounters)
    /// Behind the first key's entry and the other keys.
    case sub(GroupEntries, StateLayout, textWord: Int?)
  }

  final class Shard {
    let lock = Mutex<Void>(())
    let entries: GroupEntries
    let groups: [Groups]
    /// Values beside the first one of a group, by rule: group, aggregate, value.
    let distinct: [GroupEntries?]
    /// Texts of keys; a reference is the offset in the high half and the length in the low half of a word.
    var texts: [UInt8] = []
    let firstTextWord: Int?

    init(_ step: Plan.FamilyStep, hash: KeyHash, budget: MemoryBudget) {
      var stateWordCount = 0
      var textWord: Int?
      if step.key.textField != nil {
        textWord = 0
        stateWordCount = 1
      }
      var groups: [Groups] = []
      var distinct: [GroupEntries?] = []
      for rule in step.rules {
        if rule.usesCounters {
          groups.append(.counters(MonthCounters(budget: budget)))
        } else if rule.rest.isEmpty {
          let layout = StateLayout(start: stateWordCount, rule.aggregates)
          stateWordCount += layout.wordCount
          groups.append(.direct(layout))
        } else {
          let textCount = rule.rest.count { $0.textField != nil }
          let layout = StateLayout(start: textCount, rule.aggregates)
          let keyWords = 1 + rule.rest.reduce(0) { $0 + ($1.type.isWide ? 2 : 1) }
          groups.append(
            .sub(
              GroupEntries(
                keyWordCount: keyWords, stateWordCount: textCount + layout.wordCount, hash: hash, budget: budget),
              layout, textWord: textCount > 0 ? 0 : nil))
        }
        let countsDistinct = rule.aggregates.contains { $0.function == .countDistinct }
        distinct.append(
          countsDistinct
            ? GroupEntries(keyWordCount: 4, stateWordCount: 0, hash: hash, budget: budget) : nil)
      }
      self.groups = groups
      self.distinct = distinct
      firstTextWord = textWord
      entries = GroupEntries(
        keyWordCount: step.key.type.isWide ? 2 : 1, stateWordCount: stateWordCount, hash: hash, budget: budget)
    }

    func keepText(_ text: [UInt8]) -> Int64 {
      let reference = Int64(texts.count) << 24 | Int64(text.count)
      texts.append(contentsOf: text)
      return reference
    }

    func appendText(_ reference: Int64, to output: inout [UInt8]) {
      let start = Int(reference >> 24)
      output.append(contentsOf: texts[start..<start + Int(reference & 0xFF_FFFF)])
    }
  }

  init(_ step: Plan.FamilyStep, hash: KeyHash, budget: MemoryBudget) {
    self.step = step
    self.hash = hash
    shards = (0..<Self.shardCount).map { _ in Shard(step, hash: hash, budget: budget) }
  }

  /// One worker's room for sorting a batch by shard.
  final class Scratch {
    let key: FlatArray<Int64> = FlatArray(repeating: 0, count: 16)
    let subKey: FlatArray<Int64> = FlatArray(repeating: 0, count: 64)
    let value: FlatArray<Int64> = FlatArray(repeating: 0, count: 8)
    let hashes: FlatArray<UInt64> = FlatArray(uninitialized: RecordBatch.capacity)
    let masks: FlatArray<UInt64> = FlatArray(uninitialized: RecordBatch.capacity)
    let sorted: FlatArray<UInt32> = FlatArray(uninitialized: RecordBatch.capacity)
    let all: FlatArray<UInt32> = FlatArray(uninitialized: RecordBatch.capacity)
    let evaluator = CellEvaluator()
    /// Where the records of each shard begin in `sorted`.
    var starts = Array(repeating: 0, count: GroupFamily.shardCount + 1)

    init() { for lane in 0..<RecordBatch.capacity { all[lane] = UInt32(lane) } }

    deinit {
      key.deallocate()
      subKey.deallocate()
      value.deallocate()
      hashes.deallocate()
      masks.deallocate()
      sorted.deallocate()
      all.deallocate()
    }
  }

  private typealias Words = (first: FlatArray<Int64>, second: FlatArray<Int64>?)

  /// What one rule needs of every record of a batch.
  private struct Prepared {
    var rest: [Words]
    var operands: [Words?]
  }

  /// Counts the records of a batch; `turn` says with which shard to begin, so that workers meet seldom.
  func add(_ batch: RecordBatch, scratch: Scratch, counts: inout [RuleCounts], turn: Int) {
    var lanes = CellEvaluator.Lanes(count: batch.count)
    lanes.cells = batch.cells
    lanes.records = scratch.all
    for lane in 0..<batch.count { scratch.masks[lane] = 0 }
    for (index, rule) in step.rules.enumerated() {
      let bit = UInt64(1) << UInt64(index)
      guard let condition = rule.condition else {
        for lane in 0..<batch.count { scratch.masks[lane] |= bit }
        continue
      }
      let truth = scratch.evaluator.evaluate(condition, lanes)
      for lane in 0..<batch.count {
        if truth[lane] == 1 { scratch.masks[lane] |= bit }
        if truth[lane] == 2 { counts[rule.rule].unknown += 1 }
      }
    }
    scratch.evaluator.begin()
    let key = scratch.evaluator.add(step.key.value, isWide: step.key.type.isWide, lanes)
    let prepared = step.rules.map { rule in
      Prepared(
        rest: rule.rest.map { scratch.evaluator.add($0.value, isWide: $0.type.isWide, lanes) },
        operands: rule.aggregates.map { aggregate in
          aggregate.operand.map { scratch.evaluator.add($0, isWide: aggregate.isWide, lanes) }
        })
    }
    leaveOutUnusable(key.first, prepared, batch.count, scratch, &counts)
    sortByShard(key, batch.count, scratch)
    for step in 0..<Self.shardCount {
      let number = (step + turn) % Self.shardCount
      let range = scratch.starts[number]..<scratch.starts[number + 1]
      if range.isEmpty { continue }
      let shard = shards[number]
      shard.lock.withLock { _ in
        for position in range { shard.entries.prefetch(scratch.hashes[Int(scratch.sorted[position])]) }
        for position in range { shard.entries.prefetchEntry(scratch.hashes[Int(scratch.sorted[position])]) }
        for position in range {
          add(Int(scratch.sorted[position]), batch, key, prepared, to: shard, scratch)
        }
      }
    }
  }

  private func leaveOutUnusable(
    _ key: FlatArray<Int64>, _ prepared: [Prepared], _ count: Int, _ scratch: Scratch, _ counts: inout [RuleCounts]
  ) {
    for (index, rule) in step.rules.enumerated() {
      let bit = UInt64(1) << UInt64(index)
      var (evaluated, empty, invalid) = (0, 0, 0)
      for lane in 0..<count where scratch.masks[lane] & bit != 0 {
        var word = key[lane]
        for rest in prepared[index].rest where Cell.isUsable(word) { word = rest.first[lane] }
        if Cell.isUsable(word) {
          evaluated += 1
        } else {
          scratch.masks[lane] &= ~bit
          if word == Cell.empty { empty += 1 } else { invalid += 1 }
        }
      }
      counts[rule.rule].evaluated += evaluated
      counts[rule.rule].keyEmpty += empty
      counts[rule.rule].keyInvalid += invalid
    }
  }

  /// Bits that choose neither the slot in a shard (the highest) nor the tag (the low half).
  @inline(__always)
  private static func shard(_ hash: UInt64) -> Int { Int(hash >> 32) & (shardCount - 1) }

  private func sortByShard(_ key: Words, _ count: Int, _ scratch: Scratch) {
    var sizes = Array(repeating: 0, count: Self.shardCount + 1)
    let (first, second, masks, hashes) = (key.first, key.second, scratch.masks, scratch.hashes)
    for lane in 0..<count where masks[lane] != 0 {
      var result = hash.combine(hash.start, first[lane])
      if let second { result = hash.combine(result, second[lane]) }
      hashes[lane] = result
      sizes[Self.shard(result) + 1] += 1
    }
    for shard in 0..<Self.shardCount {
      sizes[shard + 1] += sizes[shard]
      scratch.starts[shard] = sizes[shard]
    }
    scratch.starts[Self.shardCount] = sizes[Self.shardCount]
    for lane in 0..<count where masks[lane] != 0 {
      let shard = Self.shard(hashes[lane])
      scratch.sorted[sizes[shard]] = UInt32(lane)
      sizes[shard] += 1
    }
  }

  @inline(__always)
  private func add(
    _ lane: Int, _ batch: RecordBatch, _ key: Words, _ prepared: [Prepared], to shard: Shard, _ scratch: Scratch
  ) {
    scratch.key[0] = key.first[lane]
    if let second = key.second { scratch.key[1] = second[lane] }
    let (entry, isNew) = shard.entries.findOrAdd(scratch.key, hash: scratch.hashes[lane])
    if isNew, let word = shard.firstTextWord, let field = step.key.textField {
      shard.entries.setState(word, of: entry, to: shard.keepText(text(of: field, step.key.type, lane, batch)))
    }
    for index in step.rules.indices where scratch.masks[lane] >> UInt64(index) & 1 == 1 {
      switch shard.groups[index] {
      case .counters(let counters):
        counters.count(entry, month: prepared[index].rest[0].first[lane])
      case .direct(let layout):
        update(shard.entries, entry, layout, index, lane, prepared[index], shard, scratch)
      case .sub(let entries, let layout, let textWord):
        var width = 1
        scratch.subKey[0] = Int64(entry)
        for words in prepared[index].rest {
          scratch.subKey[width] = words.first[lane]
          width += 1
          if let second = words.second {
            scratch.subKey[width] = second[lane]
            width += 1
          }
        }
        let (group, isNew) = entries.findOrAdd(scratch.subKey, hash: entries.hash(scratch.subKey))
        if isNew, var word = textWord {
          for rest in step.rules[index].rest {
            guard let field = rest.textField else { continue }
            entries.setState(word, of: group, to: shard.keepText(text(of: field, rest.type, lane, batch)))
            word += 1
          }
        }
        update(entries, group, layout, index, lane, prepared[index], shard, scratch)
      }
    }
  }

  /// The text that stands for a key: the same for every record of the group.
  private func text(of field: Int, _ type: ValueType, _ lane: Int, _ batch: RecordBatch) -> [UInt8] {
    var text: [UInt8] = []
    batch.appendText(field: field, lane: lane, to: &text)
    switch type {
    case .name:
      var canonical: [UInt8] = []
      _ = PersonName.canonical(text.span, into: &canonical)
      return canonical
    case .code: return Array(text[CellMaker.trimmed(text.span)])
    case .text, .id, .account, .date, .month, .money, .number, .boolean: return text
    }
  }

  @inline(__always)
  private func update(
    _ entries: GroupEntries, _ group: Int, _ layout: StateLayout, _ rule: Int, _ lane: Int, _ prepared: Prepared,
    _ shard: Shard, _ scratch: Scratch
  ) {
    entries.setState(layout.start, of: group, to: entries.state(layout.start, of: group) + 1)
    for (index, aggregate) in step.rules[rule].aggregates.enumerated() {
      guard let operand = prepared.operands[index] else { continue }
      let value = operand.first[lane]
      guard Cell.isUsable(value) else { continue }
      let at = layout.offsets[index]
      let known = entries.state(at, of: group)
      switch aggregate.function {
      case .count: break
      case .countDistinct:
        let second = operand.second?[lane] ?? 0
        if known == 0 {
          entries.setState(at, of: group, to: 1)
          entries.setState(at + 1, of: group, to: value)
          if aggregate.isWide { entries.setState(at + 2, of: group, to: second) }
        } else if entries.state(at + 1, of: group) != value
          || aggregate.isWide && entries.state(at + 2, of: group) != second
        {
          scratch.value[0] = Int64(group)
          scratch.value[1] = Int64(index)
          scratch.value[2] = value
          scratch.value[3] = second
          if let values = shard.distinct[rule],
            values.findOrAdd(scratch.value, hash: values.hash(scratch.value)).isNew
          {
            entries.setState(at, of: group, to: known + 1)
          }
        }
      case .sum:
        let (sum, overflow) = known.addingReportingOverflow(value)
        // A sum beyond what fits is as good as endless; it stays at the end of the range.
        entries.setState(at, of: group, to: overflow ? (value > 0 ? Int64.max : Cell.invalid + 1) : sum)
        entries.setState(at + 1, of: group, to: entries.state(at + 1, of: group) + 1)
      case .min:
        if !hasValue(entries, group, at) || value < decode(known) {
          entries.setState(at, of: group, to: encode(value))
        }
      case .max:
        if !hasValue(entries, group, at) || value > decode(known) {
          entries.setState(at, of: group, to: encode(value))
        }
      }
    }
  }

  /// Smallest and largest values are kept with their sign bit turned, so that the 0 of a new group means none yet.
  @inline(__always)
  private func encode(_ value: Int64) -> Int64 { value ^ Int64.min }
  @inline(__always)
  private func decode(_ word: Int64) -> Int64 { word ^ Int64.min }
  @inline(__always)
  private func hasValue(_ entries: GroupEntries, _ group: Int, _ at: Int) -> Bool { entries.state(at, of: group) != 0 }

  // MARK: - Results

  /// Judges the groups of shard `number` under every rule and writes the flags.
  func judge(shard number: Int, writer: FlagWriter) {
    let shard = shards[number]
    for (index, rule) in step.rules.enumerated() {
      let block = GroupBlock(rule: rule, shard: shard, key: step.key, writer: writer)
      switch shard.groups[index] {
      case .counters(let counters):
        var holds: [Int: Bool] = [:]
        counters.forEach { entry, month, count in
          // Only the count decides, and most counts are the same.
          let isFlagged = holds[count] ?? block.holds(count: count)
          if holds[count] == nil { holds[count] = isFlagged }
          guard isFlagged else { return }
          block.begin(entry: entry, sub: nil)
          block.put(month)
          for _ in rule.aggregates { block.put(Int64(count) * 1_000_000) }
          block.end()
        }
      case .direct(let layout):
        for entry in 0..<shard.entries.count where shard.entries.state(layout.start, of: entry) > 0 {
          block.begin(entry: entry, sub: nil)
          putResults(shard.entries, entry, layout, rule, into: block)
          block.end()
        }
      case .sub(let entries, let layout, _):
        for group in 0..<entries.count {
          block.begin(entry: Int(entries.word(0, of: group)), sub: (entries, group))
          for word in 1..<entries.keyWordCount { block.put(entries.word(word, of: group)) }
          putResults(entries, group, layout, rule, into: block)
          block.end()
        }
      }
      block.flush()
    }
  }

  private func putResults(
    _ entries: GroupEntries, _ group: Int, _ layout: StateLayout, _ rule: Plan.GroupRule, into block: GroupBlock
  ) {
    for (index, aggregate) in rule.aggregates.enumerated() {
      let at = layout.offsets[index]
      switch aggregate.function {
      case .count: block.put(entries.state(layout.start, of: group) * 1_000_000)
      case .countDistinct:
        block.put(entries.state(at, of: group) * 1_000_000)
        if aggregate.isWide { block.put(0) }
      case .sum: block.put(entries.state(at + 1, of: group) == 0 ? Cell.empty : entries.state(at, of: group))
      case .min, .max:
        block.put(hasValue(entries, group, at) ? decode(entries.state(at, of: group)) : Cell.empty)
      }
    }
  }
}
