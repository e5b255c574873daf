internal import Normalizers

/// One worker of a pass: its batch, its counters and everything it needs to judge records, none of it shared.
final class PassWorker {
  private let context: PassContext
  let pass: Plan.Pass
  private let plan: Plan
  private let stores: [RowStore]
  private let tables: [[KeyTable]]
  let families: [GroupFamily]
  let chunk: Chunk
  /// By store of the pass: rows on their way to a scratch file, and the writers of its tables.
  private let spillStores: [RowStore]
  private let spillTexts: [TextStore.Writer]
  private let rowWriters: [[PartitionedSpill.Writer]]
  private let probeWriters: [PartitionedSpill.Writer]
  let familyWriters: [FamilySpill.Writer]
  let spilledRecords: SpilledRecords
  /// True while records come back from a scratch file: they were counted before, and their first cell is a mask.
  private var isReplaying = false
  let batch: RecordBatch
  let evaluator = CellEvaluator()
  let normalizer: BatchNormalizer
  var cursor: RecordCursor
  private let textWriters: [TextStore.Writer]
  private let pairs = PairBuffer()
  private let probeScratch = KeyTable.Scratch(capacity: RecordBatch.capacity)
  let groupScratch = GroupFamily.Scratch()
  /// With which shard the next batch begins.
  var turn: Int
  /// By lane: set to 1 where a record is not settled by what a repetition of it would say; nil where nobody asks.
  var special: FlatArray<UInt8>?

  /// All lanes, in order.
  let all: FlatArray<UInt32>
  private let lanes: FlatArray<UInt32>
  let records: FlatArray<UInt32>
  let rows: FlatArray<UInt32>
  private let bits: FlatArray<UInt32>
  /// Rules of a probe that hold for a lane's record, and those that found something, one bit each.
  private let masks: FlatArray<UInt64>
  private let found: FlatArray<UInt64>
  let words: FlatArray<Int64>
  let heldWriter: HeldWriter?
  private let recurring: RecurringRecords?
  /// Notes the rows of a night; nil in a plain run.
  let digester: RowDigester?

  let writer: FlagWriter
  var counts: [RuleCounts]
  var recordCounts: RecordCursor.Counts { cursor.counts }
  var fieldCounts: [FieldCounts] { normalizer.fieldCounts }
  var rejects: RejectList { normalizer.rejects }

  /// `chunk` is the worker's own; it is handed from pass to pass, because fresh memory costs more than used memory.
  init(number: Int, _ context: PassContext, chunk: Chunk) {
    turn = number * 4
    self.context = context
    pass = context.pass
    plan = context.plan
    stores = context.stores
    tables = context.tables
    families = context.families
    self.chunk = chunk
    batch = RecordBatch(slotCount: pass.slotCount, chunk: chunk)
    normalizer = BatchNormalizer(source: plan.job.sources[pass.source], uses: pass.uses, maker: plan.maker)
    cursor = RecordCursor(files: pass.files, chunk: chunk)
    textWriters = pass.stores.map { TextStore.Writer(context.stores[$0].texts) }
    let room = MemoryBudget(limit: Int.max)
    spillStores = pass.stores.map { RowStore(layout: context.stores[$0].layout, budget: room, memory: context.memory) }
    spillTexts = spillStores.map { TextStore.Writer($0.texts) }
    rowWriters = pass.stores.map { context.spills[$0].tables.map { PartitionedSpill.Writer($0) } }
    probeWriters = context.probeSpills.map { PartitionedSpill.Writer($0) }
    familyWriters = context.familySpills.map { FamilySpill.Writer($0) }
    spilledRecords = SpilledRecords(uses: pass.uses)
    heldWriter = context.held.map { HeldWriter($0, pass: context.pass, plan: context.plan, sieves: context.sieves) }
    digester = context.noting.map { [chunk] in RowDigester($0, chunk: chunk) }
    recurring = context.recurrence.map { [pass, chunk] in
      RecurringRecords($0.plan, $0.table, files: pass.files, seed: $0.seed, slotCount: pass.slotCount, chunk: chunk)
    }
    writer = FlagWriter(maker: plan.maker)
    counts = Array(repeating: RuleCounts(), count: plan.job.rules.count)
    all = FlatArray(uninitialized: RecordBatch.capacity)
    lanes = FlatArray(uninitialized: RecordBatch.capacity)
    records = FlatArray(uninitialized: PairBuffer.capacity)
    rows = FlatArray(uninitialized: PairBuffer.capacity)
    bits = FlatArray(uninitialized: RecordBatch.capacity)
    masks = FlatArray(uninitialized: RecordBatch.capacity)
    found = FlatArray(uninitialized: RecordBatch.capacity)
    words = FlatArray(uninitialized: PairBuffer.capacity * 2)
    for lane in 0..<RecordBatch.capacity { all[lane] = UInt32(lane) }
  }

