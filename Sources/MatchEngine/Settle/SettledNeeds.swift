/// What the settled rules and the views of a job want of every relation.
struct SettledNeeds {
  struct Relation {
    /// Fields whose cells are held, whose texts are kept, whose reason codes are kept.
    var cells: Set<Int> = []
    var texts: Set<Int> = []
    var notes: Set<Int> = []
    /// Keys that are looked up.
    var tables: [[Int]] = []

    var isWanted = false
  }

  private(set) var relations: [Relation]
  private let job: Job

  init(job: Job) {
    self.job = job
    relations = Array(repeating: Relation(), count: job.relations.count)
    for rule in job.settled where rule.hindrance == nil { note(rule) }
    for renumbering in job.renumberings {
      relations[renumbering.source].cells.formUnion([renumbering.from, renumbering.to])
    }
    // A view wants of its parts what is wanted of it; later views may stand on earlier ones.
    for (index, view) in job.views.enumerated().reversed() where relations[job.sources.count + index].isWanted {
      let relation = job.sources.count + index
      if view.isGrouped { holdWhole(view, relation) }
      note(view, relation: relation)
    }
    for alias in job.aliases where relations.indices.contains(where: { isTouched($0, by: alias) }) {
      relations[alias.source].isWanted = true
      relations[alias.source].cells.formUnion([alias.from, alias.to])
    }
    for listed in job.listedCodes where !job.settled.isEmpty {
      relations[listed.source].isWanted = true
      relations[listed.source].cells.insert(listed.field)
      relations[listed.source].texts.insert(listed.field)
      relations[listed.table].isWanted = true
      relations[listed.table].cells.insert(listed.tableField)
    }
    for table in job.datedTables where !job.settled.isEmpty {
      relations[table.source].isWanted = true
      relations[table.source].cells.formUnion([table.from] + table.key + [table.to].compactMap { $0 })
    }
    // A case is proved to have one person by what the roll says of it.
    if let membership = job.membership, !job.settled.isEmpty {
      note(membership.active, SettledScope(subject: membership.source), isShown: false)
      wantTable([membership.caseField], of: membership.source)
      relations[membership.source].cells.insert(membership.personField)
      if let size = membership.sizeField { relations[membership.source].cells.insert(size) }
      for (index, field) in job.sources[membership.source].fields.enumerated()
      where CaseDetails.fieldNames.contains(field.name) {
        relations[membership.source].texts.insert(index)
      }
    }
  }

  /// Adds what another job with the same relations wants.
  mutating func add(_ other: SettledNeeds) {
    for (index, wanted) in other.relations.enumerated() {
      relations[index].cells.formUnion(wanted.cells)
      relations[index].texts.formUnion(wanted.texts)
      relations[index].notes.formUnion(wanted.notes)
      for key in wanted.tables where !relations[index].tables.contains(key) { relations[index].tables.append(key) }
      if wanted.isWanted { relations[index].isWanted = true }
    }
  }

  private func isTouched(_ relation: Int, by alias: JobAlias) -> Bool {
    relation < job.sources.count && relation != alias.source
      && relations[relation].cells.contains { job.sources[relation].fields[$0].type == alias.type }
  }

  private mutating func wantTable(_ fields: [Int], of relation: Int) {
    relations[relation].isWanted = true
    relations[relation].cells.formUnion(fields)
    let key = fields.sorted()
    if !relations[relation].tables.contains(key) { relations[relation].tables.append(key) }
  }

  private mutating func note(_ rule: SettledRule) {
    relations[rule.subject].isWanted = true
    let scope = SettledScope(subject: rule.subject, found: rule.find?.relation)
    if let find = rule.find {
      wantTable(find.key.map(\.foundField), of: find.relation)
      for pair in find.key { relations[rule.subject].cells.insert(pair.subjectField) }
      if case .earliest(let order) = find.keep { note(order, scope, isShown: false) }
      if case .latest(let order) = find.keep { note(order, scope, isShown: false) }
    }
    for expression in rule.conditions { note(expression, scope, isShown: false) }
    for expression in rule.shownValues { note(expression, scope, isShown: true) }
    if let lines = rule.lines { note(lines, scope) }
    for reference in [rule.identity?.subjectName, rule.identity?.foundName].compactMap({ $0 })
      + (rule.identity?.otherNames ?? [])
    {
      relations[scope.relation(of: reference.side)].cells.insert(reference.field)
      relations[scope.relation(of: reference.side)].texts.insert(reference.field)
    }
    for reference in [rule.identity?.subjectNumber, rule.identity?.foundNumber].compactMap({ $0 }) {
      relations[scope.relation(of: reference.side)].cells.insert(reference.field)
      relations[scope.relation(of: reference.side)].notes.insert(reference.field)
    }
  }

