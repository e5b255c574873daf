/// The names that an expression may use, and what they stand for.
struct ExpressionScope {
  /// A source as seen from a rule: its name there and its fields.
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

  var subject: Table
  /// The source of `find:`; nil where the rule has none.
  var found: Table?
  /// The name given by `as:`.
  var foundAlias: String?
  /// Inside `find.where` a bare name is the found source's field first.
  var foundFirst = false
  /// Why the found source's fields cannot be used here; nil where they can.
  var foundRefusal: String?

  func field(_ reference: FieldReference) -> Job.Field {
    switch reference.side {
    case .subject: subject.fields[reference.field]
    case .found: (found ?? subject).fields[reference.field]
    case .lookup: preconditionFailure("a lookup has a scope of its own")
    }
  }

  func resolve(qualifier: String?, field: String, at offset: Int) throws(ExpressionProblem) -> FieldReference {
    let sides: [Side]
    if let qualifier {
      sides = [try side(named: qualifier, at: offset)]
    } else {
      sides = found == nil ? [.subject] : foundFirst ? [.found, .subject] : [.subject, .found]
    }
    for side in sides {
      guard let table = table(side), let index = table.indices[field] else { continue }
      if side == .found, let foundRefusal { throw ExpressionProblem(offset, foundRefusal) }
      return FieldReference(side: side, field: index)
    }
    throw unknown(field: field, qualifier: qualifier, sides: sides, at: offset)
  }

  private func table(_ side: Side) -> Table? {
    switch side {
    case .subject: subject
    case .found: found
    case .lookup: nil
    }
  }

  private func side(named qualifier: String, at offset: Int) throws(ExpressionProblem) -> Side {
    if found != nil, qualifier == "find" || qualifier == foundAlias { return .found }
    if qualifier == subject.name { return .subject }
    if let found, qualifier == found.name { return .found }
    var known = [subject.name]
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