  deinit {
    all.deallocate()
    lanes.deallocate()
    records.deallocate()
    rows.deallocate()
    bits.deallocate()
    masks.deallocate()
    found.deallocate()
    words.deallocate()
  }

  /// Takes chunks from the feed until there is none left.
  func run(_ feed: any ChunkFeed) throws(RunError) {
    while try feed.next(chunk) {
      cursor.begin(chunk)
      if let recurring, recurring.isWorthwhile {
        try judgeArrivals(recurring)
      } else {
        while cursor.fill(batch) {
          try digester?.note(batch)
          normalizer.normalize(batch)
          try judgeBatch()
        }
      }
      digester?.endChunk()
      for (record, code) in cursor.rejected {
        let start = chunk.index.recordStart(record)
        let end = max(start, chunk.index.recordEndPosition(record))
        let text = chunk.text
        heldWriter?.noteRejected(chunk, from: start, to: end, file: pass.files[chunk.file])
        normalizer.rejects.add(
          RejectList.Place(file: chunk.file, chunk: 0, line: chunk.line(of: record), column: nil),
          code: code.rawValue, value: RecordShape.bytes(text.span(from: start, count: min(end - start, 256))).span)
      }
    }
    heldWriter?.finish()
    if let recurring {
      recurring.forEachSignature { normalizer.count($0, of: $1, recurring.plan.warnings) }
    }
    for writer in rowWriters.flatMap(\.self) + probeWriters { try writer.finish() }
    for writer in familyWriters { try writer.finish() }
  }

  /// Stores, looks up and counts the records of the batch.
  func judgeBatch() throws(RunError) {
    heldWriter?.hold(batch)
    try store()
    judgeConditions()
    for (step, writer) in zip(pass.probes, probeWriters) { try probe(step, writer: writer) }
    for (index, family) in families.enumerated() {
      family.add(batch, scratch: groupScratch, counts: &counts, turn: turn)
      try familyWriters[index].write(groupScratch, of: batch, as: spilledRecords)
    }
    turn += 3
  }

  private var batchLanes: CellEvaluator.Lanes {
    var result = CellEvaluator.Lanes(count: batch.count)
    result.cells = batch.cells
    result.records = all
    result.isWholeBatch = true
    return result
  }

  // MARK: - Storing

  private func store() throws(RunError) {
    for (index, number) in pass.stores.enumerated() {
      let plan = plan.stores[number]
      for lane in 0..<batch.count { bits[lane] = 0 }
      for rule in plan.rules { select(rule) }
      var count = 0
      for lane in 0..<batch.count where bits[lane] != 0 {
        lanes[count] = UInt32(lane)
        count += 1
      }
      if count == 0 { continue }
      let spill = context.spills[number]
      // Slots and filters of the tables will want their share of the budget, too.
      if context.budget.usedByteCount > context.budget.limit / 10 * 6 { spill.activate() }
      if spill.isActive {
        put(count, into: spillStores[index], plan, spillTexts[index])
        try spillRows(number, spillStores[index], rowWriters[index])
      } else {
        put(count, into: stores[number], plan, textWriters[index])
      }
    }
  }

