/// Makes a `Job` of a `JobSpec`: names become indices, expressions get their types, defaults are filled in.
struct JobResolver {
  private(set) var problems: JobProblems
  private let spec: JobSpec
  private let sources: [Job.Source]
  /// Sources with a field whose type is unknown: expressions over them would only give messages that mislead.
  private let brokenSources: Set<Int>
  private let sourceIndices: [String: Int]
  /// By source.
  private let tables: [ExpressionScope.Table]

  init(spec: JobSpec, problems: JobProblems) {
    self.spec = spec
    self.problems = problems
    sources = spec.sources.map { Job.Source($0) }
    brokenSources = Set(
      spec.sources.indices.filter { index in
        spec.sources[index].fields.isEmpty || spec.sources[index].fields.contains { $0.type == nil }
      })
    tables = sources.map { ExpressionScope.Table(name: $0.name, fields: $0.fields) }
    sourceIndices = Dictionary(sources.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  mutating func job(text: String, defaultName: String) -> Job {
    var rules: [Job.Rule] = []
    for rule in spec.rules {
      if let resolved = resolve(rule) { rules.append(resolved) }
    }
    let columns =
      spec.flagColumns?.map { Job.FlagColumn(header: $0.header.text, attribute: $0.attribute) }
      ?? FlagAttribute.allCases.map { Job.FlagColumn(header: $0.rawValue, attribute: $0) }
    return Job(
      name: spec.name?.text ?? defaultName,
      asOf: spec.asOf,
      timeZone: spec.timeZone?.text ?? "Asia/Shanghai",
      sources: sources, rules: rules, flagColumns: columns, text: text)
  }

  // MARK: Rules

  private mutating func resolve(_ rule: RuleSpec) -> Job.Rule? {
    checkSyntax(of: rule)
    let subject = rule.subject.flatMap { source($0) }
    let found = rule.find?.source.flatMap { source($0) }
    guard let subject, let kind = rule.kind, rule.find?.source == nil || found != nil else { return nil }
    guard !brokenSources.contains(subject), !(found.map(brokenSources.contains) ?? false) else { return nil }

    var scope = ExpressionScope(subject: tables[subject])
    if let found {
      scope.found = tables[found]
      scope.foundAlias = rule.find?.alias?.text
      checkAlias(rule, subject: subject, found: found)
    }
    var resolved = Job.Rule(
      id: rule.id.text, title: rule.title?.text ?? "", kind: kind, subject: subject, condition: nil, find: nil,
      compare: [], by: [], having: nil, evidence: [], reportedCase: nil, reportedID: nil,
      position: rule.id.position)
    resolved.condition = rule.condition.flatMap {
      condition($0, key: "where", scope: scope.refusingFound("where: sees the subject only; put this into find.where"))
    }
    resolved.find = rule.find.flatMap { found == nil ? nil : find($0, source: found ?? 0, scope: scope) }
    resolved.compare = compare(rule.compare, scope: scope)
    resolved.by = rule.by.compactMap { groupKey($0, scope: scope) }
    let place: ExpressionChecker.Place = kind == .aggregate ? .group(by: resolved.by) : .row
    // With a mistake in by:, having: and evidence: would be called wrong as well.
    guard resolved.by.count == rule.by.count else { return nil }
    resolved.having = rule.having.flatMap { condition($0, key: "having", scope: scope, place: place) }

    let shown =
      kind == .absence
      ? scope.refusingFound("a rule of kind absence has found nothing, so only the subject's fields can be shown")
      : scope
    resolved.evidence = rule.evidence.compactMap { value($0, scope: shown, place: place) }
    resolved.reportedCase =
      rule.reportedCase.map { field($0, of: "report.case_id", scope: shown, place: place) }
      ?? defaultField("case_id", scope: scope, place: place)
    resolved.reportedID =
      rule.reportedID.map { field($0, of: "report.id_no", scope: shown, place: place) }
      ?? defaultField("id_no", scope: scope, place: place)
    return resolved
  }

  private mutating func source(_ name: JobText) -> Int? {
    if let index = sourceIndices[name.text] { return index }
    guard !problems.isFull else { return nil }
    let spelling = Spelling(sources.map(\.name))
    problems.report(
      name.position,
      "unknown source '\(name.text)'\(spelling.suggestion(for: name.text)); known sources: \(spelling.list)")
    return nil
  }

  /// A source that stands on both sides needs a second name, and a second name must be new.
  private mutating func checkAlias(_ rule: RuleSpec, subject: Int, found: Int) {
    if let alias = rule.find?.alias {
      if sourceIndices[alias.text] != nil {
        problems.report(alias.position, "'\(alias.text)' is a source already; as: gives a name of its own")
      }
    } else if subject == found, let source = rule.find?.source {
      problems.report(
        source.position,
        "'\(source.text)' stands on both sides; give the found rows another name by as:, as in {in: \(source.text), "
          + "as: other, …}")
    }
  }

  private mutating func find(_ find: FindSpec, source: Int, scope: ExpressionScope) -> Job.Find? {
    var pairs: [Job.KeyPair] = []
    for key in find.key {
      let subject = keyField(key.subject, in: scope.subject)
      let found = scope.found.flatMap { keyField(key.found, in: $0) }
      guard let subject, let found else { continue }
      let subjectType = scope.subject.fields[subject].type
      let foundType = sources[source].fields[found].type
      guard subjectType == foundType else {
        problems.report(
          key.found.position,
          "a key needs fields of one type; \(scope.subject.name).\(key.subject.text) is \(subjectType.rawValue), "
            + "\(sources[source].name).\(key.found.text) is \(foundType.rawValue)")
        continue
      }
      pairs.append(Job.KeyPair(subjectField: subject, foundField: found))
    }
    var inner = scope
    inner.foundFirst = true
    let condition = find.condition.flatMap { self.condition($0, key: "find.where", scope: inner) }
    return Job.Find(source: source, key: pairs, condition: condition)
  }

  private mutating func keyField(_ name: JobText, in table: ExpressionScope.Table) -> Int? {
    if let index = table.indices[name.text] { return index }
    guard !problems.isFull else { return nil }
    let spelling = Spelling(table.fields.map(\.name))
    problems.report(
      name.position,
      "unknown field '\(name.text)'\(spelling.suggestion(for: name.text)); fields of \(table.name): \(spelling.list)")
    return nil
  }

  private mutating func compare(_ sides: [JobText], scope: ExpressionScope) -> [FieldReference] {
    let fields = sides.compactMap { field($0, of: "compare", scope: scope, place: .row) }
    guard fields.count == 2 else { return [] }
    let types = fields.map { scope.field($0).type }
    if fields[0].side == fields[1].side {
      problems.report(
        sides[1].position,
        "'compare' needs one field of each side; both of these are fields of the "
          + (fields[0].side == .subject ? "subject" : "found source"))
    } else if types[0] != types[1] {
      problems.report(
        sides[1].position,
        "'compare' needs fields of one type; '\(sides[0].text)' is \(types[0].rawValue), '\(sides[1].text)' is "
          + types[1].rawValue)
    }
    return fields
  }

  // MARK: Expressions

  private func parsed(_ text: JobText) -> ExpressionSyntax? {
    do {
      return try ExpressionParser.parse(text.text)
    } catch {
      // Reported once, by `checkSyntax(of:)`.
      return nil
    }
  }

  /// Reports mistakes of grammar, also in rules whose names cannot be checked.
  private mutating func checkSyntax(of rule: RuleSpec) {
    let texts =
      [rule.condition, rule.find?.condition, rule.having, rule.reportedCase, rule.reportedID].compactMap { $0 }
      + rule.compare + rule.by + rule.evidence
    for text in texts {
      do {
        _ = try ExpressionParser.parse(text.text)
      } catch {
        problems.report(error, in: text)
      }
    }
  }

  private mutating func condition(
    _ text: JobText, key: String, scope: ExpressionScope, place: ExpressionChecker.Place = .row
  ) -> Expression? {
    guard let syntax = parsed(text) else { return nil }
    var checker = ExpressionChecker(scope: scope, place: place)
    let condition = checker.condition(syntax, key: "\(key):")
    for problem in checker.problems { problems.report(problem, in: text) }
    return condition
  }

  private mutating func value(
    _ text: JobText, scope: ExpressionScope, place: ExpressionChecker.Place
  ) -> Expression? {
    guard let syntax = parsed(text) else { return nil }
    var checker = ExpressionChecker(scope: scope, place: place)
    let value = checker.value(syntax)
    for problem in checker.problems { problems.report(problem, in: text) }
    return value?.expression
  }

  private mutating func groupKey(_ text: JobText, scope: ExpressionScope) -> Expression? {
    guard let key = value(text, scope: scope, place: .row) else { return nil }
    guard key.usesField else {
      problems.report(text.position, "by: needs fields, or month() or year() of them; a constant groups nothing")
      return nil
    }
    return key
  }

  private mutating func field(
    _ text: JobText, of owner: String, scope: ExpressionScope, place: ExpressionChecker.Place
  ) -> FieldReference? {
    guard let expression = value(text, scope: scope, place: place) else { return nil }
    guard case .field(let reference, _) = expression else {
      problems.report(text.position, "\(owner) needs a field; this is an expression")
      return nil
    }
    return reference
  }

  /// The subject's field of this name; in a group only if the rows were grouped by it.
  private func defaultField(
    _ name: String, scope: ExpressionScope, place: ExpressionChecker.Place
  ) -> FieldReference? {
    guard let index = scope.subject.indices[name] else { return nil }
    let reference = FieldReference(side: .subject, field: index)
    if case .group(let keys) = place {
      let isKey = keys.contains(.field(reference, scope.field(reference).type.valueType))
      return isKey ? reference : nil
    }
    return reference
  }
}

extension ExpressionScope {
  fileprivate func refusingFound(_ reason: String) -> ExpressionScope {
    var scope = self
    scope.foundRefusal = reason
    return scope
  }
}

extension Job.Source {
  fileprivate init(_ spec: SourceSpec) {
    self.init(
      name: spec.name.text, paths: spec.paths.map(\.text), fields: spec.fields.map { Job.Field($0) },
      encoding: spec.encoding, delimiter: spec.delimiter, maxRejected: spec.maxRejected,
      position: spec.name.position)
  }
}

extension Job.Field {
  fileprivate init(_ spec: FieldSpec) {
    // A job with a field of unknown type never leaves this stage.
    self.init(
      name: spec.name.text, type: spec.type ?? .text, columns: spec.columns.map(\.text), role: spec.role?.text,
      values: spec.values, isRequired: spec.isRequired, position: spec.name.position)
  }
}
