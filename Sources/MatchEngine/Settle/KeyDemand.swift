/// Which rows of every relation the settled rules of a job can ever come to: all, or those with keys that somebody has.
///
/// A relation that is only looked up, by keys that are fields of other rows, needs no row whose key nobody has. A view
/// passes on what is asked of it to the rows that it is made of.
struct KeyDemand {
  /// A field of a source.
  struct Column: Hashable {
    var source: Int
    var field: Int
  }

  enum Wanted {
    case nothing
    /// Rows of which one of these fields has a value that stands in one of its columns.
    case keys([Int: Set<Column>])
    case all
  }

  private(set) var wanted: [Wanted]
  private let job: Job
  private let relations: [(name: String, fields: [Job.Field])]

  init(job: Job) {
    self.job = job
    relations = job.relations
    wanted = Array(repeating: .nothing, count: relations.count)
    for rule in job.settled where rule.hindrance == nil { note(rule) }
    if let membership = job.membership {
      wanted[membership.source] = .all
      note(membership.active, SettledScope(subject: membership.source))
    }
    for alias in job.aliases { wanted[alias.source] = .all }
    for listed in job.listedCodes {
      wanted[listed.source] = .all
      wanted[listed.table] = .all
    }
    for table in job.datedTables { wanted[table.source] = .all }
    for number in job.views.indices.reversed() { note(job.views[number], wanted[job.sources.count + number]) }
  }

  /// Adds what another job of the same sources asks for.
  mutating func add(_ other: KeyDemand) {
    for relation in job.sources.indices {
      switch (wanted[relation], other.wanted[relation]) {
      case (.all, _), (_, .nothing): break
      case (_, .all), (.nothing, _): wanted[relation] = other.wanted[relation]
      case (.keys(let own), .keys(let others)):
        wanted[relation] = .keys(own.merging(others) { $0.union($1) })
      }
    }
  }

  // MARK: - Where values come from

  /// The columns of sources from which the values of a field come; nil when they are made in another way.
  private func origins(_ relation: Int, _ field: Int) -> Set<Column>? {
    if relation < job.sources.count { return [Column(source: relation, field: field)] }
    guard relation < job.calendar else { return nil }
    let view = job.views[relation - job.sources.count]
    var columns: Set<Column> = []
    for part in view.parts {
      guard let value = part.values[field] else { continue }
      guard let known = origins(value, SettledScope(subject: part.relation)) else { return nil }
      columns.formUnion(known)
    }
    return columns
  }

  private func origins(_ expression: Expression, _ scope: SettledScope) -> Set<Column>? {
    switch expression {
    case .missing: return []
    case .field(let reference, _): return origins(scope.relation(of: reference.side), reference.field)
    case .lookup(let lookup):
      guard let operand = lookup.operand else { return nil }
      switch lookup.function {
      case .latest, .earliest, .min, .max: return origins(operand, scope.inside(lookup))
      case .exists, .count, .countDistinct, .sum: return nil
      }
    default: return nil
    }
  }

  // MARK: - What is asked

  /// Rows of `relation` are looked up by these keys.
  private mutating func ask(_ relation: Int, _ keys: [(field: Int, columns: Set<Column>?)]) {
    guard relation < job.calendar else { return }
    if case .all = wanted[relation] { return }
    for (field, columns) in keys {
      let type = relations[relation].fields[field].type
      guard let columns, type == .residentID || type == .text,
        columns.allSatisfy({ job.sources[$0.source].fields[$0.field].type == type })
      else { continue }
      // A value that an alias replaces is looked for by what replaces it, and the other way about.
      let aliases = job.aliases.filter { $0.type == type }.flatMap { alias in
        [alias.from, alias.to].map { Column(source: alias.source, field: $0) }
      }
      var known: [Int: Set<Column>] = [:]
      if case .keys(let before) = wanted[relation] { known = before }
      known[field, default: []].formUnion(columns.union(aliases))
      wanted[relation] = .keys(known)
      return
    }
    wanted[relation] = .all
  }

  private mutating func note(_ rule: SettledRule) {
    wanted[rule.subject] = .all
    let scope = SettledScope(subject: rule.subject, found: rule.find?.relation)
    if let find = rule.find {
      ask(find.relation, find.key.map { ($0.foundField, origins(rule.subject, $0.subjectField)) })
      if case .earliest(let order) = find.keep { note(order, scope) }
      if case .latest(let order) = find.keep { note(order, scope) }
    }
    for expression in rule.conditions + rule.shownValues { note(expression, scope) }
    guard let lines = rule.lines else { return }
    var inner = scope
    if let months = lines.months {
      for end in [months.from, months.to] { note(end, scope) }
      inner.lookups = [job.calendar]
    } else if let relation = lines.relation {
      for key in lines.keys { note(key.value, scope) }
      ask(relation, lines.keys.map { ($0.field, origins($0.value, scope)) })
      inner.lookups = [relation]
    }
    for expression in [lines.condition, lines.month, lines.amount].compactMap({ $0 }) + lines.shown {
      note(expression, inner)
    }
  }

  private mutating func note(_ view: JobView, _ demand: Wanted) {
    if case .nothing = demand { return }
    for part in view.parts {
      let scope = SettledScope(subject: part.relation)
      for expression in [part.condition].compactMap({ $0 }) + part.values.compactMap({ $0 }) { note(expression, scope) }
      guard case .keys(let keys) = demand else {
        wanted[part.relation] = .all
        continue
      }
      for (field, columns) in keys {
        switch part.values[field] {
        case nil, .missing?: break
        case .field(let reference, let type)? where type.fieldType == view.fields[field].type:
          ask(part.relation, [(reference.field, columns)])
        default: wanted[part.relation] = .all
        }
      }
    }
  }

  private mutating func note(_ expression: Expression, _ scope: SettledScope) {
    guard case .lookup(let lookup) = expression else {
      for child in expression.children { note(child, scope) }
      return
    }
    for key in lookup.keys { note(key.value, scope) }
    ask(lookup.relation, lookup.keys.map { ($0.field, origins($0.value, scope)) })
    let inner = scope.inside(lookup)
    for inside in [lookup.condition, lookup.operand, lookup.order].compactMap({ $0 }) { note(inside, inner) }
  }
}