  /// Moves the rows of `rows` to the scratch files of the store's tables.
  private func spillRows(
    _ store: Int, _ rows: RowStore, _ writers: [PartitionedSpill.Writer]
  ) throws(RunError) {
    for row in 0..<rows.rowCount {
      for (number, table) in tables[store].enumerated() {
        try pass.forEachPart(of: row, in: rows, store: store, tableNumber: number, table: table) {
          (part, bits) throws(RunError) in
          try writers[number].add(part: part) { rows.appendBytes(of: row, ruleBits: bits, to: &$0) }
        }
      }
    }
    rows.removeRows()
  }

  /// Sets the rule's bit for records that take part in it, and counts its subjects.
  private func select(_ rule: Plan.StoredRule) {
    let truth = rule.condition.map { evaluator.evaluate($0, batchLanes) }
    var (usable, unknown, empty, invalid, taken) = (0, 0, 0, 0, 0)
    for lane in 0..<batch.count {
      var word: Int64 = 0
      for slot in rule.keySlots {
        word = batch.cells[slot * RecordBatch.capacity + lane]
        if !Cell.isUsable(word) { break }
      }
      let isUsable = Cell.isUsable(word)
      usable += isUsable ? 1 : 0
      let holds = truth.map { $0[lane] } ?? 1
      if holds == 2 { unknown += 1 }
      guard holds == 1 else { continue }
      if isUsable {
        taken += 1
        bits[lane] |= rule.bit
      } else if word == Cell.empty {
        empty += 1
      } else {
        invalid += 1
      }
    }
    switch rule.side {
    case .subject:
      counts[rule.rule].subjectKeys += usable
      counts[rule.rule].evaluated += taken
      counts[rule.rule].keyEmpty += empty
      counts[rule.rule].keyInvalid += invalid
      counts[rule.rule].unknown += unknown
    case .found, .lookup:
      counts[rule.rule].foundKeys += usable
    }
  }

  /// Stores the first `count` records of `lanes`.
  private func put(_ count: Int, into store: RowStore, _ plan: Plan.Store, _ texts: TextStore.Writer) {
    let first = store.reserve(count)
    store.begin(first, count: count, lanes: lanes, ruleBits: bits)
    for cell in plan.cells {
      if let slot = cell.slot {
        for word in 0..<cell.type.wordCount {
          store.fill(
            word: cell.word + word, from: first, count: count,
            batch.cells.mutableColumn(at: (slot + word) * RecordBatch.capacity),
            lanes: lanes)
        }
      } else {
        for index in 0..<count {
          let words = makeWords(field: cell.field, type: cell.type, record: Int(lanes[index]))
          store.setWord(cell.word, of: first + index, to: words.first)
          if cell.type.wordCount == 2 { store.setWord(cell.word + 1, of: first + index, to: words.second) }
        }
      }
    }
    guard !plan.texts.isEmpty else { return }
    let text = batch.chunk.text
    for index in 0..<count {
      let lane = Int(lanes[index])
      var byteCount = 0
      for field in plan.texts {
        byteCount += 5
        if let column = batch.columns[field] {
          let (start, end) = batch.range(lane: lane, column: column)
          byteCount += end - start
        }
      }
      store.setTexts(of: first + index, to: texts.begin(byteCount: byteCount))
      for field in plan.texts {
        if let column = batch.columns[field] {
          let (start, end) = batch.range(lane: lane, column: column)
          texts.put(text, from: start, count: end - start)
        } else {
          texts.put(text, from: 0, count: 0)
        }
      }
    }
  }

  /// The words of a field that has no cell in every record.
  @inline(__always)
  func makeWords(field: Int, type: FieldType, record: Int) -> CellMaker.Words {
    guard let column = batch.columns[field] else { return CellMaker.Words(missing: .empty) }
    let (start, end) = batch.range(lane: record, column: column)
    let text = batch.chunk.text
    return plan.maker.words(text.span(from: start, count: end - start), as: type)
  }

  // MARK: - Conditions

