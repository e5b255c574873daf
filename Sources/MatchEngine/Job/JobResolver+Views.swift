internal import Normalizers

/// Parameters, definitions, membership, views and aliases.
extension JobResolver {
  mutating func resolveDefinitions() {
    for parameter in spec.parameters { names.parameters[parameter.name.text] = parameter.value }
    names.definitions = definitions(spec.definitions)
    for definition in spec.definitions {
      let name = definition.name.text.split(separator: "(").first.map(String.init) ?? ""
      if names.parameters[name] != nil {
        problems.report(definition.name.position, "'\(name)' is a parameter already; give the definition another name")
      }
    }
  }

  /// `name` or `name(a, b)` and the expression behind it.
  mutating func definitions(_ specs: [NamedTextSpec]) -> [String: ExpressionNames.Definition] {
    var definitions: [String: ExpressionNames.Definition] = [:]
    for spec in specs {
      guard let (name, parameters) = definitionName(spec.name) else { continue }
      if definitions[name] != nil {
        problems.report(spec.name.position, "'\(name)' is defined more than once")
      }
      checkSyntax(spec.text)
      definitions[name] = ExpressionNames.Definition(
        name: name, parameters: parameters, text: spec.text, syntax: parsed(spec.text))
    }
    return definitions
  }

  private mutating func definitionName(_ text: JobText) -> (String, [String])? {
    let parts = text.text.split(separator: "(", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let name = parts[0].trimmed
    var parameters: [String] = []
    if parts.count == 2 {
      guard let close = parts[1].lastIndex(of: ")"), parts[1][parts[1].index(after: close)...].isEmpty else {
        problems.report(text.position, "'\(text.text)' is no name; a definition is called name or name(a, b)")
        return nil
      }
      parameters = parts[1][..<close].split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
    }
    for word in [name] + parameters {
      let isReserved =
        ExpressionParser.reservedWords.contains(word.lowercased()) || ["find", "member"].contains(word)
        || ExpressionNames.functions.contains(word.lowercased())
      guard Lexer.isName(word), !isReserved else {
        problems.report(
          text.position,
          isReserved
            ? "'\(word)' cannot name a definition; the word has a meaning in expressions"
            : "'\(text.text)' is no name; a definition is called name or name(a, b)")
        return nil
      }
    }
    return (name, parameters)
  }

  // MARK: Membership

  mutating func resolve(_ membership: MembershipSpec) -> Membership? {
    guard let source = membership.source, let relation = self.source(source), !broken.contains(source.text) else {
      return nil
    }
    let table = relation.table
    guard let caseField = memberField(membership.caseField, in: table),
      let personField = memberField(membership.personField, in: table, type: .residentID),
      let active = membership.active
    else { return nil }
    let from = memberField(membership.from, in: table, type: .date)
    let to = memberField(membership.to, in: table, type: .date)
    let nameField = memberField(membership.nameField, in: table, type: .personName)
    let sizeField = memberField(membership.sizeField, in: table, type: .number)
    checkSyntax(active)
    let scope = ExpressionScope(subject: table)
    let condition = settledCondition(active, key: "active", scope: scope).expression
    names.members = ExpressionNames.Members(
      source: source.text, caseField: caseField, personField: personField,
      active: ExpressionNames.Definition(name: "active", parameters: [], text: active, syntax: parsed(active)),
      from: from, to: to)
    guard let index = relation.index, let condition else { return nil }
    return Membership(
      source: index, caseField: caseField, personField: personField, nameField: nameField, sizeField: sizeField,
      active: condition)
  }

  private mutating func memberField(
    _ name: JobText?, in table: ExpressionScope.Table, type: FieldType? = nil
  ) -> Int? {
    guard let name, let index = keyField(name, in: table) else { return nil }
    if let type, table.fields[index].type != type {
      problems.report(
        name.position,
        "the field needs the type \(type.rawValue); \(table.name).\(name.text) is \(table.fields[index].type.rawValue)")
      return nil
    }
    return index
  }

  // MARK: Views

  mutating func resolve(_ view: ViewSpec) {
    let table = ExpressionScope.Table(name: view.name.text, fields: view.fields.map { Job.Field($0) })
    if let other = names.relation(view.name.text), other.table.name == view.name.text {
      problems.report(view.name.position, "'\(view.name.text)' is a source already; give the view another name")
      return
    }
    if view.fields.isEmpty || view.fields.contains(where: { $0.type == nil }) { broken.insert(table.name) }
    let parts = view.parts.compactMap { part($0, of: table) }
    add(table, parts: parts, position: view.name.position)
  }

  /// Takes a view in; without any part it counts as absent.
  @discardableResult
  mutating func add(_ table: ExpressionScope.Table, parts: [JobView.Part], position: Position) -> Int? {
    let index = parts.isEmpty ? nil : sources.count + views.count
    names.add(ExpressionNames.Relation(table: table, index: index))
    if index != nil {
      views.append(JobView(name: table.name, fields: table.fields, parts: parts, position: position))
    }
    return index
  }

  private mutating func part(_ part: ViewPartSpec, of view: ExpressionScope.Table) -> JobView.Part? {
    let by = part.by.compactMap { keyField($0, in: view) }
    guard let name = part.source, let relation = source(name) else {
      for take in part.take { checkSyntax(take.text) }
      if let condition = part.condition { checkSyntax(condition) }
      return nil
    }
    guard !broken.contains(name.text), !broken.contains(view.name) else { return nil }
    let scope = ExpressionScope(subject: relation.table)
    if let condition = part.condition { checkSyntax(condition) }
    let condition = part.condition.flatMap { settledCondition($0, key: "where", scope: scope).expression }
    var taken: [String: JobText] = [:]
    for take in part.take {
      checkSyntax(take.text)
      if keyField(take.name, in: view) != nil { taken[take.name.text] = take.text }
    }
    var values: [Expression?] = []
    var percentiles: [Int: Int64] = [:]
    for (number, field) in view.fields.enumerated() {
      if part.by.isEmpty || by.contains(number) {
        values.append(value(of: field, taken: taken[field.name], from: relation.table, scope: scope, at: name))
      } else {
        let percentile = percentile(of: field, taken: taken[field.name], scope: scope, at: name)
        values.append(percentile?.value)
        percentiles[number] = percentile?.share
      }
    }
    for (name, field) in zip(part.by, by) where by.count == part.by.count && values[field] == nil {
      problems.report(name.position, "nothing gives '\(name.text)' a value, so that it makes no group; take it")
    }
    if let first = part.by.first, Set(by).count == view.fields.count {
      problems.report(first.position, "by: needs a field beside it that is taken by percentile(value, share)")
    }
    guard let index = relation.index else { return nil }
    return JobView.Part(relation: index, condition: condition, values: values, by: by, percentiles: percentiles)
  }

  /// The value of which a field takes a percentile, and the share.
  private mutating func percentile(
    of field: Job.Field, taken: JobText?, scope: ExpressionScope, at part: JobText
  ) -> (value: Expression, share: Int64)? {
    let rule = "a field that is not in by: is taken by percentile(value, share)"
    guard let taken else {
      problems.report(part.position, "the view's field '\(field.name)' differs within a group; \(rule)")
      return nil
    }
    guard let syntax = parsed(taken) else { return nil }
    guard case .call(let name, let parts) = syntax.kind, name.lowercased() == ExpressionNames.percentile,
      parts.count == 2
    else {
      problems.report(ExpressionProblem(syntax.offset, rule), in: taken)
      return nil
    }
    var checker = settledChecker(scope)
    let value = checker.value(parts[0])
    let share = value == nil ? nil : checker.value(parts[1])
    for problem in checker.problems { problems.report(problem, in: taken) }
    guard let value, let share else { return nil }
    guard case .literal(.number(let millionths)) = share.expression, (1...100_000_000).contains(millionths) else {
      problems.report(
        ExpressionProblem(share.offset, "the share of percentile() is a number over 0 and up to 100, or a parameter"),
        in: taken)
      return nil
    }
    guard value.type.isOrdered, value.expression.usesField else {
      problems.report(
        ExpressionProblem(
          value.offset,
          "percentile() needs a field of a type that has an order, or a value of one; this is "
            + (value.isLiteral ? "a constant" : value.type.phrase)), in: taken)
      return nil
    }
    guard value.type == field.type.valueType else {
      problems.report(
        taken.position,
        "the view's field '\(field.name)' is \(field.type.valueType.phrase); this is \(value.type.phrase)")
      return nil
    }
    return (value.expression, millionths)
  }

  /// What a part gives for a field of the view: an expression, the field of the same name, or nothing.
  private mutating func value(
    of field: Job.Field, taken: JobText?, from table: ExpressionScope.Table, scope: ExpressionScope, at part: JobText
  ) -> Expression? {
    if let taken {
      guard let typed = settledValue(taken, scope: scope).typed else { return nil }
      guard typed.type == field.type.valueType || typed.suits(field.type.valueType) else {
        problems.report(
          taken.position,
          "the view's field '\(field.name)' is \(field.type.valueType.phrase); this is \(typed.type.phrase)")
        return nil
      }
      return typed.expression
    }
    guard let index = table.indices[field.name] else { return nil }
    guard table.fields[index].type == field.type else {
      problems.report(
        part.position,
        "the view's field '\(field.name)' is \(field.type.rawValue), \(table.name).\(field.name) is "
          + "\(table.fields[index].type.rawValue); name what to take instead by take:")
      return nil
    }
    return .field(FieldReference(side: .subject, field: index), field.type.valueType)
  }

  /// The rows of several sources with the fields that they have in common, and the field `source` with their names.
  mutating func union(_ sources: [JobText]) -> ExpressionNames.Relation? {
    var relations: [ExpressionNames.Relation] = []
    for name in sources {
      guard let relation = source(name), !broken.contains(name.text) else { return nil }
      relations.append(relation)
    }
    guard let first = relations.first else { return nil }
    if relations.count == 1 { return first }
    let name = sources.map(\.text).joined(separator: "+")
    if let known = names.relation(name) { return known }
    var fields = first.table.fields.filter { field in
      relations.allSatisfy { relation in
        relation.table.indices[field.name].map { relation.table.fields[$0].type == field.type } ?? false
      }
    }
    let hasOwn = fields.contains { $0.name == "source" }
    if !hasOwn {
      fields.append(
        Job.Field(
          name: "source", type: .code, columns: [], role: nil, values: [:], isRequired: true,
          position: sources[0].position))
    }
    let parts = relations.compactMap { relation in
      relation.index.map { index in
        JobView.Part(
          relation: index, condition: nil,
          values: fields.map { field in
            if !hasOwn, field.name == "source" { return .literal(.text(relation.table.name)) }
            return relation.table.indices[field.name].map {
              .field(FieldReference(side: .subject, field: $0), field.type.valueType)
            }
          })
      }
    }
    let table = ExpressionScope.Table(name: name, fields: fields)
    add(table, parts: parts, position: sources[0].position)
    return names.relation(name)
  }

  // MARK: Aliases

  mutating func resolve(_ alias: AliasSpec) -> JobAlias? {
    guard let name = alias.source, let relation = source(name), !broken.contains(name.text), let type = alias.type,
      let from = memberField(alias.from, in: relation.table, type: type),
      let to = memberField(alias.to, in: relation.table, type: type)
    else { return nil }
    guard type == .residentID || !spec.views.contains(where: { $0.name.text == name.text }) else {
      problems.report(
        name.position, "an alias of this type comes from a source; '\(name.text)' is a view")
      return nil
    }
    return relation.index.map { JobAlias(type: type, source: $0, from: from, to: to) }
  }
}
