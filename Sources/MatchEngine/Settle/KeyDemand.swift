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

  /// Rows of a source of which two fields, of one word each, have values that stand together in a row of another.
  struct Pair: Hashable {
    var source: Int
    var fields: [Int]
    /// Where the values stand, and what has to hold of such a row: too many rows have a name alone.
    var origin: Int
    var columns: [Int]
    var condition: Expression
  }

  private(set) var wanted: [Wanted]
  private(set) var pairs: Set<Pair> = []
  /// Sources of which rows that are wanted because of others of their source lead on to further ones by another key.
  private(set) var chained: Set<Int> = []
  /// By relation: columns of its own sources by which rows of a view are wanted.
  private var steps: [Set<Column>]
  private let job: Job
  private let relations: [(name: String, fields: [Job.Field])]

  init(job: Job) {
    self.job = job
    relations = job.relations
    wanted = Array(repeating: .nothing, count: relations.count)
    steps = Array(repeating: [], count: relations.count)
    for rule in job.settled where rule.hindrance == nil { note(rule) }
    if let membership = job.membership {
      wanted[membership.source] = .all
      note(membership.active, Around(scope: SettledScope(subject: membership.source)))
    }
    for alias in job.aliases { wanted[alias.source] = .all }
    for listed in job.listedCodes {
      wanted[listed.source] = .all
      wanted[listed.table] = .all
    }
    for table in job.datedTables { wanted[table.source] = .all }
    for number in job.views.indices.reversed() { note(job.views[number], relation: job.sources.count + number) }
  }

  /// Adds what another job of the same sources asks for.
  mutating func add(_ other: KeyDemand) {
    chained.formUnion(other.chained)
    pairs.formUnion(other.pairs)
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

  /// Rows of `relation` are looked up by these keys, whose values stand in rows that were reached by `path`: columns of
  /// the source itself by which one row led to another.
  @discardableResult
  private mutating func ask(
    _ relation: Int, _ keys: [(field: Int, columns: Set<Column>?)], path: Set<Column> = []
  ) -> Set<Column> {
    guard relation < job.calendar else { return [] }
    if case .all = wanted[relation] { return [] }
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
      let own = columns.filter { sources(of: relation).contains($0.source) }
      if relation < job.sources.count {
        if own.contains(where: { step in path.contains { $0.source == relation && $0 != step } }) {
          chained.insert(relation)
        }
      } else {
        steps[relation].formUnion(path.union(own))
      }
      return own
    }
    wanted[relation] = .all
    return []
  }

  private func sources(of relation: Int) -> Set<Int> {
    if relation < job.sources.count { return [relation] }
    guard relation < job.calendar else { return [] }
    return job.views[relation - job.sources.count].parts.reduce(into: []) { $0.formUnion(sources(of: $1.relation)) }
  }

  /// What the rows around an expression are, and by which columns of their own sources they were reached.
  private struct Around {
    var scope: SettledScope
    var subject: Set<Column> = []
    var found: Set<Column> = []
    var lookups: [Set<Column>] = []

    /// The columns by which the rows were reached in which the values of `expression` stand.
    func path(of expression: Expression) -> Set<Column> {
      expression.sides.reduce(into: []) { path, side in
        switch side {
        case .subject: path.formUnion(subject)
        case .found: path.formUnion(found)
        case .lookup(let level): if level < lookups.count { path.formUnion(lookups[level]) }
        }
      }
    }

    func inside(_ lookup: Lookup, reachedBy steps: Set<Column>) -> Around {
      var inner = self
      inner.scope = scope.inside(lookup)
      inner.lookups = lookups.prefix(lookup.level) + [steps]
      return inner
    }
  }

  /// Asks for the rows of a relation by the values of keys, and gives the columns by which they are reached.
  private mutating func ask(_ relation: Int, _ keys: [LookupKey], _ around: Around) -> Set<Column> {
    let path = keys.reduce(into: Set<Column>()) { $0.formUnion(around.path(of: $1.value)) }
    if let pairs = self.pairs(of: relation, keys, around.scope) {
      self.pairs.formUnion(pairs)
      if case .nothing = wanted[relation] { wanted[relation] = .keys([:]) }
      return path
    }
    return path.union(ask(relation, keys.map { ($0.field, origins($0.value, around.scope)) }, path: path))
  }

  /// What two keys ask of a source, where neither tells enough alone and their values are fields of one row of a view
  /// over few rows of its sources; nil for others.
  private func pairs(of relation: Int, _ keys: [LookupKey], _ scope: SettledScope) -> [Pair]? {
    guard relation < job.sources.count, keys.count == 2,
      keys.allSatisfy({ Self.isPaired(relations[relation].fields[$0.field].type) }),
      case .field(let first, _) = keys[0].value, case .field(let second, _) = keys[1].value, first.side == second.side
    else { return nil }
    let view = scope.relation(of: first.side) - job.sources.count
    guard job.views.indices.contains(view) else { return nil }
    var pairs: [Pair] = []
    for part in job.views[view].parts {
      let terms = part.condition?.conjuncts.filter(\.isOfCells) ?? []
      guard part.relation < job.sources.count, part.relation != relation, !terms.isEmpty,
        case .field(let one, _)? = part.values[first.field], case .field(let two, _)? = part.values[second.field],
        zip([one, two], keys).allSatisfy({
          relations[part.relation].fields[$0.field].type == relations[relation].fields[$1.field].type
        })
      else { return nil }
      pairs.append(
        Pair(
          source: relation, fields: keys.map(\.field), origin: part.relation, columns: [one.field, two.field],
          condition: .conjunction(terms)))
    }
    return pairs
  }

  private static func isPaired(_ type: FieldType) -> Bool {
    switch type {
    case .personName, .date, .month, .code: true
    case .residentID, .account, .text, .money, .number: false
    }
  }

  private mutating func note(_ rule: SettledRule) {
    wanted[rule.subject] = .all
    var around = Around(scope: SettledScope(subject: rule.subject, found: rule.find?.relation))
    if let find = rule.find {
      around.found = ask(find.relation, find.key.map { ($0.foundField, origins(rule.subject, $0.subjectField)) })
      if case .earliest(let order) = find.keep { note(order, around) }
      if case .latest(let order) = find.keep { note(order, around) }
    }
    for expression in rule.conditions + rule.shownValues { note(expression, around) }
    guard let lines = rule.lines else { return }
    if let months = lines.months {
      for end in [months.from, months.to] { note(end, around) }
      around.scope.lookups = [job.calendar]
      around.lookups = [[]]
    } else if let relation = lines.relation {
      for key in lines.keys { note(key.value, around) }
      let steps = ask(relation, lines.keys, around)
      around.scope.lookups = [relation]
      around.lookups = [steps]
    }
    for expression in [lines.condition, lines.month, lines.amount].compactMap({ $0 }) + lines.shown {
      note(expression, around)
    }
  }

  private mutating func note(_ view: JobView, relation: Int) {
    let demand = wanted[relation]
    if case .nothing = demand { return }
    for part in view.parts {
      let around = Around(scope: SettledScope(subject: part.relation), subject: steps[relation])
      for expression in [part.condition].compactMap({ $0 }) + part.values.compactMap({ $0 }) {
        note(expression, around)
      }
      // All groups are kept with the results, and what is said of one hangs on all of its rows.
      guard case .keys(let keys) = demand, !part.isGrouped else {
        wanted[part.relation] = .all
        continue
      }
      for (field, columns) in keys {
        switch part.values[field] {
        case nil, .missing?: break
        case .field(let reference, let type)? where type.fieldType == view.fields[field].type:
          ask(part.relation, [(reference.field, columns)], path: steps[relation])
        default: wanted[part.relation] = .all
        }
      }
    }
  }

  private mutating func note(_ expression: Expression, _ around: Around) {
    guard case .lookup(let lookup) = expression else {
      for child in expression.children { note(child, around) }
      return
    }
    for key in lookup.keys { note(key.value, around) }
    let inner = around.inside(lookup, reachedBy: ask(lookup.relation, lookup.keys, around))
    for inside in [lookup.condition, lookup.operand, lookup.order].compactMap({ $0 }) { note(inside, inner) }
  }
}

extension Expression {
  /// Can be told of a record by its cells alone, while it is read.
  fileprivate var isOfCells: Bool {
    switch self {
    case .lookup, .call: false
    default: children.allSatisfy(\.isOfCells)
    }
  }
}