  private func judgeConditions() {
    for step in pass.conditions {
      let truth = evaluator.evaluate(step.condition, batchLanes)
      var (flagged, unknown) = (0, 0)
      for lane in 0..<batch.count {
        lanes[flagged] = UInt32(lane)
        flagged += truth[lane] == 1 ? 1 : 0
        unknown += truth[lane] == 2 ? 1 : 0
      }
      counts[step.rule].evaluated += batch.count - unknown
      counts[step.rule].unknown += unknown
      var flaggedLanes = CellEvaluator.Lanes(count: flagged)
      flaggedLanes.cells = batch.cells
      flaggedLanes.records = lanes
      writer.add(rule: step.rule, step.flag, flaggedLanes, FlagWriter.Sources(batch: batch))
    }
  }

  // MARK: - Probing

  private func probe(_ step: Plan.ProbeStep, writer spillWriter: PartitionedSpill.Writer?) throws(RunError) {
    let count = selectProbes(step)
    let table = tables[step.store][step.table]
    let columns = step.keyWordSlots.map { $0 * RecordBatch.capacity }
    pairs.removeAll()
    table.probe(
      batch.cells, columns: columns, lanes: lanes, laneCount: count, scratch: probeScratch, pairs: pairs,
      isEnough: step.whatIsEnough(in: stores[step.store], masks: masks, found: found),
      full: { [self] in
        judgePairs(step)
        pairs.removeAll()
      })
    judgePairs(step)
    if let spillWriter, !isReplaying, context.spills[step.store].isActive {
      for index in 0..<count {
        let lane = Int(lanes[index])
        // A record that found its row needs no further look under a rule of absence.
        let mask = masks[lane] & ~found[lane]
        if mask == 0 { continue }
        try spillWriter.add(part: table.part(of: lane, batch.cells, columns: columns)) {
          spilledRecords.append(lane, of: batch, mask: mask, to: &$0)
        }
      }
      return
    }
    for (index, rule) in step.rules.enumerated() where rule.kind == .absence && rule.subjectStreams {
      flagUnmatched(rule, bit: 1 << UInt64(index))
    }
  }

  /// Puts the records whose key is to be looked up into `lanes` and the rules they are subjects of into `masks`.
  private func selectProbes(_ step: Plan.ProbeStep) -> Int {
    if isReplaying {
      for lane in 0..<batch.count {
        masks[lane] = SpilledRecords.mask(of: lane, in: batch)
        found[lane] = 0
        lanes[lane] = UInt32(lane)
      }
      return batch.count
    }
    var everyRecord: UInt64 = 0
    for (index, rule) in step.rules.enumerated() where rule.subjectCondition == nil {
      everyRecord |= 1 << UInt64(index)
    }
    masks.fill(everyRecord, from: 0, count: batch.count)
    found.fill(0, from: 0, count: batch.count)
    for (index, rule) in step.rules.enumerated() {
      guard let condition = rule.subjectCondition else { continue }
      let truth = evaluator.evaluate(condition, batchLanes)
      for lane in 0..<batch.count {
        if truth[lane] == 1 { masks[lane] |= 1 << UInt64(index) }
        if truth[lane] == 2 { counts[rule.rule].unknown += 1 }
      }
    }
    var (usable, count) = (0, 0)
    if step.keySlots.count == 1 {
      let keys = batch.cells.mutableColumn(at: step.keySlots[0] * RecordBatch.capacity)
      let (lanes, masks) = (lanes.mutableColumn(at: 0), masks.mutableColumn(at: 0))
      for lane in 0..<batch.count {
        let isUsable = Cell.isUsable(keys[lane])
        usable &+= isUsable ? 1 : 0
        lanes.set(count, UInt32(truncatingIfNeeded: lane))
        count &+= isUsable && masks[lane] != 0 ? 1 : 0
      }
    } else {
      for lane in 0..<batch.count {
        let isUsable = step.keySlots.allSatisfy { Cell.isUsable(batch.cells[$0 * RecordBatch.capacity + lane]) }
        usable += isUsable ? 1 : 0
        lanes[count] = UInt32(lane)
        count += isUsable && masks[lane] != 0 ? 1 : 0
      }
    }
    countSubjects(step, usable: usable)
    if let special { noteLeftOut(step, count, special) }
    return count
  }