  private mutating func note(_ lines: SettledRule.Lines, _ scope: SettledScope) {
    var inner = scope
    if let months = lines.months {
      for end in [months.from, months.to] { note(end, scope, isShown: false) }
      relations[job.calendar].isWanted = true
      relations[job.calendar].cells.insert(0)
      inner.lookups = [job.calendar]
    } else if let relation = lines.relation {
      for key in lines.keys { note(key.value, scope, isShown: false) }
      wantTable(lines.keys.map(\.field), of: relation)
      inner.lookups = [relation]
    }
    for expression in [lines.condition, lines.month, lines.amount].compactMap({ $0 }) {
      note(expression, inner, isShown: false)
    }
    for expression in lines.shown { note(expression, inner, isShown: true) }
  }

  /// The rows of groups are kept with the results, whatever this run asks of them.
  private mutating func holdWhole(_ view: JobView, _ relation: Int) {
    relations[relation].cells.formUnion(view.fields.indices)
    relations[relation].texts.formUnion(view.fields.indices.filter { view.fields[$0].type.isShownAsWritten })
  }

  private mutating func note(_ view: JobView, relation: Int) {
    let wanted = relations[relation].cells.union(relations[relation].texts).union(relations[relation].notes)
    for part in view.parts {
      relations[part.relation].isWanted = true
      let scope = SettledScope(subject: part.relation)
      if let condition = part.condition { note(condition, scope, isShown: false) }
      for field in wanted {
        guard let value = part.values[field] else { continue }
        note(value, scope, isShown: false)
        if relations[relation].texts.contains(field) || isMadeOfText(value, view.fields[field].type) {
          note(value, scope, isShown: true)
        }
        if relations[relation].notes.contains(field), case .field(let reference, _) = value {
          relations[part.relation].notes.insert(reference.field)
        }
      }
    }
  }

  /// A name, code or text that is not simply another field's is read anew from the text of what it is made of.
  private func isMadeOfText(_ value: Expression, _ type: FieldType) -> Bool {
    if case .field(_, let known) = value, known.fieldType == type { return false }
    return type.isShownAsWritten
  }

  /// `isShown`: the value is shown as it stands in the file, so that its text is needed.
  private mutating func note(_ expression: Expression, _ scope: SettledScope, isShown: Bool) {
    switch expression {
    case .field(let reference, let type):
      let relation = scope.relation(of: reference.side)
      relations[relation].cells.insert(reference.field)
      if isShown, type.fieldType.isShownAsWritten { relations[relation].texts.insert(reference.field) }
    case .lookup(let lookup):
      for key in lookup.keys { note(key.value, scope, isShown: false) }
      wantTable(lookup.keys.map(\.field), of: lookup.relation)
      let inner = scope.inside(lookup)
      for inside in [lookup.condition, lookup.order].compactMap({ $0 }) { note(inside, inner, isShown: false) }
      if let operand = lookup.operand { note(operand, inner, isShown: isShown) }
    case .call(.defect, let parts), .call(.noted, let parts):
      guard case .field(let reference, _)? = parts.first else { return }
      relations[scope.relation(of: reference.side)].cells.insert(reference.field)
      relations[scope.relation(of: reference.side)].notes.insert(reference.field)
    case .call(.names, let names), .call(.sameName, let names):
      for name in names { note(name, scope, isShown: true) }
    case .call(.choose, let parts):
      for (index, part) in parts.enumerated() { note(part, scope, isShown: isShown && index > 0) }
    case .call(.coalesce, let parts):
      for part in parts { note(part, scope, isShown: isShown) }
    default:
      for child in expression.children { note(child, scope, isShown: false) }
    }
  }
}

extension SettledRule {
  /// Everything that is compared or computed over a candidate.
  var conditions: [Expression] {
    var all = [condition, find?.condition, having, amount, due].compactMap { $0 }
    all += (evaluatedWhen + exemptions + contrary + reasons).map(\.condition)
    all += (amountBasis + proposals).compactMap(\.condition.expression)
    all += severity.compactMap(\.condition.expression)
    if let group = alarm?.group { all.append(group) }
    return all
  }

  /// Everything that is shown as it stands.
  var shownValues: [Expression] {
    [reportedCase, reportedPerson, reportedName, reportedDistrict].compactMap { $0 } + flagKey + fold + evidence
      + fact.compactMap { if case .value(let value) = $0 { value } else { nil } }
  }
}

extension SettledRule.Condition {
  var expression: Expression? {
    if case .expression(let expression) = self { expression } else { nil }
  }
}
