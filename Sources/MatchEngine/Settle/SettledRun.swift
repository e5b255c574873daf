internal import Normalizers

/// Judges the settled rules of a job when every source has been read.
final class SettledRun {
  private let job: Job
  private let maker: CellMaker
  private let relations: [HeldRelation?]
  private let threads: Int
  /// Accepted rows by source.
  private let accepted: [Int]
  private let rejectedCases: [MemberProof.CaseWord?]
  /// By source.
  private let files: [[SourceFile]]

  /// `relations` are the held sources, and room for the views, by relation of the job.
  init(
    job: Job, maker: CellMaker, relations: [HeldRelation?], threads: Int, accepted: [Int],
    rejectedCases: [MemberProof.CaseWord?], files: [[SourceFile]]
  ) {
    self.job = job
    self.maker = maker
    self.relations = relations
    self.threads = threads
    self.accepted = accepted
    self.rejectedCases = rejectedCases
    self.files = files
  }

  /// The outcome of every settled rule, in the job's order; `endPhase` is told of each part of the work.
  func judge(_ endPhase: (String) -> Void) -> [SettledOutcome] {
    replaceAliases()
    for relation in relations.prefix(job.sources.count) { relation.map(index) }
    relations[job.calendar].map(CalendarRows.fill)
    endPhase("index")
    for number in job.views.indices where relations[job.sources.count + number] != nil {
      make(view: number)
      endPhase("view \(job.views[number].name)")
    }

    let compiler = SettledCompiler(job: job, maker: maker, relations: relations)
    var settlement = Settlement(
      job: job, drafts: Array(repeating: [], count: job.settled.count),
      outcomes: Array(repeating: SettledOutcome(), count: job.settled.count))
    var groups: [[Int64: Int]] = Array(repeating: [:], count: job.settled.count)
    for (number, rule) in job.settled.enumerated() {
      if let hindrance = rule.hindrance(on: maker.asOf) ?? missingColumn(rule) {
        settlement.outcomes[number].hindrance = hindrance
        continue
      }
      if let reason = unknownReason(rule) {
        settlement.outcomes[number].unknownReason = reason
        continue
      }
      let program = compiler.program(of: number)
      let (drafts, counts) = judge(program, rule)
      settlement.drafts[number] = drafts
      settlement.outcomes[number].evaluated = counts.evaluated
      settlement.outcomes[number].notEvaluated = counts.notEvaluated
      settlement.outcomes[number].exemptions = counts.exemptions
      for (name, _) in program.exemptions {
        settlement.outcomes[number].exemptions[name, default: 0] += 0
      }
      groups[number] = counts.groups
      endPhase("rule \(rule.id)")
    }
    settlement.holdAlarms(groups: groups)
    settlement.proveStops(proof)
    settlement.dropImplied()
    for number in settlement.outcomes.indices {
      settlement.outcomes[number].flags = settlement.drafts[number].map(\.flag).sorted(by: SettledFlag.precedes)
    }
    return settlement.outcomes
  }

  /// The first column that the rule cannot do without and that no file has.
  private func missingColumn(_ rule: SettledRule) -> String? {
    let missing = rule.needs.first { need in !files[need.source].contains { $0.columns[need.field] != nil } }
    return missing.map { need in
      "no column for \(job.sources[need.source].name).\(job.sources[need.source].fields[need.field].name)"
    }
  }

  /// Codes that no table lists, one sentence each; nobody guesses what they mean.
  func unlistedCodes() -> [String] {
    job.listedCodes.flatMap { listed -> [String] in
      guard let source = relations[listed.source], let table = relations[listed.table] else { return [] }
      let known = table.layout.word(of: listed.tableField)
      let words = Set((0..<table.store.rowCount).map { table.store.word(known, of: $0) })
      let (word, text) = (source.layout.word(of: listed.field), source.layout.text(of: listed.field))
      var counts: [String: Int] = [:]
      for row in 0..<source.store.rowCount {
        let value = source.store.word(word, of: row)
        guard Cell.isUsable(value), !words.contains(value) else { continue }
        var bytes: [UInt8] = []
        source.store.appendText(text, of: row, to: &bytes)
        counts[String(decoding: bytes, as: UTF8.self).oneLine, default: 0] += 1
      }
      let (here, there) = (job.sources[listed.source], job.sources[listed.table])
      return counts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { value, count in
        "\(here.name).\(here.fields[listed.field].name): '\(value)' (\(count) rows) is not listed in "
          + "\(there.name).\(there.fields[listed.tableField].name); nothing is concluded from it"
      }
    }
  }

