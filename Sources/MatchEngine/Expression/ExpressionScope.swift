/// The names that an expression may use, and what they stand for.
struct ExpressionScope {
  /// A source or view as seen from a rule: its name there and its fields.
  struct Table {
    var name: String
    var fields: [Job.Field]
    let indices: [String: Int]

    init(name: String, fields: [Job.Field]) {
      self.name = name
      self.fields = fields
      indices = Dictionary(fields.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }
  }

  /// The row of a lookup.
  struct LookupRow {
    var table: Table
    var alias: String?
  }

  var subject: Table
  /// The source of `find:`; nil where the rule has none.
  var found: Table?
  /// The name given by `as:`.
  var foundAlias: String?
  /// Inside `find.where` a bare name is the found source's field first.
  var foundFirst = false
  /// Why the found source's fields cannot be used here; nil where they can.
  var foundRefusal: String?
  /// The rows of the lookups around this place, the outermost first.
  var lookups: [LookupRow] = []
  /// The row that a definition about one row speaks of: its fields come first.
  var focus: Side?
  /// The number of lookups around the place where `focus` was set; those within come before it.
  var focusDepth = 0

  /// The same scope in which bare names mean the fields of `side` first.
  func focused(on side: Side) -> ExpressionScope {
    var scope = self
    scope.focus = side
    scope.focusDepth = lookups.count
    return scope
  }

  func table(_ side: Side) -> Table? {
    switch side {
    case .subject: subject
    case .found: found
    case .lookup(let level): lookups.indices.contains(level) ? lookups[level].table : nil
    }
  }

  func field(_ reference: FieldReference) -> Job.Field {
    (table(reference.side) ?? subject).fields[reference.field]
  }

  /// The rows in the order in which a bare name is sought.
  var sides: [Side] {
    let outer: [Side] = found == nil ? [.subject] : foundFirst ? [.found, .subject] : [.subject, .found]
    let all = lookups.indices.reversed().map { Side.lookup($0) } + outer
    guard let focus else { return all }
    let inner = lookups.indices.reversed().filter { $0 >= focusDepth }.map { Side.lookup($0) }
    return inner + [focus] + all.filter { $0 != focus && !inner.contains($0) }
  }

  func resolve(qualifier: String?, field: String, at offset: Int) throws(ExpressionProblem) -> FieldReference {
    let sides = try qualifier.map { name throws(ExpressionProblem) in [try side(named: name, at: offset)] } ?? sides
    for side in sides {
      guard let table = table(side), let index = table.indices[field] else { continue }
      if side == .found, let foundRefusal { throw ExpressionProblem(offset, foundRefusal) }
      return FieldReference(side: side, field: index)
    }
    throw unknown(field: field, qualifier: qualifier, sides: sides, at: offset)
  }

  /// Names given by `as` come first, then the innermost row of that source.
  private func side(named qualifier: String, at offset: Int) throws(ExpressionProblem) -> Side {
    for (level, row) in lookups.enumerated().reversed() where row.alias == qualifier { return .lookup(level) }
    if found != nil, qualifier == "find" || qualifier == foundAlias { return .found }
    for (level, row) in lookups.enumerated().reversed() where row.alias == nil && row.table.name == qualifier {
      return .lookup(level)
    }
    if qualifier == subject.name { return .subject }
    if let found, qualifier == found.name { return .found }
    for (level, row) in lookups.enumerated().reversed() where row.table.name == qualifier { return .lookup(level) }
    var known = lookups.reversed().map { $0.alias ?? $0.table.name } + [subject.name]
    if let found { known += [foundAlias ?? found.name, "find"] }
    let spelling = Spelling(known)
    throw ExpressionProblem(
      offset, "unknown source '\(qualifier)'\(spelling.suggestion(for: qualifier)); known here: \(spelling.list)")
  }

  private func unknown(field: String, qualifier: String?, sides: [Side], at offset: Int) -> ExpressionProblem {
    let tables = sides.compactMap { side in
      side == .found && foundRefusal != nil && sides.count > 1 ? nil : table(side)
    }
    let suggestion = Spelling(tables.flatMap { $0.fields.map(\.name) }).suggestion(for: field)
    var seen: Set<String> = []
    let lists = tables.filter { seen.insert($0.name).inserted }
      .map { "fields of \($0.name): \(Spelling($0.fields.map(\.name)).list)" }
    let name = qualifier.map { "\($0).\(field)" } ?? field
    return ExpressionProblem(offset, "unknown field '\(name)'\(suggestion); \(lists.joined(separator: "; "))")
  }
}