  /// Records that are not looked up under every rule are special.
  private func noteLeftOut(_ step: Plan.ProbeStep, _ count: Int, _ special: FlatArray<UInt8>) {
    let everyRule = UInt64.max >> UInt64(64 - step.rules.count)
    var next = 0
    for lane in 0..<batch.count {
      let isTaken = next < count && Int(lanes[next]) == lane
      next += isTaken ? 1 : 0
      if !isTaken || masks[lane] != everyRule { special[lane] = 1 }
    }
  }

  private func countSubjects(_ step: Plan.ProbeStep, usable: Int) {
    for (index, rule) in step.rules.enumerated() {
      guard rule.subjectStreams else {
        counts[rule.rule].foundKeys += usable
        continue
      }
      counts[rule.rule].subjectKeys += usable
      if rule.subjectCondition == nil, usable == batch.count {
        counts[rule.rule].evaluated += usable
        continue
      }
      let masks = masks.mutableColumn(at: 0)
      if rule.subjectCondition == nil, step.keySlots.count == 1 {
        // Every record is a subject: what is not usable is empty or invalid.
        let key = batch.cells.mutableColumn(at: step.keySlots[0] * RecordBatch.capacity)
        var empty = 0
        for lane in 0..<batch.count { empty &+= key[lane] == Cell.empty ? 1 : 0 }
        counts[rule.rule].evaluated += usable
        counts[rule.rule].keyEmpty += empty
        counts[rule.rule].keyInvalid += batch.count - usable - empty
        continue
      }
      let keys = step.keySlots.map { batch.cells.mutableColumn(at: $0 * RecordBatch.capacity) }
      for lane in 0..<batch.count where masks[lane] &>> UInt64(index) & 1 == 1 {
        var word: Int64 = 0
        for key in keys {
          word = key[lane]
          if !Cell.isUsable(word) { break }
        }
        if Cell.isUsable(word) {
          counts[rule.rule].evaluated += 1
        } else if word == Cell.empty {
          counts[rule.rule].keyEmpty += 1
        } else {
          counts[rule.rule].keyInvalid += 1
        }
      }
    }
  }

  private func judgePairs(_ step: Plan.ProbeStep) {
    guard pairs.count > 0 else { return }
    let store = stores[step.store]
    for (index, rule) in step.rules.enumerated() {
      var count = 0
      let (pairLanes, pairRows) = (pairs.lanes.mutableColumn(at: 0), pairs.rows.mutableColumn(at: 0))
      let (records, rows) = (records.mutableColumn(at: 0), rows.mutableColumn(at: 0))
      let masks = masks.mutableColumn(at: 0)
      for pair in 0..<pairs.count {
        let (lane, row) = (pairLanes[pair], pairRows[pair])
        records.set(count, lane)
        rows.set(count, row)
        let isRowIn = rule.marksEveryRow || store.ruleBits(of: Int(row)) & rule.bit != 0
        count &+= isRowIn && masks[Int(lane)] &>> UInt64(index) & 1 == 1 ? 1 : 0
      }
      judge(rule, index: index, count: count, store: store)
    }
  }

  /// Judges the first `count` pairs of `records` and `rows` under one rule.
  private func judge(_ rule: Plan.PairRule, index: Int, count: Int, store: RowStore) {
    guard count > 0 else { return }
    // What a later record with the same key comes to depends on more than that.
    if let special, rule.pairCondition != nil || rule.kind == .presence {
      for pair in 0..<count { special[Int(records[pair])] = 1 }
    }
    var pairLanes = CellEvaluator.Lanes(count: count)
    pairLanes.cells = batch.cells
    pairLanes.records = records
    pairLanes.firstStore = store
    pairLanes.firstRows = rows
    if let condition = rule.pairCondition {
      let truth = evaluator.evaluate(condition, pairLanes)
      var kept = 0
      for pair in 0..<count {
        records[kept] = records[pair]
        rows[kept] = rows[pair]
        kept += truth[pair] == 1 ? 1 : 0
      }
      pairLanes.count = kept
    }
    switch rule.kind {
    case .absence:
      for pair in 0..<pairLanes.count {
        if rule.subjectStreams {
          found[Int(records[pair])] |= 1 << UInt64(index)
        } else {
          store.mark(Int(rows[pair]), rule.bit)
        }
      }
    case .mismatch:
      if let compare = rule.compare { pairLanes.count = keepDifferent(compare, rule, pairLanes.count, store) }
      writer.add(rule: rule.rule, rule.flag, pairLanes, FlagWriter.Sources(batch: batch))
    case .presence:
      writer.add(rule: rule.rule, rule.flag, pairLanes, FlagWriter.Sources(batch: batch))
    case .condition, .aggregate, .duplicate:
      preconditionFailure("these kinds have no pairs")
    }
  }

