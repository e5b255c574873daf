/// Makes a `Job` of a `JobSpec`: names become indices, expressions get their types, defaults are filled in.
struct JobResolver {
  var problems: JobProblems
  let spec: JobSpec
  /// Those with a path, which `Job.relations` begins with.
  let sources: [Job.Source]
  /// Sources and views with a field whose type is unknown: expressions over them would only give messages that mislead.
  var broken: Set<String>
  var names = ExpressionNames()
  var views: [JobView] = []

  init(spec: JobSpec, problems: JobProblems) {
    self.spec = spec
    self.problems = problems
    broken = Set(spec.sources.filter { $0.fields.isEmpty || $0.fields.contains { $0.type == nil } }.map(\.name.text))
    var present: [Job.Source] = []
    for sourceSpec in spec.sources {
      let source = Job.Source(sourceSpec)
      // A source without a path that needs one is a mistake, reported before.
      let isAbsent = sourceSpec.paths.isEmpty && sourceSpec.isOptional
      names.add(
        ExpressionNames.Relation(
          table: ExpressionScope.Table(name: source.name, fields: source.fields),
          index: isAbsent ? nil : present.count, snapshotDate: source.snapshotDate))
      if !isAbsent { present.append(source) }
    }
    sources = present
  }

  mutating func job(text: String, defaultName: String) -> Job {
    resolveDefinitions()
    let membership = spec.membership.flatMap { resolve($0) }
    for view in spec.views { resolve(view) }
    let aliases = spec.aliases.compactMap { resolve($0) }
    var rules: [Job.Rule] = []
    var settled: [SettledRule] = []
    for rule in spec.rules {
      checkSyntax(of: rule)
      if let streamed = isStreamed(rule) ? resolve(rule) : nil, !streamed.needsHeldRows {
        rules.append(streamed)
      } else if !isStreamed(rule) || problems.list.isEmpty, let resolved = resolveSettled(rule) {
        settled.append(resolved)
      }
    }
    checkImplications()
    let columns =
      spec.flagColumns?.map { Job.FlagColumn(header: $0.header.text, attribute: $0.attribute) }
      ?? FlagAttribute.allCases.map { Job.FlagColumn(header: $0.rawValue, attribute: $0) }
    let listed = listedCodes()
    let dated = datedTables()
    return Job(
      name: spec.name?.text ?? defaultName,
      asOf: spec.asOf,
      timeZone: spec.timeZone?.text ?? "Asia/Shanghai",
      sources: sources, rules: rules, settled: settled, views: views, membership: membership,
      aliases: aliases.filter { $0.source < sources.count },
      renumberings: aliases.filter { $0.source >= sources.count }, listedCodes: listed, datedTables: dated,
      flagColumns: columns, text: text)
  }

  /// Sources with `valid`, where they are part of the job.
  private mutating func datedTables() -> [DatedTable] {
    spec.sources.compactMap { source in
      guard let validity = source.validity, let here = names.relation(source.name.text) else { return nil }
      let days = [validity.from, validity.to].compactMap { $0 }
      let dayFields = days.map { keyField($0, in: here.table) }
      let key = validity.by.map { keyField($0, in: here.table) }
      for (day, field) in zip(days, dayFields) {
        guard let field, here.table.fields[field].type != .date else { continue }
        problems.report(
          day.position, "valid: needs days; '\(day.text)' is \(here.table.fields[field].type.rawValue)")
        return nil
      }
      guard let index = here.index, let from = dayFields.first ?? nil, !key.contains(nil), !dayFields.contains(nil)
      else { return nil }
      return DatedTable(
        source: index, from: from, to: dayFields.count > 1 ? dayFields[1] : nil, key: key.compactMap { $0 })
    }
  }

  /// Fields with `listed_in`, where the table is part of the job.
  private mutating func listedCodes() -> [ListedCode] {
    var listed: [ListedCode] = []
    for source in spec.sources {
      for (field, fieldSpec) in source.fields.enumerated() {
        guard let text = fieldSpec.listedIn, let here = names.relation(source.name.text) else { continue }
        let parts = text.text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let table = names.relation(parts[0]),
          let tableField = table.table.indices[parts[1]], table.table.fields[tableField].type == .code,
          fieldSpec.type == .code
        else {
          problems.report(
            text.position,
            "listed_in: names a code field of another source, as in status_codes.code; both are of type code")
          continue
        }
        guard let index = here.index, let tableIndex = table.index, tableIndex < sources.count else { continue }
        listed.append(ListedCode(source: index, field: field, table: tableIndex, tableField: tableField))
      }
    }
    return listed
  }

  // MARK: Streamed rules

