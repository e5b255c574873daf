internal import Normalizers

/// Makes the plan: reading order, what is stored, what is probed, where every cell lies.
package struct Planner {
  let job: Job
  let maker: CellMaker
  private let files: [[SourceFile]]
  /// Sources in reading order, and the place of each source in it.
  private let order: [Int]
  let rank: [Int]
  private var needs: [SourceNeeds]
  var drafts: [StoreDraft] = []
  private let held: [HeldLayout?]
  private let sieves: SievePlan

  /// What is wanted of the fields of one source.
  private struct SourceNeeds {
    var used: Set<Int> = []
    /// Fields whose cell every record needs.
    var eager: Set<Int> = []
  }

  /// A store while rules are still added to it.
  struct StoreDraft {
    var source: Int
    var cells: [Int] = []
    var texts: [Int] = []
    var tables: [[Int]] = []
    var tableBits: [UInt32] = []
    var bitCount = 0
  }

  /// `files` are the opened files of each source of the job; `watching` are fields, by source, whose cells are made
  /// whether a rule wants them or not. What the settled rules of `variants` need is held, too.
  package init(
    job: Job, maker: CellMaker, files: [[SourceFile]], watching: [Int: Set<Int>] = [:], variants: [Job] = []
  ) {
    self.job = job
    self.maker = maker
    self.files = files
    let sizes = files.map { files in
      files.contains { !$0.input.isRegular } ? Int.max : files.reduce(0) { $0 + $1.input.byteCount }
    }
    let bySize = job.sources.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    sieves = SievePlan(jobs: [job] + variants, order: bySize, sizes: sizes)
    order = sieves.order
    var rank = Array(repeating: 0, count: order.count)
    for (place, source) in order.enumerated() { rank[source] = place }
    self.rank = rank
    needs = Array(repeating: SourceNeeds(), count: job.sources.count)
    let relations = job.relations
    var settledNeeds = SettledNeeds(job: job)
    for variant in variants { settledNeeds.add(SettledNeeds(job: variant)) }
    held =
      job.settled.isEmpty && variants.isEmpty
      ? []
      : settledNeeds.relations.enumerated().map { index, wanted in
        wanted.isWanted
          ? HeldLayout(
            wanted, fields: relations[index].fields, isSource: index < job.sources.count,
            replaced: Set((variants + [job]).flatMap(\.aliases).map(\.type))) : nil
      }
    for (source, layout) in held.prefix(job.sources.count).enumerated() {
      guard let layout else { continue }
      needs[source].eager.formUnion(layout.cells.map(\.field))
      needs[source].used.formUnion(layout.cells.map(\.field) + layout.texts + layout.notes.map(\.field))
    }
    for (number, source) in job.sources.enumerated() where source.limits.wantsNewestDay {
      let dates = source.fields.indices.filter { source.fields[$0].type == .date }
      needs[number].eager.formUnion(dates)
      needs[number].used.formUnion(dates)
    }
    for (source, fields) in watching {
      needs[source].eager.formUnion(fields)
      needs[source].used.formUnion(fields)
    }
    for (number, source) in job.sources.enumerated() {
      for (index, field) in source.fields.enumerated() {
        guard let wanted = field.number, needs[number].used.contains(wanted) else { continue }
        needs[number].used.insert(index)
        needs[number].eager.formUnion([index, wanted])
      }
    }
    for sieve in sieves.sieves {
      let own = SievePlan.Column(source: sieve.source, field: sieve.field, second: sieve.second)
      for column in sieve.columns + [own] {
        var fields = [column.field] + [column.second].compactMap(\.self)
        column.condition?.forEachField { fields.append($0.field) }
        needs[column.source].used.formUnion(fields)
        needs[column.source].eager.formUnion(fields)
      }
    }
  }

  /// A join rule with its sides sorted into the stored and the streaming one.
  struct Join {
    var rule: Int
    var find: Job.Find
    var storedSide: Side
    var isSelf: Bool
    var store: Int
    var table: Int
    var storedBit: UInt32
    /// In a join of a source with itself: the bit of rows that are subjects.
    var subjectBit: UInt32
    var subjectTerms: [Expression]
    var foundTerms: [Expression]
    var pairTerms: [Expression]
  }

  package mutating func plan() -> Plan {
    var joins: [Join] = []
    for index in job.rules.indices {
      noteNeeds(of: index)
      if let find = job.rules[index].find { joins.append(makeJoin(index, find)) }
    }
    let uses = job.sources.indices.map(fieldUses)
    let stores = drafts.map { store($0, uses: uses[$0.source].uses) }
    var plan = Plan(job: job, maker: maker, passes: [], stores: stores, sieves: sieves)
    plan.held = held
    for source in order {
      plan.passes.append(
        Plan.Pass(
          source: source, files: files[source], uses: uses[source].uses, slotCount: uses[source].slotCount,
          stores: drafts.indices.filter { drafts[$0].source == source },
          conditions: [], probes: [], families: [], selfJoins: [], absences: [], released: []))
    }
    for join in joins { add(join, to: &plan) }
    for index in job.rules.indices {
      switch job.rules[index].kind {
      case .condition: addCondition(index, to: &plan)
      case .aggregate: addAggregate(index, to: &plan)
      case .presence, .absence, .mismatch, .duplicate: break
      }
    }
    for store in drafts.indices {
      let last = plan.passes.indices.last { place in
        plan.passes[place].probes.contains { $0.store == store } || plan.passes[place].stores.contains(store)
      }
      if let last { plan.passes[last].released.append(store) }
    }
    return plan
  }

  // MARK: - What is needed

  func type(_ reference: FieldReference, in rule: Job.Rule) -> FieldType {
    job.sources[job.source(of: reference.side, in: rule)].fields[reference.field].type
  }

  private mutating func note(_ reference: FieldReference, in rule: Job.Rule, isEager: Bool) {
    let source = job.source(of: reference.side, in: rule)
    needs[source].used.insert(reference.field)
    if isEager || !job.sources[source].fields[reference.field].type.isShownAsWritten {
      needs[source].eager.insert(reference.field)
    }
  }

  private mutating func noteNeeds(of index: Int) {
    let rule = job.rules[index]
    for field in job.readFields(of: rule) { note(field.reference, in: rule, isEager: field.isComputed) }
  }

  private func fieldUses(of source: Int) -> (uses: [FieldUse], slotCount: Int) {
    var slot = 0
    var uses: [FieldUse] = []
    for field in needs[source].used.sorted() {
      let type = job.sources[source].fields[field].type
      let isEager = needs[source].eager.contains(field)
      uses.append(FieldUse(field: field, type: type, slot: isEager ? slot : nil))
      if isEager { slot += type.wordCount }
    }
    return (uses, slot)
  }

  /// By source: the fields that rules use, in ascending order.
  static func usedFields(of prepared: PreparedJob) -> [[Int]] {
    let job = prepared.job
    var planner = Planner(
      job: job, maker: prepared.maker, files: job.sources.map { _ in [] }, variants: prepared.variants.compactMap(\.job)
    )
    _ = planner.plan()
    return planner.needs.map { $0.used.sorted() }
  }

  // MARK: - Flags

  /// Where the fields of a rule lie when its flag is written.
  struct Home {
    var place: (FieldReference) -> CellSource
    var text: (FieldReference) -> FlagTerms.TextSource
    var grouped: (Expression) -> FlagTerms.Term? = { _ in nil }
    var aggregate: (Aggregate, Expression?) -> CellSource = { _, _ in
      preconditionFailure("aggregates stand in groups only")
    }
    var groupedCell: (Expression) -> CellSource? = { _ in nil }
  }

  func flagTerms(_ rule: Job.Rule, _ home: Home) -> FlagTerms {
    func term(_ reference: FieldReference?) -> FlagTerms.Term? {
      reference.map { self.term(.field($0, type($0, in: rule).valueType), home) }
    }
    return FlagTerms(
      caseID: term(rule.reportedCase), idNumber: term(rule.reportedID), name: term(job.reported(.name, in: rule)),
      district: term(job.reported(.district, in: rule)), evidence: rule.evidence.map { self.term($0, home) })
  }

  func term(_ expression: Expression, _ home: Home) -> FlagTerms.Term {
    if let grouped = home.grouped(expression) { return grouped }
    switch expression {
    case .literal(.text(let text)): return .literal(Array(text.utf8))
    case .field(let reference, let type) where type.fieldType.isShownAsWritten:
      return .text(home.text(reference), type)
    default:
      var compiler = CellCompiler(maker: maker, locate: { reference, _ in home.place(reference) })
      compiler.locateAggregate = home.aggregate
      compiler.locateGrouped = home.groupedCell
      return .value(compiler.value(expression), expression.valueType)
    }
  }

  // MARK: - Rules over one source

  func batchHome(_ uses: [FieldUse]) -> Home {
    Home(
      place: { reference in
        guard let slot = uses.first(where: { $0.field == reference.field })?.slot else {
          preconditionFailure("fields of expressions have cells")
        }
        return .batch(slot: slot)
      },
      text: { .batch(field: $0.field) })
  }

  private func addCondition(_ index: Int, to plan: inout Plan) {
    let rule = job.rules[index]
    let place = rank[rule.subject]
    let home = batchHome(plan.passes[place].uses)
    guard let condition = rule.condition else { preconditionFailure("a condition rule has a condition") }
    plan.passes[place].conditions.append(
      Plan.ConditionStep(
        rule: index,
        condition: CellCompiler(maker: maker, locate: { reference, _ in home.place(reference) }).condition(condition),
        flag: flagTerms(rule, home)))
  }
}

extension FieldType {
  /// True for types that evidence shows as they stand in the file.
  package var isShownAsWritten: Bool {
    switch self {
    case .personName, .text, .code: true
    case .residentID, .account, .date, .month, .money, .number: false
    }
  }
}
