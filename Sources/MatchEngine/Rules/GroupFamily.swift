internal import Glibc
internal import Normalizers
internal import Synchronization

/// The groups of all aggregate rules of a source that share their first key, in shards that workers take in turns.
///
/// A worker sorts the records of a batch by shard and takes each shard once a batch.
package final class GroupFamily: @unchecked Sendable {
  // SAFETY: a shard is used only by the thread that has taken it, and by one thread a shard once the pass is over.
  /// A power of two: enough that workers meet seldom, few enough that the tables of a shard are large and a batch
  /// has many records for each.
  let shardCount: Int

  let step: Plan.FamilyStep
  var shards: [Shard]
  let hash: KeyHash
  let budget: MemoryBudget
  let memory: TableMemory
  /// Raised when memory is used up: from then on only groups that exist are counted, other records are put aside.
  private let isClosed = OneWaySwitch()
  /// Raised when memory is used up: what a group in memory would have to grow for is put aside.
  let isFull = OneWaySwitch()

  init(_ step: Plan.FamilyStep, threads: Int, hash: KeyHash, budget: MemoryBudget, memory: TableMemory) {
    self.step = step
    self.hash = hash
    self.budget = budget
    self.memory = memory
    var shardCount = 8
    while shardCount < threads * 4, shardCount < PartitionedSpill.partCount { shardCount *= 2 }
    precondition(shardCount <= Places.shardCountMax, "every shard has a place")
    self.shardCount = shardCount
    shards = (0..<shardCount).map { Shard(step, number: $0, hash: hash, budget: budget, memory: memory) }
  }

  /// An empty family of the same rules, hash and budget.
  convenience init(_ step: Plan.FamilyStep, like other: GroupFamily) {
    self.init(step, threads: 1, hash: other.hash, budget: other.budget, memory: other.memory)
  }

  /// Frees every group.
  func removeAll() { shards = [] }

  typealias Words = (first: FlatArray<Int64>, second: FlatArray<Int64>?)

  /// What one rule needs of every record of a batch.
  struct Prepared {
    var rest: [Words]
    var operands: [Words?]
  }

  /// Counts the records of a batch; `turn` says with which shard to begin, so that workers meet seldom.
  func add(_ batch: RecordBatch, scratch: Scratch, counts: inout [RuleCounts], turn: Int) {
    var lanes = CellEvaluator.Lanes(count: batch.count)
    lanes.cells = batch.cells
    lanes.records = scratch.all
    lanes.isWholeBatch = true
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
    if isMemoryUsedUp {
      isClosed.raise()
      isFull.raise()
    }
    if isClosed.value { scratch.spilled.fill(0, from: 0, count: RecordBatch.capacity) }
    let (key, prepared) = prepare(lanes, scratch)
    leaveOutUnusable(key.first, prepared, batch.count, scratch, &counts)
    addPrepared(batch, key, prepared, scratch, turn: turn)
  }

  var isMemoryUsedUp: Bool { budget.usedByteCount > budget.limit / 10 * 9 }

  /// Counts records that were put aside, under the rules in `scratch.masks`.
  func addAgain(_ batch: RecordBatch, scratch: Scratch) {
    if isMemoryUsedUp { isFull.raise() }
    var lanes = CellEvaluator.Lanes(count: batch.count)
    lanes.cells = batch.cells
    lanes.records = scratch.all
    lanes.isWholeBatch = true
    let (key, prepared) = prepare(lanes, scratch)
    addPrepared(batch, key, prepared, scratch, turn: 0)
  }

  private func prepare(_ lanes: CellEvaluator.Lanes, _ scratch: Scratch) -> (key: Words, rules: [Prepared]) {
    scratch.evaluator.begin()
    let key = scratch.evaluator.add(step.key.value, isWide: step.key.type.isWide, lanes)
    return (key, step.rules.map { prepare($0, lanes, scratch) })
  }

  /// Without the key, and nothing for rules that are not among `rules`.
  func prepare(_ lanes: CellEvaluator.Lanes, _ scratch: Scratch, rules: UInt64) -> [Prepared] {
    scratch.evaluator.begin()
    return step.rules.enumerated().map { index, rule in
      rules & 1 << UInt64(index) == 0 ? Prepared(rest: [], operands: []) : prepare(rule, lanes, scratch)
    }
  }

  private func prepare(_ rule: Plan.GroupRule, _ lanes: CellEvaluator.Lanes, _ scratch: Scratch) -> Prepared {
    Prepared(
      rest: rule.rest.map { scratch.evaluator.add($0.value, isWide: $0.type.isWide, lanes) },
      operands: rule.aggregates.map { aggregate in
        aggregate.operand.map { scratch.evaluator.add($0, isWide: aggregate.isWide, lanes) }
      })
  }

  private func addPrepared(
    _ batch: RecordBatch, _ key: Words, _ prepared: [Prepared], _ scratch: Scratch, turn: Int
  ) {
    hash(key, batch.count, scratch)
    distribute(batch.count, scratch)
    forEachShard(scratch, turn: turn) { shard, range in add(range, batch, key, prepared, to: shard, scratch) }
  }

  /// Calls `body` with every shard that has records, taken, and their range of `scratch.sorted`.
  func forEachShard(_ scratch: Scratch, turn: Int, _ body: (Shard, Range<Int>) -> Void) {
    var busyCount = 0
    for step in 0..<shardCount {
      let number = (step + turn) % shardCount
      let range = scratch.starts[number]..<scratch.starts[number + 1]
      if range.isEmpty || shards[number].use({ body($0, range) }) { continue }
      scratch.busy[busyCount] = number
      busyCount += 1
    }
    // Another worker had these, for some microseconds: to fall asleep over a lock would take longer.
    var rounds = 0
    while busyCount > 0 {
      var left = 0
      for index in 0..<busyCount {
        let number = scratch.busy[index]
        let range = scratch.starts[number]..<scratch.starts[number + 1]
        if shards[number].use({ body($0, range) }) { continue }
        scratch.busy[left] = number
        left += 1
      }
      busyCount = left
      rounds += 1
      if rounds > 64 { sched_yield() }
    }
  }

  private func leaveOutUnusable(
    _ key: FlatArray<Int64>, _ prepared: [Prepared], _ count: Int, _ scratch: Scratch, _ counts: inout [RuleCounts]
  ) {
    for (index, rule) in step.rules.enumerated() {
      let bit = UInt64(1) << UInt64(index)
      var (evaluated, empty, invalid) = (0, 0, 0)
      let (masks, firstKeys) = (scratch.masks.mutableColumn(at: 0), key.mutableColumn(at: 0))
      let rests = prepared[index].rest.map { $0.first.mutableColumn(at: 0) }
      for lane in 0..<count {
        let mask = masks[lane]
        var word = firstKeys[lane]
        for rest in rests where Cell.isUsable(word) { word = rest[lane] }
        let (isTaken, isUsable) = (mask & bit != 0, Cell.isUsable(word))
        evaluated &+= isTaken && isUsable ? 1 : 0
        empty &+= isTaken && word == Cell.empty ? 1 : 0
        invalid &+= isTaken && word == Cell.invalid ? 1 : 0
        masks.set(lane, isUsable ? mask : mask & ~bit)
      }
      counts[rule.rule].evaluated += evaluated
      counts[rule.rule].keyEmpty += empty
      counts[rule.rule].keyInvalid += invalid
    }
  }

  /// The part of a scratch file that a group of this hash belongs to.
  ///
  /// Its bits choose neither the slot in a shard (the highest) nor the tag (the low half).
  @inline(__always)
  static func part(_ hash: UInt64) -> Int { Int(hash >> 32) & (PartitionedSpill.partCount - 1) }

  /// The shard of a part's groups.
  @inline(__always)
  func shard(ofPart part: Int) -> Int { part & (shardCount - 1) }

  private func hash(_ key: Words, _ count: Int, _ scratch: Scratch) {
    let (first, second) = (key.first.mutableColumn(at: 0), key.second?.mutableColumn(at: 0))
    let (masks, hashes) = (scratch.masks.mutableColumn(at: 0), scratch.hashes.mutableColumn(at: 0))
    for lane in 0..<count where masks[lane] != 0 {
      var result = hash.combine(hash.start, first[lane])
      if let second { result = hash.combine(result, second[lane]) }
      hashes.set(lane, result)
    }
  }

  /// Sorts the lanes that some rule counts by shard.
  private func distribute(_ count: Int, _ scratch: Scratch) {
    let (masks, hashes) = (scratch.masks.mutableColumn(at: 0), scratch.hashes.mutableColumn(at: 0))
    let sorted = scratch.sorted.mutableColumn(at: 0)
    var places = Places()
    for lane in 0..<count where masks[lane] != 0 { places.count(shard(ofPart: Self.part(hashes[lane]))) }
    places.begin(shardCount, scratch)
    for lane in 0..<count where masks[lane] != 0 {
      sorted.set(places.next(shard(ofPart: Self.part(hashes[lane]))), UInt32(truncatingIfNeeded: lane))
    }
  }

  /// Counts the records `range` of `scratch.sorted`, all of one shard that is taken.
  private func add(
    _ range: Range<Int>, _ batch: RecordBatch, _ key: Words, _ prepared: [Prepared], to shard: Shard,
    _ scratch: Scratch
  ) {
    let entries = shard.entries
    let hashes = scratch.hashes.mutableColumn(at: 0)
    let (masks, entryColumn) = (scratch.masks.mutableColumn(at: 0), scratch.entries.mutableColumn(at: 0))
    let laneColumn = scratch.lanes.mutableColumn(at: 0)
    let (firstKeys, secondKeys) = (key.first.mutableColumn(at: 0), key.second?.mutableColumn(at: 0))
    let keys = GroupEntries.Keys(
      lanes: scratch.sorted, range: range, first: key.first, second: key.second, hashes: scratch.hashes)
    let otherCount = entries.find(keys, into: scratch.entries, others: scratch.lanes, scratch: scratch.lookup)
    // Read while the shard is taken: a group of which a record was put aside is never begun in memory.
    let isClosed = isClosed.value
    for position in 0..<otherCount {
      let lane = Int(laneColumn[position])
      let (first, second) = (firstKeys[lane], secondKeys?[lane] ?? 0)
      if isClosed, entries.find(first, second, hash: hashes[lane]) == nil {
        scratch.spilled[lane] = masks[lane]
        scratch.hasSpilled = true
        masks.set(lane, 0)
        continue
      }
      let (entry, isNew) = entries.findOrAdd(first, second, hash: hashes[lane])
      if isNew, let word = shard.firstTextWord, let field = step.key.textField {
        entries.setState(word, of: entry, to: shard.keepText(text(of: field, step.key.type, lane, batch)))
      }
      entryColumn.set(lane, UInt32(truncatingIfNeeded: entry))
    }
    count(range, batch, prepared, in: shard, scratch)
  }

  /// Counts records whose group by the first key is known.
  func count(
    _ range: Range<Int>, _ batch: RecordBatch, _ prepared: [Prepared], in shard: Shard, _ scratch: Scratch
  ) {
    let entries = shard.entries
    // Read while the shard is taken: a group of which a record was put aside is never begun in memory.
    let (isClosed, isFull) = (isClosed.value, isFull.value)
    let (hashes, entryColumn) = (scratch.hashes.mutableColumn(at: 0), scratch.entries.mutableColumn(at: 0))
    let (sorted, masks) = (scratch.sorted.mutableColumn(at: 0), scratch.masks.mutableColumn(at: 0))
    let laneColumn = scratch.lanes.mutableColumn(at: 0)
    for index in step.rules.indices {
      var count = 0
      for position in range {
        let lane = sorted[position]
        laneColumn.set(count, lane)
        count &+= masks[Int(lane)] >> UInt64(index) & 1 == 1 ? 1 : 0
      }
      if count == 0 { continue }
      switch shard.groups[index] {
      case .counters(let counters):
        let months = prepared[index].rest[0].first
        if isFull {
          for position in 0..<count {
            let lane = Int(laneColumn[position])
            let entry = Int(entryColumn[lane])
            if counters.countWhatFits(entry, month: months[lane]) { continue }
            scratch.lateMonths.append(
              LateTally(month: months[lane], of: entry, rule: index, part: Self.part(hashes[lane])))
          }
        } else {
          counters.count(scratch.entries, months: months, lanes: scratch.lanes, laneCount: count)
        }
      case .direct(let layout):
        update(
          entries, scratch.entries, layout, index, count, prepared[index], shard, scratch, isFull: isFull)
      case .sub(let groups, let layout, let textWord):
        var kept = 0
        for position in 0..<count {
          let lane = Int(scratch.lanes[position])
          let group = subgroup(
            lane, batch, groups, textWord, index, prepared[index], shard, scratch, isClosed: isClosed)
          if let group {
            scratch.groups[lane] = UInt32(truncatingIfNeeded: group)
            scratch.lanes[kept] = UInt32(lane)
            kept += 1
          } else {
            scratch.spilled[lane] |= 1 << UInt64(index)
            scratch.hasSpilled = true
          }
        }
        count = kept
        update(groups, scratch.groups, layout, index, count, prepared[index], shard, scratch, isFull: isFull)
      }
    }
  }

  /// The number of a record's group by all keys of rule `index`; nil when it would be new and the family is closed.
  private func subgroup(
    _ lane: Int, _ batch: RecordBatch, _ entries: GroupEntries, _ textWord: Int?, _ index: Int,
    _ prepared: Prepared, _ shard: Shard, _ scratch: Scratch, isClosed: Bool
  ) -> Int? {
    var width = 1
    scratch.subKey[0] = Int64(scratch.entries[lane])
    for words in prepared.rest {
      scratch.subKey[width] = words.first[lane]
      width += 1
      if let second = words.second {
        scratch.subKey[width] = second[lane]
        width += 1
      }
    }
    let hash = entries.hash(scratch.subKey)
    if isClosed, entries.find(scratch.subKey, hash: hash) == nil { return nil }
    let (group, isNew) = entries.findOrAdd(scratch.subKey, hash: hash)
    if isNew, var word = textWord {
      for rest in step.rules[index].rest {
        guard let field = rest.textField else { continue }
        entries.setState(word, of: group, to: shard.keepText(text(of: field, rest.type, lane, batch)))
        word += 1
      }
    }
    return group
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

  /// Counts the first `count` records of `scratch.lanes` in their groups, which `groups` names by lane.
  private func update(
    _ entries: GroupEntries, _ groups: FlatArray<UInt32>, _ layout: StateLayout, _ rule: Int, _ count: Int,
    _ prepared: Prepared, _ shard: Shard, _ scratch: Scratch, isFull: Bool
  ) {
    let lanes = scratch.lanes.mutableColumn(at: 0)
    if let rowWord = layout.rowWord {
      entries.increment(rowWord, groups: groups, lanes: scratch.lanes, laneCount: count)
    }
    for (index, aggregate) in step.rules[rule].aggregates.enumerated() {
      guard let operand = prepared.operands[index] else { continue }
      let at = layout.offsets[index]
      let (values, seconds) = (operand.first.mutableColumn(at: 0), operand.second?.mutableColumn(at: 0))
      @inline(__always)
      func forEachValue(_ body: (_ group: Int, _ lane: Int, _ value: Int64) -> Void) {
        for position in 0..<count {
          let lane = Int(lanes[position])
          let value = values[lane]
          if Cell.isUsable(value) { body(Int(groups[lane]), lane, value) }
        }
      }
      switch aggregate.function {
      case .count: break
      case .countDistinct:
        guard let others = shard.distinct[rule] else { preconditionFailure("distinct values have a set") }
        let otherCount = entries.noteValues(
          at, operand.first, operand.second, groups: groups, lanes: scratch.lanes, laneCount: count,
          others: scratch.others)
        for position in 0..<otherCount {
          let lane = Int(scratch.others[position])
          let group = Int(groups[lane])
          scratch.value[0] = Int64(group)
          scratch.value[1] = Int64(index)
          scratch.value[2] = values[lane]
          scratch.value[3] = seconds?[lane] ?? 0
          let hash = others.hash(scratch.value)
          if !isFull {
            if others.findOrAdd(scratch.value, hash: hash).isNew { Self.countValue(of: group, in: entries, at) }
          } else if others.find(scratch.value, hash: hash) == nil {
            scratch.lateValues.append(
              LateTally(
                valueOf: group, shard: shard.number, rule: rule, aggregate: index, first: scratch.value[2],
                second: scratch.value[3], part: Self.part(hash)))
          }
        }
      case .sum:
        forEachValue { group, _, value in
          let (sum, overflow) = entries.state(at, of: group).addingReportingOverflow(value)
          // A sum beyond what fits is as good as endless; it stays at the end of the range.
          entries.setState(at, of: group, to: overflow ? (value > 0 ? Int64.max : Cell.invalid + 1) : sum)
          entries.setState(at + 1, of: group, to: entries.state(at + 1, of: group) + 1)
        }
      case .min:
        forEachValue { group, _, value in
          if !hasValue(entries, group, at) || value < decode(entries.state(at, of: group)) {
            entries.setState(at, of: group, to: encode(value))
          }
        }
      case .max:
        forEachValue { group, _, value in
          if !hasValue(entries, group, at) || value > decode(entries.state(at, of: group)) {
            entries.setState(at, of: group, to: encode(value))
          }
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

  /// Judges the groups of shard `number` under every rule and writes the flags; `late` holds rows by month that were
  /// put aside.
  func judge(shard number: Int, late: PartitionedSpill, writer: FlagWriter) throws(RunError) {
    let shard = shards[number]
    for (index, rule) in step.rules.enumerated() {
      let block = GroupBlock(rule: rule, shard: shard, key: step.key, writer: writer)
      switch shard.groups[index] {
      case .counters(let counters):
        // Only the count decides.
        func put(_ entry: Int, _ month: Int64, _ count: Int) {
          block.begin(entry: entry, sub: nil)
          block.put(month)
          for _ in rule.aggregates { block.put(Int64(count) * 1_000_000) }
          block.end()
        }
        try takeMonths(ofRule: index, shard: number, counters, from: late, put)
        counters.forEach(isWanted: block.holds, put)
      case .direct(let layout):
        for entry in 0..<shard.entries.count where shard.entries.state(layout.seenWord, of: entry) != 0 {
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
      case .count:
        guard let rowWord = layout.rowWord else { preconditionFailure("rows are counted where their count is wanted") }
        block.put(entries.state(rowWord, of: group) * 1_000_000)
      case .countDistinct:
        block.put((entries.state(at, of: group) >> 1) * 1_000_000)
        if aggregate.isWide { block.put(0) }
      case .sum: block.put(entries.state(at + 1, of: group) == 0 ? Cell.empty : entries.state(at, of: group))
      case .min, .max:
        block.put(hasValue(entries, group, at) ? decode(entries.state(at, of: group)) : Cell.empty)
      }
    }
  }
}