  private mutating func resolve(_ rule: RuleSpec) -> Job.Rule? {
    let subject = rule.subject.flatMap { source($0) }
    let found = rule.find?.sources.first.flatMap { source($0) }
    guard let subject, let kind = rule.kind, rule.find?.sources.first == nil || found != nil else { return nil }
    guard !broken.contains(subject.table.name), !(found.map { broken.contains($0.table.name) } ?? false),
      let subjectIndex = subject.index
    else { return nil }

    var scope = ExpressionScope(subject: subject.table)
    if let found {
      scope.found = found.table
      scope.foundAlias = rule.find?.alias?.text
      checkAlias(rule)
    }
    var resolved = Job.Rule(
      id: rule.id.text, title: rule.title?.text ?? "", kind: kind, subject: subjectIndex, condition: nil, find: nil,
      compare: [], by: [], having: nil, evidence: [], reportedCase: nil, reportedID: nil,
      position: rule.id.position)
    resolved.condition = rule.condition.flatMap {
      condition($0, key: "where", scope: scope.refusingFound(Self.whereRefusal))
    }
    resolved.find = rule.find.flatMap { find in
      found?.index.map { Job.Find(source: $0, key: key(find, scope: scope), condition: pair(find, scope: scope)) }
    }
    resolved.compare = compare(rule.compare, scope: scope)
    resolved.by = rule.by.compactMap { groupKey($0, scope: scope) }
    let place: ExpressionChecker.Place = kind == .aggregate ? .group(by: resolved.by) : .row
    // With a mistake in by:, having: and evidence: would be called wrong as well.
    guard resolved.by.count == rule.by.count else { return nil }
    resolved.having = rule.having.flatMap { condition($0, key: "having", scope: scope, place: place) }

    let shown = kind == .absence ? scope.refusingFound(Self.absenceRefusal) : scope
    resolved.evidence = rule.evidence.compactMap { value($0, scope: shown, place: place)?.expression }
    resolved.reportedCase =
      rule.reportedCase.map { field($0, of: "report.case_id", scope: shown, place: place) }
      ?? defaultField("case_id", scope: scope, place: place)
    resolved.reportedID =
      rule.reportedID.map { field($0, of: "report.id_no", scope: shown, place: place) }
      ?? defaultField("id_no", scope: scope, place: place)
    return resolved
  }

  static let whereRefusal = "where: sees the subject only; put this into find.where"
  static let absenceRefusal =
    "a rule of kind absence has found nothing, so only the subject's fields can be shown"

  /// True for a rule that can be judged while its sources are read.
  private func isStreamed(_ rule: RuleSpec) -> Bool {
    guard rule.settled == nil else { return false }
    for name in [rule.subject, rule.find?.sources.first] {
      guard let name, let relation = names.relation(name.text) else { continue }
      guard let index = relation.index, index < sources.count else { return false }
    }
    var seen: Set<String> = []
    return !rule.expressions.contains { text in
      parsed(text).map { needsHeldRows($0, seen: &seen) } ?? false
    }
  }

  /// True where an expression, or a definition in it, has what only held rows can answer.
  private func needsHeldRows(_ syntax: ExpressionSyntax, seen: inout Set<String>) -> Bool {
    var name: String?
    switch syntax.kind {
    case .lookup, .arithmetic, .memberIsActive: return true
    case .call(let function, _):
      guard names.definition(function) != nil else { return ExpressionNames.functions.contains(function.lowercased()) }
      name = function
    case .name(nil, let word): name = word
    default: break
    }
    if let name {
      if let definition = names.definition(name)?.syntax {
        if seen.insert(name).inserted, needsHeldRows(definition, seen: &seen) { return true }
      } else if ExpressionNames.caseValues.contains(name), names.members != nil {
        return true
      }
    }
    for child in syntax.kind.children where needsHeldRows(child, seen: &seen) { return true }
    return false
  }

  mutating func source(_ name: JobText) -> ExpressionNames.Relation? {
    if let relation = names.relation(name.text) { return relation }
    guard !problems.isFull else { return nil }
    let spelling = Spelling(names.relationNames)
    problems.report(
      name.position,
      "unknown source '\(name.text)'\(spelling.suggestion(for: name.text)); known sources: \(spelling.list)")
    return nil
  }

  /// A source that stands on both sides needs a second name, and a second name must be new.
  mutating func checkAlias(_ rule: RuleSpec) {
    if let alias = rule.find?.alias {
      if names.relation(alias.text) != nil {
        problems.report(alias.position, "'\(alias.text)' is a source already; as: gives a name of its own")
      }
    } else if let source = rule.find?.sources.first, rule.find?.sources.count == 1, source.text == rule.subject?.text {
      problems.report(
        source.position,
        "'\(source.text)' stands on both sides; give the found rows another name by as:, as in {in: \(source.text), "
          + "as: other, …}")
    }
  }

  /// The pairs of fields that must be equal.
  mutating func key(_ find: FindSpec, scope: ExpressionScope) -> [Job.KeyPair] {
    guard let table = scope.found else { return [] }
    var pairs: [Job.KeyPair] = []
    for key in find.key {
      let subject = keyField(key.subject, in: scope.subject)
      let found = keyField(key.found, in: table)
      guard let subject, let found else { continue }
      let subjectType = scope.subject.fields[subject].type
      let foundType = table.fields[found].type
      guard subjectType == foundType else {
        problems.report(
          key.found.position,
          "a key needs fields of one type; \(scope.subject.name).\(key.subject.text) is \(subjectType.rawValue), "
            + "\(table.name).\(key.found.text) is \(foundType.rawValue)")
        continue
      }
      pairs.append(Job.KeyPair(subjectField: subject, foundField: found))
    }
    return pairs
  }

