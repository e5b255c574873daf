/// Joins and counts, part by part, what did not fit into memory, after the stream of a pass has ended.
struct SpillReplay {
  let context: PassContext
  let team: Team<PassWorker>
  /// So many sets of files for what a part's groups would have to grow for.
  let makeFamilySpills: (Int) throws(RunError) -> [FamilySpill]

  init(
    context: PassContext, team: Team<PassWorker>,
    makeFamilySpills: @escaping (Int) throws(RunError) -> [FamilySpill]
  ) {
    self.context = context
    self.team = team
    self.makeFamilySpills = makeFamilySpills
  }

  /// A worker that judges one part, and what it found.
  struct Finding {
    var flags: [FlagBuffer]
    /// Only what is counted by pair; records were counted when they first came by.
    var counts: [RuleCounts]
  }

  /// Everything that was put aside in the pass; adds findings in the order of the work.
  func run() throws(RunError) -> [Finding] {
    var findings: [Finding] = []
    for step in context.pass.selfJoins where context.spills[step.store].isActive {
      findings += try eachPart { part throws(RunError) in try replaySelfJoin(step, part: part) }
    }
    for (index, step) in context.pass.probes.enumerated() where context.spills[step.store].isActive {
      findings += try eachPart { part throws(RunError) in try replayProbe(step, number: index, part: part) }
    }
    for family in context.families { family.removeAll() }
    for (index, step) in context.pass.families.enumerated() where !context.familySpills[index].records.isEmpty {
      let spills = try makeFamilySpills(PartitionedSpill.partCount)
      findings += try eachPart { part throws(RunError) in
        try replayFamily(step, number: index, part: part, late: spills[part])
      }
    }
    return findings
  }

  private func eachPart(_ body: (Int) throws(RunError) -> Finding) throws(RunError) -> [Finding] {
    try team.map(PartitionedSpill.partCount, body)
  }

  /// A pass over records that come back from a scratch file.
  private func replayContext(stores: [RowStore], tables: [[KeyTable]]) -> PassContext {
    var replay = context
    replay.recurrence = nil
    let records = SpilledRecords(uses: context.pass.uses)
    let fieldCount = context.plan.job.sources[context.pass.source].fields.count
    replay.pass.files = context.pass.files.prefix(1).map { records.file(like: $0, fieldCount: fieldCount) }
    replay.pass.stores = []
    replay.pass.conditions = []
    replay.pass.probes = []
    replay.pass.families = []
    replay.stores = stores
    replay.tables = tables
    replay.families = []
    replay.probeSpills = []
    replay.familySpills = []
    return replay
  }

  /// The keys of a table that stand on several rows, in memory or not.
  func repeatedKeys(store: Int, table: Int) throws(RunError) -> RepeatedKeys {
    let counted = try team.map(PartitionedSpill.partCount) { part throws(RunError) in
      let rows = try load(store: store, table: table, part: part)
      return context.tables[store][table].repeatedKeys(part: part, spilled: rows, budget: context.budget)
    }
    return counted.reduce(into: RepeatedKeys()) { $0.add($1) }
  }

  /// The rows of a part of a table's scratch file, in a store of their own.
  private func load(store: Int, table: Int, part: Int) throws(RunError) -> RowStore {
    let rows = RowStore(layout: context.stores[store].layout, budget: context.budget, memory: context.memory)
    let writer = TextStore.Writer(rows.texts)
    let spill = context.spills[store].tables[table]
    for block in spill.blocks(of: part) {
      let bytes = FlatArray<UInt8>(uninitialized: block.count)
      defer { bytes.deallocate() }
      try spill.read(block, into: bytes, from: 0)
      rows.add(from: bytes, 0, block.count, texts: writer)
    }
    return rows
  }

  private func index(_ rows: RowStore, like table: KeyTable) -> KeyTable {
    let sibling = table.sibling(over: rows)
    sibling.prepare(expectsMostProbesToMiss: false)
    sibling.insert(0..<rows.rowCount)
    return sibling
  }

  /// The stores and tables of the pass with one table's rows replaced.
  private func replacing(
    _ store: Int, _ table: Int, by rows: RowStore
  ) -> (stores: [RowStore], tables: [[KeyTable]]) {
    var (stores, tables) = (context.stores, context.tables)
    tables[store][table] = index(rows, like: tables[store][table])
    stores[store] = rows
    return (stores, tables)
  }

  private func replayProbe(_ step: Plan.ProbeStep, number: Int, part: Int) throws(RunError) -> Finding {
    let rows = try load(store: step.store, table: step.table, part: part)
    let (stores, tables) = replacing(step.store, step.table, by: rows)
    var replay = replayContext(stores: stores, tables: tables)
    replay.pass.probes = [step]
    let worker = PassWorker(number: 0, replay, chunk: Chunk(byteCount: PartitionedSpill.blockByteCount))
    try worker.replay(context.probeSpills[number], part: part)
    for absence in context.pass.absences
    where absence.store == step.store && step.rules.contains(where: { $0.rule == absence.rule }) {
      worker.judgeAbsence(absence, rows: 0..<rows.rowCount)
    }
    return finding(of: worker)
  }

  /// Rows of the part's keys that are in memory join those that are not.
  private func replaySelfJoin(_ step: Plan.SelfJoinStep, part: Int) throws(RunError) -> Finding {
    let rows = try load(store: step.store, table: step.table, part: part)
    let writer = TextStore.Writer(rows.texts)
    let (table, stored) = (context.tables[step.store][step.table], context.stores[step.store])
    var bytes: [UInt8] = []
    for row in 0..<stored.rowCount {
      try context.pass.forEachPart(of: row, in: stored, store: step.store, tableNumber: step.table, table: table) {
        (place, bits) throws(RunError) in
        if place == part { stored.appendBytes(of: row, ruleBits: bits, to: &bytes) }
      }
    }
    let copy = FlatArray<UInt8>(uninitialized: bytes.count)
    defer { copy.deallocate() }
    copy.write(bytes, at: 0)
    rows.add(from: copy, 0, bytes.count, texts: writer)
    let (stores, tables) = replacing(step.store, step.table, by: rows)
    let worker = PassWorker(
      number: 0, replayContext(stores: stores, tables: tables),
      chunk: Chunk(byteCount: PartitionedSpill.blockByteCount))
    worker.judgeSelfJoin(step, rows: 0..<rows.rowCount)
    return finding(of: worker)
  }

  private func replayFamily(
    _ step: Plan.FamilyStep, number: Int, part: Int, late: FamilySpill
  ) throws(RunError) -> Finding {
    let family = GroupFamily(step, like: context.families[number])
    var replay = replayContext(stores: context.stores, tables: context.tables)
    replay.pass.families = [step]
    replay.families = [family]
    replay.familySpills = [late]
    let worker = PassWorker(number: 0, replay, chunk: Chunk(byteCount: PartitionedSpill.blockByteCount))
    try worker.replayGroups(context.familySpills[number].records, part: part)
    if !late.values.isEmpty {
      family.forgetValues()
      for part in 0..<PartitionedSpill.partCount { try family.addValues(of: late.values, part: part) }
    }
    try family.judge(shard: family.shard(ofPart: part), late: late.months, writer: worker.writer)
    try late.close()
    return finding(of: worker)
  }

  private func finding(of worker: PassWorker) -> Finding {
    let counts = worker.counts.map { counted in
      var counts = RuleCounts()
      counts.compareEmpty = counted.compareEmpty
      counts.compareInvalid = counted.compareInvalid
      return counts
    }
    return Finding(flags: worker.writer.buffers, counts: counts)
  }
}
