internal import Normalizers

/// One night: what was delivered, what is to be believed of it, and what becomes of the flags.
final class Night {
  let job: Job
  let maker: CellMaker
  let book: NightBook
  let isListed: Bool
  private let seed: UInt64
  private let accepted: Set<String>
  private let folder: OutputFolder
  /// What became of the rows of a source; by source name.
  private var changes: [String: RowChange.Outcome]
  /// Sources whose first delivery goes into the state while it is read; by number.
  private let fills: [Int: RowFill]
  /// Sources that were brought up to tonight and are judged as they were delivered; by number.
  private let readTwice: Set<Int>
  /// Deliveries that are not there; by source name.
  private let missing: Set<String>
  /// All guards of tonight, and those that hold something back.
  private var found: [NightGuard] = []
  private(set) var guards: [NightGuard] = []
  private(set) var warnings: [String] = []
  /// By source name: files of tonight with their digests.
  private(set) var delivered: [String: [Manifest.File]]

  /// Of all that the night was given.
  var nightDigest: (Generation, [String: [Manifest.File]]) -> String = { _, _ in "" }
  /// Of what was delivered as changes.
  var changesDigest: ([String: [Manifest.File]]) -> String = { _ in "" }

  private var base: Generation? { book.base }

  /// `isListed` asks for the full list.
  init(
    _ prepared: PreparedJob, book: NightBook, siteKey: SiteKey, accepted: Set<String>, folder: OutputFolder,
    changes: [String: RowChange.Outcome], fills: [Int: RowFill], readTwice: Set<Int>, missing: Set<String>,
    delivered: [String: [Manifest.File]], isListed: Bool
  ) {
    job = prepared.job
    maker = prepared.maker
    self.book = book
    seed = siteKey.rowSeed
    self.accepted = accepted
    self.folder = folder
    self.changes = changes
    self.fills = fills
    self.readTwice = readTwice
    self.missing = missing
    self.delivered = delivered
    self.isListed = isListed
  }

  // MARK: - First deliveries

  /// How the records of a pass are put into the state; nil where they are not.
  func filling(_ pass: Plan.Pass) throws(RunError) -> RowFiller.Shared? {
    try fills[pass.source].map { fill throws(RunError) in
      try RowFiller.Shared(book.generation.rowsName(fill.source), fill, pass.files, in: folder)
    }
  }

  /// Ends what the workers of a pass put into the state.
  func take(
    _ filling: RowFiller.Shared, _ fillers: [RowFiller], _ source: SourceOutcome, of number: Int
  ) throws(RunError) {
    let filled = RowFill.Filled(
      entry: try filling.finish(in: folder), records: source.records,
      withoutKey: fillers.reduce(0) { $0 + $1.withoutKey })
    let name = job.sources[number].name
    changes[name] = RowChange.Outcome(filled, columns: filling.fill.header(of: filling.files))
    book.generation.rows[name] = RowState.Entry(filled, columns: filling.fill.columns.text(filling.fill.source))
    if filling.fill.columns.hasMarks { try NightWork.writeOnce(of: name, in: folder) }
  }

  /// Keeps the digests of a first delivery; of one that went into the state before it was judged, sees that it is still
  /// the same.
  func note(_ files: [Manifest.File], of source: Int) throws(RunError) {
    let name = job.sources[source].name
    if fills[source] != nil { delivered[name] = files }
    if readTwice.contains(source), let before = delivered[name] { try Self.checkSame(files, before) }
  }

  /// Throws where one of the files, which were read twice, was another one the second time.
  static func checkSame(_ files: [Manifest.File], _ before: [Manifest.File]) throws(RunError) {
    let names = (files.map(\.path), before.map(\.path))
    if let other = Set(names.0).symmetricDifference(names.1).min() { throw .changed(path: other) }
    for (now, before) in zip(files, before) where now.digest != before.digest { throw .changed(path: before.path) }
  }

  // MARK: - Guards

