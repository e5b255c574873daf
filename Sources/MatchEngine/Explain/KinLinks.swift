/// Where the rules of a job look for the values of each column: what leads from a row to the rows that an answer about
/// it hangs on.
///
/// Views stand for the sources that they are made of. Of several fields of a key one is enough to lead on.
struct KinLinks {
  typealias Column = KeyDemand.Column

  private(set) var targets: [Column: Set<Column>] = [:]
  /// Sources of which rows are looked up by other keys: all of their rows are wanted.
  private(set) var whole: Set<Int> = []
  private let job: Job
  private let relations: [(name: String, fields: [Job.Field])]

  /// As many views may stand behind each other.
  private static let depthMax = 16

  init(job: Job) {
    self.job = job
    relations = job.relations
    // A list about the data names no person whose other rows matter.
    for rule in job.settled where rule.hindrance == nil && !rule.isList { note(rule) }
    if let membership = job.membership { note(membership.active, SettledScope(subject: membership.source)) }
    // The rows of groups were kept by the run.
    for view in job.views {
      for part in view.parts where !part.isGrouped {
        let scope = SettledScope(subject: part.relation)
        for expression in [part.condition].compactMap({ $0 }) + part.values.compactMap({ $0 }) {
          note(expression, scope)
        }
      }
    }
    for source in job.aliases.map(\.source) { whole.insert(source) }
  }

  /// Its values tell people, cases, accounts, documents or names apart.
  static func isTelling(_ type: FieldType) -> Bool {
    switch type {
    case .residentID, .account, .text, .personName: true
    case .date, .month, .money, .number, .code: false
    }
  }

  // MARK: - Columns behind fields

  /// The columns in which a row has to have a value for a row of the relation to have it in `field`.
  private mutating func columns(_ relation: Int, _ field: Int, depth: Int = 0) -> Set<Column> {
    if relation < job.sources.count { return [Column(source: relation, field: field)] }
    guard relation < job.calendar, depth < Self.depthMax else { return [] }
    var result: Set<Column> = []
    for part in job.views[relation - job.sources.count].parts where !part.isGrouped {
      switch part.values[field] {
      case .field(let reference, _)?:
        result.formUnion(columns(part.relation, reference.field, depth: depth + 1))
      case .lookup(let lookup)?:
        guard case .field(let operand, _)? = lookup.operand, operand.side == .lookup(lookup.level) else { continue }
        result.formUnion(columns(lookup.relation, operand.field, depth: depth + 1))
        // From the row that has the value to the part's row that finds it.
        for key in lookup.keys {
          guard case .field(let reference, let type) = key.value, reference.side == .subject,
            Self.isTelling(type.fieldType)
          else { continue }
          let ends = columns(part.relation, reference.field, depth: depth + 1)
          for start in columns(lookup.relation, key.field, depth: depth + 1) {
            targets[start, default: []].formUnion(ends)
          }
        }
      default: break
      }
    }
    return result
  }

  /// The columns from which the values of an expression come; nil when they are made in another way.
  private func origins(_ expression: Expression, _ scope: SettledScope, depth: Int = 0) -> Set<Column>? {
    guard depth < Self.depthMax else { return nil }
    switch expression {
    case .missing: return []
    case .field(let reference, _):
      return origins(scope.relation(of: reference.side), reference.field, depth: depth)
    case .lookup(let lookup):
      guard let operand = lookup.operand else { return nil }
      switch lookup.function {
      case .latest, .earliest, .min, .max: return origins(operand, scope.inside(lookup), depth: depth + 1)
      case .exists, .count, .countDistinct, .sum: return nil
      }
    case .call(.coalesce, let operands):
      return operands.reduce(into: Set<Column>()) { $0?.formUnion(origins($1, scope, depth: depth + 1) ?? []) }
    case .call(.choose, let operands):
      return operands.dropFirst().reduce(into: Set<Column>()) {
        $0?.formUnion(origins($1, scope, depth: depth + 1) ?? [])
      }
    default: return nil
    }
  }

  private func origins(_ relation: Int, _ field: Int, depth: Int) -> Set<Column>? {
    if relation < job.sources.count { return [Column(source: relation, field: field)] }
    guard relation < job.calendar else { return nil }
    var columns: Set<Column> = []
    for part in job.views[relation - job.sources.count].parts {
      guard let value = part.values[field] else { continue }
      guard let known = origins(value, SettledScope(subject: part.relation), depth: depth + 1) else { continue }
      columns.formUnion(known)
    }
    return columns
  }

  // MARK: - What looks where

  private mutating func link(_ relation: Int, _ keys: [(field: Int, origins: Set<Column>?)]) {
    guard relation < job.calendar else { return }
    let fields = relations[relation].fields
    let telling = keys.filter { $0.origins != nil && Self.isTelling(fields[$0.field].type) }
    // A name stands on many rows.
    guard let key = telling.first(where: { fields[$0.field].type != .personName }) ?? telling.first else {
      whole.formUnion(sources(of: relation))
      return
    }
    let ends = columns(relation, key.field)
    for start in key.origins ?? [] { targets[start, default: []].formUnion(ends) }
  }

  private func sources(of relation: Int) -> Set<Int> {
    if relation < job.sources.count { return [relation] }
    return job.views[relation - job.sources.count].parts.reduce(into: []) { sources, part in
      if !part.isGrouped { sources.formUnion(self.sources(of: part.relation)) }
    }
  }

  private mutating func note(_ rule: SettledRule) {
    let scope = SettledScope(subject: rule.subject, found: rule.find?.relation)
    if let find = rule.find {
      link(
        find.relation, find.key.map { ($0.foundField, origins(rule.subject, $0.subjectField, depth: 0)) })
      if case .earliest(let order) = find.keep { note(order, scope) }
      if case .latest(let order) = find.keep { note(order, scope) }
    }
    for expression in rule.conditions + rule.shownValues { note(expression, scope) }
    // Rows of one group.
    for expression in rule.fold {
      guard case .field(let reference, let type) = expression, reference.side == .subject,
        Self.isTelling(type.fieldType)
      else { continue }
      for column in columns(rule.subject, reference.field) { targets[column, default: []].insert(column) }
    }
    guard let lines = rule.lines else { return }
    var inner = scope
    if let months = lines.months {
      for end in [months.from, months.to] { note(end, scope) }
      inner.lookups = [job.calendar]
    } else if let relation = lines.relation {
      for key in lines.keys { note(key.value, scope) }
      link(relation, lines.keys.map { ($0.field, origins($0.value, scope)) })
      inner.lookups = [relation]
    }
    for expression in [lines.condition, lines.month, lines.amount].compactMap({ $0 }) + lines.shown {
      note(expression, inner)
    }
  }

  private mutating func note(_ expression: Expression, _ scope: SettledScope) {
    guard case .lookup(let lookup) = expression else {
      for child in expression.children { note(child, scope) }
      return
    }
    for key in lookup.keys { note(key.value, scope) }
    link(lookup.relation, lookup.keys.map { ($0.field, origins($0.value, scope)) })
    let inner = scope.inside(lookup)
    for inside in [lookup.condition, lookup.operand, lookup.order].compactMap({ $0 }) { note(inside, inner) }
  }
}
