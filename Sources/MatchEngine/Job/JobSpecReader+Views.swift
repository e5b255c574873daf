/// Parameters, membership, views and aliases.
extension JobSpecReader {
  mutating func parameters(_ pair: JobPair) -> [ParameterSpec] {
    guard let pairs = pairs(pair, named: "name: value") else { return [] }
    return pairs.compactMap { entry in
      checkName(entry.key, of: "parameter")
      return text(entry).map { ParameterSpec(name: entry.key, value: Literal(parameter: $0)) }
    }
  }

  mutating func membership(_ pair: JobPair) -> MembershipSpec? {
    guard
      let keys = keys(
        pair, known: ["source", "case", "person", "name", "size", "active", "from", "to"],
        required: ["source", "case", "person", "active"])
    else { return nil }
    return MembershipSpec(
      source: keys["source"].flatMap { text($0) }, caseField: keys["case"].flatMap { text($0) },
      personField: keys["person"].flatMap { text($0) }, nameField: keys["name"].flatMap { text($0) },
      sizeField: keys["size"].flatMap { text($0) }, active: keys["active"].flatMap { text($0) },
      from: keys["from"].flatMap { text($0) }, to: keys["to"].flatMap { text($0) })
  }

  mutating func views(_ pair: JobPair) -> [ViewSpec] {
    guard let pairs = pairs(pair, named: "name: {fields: …, rows: …}") else { return [] }
    return pairs.map { view($0) }
  }

  private mutating func view(_ pair: JobPair) -> ViewSpec {
    checkName(pair.key, of: "view")
    var spec = ViewSpec(name: pair.key)
    guard
      let keys = keys(
        pair.value, of: "a view", known: ["fields", "rows"], required: ["fields", "rows"], at: pair.key.position)
    else { return spec }
    spec.fields = keys["fields"].map { fields($0) } ?? []
    for field in spec.fields where !field.columns.isEmpty || field.role != nil || !field.values.isEmpty {
      problems.report(field.name.position, "a field of a view has a type only; its values come from take:")
    }
    guard let rows = keys["rows"] else { return spec }
    guard case .list(let nodes) = rows.value.content, !nodes.isEmpty else {
      problems.report(
        rows.value.isAbsent ? rows.key.position : rows.value.position,
        "'rows' needs a list of {from: …, where: …, by: …, take: …}; this is \(rows.value.kindName)")
      return spec
    }
    spec.parts = nodes.compactMap { part($0, at: rows.key.position) }
    return spec
  }

  private mutating func part(_ node: JobNode, at position: Position) -> ViewPartSpec? {
    guard
      let keys = keys(
        node, of: "an entry of 'rows'", known: ["from", "where", "by", "take"], required: ["from"], at: node.position)
    else { return nil }
    let by = keys["by"].map { texts($0) } ?? []
    reportTooMany(by.count, of: keys["by"])
    return ViewPartSpec(
      source: keys["from"].flatMap { text($0) }, condition: keys["where"].flatMap { text($0) }, by: by,
      take: keys["take"].map { definitions($0) } ?? [])
  }

  mutating func aliases(_ pair: JobPair) -> [AliasSpec] {
    guard case .list(let nodes) = pair.value.content else {
      problems.report(
        pair.value.isAbsent ? pair.key.position : pair.value.position,
        "'aliases' needs a list of {type: …, in: …, from: …, to: …}; this is \(pair.value.kindName)")
      return []
    }
    return nodes.compactMap { node in
      let words = ["type", "in", "from", "to"]
      guard let keys = keys(node, of: "an alias", known: words, required: words, at: node.position) else { return nil }
      return AliasSpec(
        type: keys["type"].flatMap { text($0) }.flatMap { word($0, of: "type", as: FieldType.self) },
        source: keys["in"].flatMap { text($0) }, from: keys["from"].flatMap { text($0) },
        to: keys["to"].flatMap { text($0) })
    }
  }
}

extension Literal {
  /// A parameter's value: a number, day or month where it is written as one without quotes; else a text.
  init(parameter text: JobText) {
    self = .text(text.text)
    guard text.style == .plain else { return }
    let tokens: [Token]
    do throws(ExpressionProblem) {
      tokens = try Lexer.tokens(of: text.text)
    } catch {
      // Not every text is made of tokens.
      return
    }
    if tokens.count == 2, case .literal(let literal) = tokens[0].kind {
      self = literal
    } else if tokens.count == 3, tokens[0].kind == .minus, case .literal(.number(let millionths)) = tokens[1].kind {
      self = .number(millionths: -millionths)
    }
  }
}