  /// Looks at the deliveries; returns what speaks against a source, by its number.
  func judgeDeliveries() throws(RunError) -> [Int: String] {
    var distrusted: [Int: String] = [:]
    for (number, source) in job.sources.enumerated() {
      var own: [NightGuard] = []
      let before = base?.sources[source.name]
      let state = changes[source.name].map { SourceState($0, of: source, before: before) } ?? SourceState()
      if missing.contains(source.name) {
        own = [NightGuard(kind: .missing, subject: source.name, sentence: "source '\(source.name)' was not delivered")]
      } else if let before {
        own = before.guards(source, state, job.nightLimits)
      } else if state.rows == 0 {
        own = [NightGuard(kind: .empty, subject: source.name, sentence: "source '\(source.name)' has no usable row")]
      }
      let holding = own.filter { !isAccepted($0) }
      found += own
      guards += holding
      if let first = holding.first {
        distrusted[number] = first.sentence
        // The next delivery is compared with the last good one.
        book.generation.sources[source.name] = before
      } else {
        book.generation.sources[source.name] = state
      }
    }
    return distrusted
  }

  /// The rows of a snapshot that is not believed stay those of the last good one.
  private func keepRows(of source: String) throws(RunError) {
    let before = base?.rows[source]
    var names: Set = [RowList.name(source), NightWork.onceName(source), RowState.goneName(source)]
    for entry in [book.generation.rows[source], before].compactMap(\.self) {
      names.formUnion(entry.segments.flatMap(\.fileNames))
    }
    let written = Set(folder.finished.map(\.path))
    for name in names.sorted() {
      if written.contains(name) { try folder.discard(name) }
      if let base, base.files[name] != nil { try base.link(name, in: folder) }
    }
    book.generation.rows[source] = before
  }

  /// Rules that say nothing tonight, with the reason of each, when all was judged.
  func hold(_ run: JobRun) throws(RunError) -> [String: String] {
    let distrusted = try judgeDeliveries()
    for number in distrusted.keys.sorted() where job.sources[number].operation == nil {
      try keepRows(of: job.sources[number].name)
    }
    var held: [String: String] = [:]
    for (id, sources) in ruleSources {
      if let source = sources.sorted().first(where: { distrusted[$0] != nil }) { held[id] = distrusted[source] }
    }
    for (rule, outcome) in zip(job.settled, run.settled) where held[rule.id] == nil && outcome.unknownReason == nil {
      held[rule.id] = flood(rule.id, flags: outcome.flags.count, evaluated: outcome.evaluated)
    }
    for (index, rule) in job.rules.enumerated() where held[rule.id] == nil {
      held[rule.id] = flood(rule.id, flags: run.flagCount(of: index), evaluated: run.ruleCounts[index].evaluated)
    }
    // What a rule that says nothing would have covered is not known to be gone either.
    for rule in job.settled where held[rule.id] == nil {
      if let cover = rule.impliedBy.first(where: { held[$0] != nil }) {
        held[rule.id] = "\(cover) says nothing tonight, and covers this rule's flags"
      }
    }
    return held
  }

  /// Why a rule that flags `flags` of `evaluated` is not believed; nil: it is.
  func flood(_ rule: String, flags: Int, evaluated: Int) -> String? {
    guard let base else { return nil }
    let before = base.rules[rule]?.flags ?? 0
    // A row may have several flags; there is no more than all of the rows.
    guard flags > before * 2 + 20, Double(min(flags, evaluated)) > Double(evaluated) * job.nightLimits.flood else {
      return nil
    }
    let fault = NightGuard(
      kind: .flood, subject: rule,
      sentence: "rule \(rule) flags \(flags.grouped) of \(evaluated.grouped); before it flagged \(before.grouped)")
    found.append(fault)
    guard !isAccepted(fault) else { return nil }
    guards.append(fault)
    return fault.sentence
  }

  /// Nothing makes up for a delivery that is not there.
  private func isAccepted(_ fault: NightGuard) -> Bool {
    fault.kind != .missing && fault.kind != .empty && accepted.contains(fault.name)
  }

  /// By rule: the sources that it looks at in any way.
  lazy var ruleSources: [String: Set<Int>] = {
    var sources: [String: Set<Int>] = [:]
    for rule in job.rules { sources[rule.id] = Set([rule.subject, rule.find?.source].compactMap(\.self)) }
    for rule in job.settled {
      var alone = job
      alone.settled = [rule]
      alone.listedCodes = []
      alone.datedTables = []
      let wanted = SettledNeeds(job: alone).relations.prefix(job.sources.count)
      sources[rule.id] = Set(wanted.indices.filter { wanted[$0].isWanted })
    }
    return sources
  }()

