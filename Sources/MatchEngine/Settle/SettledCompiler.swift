internal import Normalizers

/// Turns the expressions of settled rules and views into conditions, values and shown terms over held rows.
struct SettledCompiler {
  let job: Job
  let maker: CellMaker
  let relations: [HeldRelation?]

  private func relation(_ number: Int) -> HeldRelation {
    guard let relation = relations[number] else { preconditionFailure("the relation is held") }
    return relation
  }

  /// The number of the side that a field's row has among the lanes'.
  private static func number(of side: Side) -> Int {
    switch side {
    case .subject: 0
    case .found: 1
    case .lookup(let level): 2 + level
    }
  }

  private func cells(_ scope: SettledScope) -> CellCompiler {
    func layout(_ reference: FieldReference, _ lookups: [Int]) -> HeldLayout {
      var scope = scope
      scope.lookups = lookups
      return relation(scope.relation(of: reference.side)).layout
    }
    var compiler = CellCompiler(
      maker: maker,
      locate: { reference, lookups in
        .row(side: Self.number(of: reference.side), word: layout(reference, lookups).word(of: reference.field))
      },
      locateText: { reference, lookups in
        CellText(
          side: Self.number(of: reference.side), text: layout(reference, lookups).text(of: reference.field))
      },
      locateTable: { number, fields in relation(number).layout.table(fields) })
    compiler.locateNote = { reference, lookups in
      let layout = layout(reference, lookups)
      guard let word = layout.noteWord(of: reference.field) else { preconditionFailure("the codes are kept") }
      return .row(side: Self.number(of: reference.side), word: word)
    }
    compiler.lookups = scope.lookups
    return compiler
  }

  func condition(_ expression: Expression, _ scope: SettledScope) -> CellCondition {
    cells(scope).condition(expression)
  }

  func value(_ expression: Expression, _ scope: SettledScope) -> CellValue { cells(scope).value(expression) }

  private func text(_ reference: FieldReference, _ scope: SettledScope) -> CellText {
    CellText(
      side: Self.number(of: reference.side),
      text: relation(scope.relation(of: reference.side)).layout.text(of: reference.field))
  }

  // MARK: - Shown values

  func shown(_ expression: Expression, _ scope: SettledScope) -> ShownTerm {
    switch expression {
    case .literal(.text(let text)): return .literal(Array(text.utf8))
    case .missing: return .literal([])
    case .field(let reference, let type) where type.fieldType.isShownAsWritten:
      return .text(text(reference, scope))
    case .call(.choose, let parts):
      return .choose(condition(parts[0], scope), shown(parts[1], scope), shown(parts[2], scope))
    case .call(.coalesce, let parts):
      return .coalesce(parts.map { (value: presence($0, scope), term: shown($0, scope)) })
    case .call(.names, _): return .word(value(expression, scope), words(NameVerdict.allCases.map(\.rawValue)))
    case .call(.sex, _): return .word(value(expression, scope), words(["男", "女"]))
    case .call(.defect, _): return .word(value(expression, scope), words(Codes.names))
    case .lookup(let lookup) where lookup.valueType.fieldType.isShownAsWritten && lookup.function != .exists:
      guard let operand = lookup.operand else { return .literal([]) }
      let inner = scope.inside(lookup)
      return .looked(
        query(lookup.relation, keys: lookup.keys, condition: lookup.condition, scope, inner),
        order: lookup.order.map { value($0, inner) }, isLatest: lookup.function == .latest, shown(operand, inner))
    default:
      if expression.valueType == .boolean {
        return .choose(condition(expression, scope), .literal(Array("是".utf8)), .literal(Array("否".utf8)))
      }
      return .value(value(expression, scope), expression.valueType)
    }
  }

  /// A value that is there where the expression's is; texts that are chosen row by row are looked at themselves.
  private func presence(_ expression: Expression, _ scope: SettledScope) -> CellValue {
    if case .literal(.text) = expression { return .constant(0, 0) }
    return value(expression, scope)
  }

  private func words(_ texts: [String]) -> [Int64: [UInt8]] {
    Dictionary(
      texts.map { (maker.words(Array($0.utf8).span, as: .code).first, Array($0.utf8)) },
      uniquingKeysWith: { first, _ in first })
  }

