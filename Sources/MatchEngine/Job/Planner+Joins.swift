/// Rules that look for rows of another source.
extension Planner {
  mutating func makeJoin(_ index: Int, _ find: Job.Find) -> Join {
    let rule = job.rules[index]
    let isSelf = find.source == rule.subject
    let storedSide: Side = isSelf || rank[find.source] < rank[rule.subject] ? .found : .subject
    let stored = job.source(of: storedSide, in: rule)
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
    var pairFields: [FieldReference] = rule.compare + job.reportedFields(of: rule)
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
      || job.reportedFields(of: rule).contains(reference)
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

  func store(_ draft: StoreDraft, uses: [FieldUse]) -> Plan.Store {
    let types = job.sources[draft.source].fields.map(\.type)
    var layout = RowLayout(
      tableCount: draft.tables.count, cellWordCount: draft.cells.reduce(0) { $0 + types[$1].wordCount },
      textCount: draft.texts.count)
    var word = layout.firstCellWord
    var cells: [Plan.StoredCell] = []
    for field in draft.cells {
      let slot = uses.first { $0.field == field }?.slot
      cells.append(Plan.StoredCell(field: field, type: types[field], slot: slot, word: word))
      word += types[field].wordCount
    }
    layout.findTextCells { text in cells.first { $0.field == draft.texts[text] }.map { ($0.word, $0.type) } }
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

  mutating func add(_ join: Join, to plan: inout Plan) {
    let rule = job.rules[join.rule]
    let streamSide: Side = join.storedSide == .found ? .subject : .found
    let stored = plan.stores[join.store]
    let storedPlace = rank[stored.source]
    let streamSource = job.source(of: streamSide, in: rule)
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
}