  private func flagUnmatched(_ rule: Plan.PairRule, bit: UInt64) {
    var count = 0
    for lane in 0..<batch.count where masks[lane] & bit != 0 && found[lane] & bit == 0 {
      records[count] = UInt32(lane)
      count += 1
    }
    // `lanes` still holds the records whose key is usable; the others were not judged.
    var unmatched = CellEvaluator.Lanes(count: 0)
    unmatched.cells = batch.cells
    unmatched.records = records
    var kept = 0
    for index in 0..<count {
      let isUsable = isKeyUsable(rule, record: Int(records[index]))
      records[kept] = records[index]
      kept += isUsable ? 1 : 0
    }
    unmatched.count = kept
    if let special { for index in 0..<kept { special[Int(records[index])] = 1 } }
    writer.add(rule: rule.rule, rule.flag, unmatched, FlagWriter.Sources(batch: batch))
  }

  private func isKeyUsable(_ rule: Plan.PairRule, record: Int) -> Bool {
    guard let step = pass.probes.first(where: { $0.rules.contains { $0.rule == rule.rule } }) else { return false }
    return step.keySlots.allSatisfy { Cell.isUsable(batch.cells[$0 * RecordBatch.capacity + record]) }
  }

  // MARK: - After the pass

  /// Judges the records of a part of a probe's scratch file; the worker was made for the part's rows.
  func replay(_ spill: PartitionedSpill, part: Int) throws(RunError) {
    try replay(spill, part: part) { () throws(RunError) in try probe(pass.probes[0], writer: nil) }
  }

  /// Counts the records of a part of a family's scratch file.
  func replayGroups(_ spill: PartitionedSpill, part: Int) throws(RunError) {
    try replay(spill, part: part) { () throws(RunError) in
      for lane in 0..<batch.count { groupScratch.masks[lane] = SpilledRecords.mask(of: lane, in: batch) }
      families[0].addAgain(batch, scratch: groupScratch)
      try familyWriters[0].write(groupScratch, of: batch, as: spilledRecords)
    }
    try familyWriters[0].finish()
  }

  private func replay(
    _ spill: PartitionedSpill, part: Int, _ judge: () throws(RunError) -> Void
  ) throws(RunError) {
    isReplaying = true
    for block in spill.blocks(of: part) {
      try chunk.load(block, of: spill)
      cursor.begin(chunk)
      while cursor.fill(batch) {
        normalizer.normalize(batch)
        try judge()
      }
    }
  }

  /// Judges the stored rows `range` as subjects of a join of their source with itself.
  func judgeSelfJoin(_ step: Plan.SelfJoinStep, rows range: Range<Int>) {
    let store = stores[step.store]
    let table = tables[step.store][step.table]
    var row = range.lowerBound
    let keyCells = FlatArray<Int64>(uninitialized: step.keyWords.count * RecordBatch.capacity)
    let subjects = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    defer {
      keyCells.deallocate()
      subjects.deallocate()
    }
    while row < range.upperBound {
      var count = 0
      while row < range.upperBound, count < RecordBatch.capacity {
        if store.ruleBits(of: row) & step.subjectBit != 0 {
          subjects[count] = UInt32(row)
          lanes[count] = UInt32(count)
          found[count] = 0
          for (index, key) in step.keyWords.enumerated() {
            keyCells[index * RecordBatch.capacity + count] = store.word(key.word, of: row)
          }
          count += 1
        }
        row += 1
      }
      pairs.removeAll()
      table.probe(
        keyCells, columns: step.keyWords.indices.map { $0 * RecordBatch.capacity }, lanes: lanes, laneCount: count,
        scratch: probeScratch, pairs: pairs, isEnough: step.whatIsEnough(in: store),
        full: { [self] in
          judgeStoredPairs(step, subjects, store)
          pairs.removeAll()
        })
      judgeStoredPairs(step, subjects, store)
      guard step.rule.kind == .absence else { continue }
      var unmatched = 0
      for lane in 0..<count where found[lane] == 0 {
        rows[unmatched] = subjects[lane]
        unmatched += 1
      }
      var lanes = CellEvaluator.Lanes(count: unmatched)
      lanes.firstStore = store
      lanes.firstRows = rows
      writer.add(rule: step.rule.rule, step.rule.flag, lanes, FlagWriter.Sources())
    }
  }