  /// By rule: the sources in which it looks for a record.
  private var foundSources: [String: Set<Int>] {
    var sources: [String: Set<Int>] = [:]
    func spread(_ relation: Int) -> Set<Int> {
      if relation < job.sources.count { return [relation] }
      guard relation < job.calendar else { return [] }
      return Set(job.views[relation - job.sources.count].parts.flatMap { spread($0.relation) })
    }
    for rule in job.rules where rule.kind == .presence {
      sources[rule.id] = Set([rule.find?.source].compactMap(\.self))
    }
    for rule in job.settled where rule.kind == .presence {
      sources[rule.id] = rule.find.map { spread($0.relation) } ?? []
    }
    return sources
  }

  // MARK: - Results

  /// What became of the flags.
  struct Findings {
    var difference: NightBook.Difference
    var batch: NightBatch
  }

  private func stateFlags(_ list: LeadList) -> [StateFlag] {
    let since = book.generation.asOf
    return list.leads.map { lead in
      let rule = list.rule(of: lead)
      return StateFlag(
        id: lead.flagID, evidenceHash: lead.evidenceHash, rule: rule.id, caseID: lead.flag.caseID,
        idNumber: lead.flag.idNumber, since: since, district: rule.isList ? nil : lead.flag.district)
    }
  }

  /// Compares what a whole run found with the last night.
  func compare(
    _ list: LeadList, _ rules: [Manifest.Rule], _ settled: [SettledOutcome], _ buffers: [FlagBuffer],
    _ counts: [RuleCounts], threads: Int
  ) throws(RunError) -> Findings {
    if book.generation.changesDigest.isEmpty { book.generation.changesDigest = changesDigest(delivered) }
    book.generation.nightDigest = nightDigest(book.generation, delivered)
    var unknown: [String: String] = [:]
    for rule in rules where rule.state != .done { unknown[rule.id] = rule.reason ?? rule.state.rawValue }
    for (rule, outcome) in zip(job.settled, settled) where outcome.alarms > 0 { unknown[rule.id] = "FEED_ALARM" }
    for rule in rules {
      var totals = Generation.RuleTotals()
      totals.flags = unknown[rule.id] == nil ? rule.flags : base?.rules[rule.id]?.flags ?? 0
      totals.evaluated = rule.evaluated
      if let index = job.rules.firstIndex(where: { $0.id == rule.id }) {
        (totals.subjectKeys, totals.foundKeys) = (counts[index].subjectKeys, counts[index].foundKeys)
      }
      book.generation.rules[rule.id] = totals
    }
    let flags = stateFlags(list)
    let tonight = FlagRecords(buffers, of: job, threads: threads) { [job] in unknown[job.rules[$0].id] == nil }
    let difference = try book.difference(tonight, unknown: Set(unknown.keys))
    return try compare(flags, difference, unknown: unknown, threads: threads)
  }

  /// `unknown` are rules that say nothing, with their reasons.
  func compare(
    _ settled: [StateFlag], _ difference: NightBook.Difference, unknown: [String: String], threads: Int
  ) throws(RunError) -> Findings {
    book.generation.unknown = unknown
    let causes = causes(difference, unknown: unknown)
    return Findings(
      difference: difference, batch: try book.compare(settled, difference, causes, threads: threads))
  }

  /// Writes the new generation, and the batch into `out`.
  func write(_ findings: Findings, into out: OutputFolder) throws(RunError) {
    let batch = findings.batch
    try batch.write(in: out)
    try out.write(report(batch).document, to: Self.reportName)
    for fault in found {
      let isHeld = guards.contains(fault)
      warnings.append(
        "\(fault.name): \(fault.sentence)" + (isHeld ? Self.advice(fault) : "; accepted"))
    }
    for source in job.sources where source.operation != nil {
      guard let outcome = changes[source.name], outcome.notApplied > 0 else { continue }
      warnings.append(
        "source '\(source.name)': \(outcome.notApplied.grouped) rows of changes were not applied: not split, without a"
          + " usable key, or with an unknown operation")
    }
    try book.write(batch, findings.difference)
    // The state first: a night that ends here gives the same batch again.
    if let leftover = try folder.commit() { warnings.append(leftover.description) }
  }

  static let reportName = "night.json"

  /// The full list is written when it is asked for, and while it is short.
  func wantsList(_ flags: Int) -> Bool { isListed || flags <= 100_000 }

  /// More rows of changes than a source allows could not be applied.
  var hasTooManyNotApplied: Bool {
    job.sources.contains { source in
      guard let outcome = changes[source.name] else { return false }
      return Double(outcome.notApplied) > source.maxRejected * Double(outcome.delivered + outcome.notApplied)
    }
  }