  // MARK: - What is looked at

  private func index(_ relation: HeldRelation) {
    relation.index(Team((0..<threads).map { _ in IndexWorker() }))
  }

  private final class IndexWorker {}

  private var cellRelations: [CellRelation] {
    relations.map { relation in
      guard let relation else { return CellRelation(store: Self.nothing.store, tables: []) }
      return CellRelation(store: relation.store, tables: relation.tables)
    }
  }

  private func makeEvaluator() -> CellEvaluator {
    let evaluator = CellEvaluator()
    evaluator.relations = cellRelations
    return evaluator
  }

  /// Stands in for relations that nobody looks at.
  private static let nothing = (
    store: RowStore(
      layout: RowLayout(tableCount: 0, cellWordCount: 0, textCount: 0), budget: MemoryBudget(limit: .max),
      memory: TableMemory()), 0
  )

  /// Puts the value that replaced an old one in its place, in every source but the one that says so.
  private func replaceAliases() {
    for alias in job.aliases {
      guard let source = relations[alias.source] else { continue }
      let (from, to) = (source.layout.word(of: alias.from), source.layout.word(of: alias.to))
      let isWide = alias.type.wordCount == 2
      var meanings: [MemberProof.CaseWord: MemberProof.CaseWord] = [:]
      for row in 0..<source.store.rowCount {
        func words(_ word: Int) -> MemberProof.CaseWord {
          MemberProof.CaseWord(
            first: source.store.word(word, of: row), second: isWide ? source.store.word(word + 1, of: row) : 0)
        }
        let (old, new) = (words(from), words(to))
        if Cell.isUsable(old.first), Cell.isUsable(new.first) { meanings[old] = new }
      }
      guard !meanings.isEmpty else { continue }
      for (number, relation) in relations.prefix(job.sources.count).enumerated() {
        guard let relation, number != alias.source else { continue }
        for cell in relation.layout.cells where cell.type == alias.type {
          replace(cell.word, isWide: isWide, of: relation.store, by: meanings)
        }
      }
    }
  }

  private func replace(
    _ word: Int, isWide: Bool, of store: RowStore, by meanings: [MemberProof.CaseWord: MemberProof.CaseWord]
  ) {
    func place(_ word: Int64) -> Int { Int((UInt64(bitPattern: word) &* 0x9E37_79B9_7F4A_7C15) >> 48) }
    var mayMean = Array(repeating: false, count: 1 << 16)
    // The last word differs most: cards of one bank begin alike.
    let last = word + (isWide ? 1 : 0)
    for known in meanings.keys { mayMean[place(isWide ? known.second : known.first)] = true }
    let team = Team((0..<threads).map { _ in IndexWorker() })
    team.divide(store.rowCount) { [mayMean] _, rows in
      for row in rows where mayMean[place(store.word(last, of: row))] {
        let known = MemberProof.CaseWord(
          first: store.word(word, of: row), second: isWide ? store.word(word + 1, of: row) : 0)
        guard let meant = meanings[known] else { continue }
        store.setWord(word, of: row, to: meant.first)
        if isWide { store.setWord(word + 1, of: row, to: meant.second) }
      }
    }
  }

  private func make(view number: Int) {
    guard let target = relations[job.sources.count + number] else { return }
    let compiler = SettledCompiler(job: job, maker: maker, relations: relations)
    let team = Team((0..<threads).map { _ in ViewMaker(target, maker: maker, relations: cellRelations) })
    for part in job.views[number].parts {
      let compiled = compiler.part(part, of: job.views[number], target: target)
      team.divide(compiled.relation.store.rowCount) { worker, rows in worker.add(compiled, rows) }
    }
    team.divide(threads) { worker, _ in worker.finish() }
    index(target)
  }

