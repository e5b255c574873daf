internal import Normalizers
internal import Synchronization

/// Judges the settled rules of a job when every source has been read.
final class SettledRun {
  let job: Job
  let maker: CellMaker
  let relations: [HeldRelation?]
  private let threads: Int
  /// Accepted rows by source.
  private let guards: [String?]
  private let rejectedCases: [MemberProof.CaseWord?]
  /// By source.
  private let files: [[SourceFile]]
  /// By view: its rows that stand for groups.
  private(set) var kept: [Int: KeptView] = [:]

  /// `relations` are the held sources, and room for the views, by relation of the job.
  init(
    job: Job, maker: CellMaker, relations: [HeldRelation?], threads: Int, guards: [String?],
    rejectedCases: [MemberProof.CaseWord?], files: [[SourceFile]]
  ) {
    self.job = job
    self.maker = maker
    self.relations = relations
    self.threads = threads
    self.guards = guards
    self.rejectedCases = rejectedCases
    self.files = files
  }

  /// The outcome of every settled rule, in the job's order; rules that are not among `only` come out empty. `endPhase`
  /// is told of each part of the work.
  func judge(only: Set<String>? = nil, _ endPhase: (String) -> Void = { _ in }) -> [SettledOutcome] {
    let compiler = SettledCompiler(job: job, maker: maker, relations: relations)
    var settlement = Settlement(
      job: job, drafts: Array(repeating: [], count: job.settled.count),
      outcomes: Array(repeating: SettledOutcome(), count: job.settled.count))
    var groups: [[Int64: Int]] = Array(repeating: [:], count: job.settled.count)
    for (number, rule) in job.settled.enumerated() where only?.contains(rule.id) != false {
      if let hindrance = rule.hindrance(on: maker.asOf) {
        settlement.outcomes[number].hindrance = hindrance
        // Rules that are not in force yet have nothing to look at.
        if rule.hindrance != nil, let rows = rule.hinderedSubject.flatMap({ relations[$0] })?.store.rowCount {
          settlement.outcomes[number].notEvaluated = ["no_source": rows]
        }
        continue
      }
      if let reason = unknownReason(rule) {
        settlement.outcomes[number].unknownReason = reason
        continue
      }
      if let hindrance = missingColumn(rule) {
        settlement.outcomes[number].hindrance = hindrance
        settlement.outcomes[number].notEvaluated = ["no_column": relations[rule.subject]?.store.rowCount ?? 0]
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
    addDetails(to: &settlement.drafts)
    for number in settlement.outcomes.indices {
      settlement.outcomes[number].flags = settlement.drafts[number].map(\.flag).sorted(by: SettledFlag.precedes)
    }
    return settlement.outcomes
  }

  /// Makes what the rules look at of what was read: values that others replaced, tables, views; `endPhase` is told of
  /// each part of the work. Views in `kept` take their groups from there.
  func prepare(kept: [Int: KeptView] = [:], _ endPhase: (String) -> Void = { _ in }) {
    self.kept = kept
    replaceAliases()
    for relation in relations.prefix(job.sources.count) { relation.map(index) }
    relations[job.calendar].map(CalendarRows.fill)
    endPhase("index")
    for number in job.views.indices where relations[job.sources.count + number] != nil {
      make(view: number)
      endPhase("view \(job.views[number].name)")
    }
  }

  /// The first column that the rule cannot do without and that no file has.
  func missingNeed(_ rule: SettledRule) -> (source: Int, field: Int)? {
    for need in rule.needs {
      guard let field = need.field, files[need.relation].allSatisfy({ $0.columns[field] == nil }) else { continue }
      return (need.relation, field)
    }
    return nil
  }

  private func missingColumn(_ rule: SettledRule) -> String? {
    missingNeed(rule).map {
      "no column for \(job.sources[$0.source].name).\(job.sources[$0.source].fields[$0.field].name)"
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

  /// Words that the rules do not know in fields that they look at, one sentence a field; nobody guesses what they mean.
  func unknownWords(_ counts: [[Int: Int]]) -> [String] {
    zip(job.sources, counts).flatMap { source, counts in
      counts.sorted { $0.key < $1.key }.filter { $0.value > 0 }.map { number, count in
        "\(source.name).\(source.fields[number].name): \(count) rows hold other words than "
          + source.fields[number].known.joined(separator: ", ")
          + "; nothing is concluded from them; say what they mean by values:"
      }
    }
  }

  /// What is wrong with the days of dated tables, a sentence for each kind.
  func tableProblems() -> [String] {
    job.datedTables.flatMap { table -> [String] in
      guard let relation = relations[table.source] else { return [] }
      let check = DatedTableCheck(table, relation, job.sources[table.source].fields)
      return check.sentences(name: job.sources[table.source].name)
    }
  }

  // MARK: - What is looked at

  private func index(_ relation: HeldRelation) {
    relation.index(Team(threads: threads))
  }

  var cellRelations: [CellRelation] {
    relations.map { relation in
      guard let relation else { return CellRelation(store: Self.nothing.store, tables: []) }
      return CellRelation(store: relation.store, tables: relation.tables)
    }
  }

  func makeEvaluator() -> CellEvaluator {
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
    let team = Team(threads: threads)
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
    var groups = KeptView()
    for part in job.views[number].parts where kept[number] == nil || !part.isGrouped {
      let compiled = compiler.part(part, of: job.views[number], target: target)
      if let grouping = compiled.grouping {
        groups.rows += rows(compiled, grouping, team)
      } else {
        team.divide(compiled.relation.store.rowCount) { worker, rows in worker.add(compiled, rows) }
      }
    }
    if job.views[number].isGrouped {
      groups.sort()
      let all = kept[number] ?? groups
      kept[number] = all
      team.divide(all.rows.count) { worker, rows in worker.add(all.rows[rows]) }
    }
    team.divide(threads) { worker, _ in worker.finish() }
    index(target)
  }

  /// The rows of a view that stand for the groups of a part's rows.
  private func rows(
    _ part: ViewMaker.Part, _ grouping: ViewMaker.Grouping, _ team: Team<ViewMaker>
  ) -> [[[UInt8]]] {
    let collected = Mutex<[RowGroups]>([])
    team.divide(part.relation.store.rowCount) { worker, rows in
      var groups = RowGroups(percentileCount: grouping.percentiles.count)
      worker.collect(part, grouping, rows, into: &groups)
      collected.withLock { [groups] in $0.append(groups) }
    }
    var all = RowGroups(percentileCount: grouping.percentiles.count)
    for groups in collected.withLock({ $0 }) { all.add(groups) }
    let made = Mutex<[[[UInt8]]]>([])
    team.divide(all.groups.count) { [groups = all.groups] worker, numbers in
      let rows = worker.rows(of: groups[numbers], part, grouping)
      made.withLock { $0 += rows }
    }
    return made.withLock { $0 }
  }

  /// A source without one usable row says nothing: rules that look at it, alone or in a view with others, know nothing.
  private func unknownReason(_ rule: SettledRule) -> String? {
    silentSource(rule).flatMap { guards[$0] }
  }

  /// No row of the source was accepted.
  func isEmpty(_ source: Int) -> Bool { guards[source]?.hasSuffix(SourceGuard.noRows) == true }

  /// The first source that the rule looks at, alone or in a view with others, about which nothing can be said.
  func silentSource(_ rule: SettledRule) -> Int? {
    let relations = [rule.subject] + (rule.find.map { [$0.relation] } ?? []) + rule.needs.map(\.relation)
    return relations.flatMap(sources).first { guards[$0] != nil }
  }

  private func sources(of relation: Int) -> [Int] {
    if relation < job.sources.count { return [relation] }
    return job.views[relation - job.sources.count].parts.flatMap { sources(of: $0.relation) }
  }

  // MARK: - One rule

  func judge(
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

  /// What comes of some of the subject rows alone.
  func candidates(_ program: SettledProgram, rows: [UInt32]) -> [Candidate] {
    let worker = SettledWorker(maker: maker, relations: cellRelations)
    for row in rows { worker.look(program, Int(row)..<Int(row) + 1) }
    if program.havingIsOfAggregates { worker.describeKeys(program) }
    worker.describe(program)
    return worker.candidates
  }

  /// What the roll says about the members of some cases.
  func proof(_ wanted: Set<MemberProof.CaseWord>) -> MemberProof {
    var proof = MemberProof()
    guard let membership = job.membership, let roll = relations[membership.source] else {
      proof.isRollUncertain = true
      return proof
    }
    for number in rejectedCases {
      if let number { proof.addRejected(number) } else { proof.isRollUncertain = true }
    }
    let person = roll.layout.word(of: membership.personField)
    let size = membership.sizeField.map(roll.layout.word)
    forEachRow(of: wanted, in: roll, membership) { row, number, isActive in
      guard isActive else { return }
      proof.addMember(roll.store.word(person, of: row), of: number)
      if let size, case let size = roll.store.word(size, of: row), Cell.isUsable(size) {
        proof.addSize(size, of: number)
      }
    }
    return proof
  }
}