  private func query(
    _ number: Int, keys: [LookupKey], condition: Expression?, _ outer: SettledScope, _ inner: SettledScope
  ) -> PairFinder.Query {
    let held = relation(number)
    let keys = keys.sorted { $0.field < $1.field }
    return PairFinder.Query(
      table: held.tables[held.layout.table(keys.map(\.field))],
      keys: keys.map { (value: value($0.value, outer), isWide: $0.value.valueType.isWide) },
      condition: condition.map { self.condition($0, inner) }, side: 2 + outer.lookups.count)
  }

  // MARK: - Views

  func part(_ part: JobView.Part, of view: JobView, target: HeldRelation) -> ViewMaker.Part {
    let scope = SettledScope(subject: part.relation)
    let held = relation(part.relation)
    return ViewMaker.Part(
      relation: held, condition: part.condition.map { condition($0, scope) },
      cells: target.layout.cells.map { cell in
        guard let expression = part.values[cell.field] else { return .nothing }
        return source(expression, as: cell.type, scope)
      },
      notes: target.layout.notes.map { note in
        guard case .field(let reference, _)? = part.values[note.field] else { return nil }
        return held.layout.noteWord(of: reference.field)
      },
      texts: target.layout.texts.map { field in part.values[field].map { shown($0, scope) } },
      grouping: part.isGrouped ? grouping(part, target.layout) : nil)
  }

  private func grouping(_ part: JobView.Part, _ layout: HeldLayout) -> ViewMaker.Grouping {
    func cell(_ field: Int) -> Int {
      guard let cell = layout.cells.firstIndex(where: { $0.field == field }) else {
        preconditionFailure("views of groups are held as a whole")
      }
      return cell
    }
    return ViewMaker.Grouping(
      by: part.by.map { field in
        var meanings: [[String: String]] = []
        if case .field(let reference, _)? = part.values[field] {
          meanings = self.meanings(of: reference.field, in: part.relation)
        }
        return ViewMaker.Grouping.Key(
          cell: cell(field), field: field, text: layout.texts.firstIndex(of: field), meanings: meanings)
      },
      percentiles: part.percentiles.sorted { $0.key < $1.key }.map { (cell: cell($0.key), share: $0.value) })
  }

  /// What delivered words mean, in every source from which a field has its values.
  private func meanings(of field: Int, in relation: Int) -> [[String: String]] {
    if relation < job.sources.count { return [job.sources[relation].fields[field].values] }
    return job.views[relation - job.sources.count].parts.flatMap { part -> [[String: String]] in
      guard case .field(let reference, _)? = part.values[field] else { return [] }
      return meanings(of: reference.field, in: part.relation)
    }
  }

  private func source(_ expression: Expression, as type: FieldType, _ scope: SettledScope) -> ViewMaker.Source {
    switch expression {
    case .missing: return .nothing
    case .literal(.text(let text)): return .constant(maker.words(Array(text.utf8).span, as: type))
    case .field(_, let known) where known.fieldType == type: return .cells(value(expression, scope))
    default:
      return type.isShownAsWritten || expression.valueType.fieldType != type
        ? .text(shown(expression, scope)) : .cells(value(expression, scope))
    }
  }

  // MARK: - Rules

  func program(of number: Int) -> SettledProgram {
    let rule = job.settled[number]
    let subjectScope = SettledScope(subject: rule.subject)
    let scope = SettledScope(subject: rule.subject, found: rule.kind == .absence ? nil : rule.find?.relation)
    var program = SettledProgram(
      rule: number, subject: relation(rule.subject), condition: rule.condition.map { condition($0, subjectScope) },
      kind: rule.kind)
    program.evaluatedWhen = rule.evaluatedWhen.map { ($0.name, condition($0.condition, subjectScope)) }
    if let find = rule.find {
      let pairScope = SettledScope(subject: rule.subject, found: find.relation)
      let held = relation(find.relation)
      let types = job.relations[rule.subject].fields
      let key = find.key.sorted { $0.foundField < $1.foundField }
      program.find = PairFinder.Query(
        table: held.tables[held.layout.table(key.map(\.foundField))],
        keys: key.map { pair in
          let type = types[pair.subjectField].type.valueType
          let reference = FieldReference(side: .subject, field: pair.subjectField)
          return (value: value(.field(reference, type), subjectScope), isWide: type.isWide)
        },
        condition: find.condition.map { condition($0, pairScope) }, side: 1)
      switch find.keep {
      case .all: program.keep = .all
      case .any: program.keep = .any
      case .earliest(let order): program.keep = .earliest(value(order, pairScope))
      case .latest(let order): program.keep = .latest(value(order, pairScope))
      }
    }
    program.exemptions = rule.exemptions.map { ($0.name, condition($0.condition, scope)) }
    addConditions(rule, scope, to: &program)
    addShown(rule, scope, to: &program)
    if let identity = rule.identity { program.identity = self.identity(identity, scope) }
    if let lines = rule.lines { program.lines = self.lines(lines, scope) }
    if let alarm = rule.alarm {
      program.alarmShare = alarm.share
      program.alarmGroup = alarm.group.map { (value: value($0, subjectScope), isWide: $0.valueType.isWide) }
    }
    return program
  }

