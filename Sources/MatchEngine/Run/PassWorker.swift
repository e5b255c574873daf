internal import Normalizers

/// One worker of a pass: its batch, its counters and everything it needs to judge records, none of it shared.
final class PassWorker {
  let context: PassContext
  let pass: Plan.Pass
  private let plan: Plan
  let stores: [RowStore]
  let tables: [[KeyTable]]
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
  var isReplaying = false
  let batch: RecordBatch
  let evaluator = CellEvaluator()
  let normalizer: BatchNormalizer
  var cursor: RecordCursor
  private let textWriters: [TextStore.Writer]
  let pairs = PairBuffer()
  let probeScratch = KeyTable.Scratch(capacity: RecordBatch.capacity)
  let groupScratch = GroupFamily.Scratch()
  /// With which shard the next batch begins.
  var turn: Int
  /// By lane: set to 1 where a record is not settled by what a repetition of it would say; nil where nobody asks.
  var special: FlatArray<UInt8>?

  /// All lanes, in order.
  let all: FlatArray<UInt32>
  let lanes: FlatArray<UInt32>
  let records: FlatArray<UInt32>
  let rows: FlatArray<UInt32>
  private let bits: FlatArray<UInt32>
  /// Rules of a probe that hold for a lane's record, and those that found something, one bit each.
  let masks: FlatArray<UInt64>
  let found: FlatArray<UInt64>
  let words: FlatArray<Int64>
  let heldWriter: HeldWriter?
  /// Puts the records into the state of a night.
  let filler: RowFiller?
  private let recurring: RecurringRecords?

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
    filler = context.filling.map { [chunk] in RowFiller($0, chunk: chunk) }
    recurring = context.recurrence.map { [pass, chunk] in
      RecurringRecords($0.plan, $0.table, files: pass.files, seed: $0.seed, slotCount: pass.slotCount, chunk: chunk)
    }
    if let recurring { normalizer.noteWarnings(recurring.plan.warnings) }
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
          try filler?.take(batch)
          normalizer.normalize(batch)
          try judgeBatch()
        }
      }
      filler?.endChunk()
      for (record, code) in cursor.rejected {
        let start = chunk.index.recordStart(record)
        let end = max(start, chunk.index.recordEndPosition(record))
        heldWriter?.noteRejected(chunk, from: start, to: end, file: pass.files[chunk.file])
        normalizer.rejects.add(record, code, of: chunk)
      }
    }
    try filler?.finish()
    heldWriter?.finish()
    if let recurring {
      recurring.forEachSignature { normalizer.count($0, of: $1, recurring.plan.warnings) }
      families[0].finishKnown(countingRules: recurring.plan.countingRules, scratch: groupScratch)
      try familyWriters[0].write(groupScratch, of: batch, as: spilledRecords)
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

  var batchLanes: CellEvaluator.Lanes {
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
    let truth = rule.condition.map { evaluator.evaluate($0, batchLanes).mutableColumn(at: 0) }
    let keys = rule.keySlots.map { batch.cells.mutableColumn(at: $0 * RecordBatch.capacity) }
    let bits = bits.mutableColumn(at: 0)
    var (usable, unknown, empty, invalid, taken) = (0, 0, 0, 0, 0)
    for lane in 0..<batch.count {
      var word = keys[0][lane]
      for key in keys.dropFirst() where Cell.isUsable(word) { word = key[lane] }
      let isUsable = Cell.isUsable(word)
      usable &+= isUsable ? 1 : 0
      let holds = truth.map { $0[lane] } ?? 1
      unknown &+= holds == 2 ? 1 : 0
      guard holds == 1 else { continue }
      if isUsable {
        taken &+= 1
        bits.set(lane, bits[lane] | rule.bit)
      } else if word == Cell.empty {
        empty &+= 1
      } else {
        invalid &+= 1
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
    for index in 0..<count { store.putTexts(of: first + index, plan.texts, batch, lane: Int(lanes[index]), texts) }
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
}