  private static func advice(_ fault: NightGuard) -> String {
    switch fault.kind {
    case .missing, .empty: ""
    case .shrunk, .grown, .columns, .unusable, .flood: "; go on with --accept \(fault.name)"
    }
  }

  /// What is known about why the flags of `difference` and those of settled rules may go.
  private func causes(_ difference: NightBook.Difference, unknown: [String: String]) -> Transition.Causes {
    var causes = Transition.Causes()
    causes.unknown = unknown
    causes.day = book.generation.asOf
    causes.rules = Set(job.rules.map(\.id) + job.settled.map(\.id))
    causes.person = { [maker, seed] number in
      RowTaker.person(maker.words(Array(number.utf8).span, as: .residentID).first, seed: seed)
    }
    // Nights touch many people, and few of them have a flag that ends.
    let people = book.people(difference, causes.person)
    guard !people.isEmpty else { return causes }
    var touched: [Set<UInt32>] = []
    var takenBack: [Set<UInt32>] = []
    for source in job.sources {
      let outcome = changes[source.name] ?? RowChange.Outcome()
      touched.append(Set(outcome.touched.lazy.filter(people.contains)))
      takenBack.append(Set(outcome.takenBack.lazy.filter(people.contains)))
    }
    for (rule, sources) in ruleSources {
      causes.touched[rule] = sources.reduce(into: []) { $0.formUnion(touched[$1]) }
    }
    for (rule, sources) in foundSources {
      causes.withdrawn[rule] = sources.reduce(into: []) { $0.formUnion(takenBack[$1]) }
    }
    return causes
  }

  private func report(_ batch: NightBatch) -> JSONText {
    var kinds: [String: Int] = [:]
    for kind in Transition.Kind.allCases { kinds[kind.rawValue] = batch.counts[kind] ?? 0 }
    let generation = book.generation
    return .members([
      "batch": .integer(generation.number),
      "generation_before": .integer(generation.base),
      "as_of": .string(generation.asOf),
      "site_key": .string(generation.siteKey),
      "job_digest": .string(generation.jobDigest),
      "night_digest": .string(generation.nightDigest),
      "transitions": .counts(kinds),
      "flags": .counts(generation.rules.mapValues(\.flags)),
      "unknown_rules": .object(
        generation.unknown.sorted { $0.key < $1.key }.map { .init(key: $0, value: .string($1)) }),
      "guards": .array(
        found.map { fault in
          .members([
            "guard": .string(fault.name), "reason": .string(fault.sentence),
            "accepted": .bool(!guards.contains(fault))
          ])
        }),
      "sources": .object(job.sources.map { .init(key: $0.name, value: report($0)) })
    ])
  }

  private func report(_ source: Job.Source) -> JSONText {
    let files = JSONText.array((delivered[source.name] ?? []).map(\.json))
    let outcome = changes[source.name] ?? RowChange.Outcome()
    if source.operation != nil {
      return .members([
        "kind": .string("changes"), "rows": .integer(outcome.rows), "added": .integer(outcome.added),
        "changed": .integer(outcome.changed), "removed": .integer(outcome.removed),
        "without_effect": .integer(outcome.without), "not_applied": .integer(outcome.notApplied), "files": files
      ])
    }
    return .members([
      "kind": .string("snapshot"), "rows": .integer(outcome.rows), "added": .integer(outcome.added),
      "changed": .integer(outcome.changed), "removed": .integer(outcome.removed),
      "returned": .integer(outcome.returned), "files": files
    ])
  }
}

extension SourceState {
  /// What is kept of a source; what one that arrives as changes has brought up to now are its columns.
  fileprivate init(_ outcome: RowChange.Outcome, of source: Job.Source, before: SourceState?) {
    rows = outcome.rows
    columns = outcome.columns.flatMap { $0.isEmpty ? nil : $0 } ?? before?.columns ?? []
    lacking = outcome.lacking
    headless = outcome.headless
    if source.operation == nil {
      withoutKey = outcome.unusable
      unusable = rows == 0 ? 0 : withoutKey * 1000 / rows
      return
    }
    // A few rows in a small delivery are no reason to doubt it; they are not applied.
    unusable = outcome.delivered == 0 ? before?.unusable ?? 0 : outcome.unusable * 1000 / max(outcome.delivered, 200)
  }
}

extension SiteKey {
  /// Seeds the hashes that the state keeps.
  var rowSeed: UInt64 {
    KeyedHash(key: bytes).code(of: Array("match-run row seed".utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