  private func judgeStoredPairs(_ step: Plan.SelfJoinStep, _ subjects: FlatArray<UInt32>, _ store: RowStore) {
    let rule = step.rule
    var count = 0
    for pair in 0..<pairs.count {
      let row = pairs.rows[pair]
      records[count] = subjects[Int(pairs.lanes[pair])]
      rows[count] = row
      lanes[count] = pairs.lanes[pair]
      count += store.ruleBits(of: Int(row)) & rule.bit != 0 ? 1 : 0
    }
    guard count > 0 else { return }
    var pairLanes = CellEvaluator.Lanes(count: count)
    pairLanes.firstStore = store
    pairLanes.firstRows = records
    pairLanes.secondStore = store
    pairLanes.secondRows = rows
    if let condition = rule.pairCondition {
      let truth = evaluator.evaluate(condition, pairLanes)
      var kept = 0
      for pair in 0..<count {
        records[kept] = records[pair]
        rows[kept] = rows[pair]
        lanes[kept] = lanes[pair]
        kept += truth[pair] == 1 ? 1 : 0
      }
      pairLanes.count = kept
    }
    switch rule.kind {
    case .absence:
      for pair in 0..<pairLanes.count { found[Int(lanes[pair])] = 1 }
    case .mismatch:
      if let compare = rule.compare, let subjectWord = compare.subjectWord {
        var kept = 0
        for pair in 0..<pairLanes.count {
          let (a, b) = (Int(records[pair]), Int(rows[pair]))
          let (left, right) = (store.word(subjectWord, of: a), store.word(compare.storedWord, of: b))
          var isEqual = left == right
          if compare.type.wordCount == 2 {
            isEqual = isEqual && store.word(subjectWord + 1, of: a) == store.word(compare.storedWord + 1, of: b)
          }
          records[kept] = records[pair]
          rows[kept] = rows[pair]
          if Cell.isUsable(left), Cell.isUsable(right) {
            kept += isEqual ? 0 : 1
          } else if left == Cell.invalid || right == Cell.invalid {
            counts[rule.rule].compareInvalid += 1
          } else {
            counts[rule.rule].compareEmpty += 1
          }
        }
        pairLanes.count = kept
      }
      writer.add(rule: rule.rule, rule.flag, pairLanes, FlagWriter.Sources())
    case .presence:
      writer.add(rule: rule.rule, rule.flag, pairLanes, FlagWriter.Sources())
    case .condition, .aggregate, .duplicate:
      preconditionFailure("these kinds have no pairs")
    }
  }

  /// Flags the stored rows `range` that no record marked.
  func judgeAbsence(_ step: Plan.AbsenceStep, rows range: Range<Int>) {
    let store = stores[step.store]
    var count = 0
    func flush() {
      var lanes = CellEvaluator.Lanes(count: count)
      lanes.firstStore = store
      lanes.firstRows = rows
      writer.add(rule: step.rule, step.flag, lanes, FlagWriter.Sources())
      count = 0
    }
    for row in range where store.ruleBits(of: row) & step.bit != 0 && store.marks(of: row) & step.bit == 0 {
      rows[count] = UInt32(row)
      count += 1
      if count == PairBuffer.capacity { flush() }
    }
    flush()
  }
}