  private func addConditions(_ rule: SettledRule, _ scope: SettledScope, to program: inout SettledProgram) {
    var calls: [(function: Aggregate, operand: Expression?)] = []
    let grouped =
      [rule.having, rule.amount].compactMap { $0 } + rule.reasons.map(\.condition)
      + (rule.amountBasis + rule.proposals).compactMap(\.condition.expression)
      + rule.severity.compactMap(\.condition.expression) + [rule.due].compactMap { $0 } + rule.evidence
      + rule.fact.compactMap { if case .value(let value) = $0 { value } else { nil } }
    for expression in grouped {
      expression.forEachAggregate { function, operand in
        if !calls.contains(where: { $0.function == function && $0.operand == operand }) {
          calls.append((function, operand))
        }
      }
    }
    program.aggregates = calls.map { call in
      (
        function: call.function, operand: call.operand.map { value($0, scope) },
        isWide: call.operand?.valueType.isWide ?? false
      )
    }
    var groupCompiler = cells(scope)
    groupCompiler.locateAggregate = { function, operand in
      guard let index = calls.firstIndex(where: { $0.function == function && $0.operand == operand }) else {
        preconditionFailure("every aggregate has a result")
      }
      return .batch(slot: index * 2)
    }
    groupCompiler.locateLines = { total in
      .batch(slot: calls.count * 2 + (total == .sum ? 0 : 1))
    }
    func reference(_ expression: Expression) -> SettledProgram.Condition {
      if case .constant(true) = expression { return .always }
      if expression.isAboutGroup {
        let condition = groupCompiler.condition(expression)
        if let known = program.groupConditions.firstIndex(of: condition) { return .group(known) }
        program.groupConditions.append(condition)
        return .group(program.groupConditions.count - 1)
      }
      let condition = condition(expression, scope)
      if let known = program.rowConditions.firstIndex(of: condition) { return .row(known) }
      program.rowConditions.append(condition)
      return .row(program.rowConditions.count - 1)
    }
    func reference(_ condition: SettledRule.Condition) -> SettledProgram.Condition {
      switch condition {
      case .always: .always
      case .expression(let expression): reference(expression)
      case .reason(let code): .reason(code)
      case .belowB: .belowB
      }
    }
    for contrary in rule.contrary {
      if case .row(let bit) = reference(contrary.condition) { program.contrary.append(bit) }
    }
    program.reasons = rule.reasons.map { (code: $0.name, condition: reference($0.condition)) }
    program.severity = rule.severity.map {
      (condition: reference($0.condition), value: $0.value, isRelative: $0.isRelative)
    }
    program.proposals = rule.proposals.map { (condition: reference($0.condition), word: $0.word) }
    program.amountBasis = rule.amountBasis.map { (condition: reference($0.condition), word: $0.word) }
    program.having = rule.having.map { groupCompiler.condition($0) }
    program.havingIsOfAggregates = rule.having?.isOfAggregates ?? false
    program.amount = rule.amount.map { groupCompiler.value($0) }
    func shownOfGroup(_ expression: Expression) -> Int {
      program.groupValues.append((value: groupCompiler.value(expression), type: expression.valueType))
      return program.groupValues.count - 1
    }
    program.groupEvidence = rule.evidence.filter(\.isAboutGroup).map(shownOfGroup)
    if let due = rule.due, due.isAboutGroup { program.groupDue = shownOfGroup(due) }
    program.fact = rule.fact.map { piece in
      switch piece {
      case .text(let text): .text(Array(text.utf8))
      case .value(let expression) where expression.isAboutGroup: .group(shownOfGroup(expression))
      case .value(let expression): .value(shown(expression, scope))
      case .attribute(let name): .attribute(name)
      }
    }
    precondition(program.rowConditions.count <= 64 && program.groupConditions.count <= 64)
  }