  private mutating func pair(_ find: FindSpec, scope: ExpressionScope) -> Expression? {
    var inner = scope
    inner.foundFirst = true
    return find.condition.flatMap { condition($0, key: "find.where", scope: inner) }
  }

  mutating func keyField(_ name: JobText, in table: ExpressionScope.Table) -> Int? {
    if let index = table.indices[name.text] { return index }
    guard !problems.isFull else { return nil }
    let spelling = Spelling(table.fields.map(\.name))
    problems.report(
      name.position,
      "unknown field '\(name.text)'\(spelling.suggestion(for: name.text)); fields of \(table.name): \(spelling.list)")
    return nil
  }

  mutating func compare(_ sides: [JobText], scope: ExpressionScope) -> [FieldReference] {
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

  func parsed(_ text: JobText) -> ExpressionSyntax? {
    do {
      return try ExpressionParser.parse(text.text)
    } catch {
      // Reported once, by `checkSyntax(of:)`.
      return nil
    }
  }

  /// Reports mistakes of grammar, also in rules whose names cannot be checked.
  private mutating func checkSyntax(of rule: RuleSpec) {
    for text in rule.expressions + (rule.settled?.expressions ?? []) { checkSyntax(text) }
  }

  mutating func checkSyntax(_ text: JobText) {
    do {
      _ = try ExpressionParser.parse(text.text)
    } catch {
      problems.report(error, in: text)
    }
  }

  private mutating func condition(
    _ text: JobText, key: String, scope: ExpressionScope, place: ExpressionChecker.Place = .row
  ) -> Expression? {
    guard let syntax = parsed(text) else { return nil }
    var checker = ExpressionChecker(scope: scope, names: names, place: place)
    let condition = checker.condition(syntax, key: "\(key):")
    for problem in checker.problems { problems.report(problem, in: text) }
    return condition
  }

  private mutating func value(
    _ text: JobText, scope: ExpressionScope, place: ExpressionChecker.Place
  ) -> ExpressionChecker.Typed? {
    guard let syntax = parsed(text) else { return nil }
    var checker = ExpressionChecker(scope: scope, names: names, place: place)
    let value = checker.value(syntax)
    for problem in checker.problems { problems.report(problem, in: text) }
    return value
  }

  private mutating func groupKey(_ text: JobText, scope: ExpressionScope) -> Expression? {
    guard let key = value(text, scope: scope, place: .row)?.expression else { return nil }
    guard key.usesField else {
      problems.report(text.position, "by: needs fields, or month() or year() of them; a constant groups nothing")
      return nil
    }
    return key
  }

  private mutating func field(
    _ text: JobText, of owner: String, scope: ExpressionScope, place: ExpressionChecker.Place
  ) -> FieldReference? {
    guard let expression = value(text, scope: scope, place: place)?.expression else { return nil }
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
  func refusingFound(_ reason: String) -> ExpressionScope {
    var scope = self
    scope.foundRefusal = reason
    return scope
  }
}

extension RuleSpec {
  /// The expressions of the keys that every rule may have.
  fileprivate var expressions: [JobText] {
    [condition, find?.condition, having, reportedCase, reportedID].compactMap { $0 } + compare + by + evidence
  }
}

extension Job.Rule {
  /// True when an expression has what only held rows can answer.
  fileprivate var needsHeldRows: Bool {
    ([condition, find?.condition, having].compactMap { $0 } + by + evidence).contains(where: \.needsHeldRows)
  }
}

extension Job.Source {
  fileprivate init(_ spec: SourceSpec) {
    self.init(
      name: spec.name.text, paths: spec.paths.map(\.text), fields: spec.fields.map { Job.Field($0) },
      encoding: spec.encoding, delimiter: spec.delimiter, maxRejected: spec.maxRejected,
      snapshotDate: spec.snapshotDate, position: spec.name.position)
    for (index, field) in spec.fields.enumerated() {
      fields[index].number = field.number.flatMap { number in
        spec.fields.firstIndex { $0.name.text == number.text }
      }
    }
    limits = spec.limits
    operation = spec.operation
    withdrawn = spec.withdrawn.flatMap { withdrawn in
      spec.fields.firstIndex { $0.name.text == withdrawn.field.text }.map {
        Job.Withdrawn(field: $0, words: withdrawn.words.map(\.text))
      }
    }
    key = spec.key.compactMap { name in spec.fields.firstIndex { $0.name.text == name.text } }
  }
}

extension Job.Field {
  init(_ spec: FieldSpec) {
    // A job with a field of unknown type never leaves this stage.
    self.init(
      name: spec.name.text, type: spec.type ?? .text, columns: spec.columns.map(\.text), role: spec.role?.text,
      values: spec.values, known: spec.known.map(\.text), isRequired: spec.isRequired, position: spec.name.position)
  }
}
