internal import Dispatch
internal import Normalizers
internal import Synchronization

/// One run of a job: reads every source once, raises flags, leaves a folder of results.
package final class JobRun {
  private let job: Job
  private let jobFile: String
  private let options: RunOptions
  private let maker: CellMaker
  private let budget: MemoryBudget
  private let hash: KeyHash
  private var timing: Timing
  private var buffers: [FlagBuffer] = []
  private var ruleCounts: [RuleCounts]
  private var sources: [SourceOutcome]

  /// What a pass found out about its source.
  private struct SourceOutcome {
    var records = RecordCursor.Counts()
    var fields: [FieldCounts] = []
    var rejects: [RejectList] = []
    var digests: [Manifest.File] = []
    var files: [SourceFile] = []
    var uses: [FieldUse] = []
  }

  private init(job: Job, jobFile: String, options: RunOptions, asOf: CalendarDate) {
    self.job = job
    self.jobFile = jobFile
    self.options = options
    maker = CellMaker(asOf: asOf, seed: UInt64.random(in: .min ... .max))
    hash = KeyHash(seed: UInt64.random(in: .min ... .max))
    budget = MemoryBudget(limit: options.memoryByteCount)
    timing = Timing(threads: options.threads, memoryByteCount: options.memoryByteCount)
    ruleCounts = Array(repeating: RuleCounts(), count: job.rules.count)
    sources = Array(repeating: SourceOutcome(), count: job.sources.count)
  }

  /// Runs the job at `jobFile` and leaves its results in the folder `out`.
  package static func run(
    jobFile: String, out: String, options: RunOptions
  ) throws(RunFailure) -> RunResult {
    let (job, asOf) = try prepare(jobFile, options)
    let run = JobRun(job: job, jobFile: jobFile, options: options, asOf: asOf)
    let folder: OutputFolder
    do throws(RunError) { folder = try OutputFolder(at: out) } catch { throw .failed(error) }
    do throws(RunFailure) {
      return try run.run(into: folder)
    } catch {
      // The first error is the one to tell; what could not be cleared is cleared by the next run.
      do throws(RunError) { try folder.abandon() } catch { _ = error.description }
      throw error
    }
  }

  /// Reads the job and settles its day and rules.
  private static func prepare(
    _ jobFile: String, _ options: RunOptions
  ) throws(RunFailure) -> (job: Job, asOf: CalendarDate) {
    var job: Job
    do throws(JobReadingError) {
      job = try Job.read(path: jobFile)
    } catch {
      switch error {
      case .unreadable(let unreadable): throw .unreadableJob(unreadable)
      case .mistakes(let mistakes): throw .job(mistakes)
      }
    }
    for id in options.only where !job.rules.contains(where: { $0.id == id }) {
      let known = job.rules.map(\.id).joined(separator: ", ")
      throw .usage("--only names no rule '\(id.oneLine)' of the job; its rules: \(known)")
    }
    if !options.only.isEmpty { job.rules.removeAll { !options.only.contains($0.id) } }
    guard let asOf = options.asOf ?? job.asOf ?? ProcessState.today(timeZone: job.timeZone) else {
      throw .usage("time_zone '\(job.timeZone.oneLine)' is not known on this machine; name one such as Asia/Shanghai")
    }
    return (job, asOf)
  }

  /// Opens the sources and makes the plan.
  private func makePlan(
    _ opener: inout SourceOpener
  ) throws(RunFailure) -> (plan: Plan, opened: [SourceOpener.Opened]) {
    var opened: [SourceOpener.Opened] = []
    for source in job.sources {
      do throws(RunError) { opened.append(try opener.open(source)) } catch { throw .failed(error) }
    }
    guard opener.problems.isEmpty else { throw .job(JobError(file: jobFile, problems: opener.problems)) }
    var planner = Planner(job: job, maker: maker, files: opened.map(\.files))
    return (planner.plan(), opened)
  }

  /// What `match-run plan` prints.
  package static func plan(jobFile: String, options: RunOptions) throws(RunFailure) -> String {
    let (job, asOf) = try prepare(jobFile, options)
    let run = JobRun(job: job, jobFile: jobFile, options: options, asOf: asOf)
    var opener = SourceOpener(
      folder: options.inputFolder ?? InputFiles.folder(of: jobFile), jobFile: jobFile, seal: false)
    return try run.makePlan(&opener).plan.description
  }

  private func run(into folder: OutputFolder) throws(RunFailure) -> RunResult {
    var opener = SourceOpener(
      folder: options.inputFolder ?? InputFiles.folder(of: jobFile), jobFile: jobFile, seal: options.seal)
    let (plan, opened) = try makePlan(&opener)
    timing.endPhase("open")
    do throws(RunError) {
      try match(plan, opened, opener, folder)
      return try write(into: folder)
    } catch {
      throw .failed(error)
    }
  }

  // MARK: - Matching

  private func match(
    _ plan: Plan, _ opened: [SourceOpener.Opened], _ opener: SourceOpener, _ folder: OutputFolder
  ) throws(RunError) {
    let byteCount = opened.flatMap(\.files).reduce(0) { $0 + $1.input.byteCount }
    let progress = ProgressMeter(totalByteCount: byteCount, isQuiet: options.isQuiet)
    defer { progress.finish() }
    let stores = plan.stores.map { RowStore(layout: $0.layout, budget: budget) }
    let tables = zip(plan.stores, stores).map { store, rows in
      store.tables.enumerated().map { number, table in
        KeyTable(
          store: rows, number: number, keyWords: table.keyWords, ruleBits: table.ruleBits, hash: hash, budget: budget)
      }
    }
    var spills: [StoreSpill] = []
    for store in plan.stores { spills.append(StoreSpill(tables: try makeSpills(store.tables.count, folder))) }
    let chunks = (0..<options.threads).map { _ in Chunk(byteCount: options.chunkByteCount + 8192) }
    for pass in plan.passes {
      let context = PassContext(
        pass: pass, plan: plan, stores: stores, tables: tables,
        families: pass.families.map { GroupFamily($0, threads: options.threads, hash: hash, budget: budget) }, spills: spills,
        probeSpills: try makeSpills(pass.probes.count, folder),
        familySpills: try makeSpills(pass.families.count, folder), budget: budget)
      let feed = try opener.feed(opened[pass.source], chunkByteCount: options.chunkByteCount, progress: progress)
      try run(context, feed, chunks)
      for number in pass.released {
        for table in tables[number] { table.release() }
        stores[number].removeAll()
        for spill in spills[number].tables { try spill.close() }
      }
      for spill in context.probeSpills + context.familySpills { try spill.close() }
      sources[pass.source].digests = try feed.digests()
      timing.endPhase(
        "read \(job.sources[pass.source].name)",
        byteCount: sources[pass.source].digests.reduce(0) { $0 + $1.byteCount })
    }
  }

  private func makeSpills(_ count: Int, _ folder: OutputFolder) throws(RunError) -> [PartitionedSpill] {
    var spills: [PartitionedSpill] = []
    for _ in 0..<count { spills.append(PartitionedSpill(try folder.makeSpillFile())) }
    return spills
  }

  /// Reads one source and judges what can be judged then.
  private func run(_ context: PassContext, _ feed: any ChunkFeed, _ chunks: [Chunk]) throws(RunError) {
    let pass = context.pass
    let workers = (0..<options.threads).map { PassWorker(number: $0, context, chunk: chunks[$0]) }
    let team = Team(workers)
    try team.run { worker throws(RunError) in
      do throws(RunError) {
        try worker.run(feed)
      } catch {
        feed.cancel()
        throw error
      }
    }
    for number in pass.stores { build(context.tables[number], context.plan.stores[number], team) }
    for step in pass.selfJoins where !context.spills[step.store].isActive {
      team.divide(context.stores[step.store].rowCount) { worker, rows in worker.judgeSelfJoin(step, rows: rows) }
    }
    for step in pass.absences {
      team.divide(context.stores[step.store].rowCount) { worker, rows in worker.judgeAbsence(step, rows: rows) }
    }
    for family in context.families {
      team.divide(family.shardCount) { worker, shards in
        for shard in shards { family.judge(shard: shard, writer: worker.writer) }
      }
    }
    take(workers, of: pass)
    for finding in try SpillReplay(context: context, team: team).run() {
      buffers.append(finding.flags)
      for index in ruleCounts.indices { ruleCounts[index].add(finding.counts[index]) }
    }
  }

  private func build(_ tables: [KeyTable], _ plan: Plan.Store, _ team: Team) {
    for (number, table) in tables.enumerated() {
      table.prepare(expectsMostProbesToMiss: plan.tables[number].expectsMostProbesToMiss)
      team.divide(table.store.rowCount) { _, rows in table.insert(rows) }
    }
  }

  /// Adds up what the workers of a pass counted.
  private func take(_ workers: [PassWorker], of pass: Plan.Pass) {
    var outcome = SourceOutcome()
    outcome.files = pass.files
    outcome.uses = pass.uses
    outcome.fields = Array(repeating: FieldCounts(), count: job.sources[pass.source].fields.count)
    for worker in workers {
      outcome.records.add(worker.recordCounts)
      for index in outcome.fields.indices { outcome.fields[index].add(worker.fieldCounts[index]) }
      outcome.rejects.append(worker.rejects)
      for index in ruleCounts.indices { ruleCounts[index].add(worker.counts[index]) }
      buffers.append(worker.writer.buffer)
    }
    sources[pass.source] = outcome
  }

  // MARK: - Results

  private func write(into folder: OutputFolder) throws(RunError) -> RunResult {
    let state = RuleState(job: job, accepted: sources.map(\.records.accepted), counts: ruleCounts)
    let reasons = job.rules.indices.map(state.unknownReason)
    var rules: [Manifest.Rule] = []
    let flags = try folder.makeFile("flags.csv")
    let flagCounts = try FlagFile(job: job, threads: options.threads).write(
      buffers, isKept: { reasons[$0] == nil }, to: flags)
    try folder.finish(flags)
    for (index, rule) in job.rules.enumerated() {
      var entry = Manifest.Rule(id: rule.id)
      entry.title = rule.title
      entry.flags = flagCounts[index]
      entry.evaluated = ruleCounts[index].evaluated
      entry.notEvaluated = ruleCounts[index].notEvaluated
      if let reason = reasons[index] {
        entry.state = .unknown
        entry.reason = reason
      }
      rules.append(entry)
    }
    timing.endPhase("flags")
    let quality = try writeRejects(into: folder)
    try write(quality.json.document, to: Quality.fileName, in: folder)
    try write(job.text, to: "job.yml", in: folder)
    timing.endPhase("reports")
    try write(timing.json.document, to: Timing.fileName, in: folder)

    var date: [UInt8] = []
    maker.asOf.write(into: &date)
    var manifest = Manifest(
      engineVersion: Self.version, jobName: job.name, asOf: String(decoding: date, as: UTF8.self),
      jobDigest: Self.digest(of: job.text))
    manifest.rules = rules
    manifest.sources = job.sources.indices.map(manifestSource)
    manifest.setFiles(folder.finished)
    try write(manifest.json.document, to: Manifest.fileName, in: folder)
    let leftover = try folder.commit()

    var warnings = self.warnings(rules)
    if let leftover { warnings.append(leftover.description) }
    let table = SummaryTable(rules: rules, warnings: warnings)
    let isIncomplete = reasons.contains { $0 != nil } || !overRejected.isEmpty
    return RunResult(exitCode: isIncomplete ? 1 : 0, summary: table.text)
  }

  package static let version = "0.1.0"

  private static func digest(of text: String) -> String {
    var digest = BlockDigest()
    digest.append(Array(text.utf8).span)
    return digest.finish().hexadecimal
  }

  private func write(_ text: String, to name: String, in folder: OutputFolder) throws(RunError) {
    let file = try folder.makeFile(name)
    try file.append(text)
    try folder.finish(file)
  }

  private func manifestSource(_ index: Int) -> Manifest.Source {
    let outcome = sources[index]
    var source = Manifest.Source(name: job.sources[index].name)
    source.files = outcome.digests
    source.rowsAccepted = outcome.records.accepted
    source.rowsRejected = outcome.records.rejected
    source.rowsRead = outcome.records.accepted + outcome.records.rejected.values.reduce(0, +)
    source.skipped.head = outcome.files.reduce(0) { $0 + $1.layout.skippedHead }
    source.skipped.tail = outcome.records.tail
    source.skipped.repeatedHeader = outcome.records.repeatedHeader
    source.skipped.empty = outcome.records.empty
    source.ragged = outcome.records.ragged
    return source
  }

  /// Writes `rejects/` and returns what `quality.json` holds.
  private func writeRejects(into folder: OutputFolder) throws(RunError) -> Quality {
    var quality = Quality()
    for (index, source) in job.sources.enumerated() {
      let outcome = sources[index]
      let rejects = Rejects(
        lists: outcome.rejects, files: outcome.files.map(\.input.name), columns: outcome.files.map(\.layout.columns),
        chunkLines: outcome.files.map { _ in [0] })
      let file = try folder.makeFile("rejects/\(source.name).csv")
      try rejects.write(to: file)
      try folder.finish(file)
      var entry = Quality.Source(name: source.name)
      entry.rows = outcome.records.accepted
      entry.rejectsNotListed = rejects.notListed
      entry.fields = outcome.uses.map { qualityField($0, outcome, source) }
      quality.sources.append(entry)
    }
    return quality
  }

  private func qualityField(_ use: FieldUse, _ outcome: SourceOutcome, _ source: Job.Source) -> Quality.Field {
    let counts = outcome.fields[use.field]
    let header = outcome.files.first.flatMap { file in file.columns[use.field].map { file.layout.columns[$0] } }
    var field = Quality.Field(name: source.fields[use.field].name, type: use.type.rawValue, column: header)
    field.rows = outcome.records.accepted
    field.empty = counts.empty
    if use.slot != nil {
      field.valid = field.rows - counts.empty - counts.invalid
      for (bit, count) in counts.codes.enumerated() where count > 0 {
        let code = Codes(rawValue: 1 << UInt64(bit))
        if code.isInvalid { field.invalid[Codes.names[bit]] = count }
        if code.isRepaired { field.repaired[Codes.names[bit]] = count }
      }
    }
    return field
  }

  /// Sources of which more records were rejected than the job allows.
  private var overRejected: [Int] {
    job.sources.indices.filter { index in
      let records = sources[index].records
      let rejected = records.rejected.values.reduce(0, +)
      return Double(rejected) > job.sources[index].maxRejected * Double(records.accepted + rejected)
    }
  }

  private func warnings(_ rules: [Manifest.Rule]) -> [String] {
    var warnings: [String] = []
    for index in overRejected {
      let records = sources[index].records
      let rejected = records.rejected.values.reduce(0, +)
      warnings.append(
        "source '\(job.sources[index].name)': \(rejected.grouped) of \((records.accepted + rejected).grouped) records"
          + " could not be split, more than max_rejected allows; see rejects/\(job.sources[index].name).csv")
    }
    for (index, rule) in rules.enumerated() where rule.state == .done && job.rules[index].kind != .aggregate {
      if rule.flags * 5 > rule.evaluated {
        warnings.append("\(rule.id): flags more than 20 % of what it looked at; check the feed and the rule")
      }
    }
    return warnings
  }
}