  private func addShown(_ rule: SettledRule, _ scope: SettledScope, to program: inout SettledProgram) {
    func term(_ expression: Expression?) -> ShownTerm? { expression.map { shown($0, scope) } }
    program.caseID = term(rule.reportedCase)
    program.person = term(rule.reportedPerson)
    program.name = term(rule.reportedName)
    program.district = term(rule.reportedDistrict)
    program.flagKey = rule.flagKey.map { shown($0, scope) }
    program.evidence = rule.evidence.filter { !$0.isAboutGroup }.map { shown($0, scope) }
    let pieces = rule.fact.compactMap { if case .value(let value) = $0 { value } else { nil } }
    var identities: [Expression] = []
    for expression in rule.evidence + pieces + [rule.reportedName].compactMap({ $0 }) {
      for part in expression.identityParts where !identities.contains(part) { identities.append(part) }
    }
    program.identities = identities.map { shown($0, scope) }
    program.evidenceDay = rule.evidence.first { expression in
      if case .field(let reference, .date) = expression { reference.side == .found } else { false }
    }.map { value($0, scope) }
    program.due = rule.due.flatMap { $0.isAboutGroup ? nil : value($0, scope) }
    program.caseValue = rule.reportedCase.map { (value: value($0, scope), isWide: $0.valueType.isWide) }
    program.personValue = rule.reportedPerson.map { value($0, scope) }
    // Without a fold of its own a rule gives one flag for each case, person and flag key.
    let key =
      rule.fold.isEmpty ? [rule.reportedCase, rule.reportedPerson].compactMap { $0 } + rule.flagKey : rule.fold
    program.key = key.map { shown($0, scope) }
  }

  private func identity(_ identity: SettledRule.Identity, _ scope: SettledScope) -> SettledProgram.Identity {
    SettledProgram.Identity(
      subjectName: identity.subjectName.map { text($0, scope) },
      foundName: identity.foundName.map { text($0, scope) },
      otherNames: identity.otherNames.map { other in
        let opposite = other.side == .subject ? identity.foundName : identity.subjectName
        return (name: text(other, scope), with: opposite.map { text($0, scope) })
      },
      doubts: identity.doubts, hints: identity.hints,
      notes: [identity.subjectNumber, identity.foundNumber].compactMap { $0 }.compactMap { reference in
        let layout = relation(scope.relation(of: reference.side)).layout
        return layout.noteWord(of: reference.field).map { (side: Self.number(of: reference.side), word: $0) }
      })
  }

  private func lines(_ lines: SettledRule.Lines, _ scope: SettledScope) -> SettledProgram.Lines {
    var inner = scope
    if lines.months != nil {
      inner.lookups = [job.calendar]
    } else if let number = lines.relation {
      inner.lookups = [number]
    }
    let months = lines.months.map { months in
      SettledProgram.Months(
        from: value(months.from, scope), to: value(months.to, scope), calendar: relation(job.calendar), side: 2,
        condition: lines.condition.map { condition($0, inner) })
    }
    let query =
      lines.months != nil
      ? nil
      : lines.relation.map { number in
        self.query(number, keys: lines.keys, condition: lines.condition, scope, inner)
      }
    return SettledProgram.Lines(
      query: query, months: months, month: lines.month.map { value($0, inner) },
      amount: lines.amount.map { value($0, inner) },
      shown: lines.shown.map { shown($0, inner) })
  }
}

extension Expression {
  /// Made of aggregates and constants alone.
  fileprivate var isOfAggregates: Bool {
    switch self {
    case .aggregate: true
    case .field, .lookup, .lines: false
    default: children.allSatisfy(\.isOfAggregates)
    }
  }
}