  /// A source without one usable row says nothing: its rules know nothing.
  private func unknownReason(_ rule: SettledRule) -> String? {
    for relation in [rule.subject, rule.find?.relation].compactMap({ $0 }) {
      let sources = sources(of: relation)
      if !sources.isEmpty, sources.allSatisfy({ accepted[$0] == 0 }) {
        let names = sources.map { "'\(job.sources[$0].name)'" }.joined(separator: ", ")
        return "source \(names) has no usable row"
      }
    }
    return nil
  }

  private func sources(of relation: Int) -> [Int] {
    if relation < job.sources.count { return [relation] }
    return job.views[relation - job.sources.count].parts.flatMap { sources(of: $0.relation) }
  }

  // MARK: - One rule

  private func judge(
    _ program: SettledProgram, _ rule: SettledRule
  ) -> (drafts: [FlagDraft], counts: SettledWorker.Counts) {
    let workers = (0..<threads).map { _ in SettledWorker(maker: maker, relations: cellRelations) }
    let team = Team(workers)
    team.divide(program.subject.store.rowCount) { worker, rows in worker.look(program, rows) }
    var counts = SettledWorker.Counts()
    for worker in workers { counts.add(worker.counts) }
    let fold = FlagFold(program: program, rule: rule, evaluator: makeEvaluator())
    if program.havingIsOfAggregates {
      team.divide(workers.count) { worker, _ in worker.describeKeys(program) }
      let kept = fold.keptKeys(workers.map(\.candidates))
      team.divide(workers.count) { worker, _ in worker.keep(kept) }
    }
    team.divide(workers.count) { worker, _ in worker.describe(program) }
    return (fold.drafts(workers.flatMap(\.candidates)), counts)
  }

  /// What the roll says about the members of some cases.
  private func proof(_ wanted: Set<MemberProof.CaseWord>) -> MemberProof {
    var proof = MemberProof()
    guard let membership = job.membership, let roll = relations[membership.source] else {
      proof.isRollUncertain = true
      return proof
    }
    for number in rejectedCases {
      if let number { proof.addRejected(number) } else { proof.isRollUncertain = true }
    }
    let layout = roll.layout
    let caseWord = layout.word(of: membership.caseField)
    let isWide = job.sources[membership.source].fields[membership.caseField].type.wordCount == 2
    let person = layout.word(of: membership.personField)
    let size = membership.sizeField.map(layout.word)
    let active = SettledCompiler(job: job, maker: maker, relations: relations)
      .condition(membership.active, SettledScope(subject: membership.source))
    let evaluator = makeEvaluator()
    let rows = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    defer { rows.deallocate() }
    var lanes = CellEvaluator.Lanes(count: 0)
    let side = CellEvaluator.LaneSide(store: roll.store, rows: rows)
    lanes.sides = [side, side]
    func settle() {
      let truth = evaluator.evaluate(active, lanes)
      for lane in 0..<lanes.count where truth[lane] == 1 {
        let row = Int(rows[lane])
        let number = Self.words(roll.store, caseWord, isWide, row)
        proof.addMember(roll.store.word(person, of: row), of: number)
        if let size, case let size = roll.store.word(size, of: row), Cell.isUsable(size) {
          proof.addSize(size, of: number)
        }
      }
      lanes.count = 0
    }
    for row in 0..<roll.store.rowCount where wanted.contains(Self.words(roll.store, caseWord, isWide, row)) {
      rows[lanes.count] = UInt32(row)
      lanes.count += 1
      if lanes.count == RecordBatch.capacity { settle() }
    }
    settle()
    return proof
  }

  private static func words(_ store: RowStore, _ word: Int, _ isWide: Bool, _ row: Int) -> MemberProof.CaseWord {
    MemberProof.CaseWord(first: store.word(word, of: row), second: isWide ? store.word(word + 1, of: row) : 0)
  }
}
