internal import Normalizers

/// Makes the plan: reading order, what is stored, what is probed, where every cell lies.
package struct Planner {
  private let job: Job
  private let maker: CellMaker
  private let files: [[SourceFile]]
  /// Sources in reading order, and the place of each source in it.
  private let order: [Int]
  private let rank: [Int]
  private var needs: [SourceNeeds]
  private var drafts: [StoreDraft] = []
  private let held: [HeldLayout?]
  private let sieves: SievePlan
  /// Sources of which cells are made of every field that a rule uses, not only of those that rules compute with.
  private let noting: Set<Int>

  /// What is wanted of the fields of one source.
  private struct SourceNeeds {
    var used: Set<Int> = []
    /// Fields whose cell every record needs.
    var eager: Set<Int> = []
  }

  /// A store while rules are still added to it.
  private struct StoreDraft {
    var source: Int
    var cells: [Int] = []
    var texts: [Int] = []
    var tables: [[Int]] = []
    var tableBits: [UInt32] = []
    var bitCount = 0
  }

  /// `files` are the opened files of each source of the job; `watching` are fields, by source, whose cells are made
  /// whether a rule wants them or not. What the settled rules of `variants` need is held, too. `noting` are sources whose
  /// rows are noted.
  package init(
    job: Job, maker: CellMaker, files: [[SourceFile]], watching: [Int: Set<Int>] = [:], variants: [Job] = [],
    noting: Set<Int> = []
  ) {
    self.job = job
    self.maker = maker
    self.files = files
    self.noting = noting
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
          ? HeldLayout(wanted, fields: relations[index].fields, isSource: index < job.sources.count) : nil
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
    // Whether keys are usable says whether the delivery is; a text always is, where there is one.
    for number in noting {
      let source = job.sources[number]
      needs[number].used.formUnion(source.key)
      needs[number].eager.formUnion(source.key.filter { source.fields[$0].type != .text })
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
  private struct Join {
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
          notedUses: notedUses(of: source), stores: drafts.indices.filter { drafts[$0].source == source },
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

  private func source(of side: Side, in rule: Job.Rule) -> Int {
    switch side {
    case .subject: rule.subject
    case .found: rule.find?.source ?? rule.subject
    case .lookup: preconditionFailure("streamed rules have no lookups")
    }
  }

  private func type(_ reference: FieldReference, in rule: Job.Rule) -> FieldType {
    job.sources[source(of: reference.side, in: rule)].fields[reference.field].type
  }

  private mutating func note(_ reference: FieldReference, in rule: Job.Rule, isEager: Bool) {
    let source = source(of: reference.side, in: rule)
    needs[source].used.insert(reference.field)
    if isEager || !job.sources[source].fields[reference.field].type.isShownAsWritten {
      needs[source].eager.insert(reference.field)
    }
  }

  private mutating func noteNeeds(of index: Int) {
    let rule = job.rules[index]
    for expression in [rule.condition, rule.find?.condition, rule.having].compactMap({ $0 }) + rule.by {
      var fields: [FieldReference] = []
      expression.forEachField { fields.append($0) }
      for field in fields { note(field, in: rule, isEager: true) }
    }
    for pair in rule.find?.key ?? [] {
      note(FieldReference(side: .subject, field: pair.subjectField), in: rule, isEager: true)
      note(FieldReference(side: .found, field: pair.foundField), in: rule, isEager: true)
    }
    for reference in rule.compare + reportedFields(of: rule) { note(reference, in: rule, isEager: false) }
    for expression in rule.evidence {
      var fields: [FieldReference] = []
      expression.forEachField { fields.append($0) }
      let isPlain = if case .field = expression { true } else { false }
      for field in fields { note(field, in: rule, isEager: !isPlain) }
    }
  }

  /// The fields of a flag beside its evidence.
  private func reportedFields(of rule: Job.Rule) -> [FieldReference] {
    [rule.reportedCase, rule.reportedID, reported(.name, in: rule), reported(.district, in: rule)].compactMap { $0 }
  }

  /// The subject's field of an attribute's name, where `flags.csv` has a column for it.
  private func reported(_ attribute: FlagAttribute, in rule: Job.Rule) -> FieldReference? {
    guard rule.kind != .aggregate, job.flagColumns.contains(where: { $0.attribute == attribute }) else { return nil }
    let fields = job.sources[rule.subject].fields
    return fields.firstIndex { $0.name == attribute.rawValue }.map { FieldReference(side: .subject, field: $0) }
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

  /// Every field that says something about a row of a source whose rows are noted, each with a slot.
  private func notedUses(of source: Int) -> [FieldUse] {
    guard noting.contains(source) else { return [] }
    var slot = 0
    let fields = needs[source].used.union([job.sources[source].withdrawn?.field].compactMap(\.self))
    return fields.sorted().map { field in
      let type = job.sources[source].fields[field].type
      defer { slot += type.wordCount }
      return FieldUse(field: field, type: type, slot: slot)
    }
  }

  // MARK: - Joins

  private mutating func makeJoin(_ index: Int, _ find: Job.Find) -> Join {
    let rule = job.rules[index]
    let isSelf = find.source == rule.subject
    let storedSide: Side = isSelf || rank[find.source] < rank[rule.subject] ? .found : .subject
    let stored = source(of: storedSide, in: rule)
    let keyFields = find.key.map { storedSide == .found ? $0.foundField : $0.subjectField }

    var (subjectTerms, foundTerms, pairTerms): ([Expression], [Expression], [Expression]) = ([], [], [])
    for term in rule.condition?.conjuncts ?? [] {
      if term.sides.contains(.found) { pairTerms.append(term) } else { subjectTerms.append(term) }
    }
    for term in find.condition?.conjuncts ?? [] {
      if term.sides == [.found] { foundTerms.append(term) } else { pairTerms.append(term) }
    }

    let store = draft(for: stored, bits: isSelf ? 2 : 1)
    let storedBit = UInt32(1) << UInt32(drafts[store].bitCount)
    let subjectBit = isSelf ? storedBit << 1 : 0
    drafts[store].bitCount += isSelf ? 2 : 1
    let table: Int
    if let known = drafts[store].tables.firstIndex(of: keyFields) {
      table = known
    } else {
      table = drafts[store].tables.count
      drafts[store].tables.append(keyFields)
      drafts[store].tableBits.append(0)
    }
    drafts[store].tableBits[table] |= storedBit

    // Found conditions on a streaming source are judged with the pair; on a stored one they are the row's own.
    var pairFields: [FieldReference] = rule.compare + reportedFields(of: rule)
    for term in pairTerms + rule.evidence { term.forEachField { pairFields.append($0) } }
    for field in keyFields { pairFields.append(FieldReference(side: storedSide, field: field)) }
    if isSelf {
      for pair in find.key { pairFields.append(FieldReference(side: .subject, field: pair.subjectField)) }
    }
    for reference in pairFields where isSelf || reference.side == storedSide {
      keep(reference, of: rule, in: store)
    }
    // A field that stands in an expression needs its cell beside its text.
    for term in pairTerms { term.forEachField { keepCell($0, storedSide, isSelf, store) } }
    for field in keyFields { keepCell(FieldReference(side: storedSide, field: field), storedSide, isSelf, store) }
    if isSelf {
      for pair in find.key {
        keepCell(FieldReference(side: .subject, field: pair.subjectField), storedSide, true, store)
      }
    }
    for expression in rule.evidence {
      if case .field = expression { continue }
      expression.forEachField { keepCell($0, storedSide, isSelf, store) }
    }
    return Join(
      rule: index, find: find, storedSide: storedSide, isSelf: isSelf, store: store, table: table,
      storedBit: storedBit, subjectBit: subjectBit, subjectTerms: subjectTerms, foundTerms: foundTerms,
      pairTerms: pairTerms)
  }

  private mutating func keepCell(_ reference: FieldReference, _ storedSide: Side, _ isSelf: Bool, _ store: Int) {
    guard isSelf || reference.side == storedSide, !drafts[store].cells.contains(reference.field) else { return }
    drafts[store].cells.append(reference.field)
  }

  private mutating func keep(_ reference: FieldReference, of rule: Job.Rule, in store: Int) {
    let field = reference.field
    let isWritten = type(reference, in: rule).isShownAsWritten
    if !isWritten || rule.compare.contains(reference), !drafts[store].cells.contains(field) {
      drafts[store].cells.append(field)
    }
    let isShown =
      rule.evidence.contains { if case .field(reference, _) = $0 { true } else { false } }
      || reportedFields(of: rule).contains(reference)
    if isWritten, isShown, !drafts[store].texts.contains(field) { drafts[store].texts.append(field) }
  }

  /// A store of the source with room for `bits` more rule bits.
  private mutating func draft(for source: Int, bits: Int) -> Int {
    if let known = drafts.indices.last(where: { drafts[$0].source == source && drafts[$0].bitCount + bits <= 32 }) {
      return known
    }
    drafts.append(StoreDraft(source: source))
    return drafts.count - 1
  }

  private func store(_ draft: StoreDraft, uses: [FieldUse]) -> Plan.Store {
    let types = job.sources[draft.source].fields.map(\.type)
    let layout = RowLayout(
      tableCount: draft.tables.count, cellWordCount: draft.cells.reduce(0) { $0 + types[$1].wordCount },
      textCount: draft.texts.count)
    var word = layout.firstCellWord
    var cells: [Plan.StoredCell] = []
    for field in draft.cells {
      let slot = uses.first { $0.field == field }?.slot
      cells.append(Plan.StoredCell(field: field, type: types[field], slot: slot, word: word))
      word += types[field].wordCount
    }
    let tables = draft.tables.indices.map { index in
      Plan.Table(
        keyFields: draft.tables[index], keyWords: keyWords(of: draft.tables[index], cells: cells),
        ruleBits: draft.tableBits[index], expectsMostProbesToMiss: false)
    }
    return Plan.Store(
      source: draft.source, layout: layout, tables: tables, cells: cells, texts: draft.texts, rules: [])
  }

  private func keyWords(of fields: [Int], cells: [Plan.StoredCell]) -> [KeyTable.KeyWord] {
    fields.flatMap { field -> [KeyTable.KeyWord] in
      guard let cell = cells.first(where: { $0.field == field }) else { preconditionFailure("keys are stored") }
      return (0..<cell.type.wordCount).map { KeyTable.KeyWord(word: cell.word + $0, isFirst: $0 == 0) }
    }
  }

  private mutating func add(_ join: Join, to plan: inout Plan) {
    let rule = job.rules[join.rule]
    let streamSide: Side = join.storedSide == .found ? .subject : .found
    let stored = plan.stores[join.store]
    let storedPlace = rank[stored.source]
    let streamSource = source(of: streamSide, in: rule)
    let streamPlace = rank[streamSource]
    let storedUses = plan.passes[storedPlace].uses
    let streamUses = plan.passes[streamPlace].uses

    func slots(_ fields: [Int], _ uses: [FieldUse]) -> [Int] {
      fields.map { field in
        guard let slot = uses.first(where: { $0.field == field })?.slot else { preconditionFailure("keys have cells") }
        return slot
      }
    }
    func inBatch(_ uses: [FieldUse]) -> CellCompiler {
      CellCompiler(maker: maker, locate: { reference, _ in .batch(slot: slots([reference.field], uses)[0]) })
    }
    func conjunction(_ terms: [Expression], _ compiler: CellCompiler) -> CellCondition? {
      terms.isEmpty ? nil : terms.count == 1 ? compiler.condition(terms[0]) : .and(terms.map(compiler.condition))
    }
    func storedWord(_ field: Int) -> Int {
      guard let cell = stored.cells.first(where: { $0.field == field }) else { preconditionFailure("cell is stored") }
      return cell.word
    }

    // The stored side: which rows take part.
    let storedKey = join.find.key.map { join.storedSide == .found ? $0.foundField : $0.subjectField }
    let storedTerms = join.storedSide == .found ? join.foundTerms : join.subjectTerms
    plan.stores[join.store].rules.append(
      Plan.StoredRule(
        rule: join.rule, bit: join.storedBit, side: join.storedSide,
        condition: conjunction(storedTerms, inBatch(storedUses)), keySlots: slots(storedKey, storedUses)))
    if join.isSelf {
      plan.stores[join.store].rules.append(
        Plan.StoredRule(
          rule: join.rule, bit: join.subjectBit, side: .subject,
          condition: conjunction(join.subjectTerms, inBatch(storedUses)),
          keySlots: slots(join.find.key.map(\.subjectField), storedUses)))
    }

    // The pair.
    let home = Home(
      place: { reference in
        if join.isSelf {
          return reference.side == .subject
            ? .first(word: storedWord(reference.field)) : .second(word: storedWord(reference.field))
        }
        return reference.side == join.storedSide
          ? .first(word: storedWord(reference.field)) : .batch(slot: slots([reference.field], streamUses)[0])
      },
      text: { reference in
        guard join.isSelf || reference.side == join.storedSide else { return .batch(field: reference.field) }
        guard let text = stored.texts.firstIndex(of: reference.field) else { preconditionFailure("text is kept") }
        return join.isSelf && reference.side == .found ? .second(text: text) : .first(text: text)
      })
    let pairCompiler = CellCompiler(maker: maker, locate: { reference, _ in home.place(reference) })
    let isSubjectStreaming = streamSide == .subject && !join.isSelf
    let pairTerms = (join.isSelf || isSubjectStreaming ? [] : join.foundTerms) + join.pairTerms
    var compare: Plan.Compare?
    if rule.kind == .mismatch, let subject = rule.compare.first(where: { $0.side == .subject }),
      let found = rule.compare.first(where: { $0.side == .found })
    {
      let (storedField, streamField) = join.storedSide == .found ? (found, subject) : (subject, found)
      compare = Plan.Compare(
        type: type(subject, in: rule), streamField: streamField.field,
        streamSlot: streamUses.first { $0.field == streamField.field }?.slot, storedWord: storedWord(storedField.field),
        subjectWord: join.isSelf ? storedWord(subject.field) : nil)
    }
    let isAbsence = rule.kind == .absence
    let flag = isAbsence && !isSubjectStreaming && !join.isSelf ? FlagTerms(evidence: []) : flagTerms(rule, home)
    let pairRule = Plan.PairRule(
      rule: join.rule, kind: rule.kind, bit: join.storedBit, subjectStreams: isSubjectStreaming,
      subjectCondition: isSubjectStreaming ? conjunction(join.subjectTerms, inBatch(streamUses)) : nil,
      pairCondition: conjunction(pairTerms, pairCompiler),
      looksAtStoredRow: join.isSelf ? !pairTerms.isEmpty : pairTerms.contains { $0.sides.contains(join.storedSide) },
      compare: compare, flag: flag)

    if join.isSelf {
      plan.passes[storedPlace].selfJoins.append(
        Plan.SelfJoinStep(
          store: join.store, table: join.table,
          keyWords: keyWords(of: join.find.key.map(\.subjectField), cells: stored.cells), subjectBit: join.subjectBit,
          rule: pairRule))
      return
    }
    let streamKey = join.find.key.map { streamSide == .found ? $0.foundField : $0.subjectField }
    let keySlots = slots(streamKey, streamUses)
    let keyWordSlots = streamKey.indices.flatMap { index in
      let type = job.sources[streamSource].fields[streamKey[index]].type
      return (0..<type.wordCount).map { keySlots[index] + $0 }
    }
    if let known = plan.passes[streamPlace].probes.firstIndex(where: {
      $0.store == join.store && $0.table == join.table && $0.keySlots == keySlots
    }) {
      plan.passes[streamPlace].probes[known].rules.append(pairRule)
    } else {
      plan.passes[streamPlace].probes.append(
        Plan.ProbeStep(
          store: join.store, table: join.table, keyWordSlots: keyWordSlots, keySlots: keySlots, rules: [pairRule]))
    }
    // A key that is the row's own reference, such as a case number, is mostly found; a person in another feed mostly
    // not.
    if storedKey.allSatisfy({ job.sources[stored.source].fields[$0].type == .residentID }) {
      plan.stores[join.store].tables[join.table].expectsMostProbesToMiss = true
    }
    if isAbsence, !isSubjectStreaming {
      plan.passes[streamPlace].absences.append(
        Plan.AbsenceStep(store: join.store, bit: join.storedBit, rule: join.rule, flag: flagTerms(rule, home)))
    }
  }

  // MARK: - Flags

  /// Where the fields of a rule lie when its flag is written.
  private struct Home {
    var place: (FieldReference) -> CellSource
    var text: (FieldReference) -> FlagTerms.TextSource
    var grouped: (Expression) -> FlagTerms.Term? = { _ in nil }
    var aggregate: (Aggregate, Expression?) -> CellSource = { _, _ in
      preconditionFailure("aggregates stand in groups only")
    }
    var groupedCell: (Expression) -> CellSource? = { _ in nil }
  }

  private func flagTerms(_ rule: Job.Rule, _ home: Home) -> FlagTerms {
    func term(_ reference: FieldReference?) -> FlagTerms.Term? {
      reference.map { self.term(.field($0, type($0, in: rule).valueType), home) }
    }
    return FlagTerms(
      caseID: term(rule.reportedCase), idNumber: term(rule.reportedID), name: term(reported(.name, in: rule)),
      district: term(reported(.district, in: rule)), evidence: rule.evidence.map { self.term($0, home) })
  }

  private func term(_ expression: Expression, _ home: Home) -> FlagTerms.Term {
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

  private func batchHome(_ uses: [FieldUse]) -> Home {
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

  private func groupKey(_ expression: Expression, _ compiler: CellCompiler) -> Plan.GroupKey {
    var textField: Int?
    if case .field(let reference, let type) = expression, type.fieldType.isShownAsWritten {
      textField = reference.field
    }
    return Plan.GroupKey(
      expression: expression, value: compiler.value(expression), type: expression.valueType, textField: textField)
  }

  private func addAggregate(_ index: Int, to plan: inout Plan) {
    let rule = job.rules[index]
    let place = rank[rule.subject]
    let batch = batchHome(plan.passes[place].uses)
    let compiler = CellCompiler(maker: maker, locate: { reference, _ in batch.place(reference) })
    let keys = rule.by.map { groupKey($0, compiler) }
    guard let first = keys.first, let having = rule.having else {
      preconditionFailure("an aggregate has by and having")
    }

    var calls: [(Aggregate, Expression?)] = []
    for expression in [having] + rule.evidence {
      expression.forEachAggregate { function, operand in
        if !calls.contains(where: { $0 == function && $1 == operand }) { calls.append((function, operand)) }
      }
    }
    // Words of a group as the rule sees it: keys, then results.
    var slot = 0
    var keySlots: [Int] = []
    for key in keys {
      keySlots.append(slot)
      slot += key.type.isWide ? 2 : 1
    }
    let firstResult = slot
    let resultSlots = calls.map { call in
      defer { slot += call.1?.valueType.isWide == true ? 2 : 1 }
      return slot
    }
    let aggregates = calls.map { function, operand in
      Plan.GroupAggregate(
        function: function, operand: operand.map(compiler.value), isWide: operand?.valueType.isWide ?? false)
    }
    precondition(firstResult <= slot)

    var home = Home(
      place: { _ in preconditionFailure("a group has keys and results only") },
      text: { _ in preconditionFailure("a group has keys and results only") })
    home.groupedCell = { expression in
      keys.firstIndex { $0.expression == expression }.map { .batch(slot: keySlots[$0]) }
    }
    home.grouped = { expression in
      guard let key = keys.firstIndex(where: { $0.expression == expression }), keys[key].textField != nil else {
        return nil
      }
      return .text(.group(key: key), keys[key].type)
    }
    home.aggregate = { function, operand in
      guard let call = calls.firstIndex(where: { $0 == function && $1 == operand }) else {
        preconditionFailure("every aggregate has a result")
      }
      return .batch(slot: resultSlots[call])
    }
    var groupCompiler = CellCompiler(maker: maker, locate: { reference, _ in home.place(reference) })
    groupCompiler.locateAggregate = home.aggregate
    groupCompiler.locateGrouped = home.groupedCell

    let rest = Array(keys.dropFirst())
    let groupRule = Plan.GroupRule(
      rule: index, condition: rule.condition.map(compiler.condition), rest: rest, aggregates: aggregates,
      having: groupCompiler.condition(having),
      flag: groupFlagTerms(rule, home), slotCount: slot,
      usesCounters: rest.count == 1 && rest[0].type == .month && calls.allSatisfy { $0.0 == .count })
    let family = plan.passes[place].families.firstIndex { $0.key.expression == first.expression }
    if let family {
      plan.passes[place].families[family].rules.append(groupRule)
    } else {
      plan.passes[place].families.append(Plan.FamilyStep(key: first, rules: [groupRule]))
    }
  }

  private func groupFlagTerms(_ rule: Job.Rule, _ home: Home) -> FlagTerms {
    func term(_ reference: FieldReference?) -> FlagTerms.Term? {
      reference.map { self.term(.field($0, type($0, in: rule).valueType), home) }
    }
    return FlagTerms(
      caseID: term(rule.reportedCase), idNumber: term(rule.reportedID), name: nil, district: nil,
      evidence: rule.evidence.map { self.term($0, home) })
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
