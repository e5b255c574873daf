internal import Dispatch
internal import Normalizers
internal import Synchronization

/// One run of a job: reads every source once, raises flags, leaves a folder of results.
package final class JobRun {
  let prepared: PreparedJob
  let job: Job
  private let options: RunOptions
  private let budget: MemoryBudget
  private let memory = TableMemory()
  private let hash: KeyHash
  private var timing: Timing
  private var buffers: [FlagBuffer] = []
  private(set) var ruleCounts: [RuleCounts]
  private(set) var sources: [SourceOutcome]
  private(set) var settled: [SettledOutcome] = []
  /// Flags that each difference from a pack takes away; nil where that was not counted.
  private var removed: [Int?] = []
  private var aliases = SubjectAliases()
  private var keptViews: [Int: KeptView] = [:]
  private var rejectedCases: [MemberProof.CaseWord?] = []
  /// By source and field: rows with a word that the job does not know.
  private var unknownWords: [[Int: Int]]
  private var tableWarnings: [String] = []
  /// Rules that the night holds back.
  private var held: [String: String] = [:]

  /// The night that this run is part of.
  private let night: Night?

  /// `timing` is that of the night up to here.
  init(_ prepared: PreparedJob, night: Night? = nil, timing: Timing? = nil) {
    self.prepared = prepared
    self.night = night
    job = prepared.job
    options = prepared.options
    hash = KeyHash(seed: UInt64.random(in: .min ... .max))
    budget = MemoryBudget(limit: options.memoryByteCount)
    self.timing = timing ?? Timing(threads: options.threads, memoryByteCount: options.memoryByteCount)
    ruleCounts = Array(repeating: RuleCounts(), count: job.rules.count)
    sources = Array(repeating: SourceOutcome(), count: job.sources.count)
    unknownWords = Array(repeating: [:], count: job.sources.count)
    removed = Array(repeating: nil, count: job.packDifferences.count)
  }

  /// Runs the job at `jobFile` and leaves its results in the folder `out`.
  package static func run(
    jobFile: String, out: String, options: RunOptions
  ) throws(RunFailure) -> RunResult {
    let run = JobRun(try PreparedJob(jobFile: jobFile, options: options))
    return try OutputFolder.filled(at: out) { folder throws(RunFailure) in try run.run(into: folder) }
  }

  /// Opens the sources and makes the plan.
  private func makePlan(
    _ opener: inout SourceOpener
  ) throws(RunFailure) -> (plan: Plan, opened: [SourceOpener.Opened]) {
    let opened = try prepared.open(&opener)
    var planner = Planner(
      job: job, maker: prepared.maker, files: opened.map(\.files), variants: prepared.variants.compactMap(\.job))
    return (planner.plan(), opened)
  }

  /// What `match-run plan` prints.
  package static func plan(jobFile: String, options: RunOptions) throws(RunFailure) -> String {
    let run = JobRun(try PreparedJob(jobFile: jobFile, options: options))
    var opener = run.prepared.opener
    return try run.makePlan(&opener).plan.description
  }

  func run(into folder: OutputFolder) throws(RunFailure) -> RunResult {
    var opener = prepared.opener
    let (plan, opened) = try makePlan(&opener)
    timing.endPhase("open")
    do throws(RunError) {
      try match(plan, opened, &opener, folder)
      if let night {
        // What a source of the state was read from says nothing; what came tonight does.
        for (number, source) in job.sources.enumerated() {
          sources[number].digests = night.delivered[source.name] ?? []
        }
        holdBack(try night.hold(self))
      }
      return try write(into: folder)
    } catch {
      throw .failed(error)
    }
  }

  /// Judges the rules that are judged in passing, and writes nothing; `folder` is for rows that do not fit into memory.
  func judge(into folder: OutputFolder) throws(RunFailure) -> (flags: [FlagBuffer], counts: [RuleCounts]) {
    var opener = prepared.opener
    let (plan, opened) = try makePlan(&opener)
    do throws(RunError) {
      try match(plan, opened, &opener, folder)
    } catch {
      throw .failed(error)
    }
    return (buffers, ruleCounts)
  }

  /// How many flags a rule that is judged in passing has raised.
  func flagCount(of rule: Int) -> Int {
    buffers.reduce(0) { sum, buffer in sum + buffer.entries.count { Int($0.rule) == rule } }
  }

  // MARK: - Matching

  private func match(
    _ plan: Plan, _ opened: [SourceOpener.Opened], _ opener: inout SourceOpener, _ folder: OutputFolder
  ) throws(RunError) {
    let progress = prepared.progressMeter(opened)
    defer { progress.finish() }
    let stores = plan.stores.map { RowStore(layout: $0.layout, budget: budget, memory: memory) }
    let tables = zip(plan.stores, stores).map { store, rows in
      store.tables.enumerated().map { number, table in
        KeyTable(
          store: rows, number: number, keyWords: table.keyWords, ruleBits: table.ruleBits, hash: hash, budget: budget,
          memory: memory)
      }
    }
    var spills: [StoreSpill] = []
    for store in plan.stores { spills.append(StoreSpill(tables: try makeSpills(store.tables.count, folder))) }
    let scratch = plan.held.isEmpty ? nil : TextScratch(try folder.makeSpillFile())
    let held = plan.held.map { layout in
      layout.map { HeldRelation($0, hash: hash, budget: budget, memory: memory, scratch: scratch) }
    }
    let sieves = plan.sieves.sieves.map { sieve in
      // A record with a key has some hundred bytes.
      KeySieve(keyCount: sieve.byteCount / 64, hash: hash, memory: memory)
    }
    let chunks = (0..<options.threads).map { _ in Chunk(byteCount: options.chunkByteCount + 8192) }
    for (place, pass) in plan.passes.enumerated() {
      var context = PassContext(
        pass: pass, plan: plan, stores: stores, tables: tables,
        families: pass.families.map {
          GroupFamily($0, threads: options.threads, hash: hash, budget: budget, memory: memory)
        },
        spills: spills,
        probeSpills: try makeSpills(pass.probes.count, folder),
        familySpills: try makeFamilySpills(pass.families.count, folder), budget: budget, memory: memory,
        held: held.isEmpty ? nil : held[pass.source], sieves: sieves)
      context.recurrence = recurrence(in: context, hash)
      if !plan.sieves.ownKeys[pass.source].isEmpty {
        // A decoder reads a file once.
        let again = try opener.open(job.sources[pass.source])
        let feed = try opener.feed(again, chunkByteCount: options.chunkByteCount, progress: nil)
        try SieveReader.read(feed, pass, plan, sieves, chunks)
        timing.endPhase("keys \(job.sources[pass.source].name)")
      }
      let feed = try opener.feed(opened[pass.source], chunkByteCount: options.chunkByteCount, progress: progress)
      try run(context, feed, chunks, folder)
      for number in pass.released {
        for table in tables[number] { table.release() }
        stores[number].removeAll()
        for spill in spills[number].tables { try spill.close() }
      }
      let later = plan.passes[(place + 1)...]
      for (store, tables) in tables.enumerated() {
        for (number, table) in tables.enumerated()
        where !later.contains(where: { $0.looksUp(store: store, table: number) }) { table.release() }
      }
      for spill in context.probeSpills { try spill.close() }
      for spill in context.familySpills { try spill.close() }
      sources[pass.source].digests = try feed.digests()
      try night?.note(sources[pass.source].digests, of: pass.source)
      let outcome = sources[pass.source]
      timing.endPhase(
        "read \(job.sources[pass.source].name)", byteCount: outcome.byteCount, rowCount: outcome.rowCount)
    }
    guard !held.isEmpty else { return }
    func makeRun(_ job: Job) -> SettledRun {
      SettledRun(
        job: job, maker: prepared.maker, relations: held, threads: options.threads,
        guards: guards, rejectedCases: rejectedCases, files: opened.map(\.files))
    }
    let settledRun = makeRun(job)
    settledRun.prepare { timing.endPhase($0) }
    keptViews = settledRun.kept
    settled = settledRun.judge { timing.endPhase($0) }
    aliases = settledRun.subjectAliases
    for (number, variant) in prepared.variants.enumerated() {
      guard let other = variant.job else { continue }
      let outcomes = makeRun(other).judge(only: variant.rules)
      removed[number] = variant.removed(outcomes, from: job, settled)
    }
    tableWarnings = settledRun.unlistedCodes() + settledRun.unknownWords(unknownWords) + settledRun.tableProblems()
    try scratch?.check()
    timing.endPhase("settle")
  }

  /// How records that recur are recognised in a pass; nil where its rules do not allow it or memory is short.
  private func recurrence(
    in context: PassContext, _ hash: KeyHash
  ) -> (plan: Plan.Recurrence, table: RecurrenceTable, seed: UInt64)? {
    let fields = context.plan.job.sources[context.pass.source].fields
    // What repeats a number is compared with it in every record.
    guard context.held == nil, context.pass.uses.allSatisfy({ fields[$0.field].number == nil }),
      context.pass.probes.allSatisfy({ !context.spills[$0.store].isActive }),
      let plan = Plan.Recurrence(context.pass)
    else { return nil }
    let table = RecurrenceTable(
      sourceByteCount: context.pass.files.reduce(0) { $0 + $1.input.byteCount }, budget: context.budget,
      memory: context.memory)
    return table.map { (plan, $0, hash.seed) }
  }

  /// By source: why nothing can be said that needs it.
  private var guards: [String?] {
    let guarding = SourceGuard(asOf: prepared.maker.asOf)
    return zip(job.sources, sources).map { guarding.reason($0, $1) }
  }

  private func makeSpills(_ count: Int, _ folder: OutputFolder) throws(RunError) -> [PartitionedSpill] {
    var spills: [PartitionedSpill] = []
    for _ in 0..<count { spills.append(PartitionedSpill(try folder.makeSpillFile())) }
    return spills
  }

  private func makeFamilySpills(_ count: Int, _ folder: OutputFolder) throws(RunError) -> [FamilySpill] {
    var spills: [FamilySpill] = []
    for _ in 0..<count {
      spills.append(
        try FamilySpill { () throws(RunError) in PartitionedSpill(try folder.makeSpillFile()) })
    }
    return spills
  }

  /// Reads one source and judges what can be judged then.
  private func run(
    _ context: PassContext, _ feed: any ChunkFeed, _ chunks: [Chunk], _ folder: OutputFolder
  ) throws(RunError) {
    var context = context
    let pass = context.pass
    context.filling = try night?.filling(pass)
    let workers = (0..<options.threads).map { PassWorker(number: $0, context, chunk: chunks[$0]) }
    let team = Team(workers)
    try team.read(feed) { worker throws(RunError) in try worker.run(feed) }
    for number in pass.stores { build(context.tables[number], context.plan.stores[number], team) }
    for step in pass.selfJoins where !context.spills[step.store].isActive {
      team.divide(context.stores[step.store].rowCount) { worker, rows in worker.judgeSelfJoin(step, rows: rows) }
    }
    for step in pass.absences {
      team.divide(context.stores[step.store].rowCount) { worker, rows in worker.judgeAbsence(step, rows: rows) }
    }
    for (family, spill) in zip(context.families, context.familySpills) {
      if !spill.values.isEmpty {
        family.forgetValues()
        _ = try team.map(PartitionedSpill.partCount) { part throws(RunError) in
          try family.addValues(of: spill.values, part: part)
        }
      }
      let next = Atomic<Int>(0)
      try team.run { worker throws(RunError) in
        while true {
          let shard = next.add(1, ordering: .relaxed).oldValue
          guard shard < family.shardCount else { return }
          try family.judge(shard: shard, late: spill.months, writer: worker.writer)
        }
      }
    }
    take(workers, of: pass)
    if let filling = context.filling {
      try night?.take(filling, workers.compactMap(\.filler), sources[pass.source], of: pass.source)
    }
    let replay = SpillReplay(context: context, team: team) { [self] count throws(RunError) in
      try makeFamilySpills(count, folder)
    }
    let source = job.sources[pass.source]
    for store in pass.stores {
      for (number, table) in context.tables[store].enumerated() {
        let counted =
          try context.spills[store].isActive
          ? replay.repeatedKeys(store: store, table: number) : table.repeatedKeys
        sources[pass.source].note(counted, fields: context.plan.stores[store].tables[number].keyFields, of: source)
      }
    }
    for finding in try replay.run() {
      buffers += finding.flags
      for index in ruleCounts.indices { ruleCounts[index].add(finding.counts[index]) }
    }
  }

  private func build(_ tables: [KeyTable], _ plan: Plan.Store, _ team: Team<PassWorker>) {
    for (number, table) in tables.enumerated() {
      table.prepare(expectsMostProbesToMiss: plan.tables[number].expectsMostProbesToMiss)
      team.divide(table.store.rowCount) { _, rows in table.insert(rows) }
    }
  }

  /// Adds up what the workers of a pass counted.
  private func take(_ workers: [PassWorker], of pass: Plan.Pass) {
    sources[pass.source] = SourceOutcome(of: job.sources[pass.source], pass: pass, workers: workers)
    sources[pass.source].setAside = options.setAside[job.sources[pass.source].name]
    for worker in workers {
      rejectedCases += worker.heldWriter?.rejectedCases ?? []
      unknownWords[pass.source].merge(worker.heldWriter?.unknownWords ?? [:], uniquingKeysWith: +)
      for index in ruleCounts.indices { ruleCounts[index].add(worker.counts[index]) }
      buffers += worker.writer.buffers
    }
  }

  /// Rules about which nothing can be said tonight, with the reason of each.
  private func holdBack(_ rules: [String: String]) {
    held = rules
    for (number, rule) in job.settled.enumerated() {
      guard let reason = rules[rule.id], settled[number].hindrance == nil else { continue }
      settled[number].unknownReason = settled[number].unknownReason ?? reason
      settled[number].flags = []
    }
  }

  // MARK: - Results

  private func write(into folder: OutputFolder) throws(RunError) -> RunResult {
    let state = RuleState(job: job, guards: guards, counts: ruleCounts)
    let reasons = job.rules.indices.map { state.unknownReason($0) ?? held[job.rules[$0].id] }
    var rules: [Manifest.Rule] = []
    let list = LeadList(
      settled.flatMap(\.flags), details: settled.flatMap(\.flags).map(\.detail),
      rules: job.settled.map { LeadRule($0, of: job) },
      identity: options.siteKey.map { FlagIdentity(key: $0, aliases: aliases) })
    var leads = Array(repeating: [Lead](), count: job.settled.count)
    for lead in list.leads { leads[lead.flag.rule].append(lead) }
    let flags = try folder.makeFile("flags.csv")
    let flagCounts = try FlagFile(job: job, threads: options.threads).write(
      buffers, isKept: { reasons[$0] == nil }, settled: leads, to: flags)
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
    rules += zip(job.settled, settled).map { Manifest.Rule($0, $1) }
    for (number, view) in job.views.enumerated() {
      guard let kept = keptViews[number] else { continue }
      let file = try folder.makeFile(KeptView.path(of: view.name))
      try file.append(kept.csv(view.fields))
      try folder.finish(file)
    }
    timing.endPhase("flags")
    let reports = SourceReports(prepared: prepared, outcomes: sources)
    let quality = try reports.writeRejects(into: folder)
    try folder.write(quality.json.document, to: Quality.fileName)
    timing.endPhase("reports")
    let findings = try night?.compare(list, rules, settled, buffers, ruleCounts, threads: options.threads)
    if !job.settled.isEmpty {
      try write(findings.map { list.marked($0.batch.settled) } ?? list, rules, reports, quality, into: folder)
      timing.endPhase("lists")
    }
    let differences = zip(job.packDifferences, removed).map { $0.sentence(removed: $1) }
    var warnings = reports.warnings + self.warnings(rules) + list.warnings
    if let night, let findings {
      try night.write(findings, into: folder)
      warnings += night.warnings
      timing.endPhase("state")
    }
    try reports.writeRest(
      rules: rules, packDifferences: differences, warnings: warnings, timing: timing, into: folder)
    let leftover = try folder.commit()

    if let leftover { warnings.append(leftover.description) }
    let table = SummaryTable(rules: rules, warnings: warnings, differences: differences)
    let isIncomplete =
      reasons.contains { $0 != nil } || settled.contains { $0.unknownReason != nil || $0.alarms > 0 }
      || reports.hasTooManyRejected
    let hasGuards = night.map { !$0.guards.isEmpty || $0.hasTooManyNotApplied } ?? false
    var result = RunResult(exitCode: isIncomplete || hasGuards ? 1 : 0, summary: table.text)
    result.causes = reports.splittingProblems
    for reason in reasons + settled.map(\.unknownReason) {
      if let reason, !result.causes.contains(reason) { result.causes.append(reason) }
    }
    result.causes += alarms + (night?.guards.map(\.sentence) ?? [])
    result.entry = reports.entry(flags: rules.reduce(0) { $0 + $1.flags })
    return result
  }

  /// Writes the lists for people and the summary.
  private func write(
    _ list: LeadList, _ rules: [Manifest.Rule], _ reports: SourceReports, _ quality: Quality, into folder: OutputFolder
  ) throws(RunError) {
    try LeadFiles(list, display: job.districtIdentity, asOf: prepared.maker.asOf, threads: options.threads)
      .write(into: folder)
    var page = SummaryPage(
      jobName: job.name, asOf: prepared.maker.asOf, engineVersion: Self.version, jobDigest: reports.jobDigest,
      siteKey: options.siteKey?.name, list: list)
    page.feeds = reports.summaryFeeds(quality)
    page.rules = rules
    page.differences = zip(job.packDifferences, removed).map { SummaryPage.Difference($0, removed: $1) }
    page.alarms = zip(job.settled, settled).filter { $1.alarms > 0 }.map { rule, outcome in
      "\(rule.title.isEmpty ? rule.id : rule.title)：一次涉及的对象过多，疑为数据源有误，\(outcome.heldBack.grouped) 条线索暂不下发"
    }
    page.files = folder.finished.map { Manifest.File(path: $0.path, byteCount: $0.byteCount, digest: $0.digest) }
      .sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
    try folder.write(page.html, to: SummaryPage.fileName)
  }

  package static let version = "0.1.0"

  private func warnings(_ rules: [Manifest.Rule]) -> [String] {
    var warnings = tableWarnings
    for (index, rule) in rules.prefix(job.rules.count).enumerated()
    where rule.state == .done && job.rules[index].kind != .aggregate {
      if rule.flags * 5 > rule.evaluated {
        warnings.append("\(rule.id): flags more than 20 % of what it looked at; check the feed and the rule")
      }
    }
    return warnings + alarms
  }

  private var alarms: [String] {
    zip(job.settled, settled).filter { $1.alarms > 0 }.map { rule, outcome in
      "\(rule.id): alarm; \(outcome.heldBack) flags are held back, since so many at once speak against the feed"
    }
  }
}

extension Manifest.Rule {
  /// What is written of a settled rule.
  fileprivate init(_ rule: SettledRule, _ outcome: SettledOutcome) {
    self.init(id: rule.id)
    title = rule.title
    flags = outcome.flags.count
    evaluated = outcome.evaluated
    notEvaluated = outcome.notEvaluated
    exemptions = outcome.exemptions
    if let hindrance = outcome.hindrance {
      state = .notEvaluated
      reason = hindrance
    } else if let unknown = outcome.unknownReason {
      state = .unknown
      reason = unknown
    }
  }
}
