internal import Normalizers

/// Rules that are judged when every source has been read.
extension JobResolver {
  /// What the checks of one rule know about it.
  private struct Draft {
    var rule: SettledRule
    var scope: ExpressionScope
    /// What flags are folded by.
    var keys: [Expression] = []
    /// Absent sources and views without which the rule means nothing.
    var missing: [String] = []
    var reasons: Set<String> = []

    mutating func miss(_ names: [String]) {
      for name in names where !missing.contains(name) { missing.append(name) }
    }

    /// What an expression without which the rule means nothing asks.
    mutating func note(_ checker: ExpressionChecker?) {
      guard let checker else { return }
      miss(checker.absent)
      // A source of which nothing can be said is not taken for one that is not loaded.
      for relation in checker.loaded where !rule.needs.contains(SettledRule.Need(relation: relation)) {
        rule.needs.append(SettledRule.Need(relation: relation))
      }
    }
  }

  mutating func resolveSettled(_ rule: RuleSpec) -> SettledRule? {
    let settled = rule.settled ?? SettledRuleSpec()
    let subject = rule.subject.flatMap { source($0) }
    let found = rule.find.flatMap { union($0.sources) }
    names.ruleDefinitions = definitions(settled.definitions)
    defer {
      names.ruleDefinitions = [:]
      names.reportedCase = nil
      names.hasLines = false
    }
    guard let subject, let kind = rule.kind, rule.find == nil || found != nil, !broken.contains(subject.table.name),
      !(found.map { broken.contains($0.table.name) } ?? false)
    else { return nil }

    var scope = ExpressionScope(subject: subject.table)
    if let found {
      scope.found = found.table
      scope.foundAlias = rule.find?.alias?.text
      checkAlias(rule)
    }
    var draft = Draft(
      rule: SettledRule(id: rule.id.text, kind: kind, subject: subject.index ?? 0, position: rule.id.position),
      scope: kind == .absence ? scope.refusingFound(Self.absenceRefusal) : scope)
    if subject.index == nil { draft.miss([subject.table.name]) }
    if let found, found.index == nil { draft.miss([found.table.name]) }
    describe(&draft, rule, settled)
    resolveReport(&draft, rule, settled)
    resolveCandidates(&draft, rule, found: found, scope: scope)
    resolveProofs(&draft, settled)
    resolveFold(&draft, rule, settled)
    resolveLines(&draft, settled.lines)
    resolveValues(&draft, rule, settled)
    for need in settled.needs { resolve(need, &draft) }
    guard draft.missing.isEmpty else { return hindered(draft, subject: subject.index) }
    return draft.rule
  }

  /// A rule that this job cannot evaluate: who it is and why.
  private func hindered(_ draft: Draft, subject: Int?) -> SettledRule {
    var rule = SettledRule(id: draft.rule.id, kind: draft.rule.kind, subject: 0, position: draft.rule.position)
    rule.hinderedSubject = subject
    rule.title = draft.rule.title
    rule.version = draft.rule.version
    rule.category = draft.rule.category
    rule.basis = draft.rule.basis
    rule.verify = draft.rule.verify
    rule.impliedBy = draft.rule.impliedBy
    rule.isList = draft.rule.isList
    rule.validFrom = draft.rule.validFrom
    let names = draft.missing.map { "'\($0)'" }.joined(separator: ", ")
    rule.hindrance = "the rule needs \(names), of which no source is part of this job"
    return rule
  }

  private func describe(_ draft: inout Draft, _ rule: RuleSpec, _ settled: SettledRuleSpec) {
    draft.rule.title = rule.title?.text ?? ""
    draft.rule.version = settled.version ?? 1
    draft.rule.category = settled.category?.text ?? ""
    draft.rule.basis = settled.basis.map(\.text)
    draft.rule.validFrom = settled.validFrom
    draft.rule.verify = settled.verify?.text ?? ""
    draft.rule.impliedBy = settled.impliedBy.map(\.text)
    draft.rule.isList = settled.isList
    draft.reasons = Set(settled.reasons.map(\.name.text) + Self.engineReasons)
  }

  /// Reasons that the engine gives by itself.
  static let engineReasons = [
    "CONFLICTING_SOURCES", "FORMER_NAME", "LEGACY_ID", "MEMBERS_UNCERTAIN", "NAME_DIFFERENT", "NAME_MISSING",
    "W-BIRTH", "W-SEX", "W-ZEROED", "DOT_VARIANT", "SPACE_VARIANT", "WIDTH_VARIANT", "VARIANT_CHARACTER",
    "PLACEHOLDER", "CUT", "ANNOTATED"
  ]

  // MARK: Whom a flag is about

  private mutating func resolveReport(_ draft: inout Draft, _ rule: RuleSpec, _ settled: SettledRuleSpec) {
    let scope = draft.scope
    let member = names.members.flatMap { members in
      names.relation(members.source).map { (members, $0.table.fields) }
    }
    let caseName = member.map { $0.1[$0.0.caseField].name }
    let personName = member.map { $0.1[$0.0.personField].name }
    let nameField = spec.membership?.nameField?.text
    draft.rule.reportedCase =
      rule.reportedCase.map { value($0, &draft, isHard: false) } ?? subjectField(["case_id", caseName], in: scope)
    draft.rule.reportedPerson =
      rule.reportedID.map { value($0, &draft, isHard: false) } ?? subjectField(["id_no", personName], in: scope)
    draft.rule.reportedName =
      settled.reportedName.map { value($0, &draft, isHard: false) } ?? subjectField(["name", nameField], in: scope)
    draft.rule.reportedDistrict =
      settled.district.map { value($0, &draft, isHard: false) } ?? subjectField(["district"], in: scope)
    names.reportedCase = draft.rule.reportedCase
  }

  private func subjectField(_ fields: [String?], in scope: ExpressionScope) -> Expression? {
    for name in fields {
      guard let name, let index = scope.subject.indices[name] else { continue }
      return .field(FieldReference(side: .subject, field: index), scope.subject.fields[index].type.valueType)
    }
    return nil
  }

  // MARK: Candidates

  private mutating func resolveCandidates(
    _ draft: inout Draft, _ rule: RuleSpec, found: ExpressionNames.Relation?, scope: ExpressionScope
  ) {
    draft.rule.condition = rule.condition.flatMap {
      condition($0, key: "where", &draft, scope: scope.refusingFound(Self.whereRefusal))
    }
    if let find = rule.find, let found {
      var inner = scope
      inner.foundFirst = true
      var conditions: [Expression] = []
      if let text = find.condition, let pair = condition(text, key: "find.where", &draft, scope: inner) {
        conditions.append(pair)
      }
      if rule.kind == .mismatch, let differ = difference(rule, scope: scope) { conditions.append(differ) }
      draft.rule.find = SettledRule.Find(
        relation: found.index ?? 0, key: key(find, scope: scope),
        condition: conditions.isEmpty ? nil : .conjunction(conditions), keep: keep(find, &draft, scope: inner))
    }
  }

  /// That the two compared fields differ: names by their verdict, everything else by its value.
  private mutating func difference(_ rule: RuleSpec, scope: ExpressionScope) -> Expression? {
    let fields = compare(rule.compare, scope: scope)
    guard fields.count == 2 else { return nil }
    let types = fields.map { scope.field($0).type.valueType }
    let sides = zip(fields, types).map { Expression.field($0, $1) }
    if types[0] == .name {
      return .compare(.equal, .call(.names, sides), .literal(.text("DIFFERENT")))
    }
    return .compare(.notEqual, sides[0], sides[1])
  }

  private mutating func keep(
    _ find: FindSpec, _ draft: inout Draft, scope: ExpressionScope
  ) -> SettledRule.Keep {
    guard let text = find.keep else { return .all }
    if text.text == "all" { return .all }
    if text.text == "any" { return .any }
    let words = text.text.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0] == "earliest" || words[0] == "latest" else {
      problems.report(
        text.position, "'\(text.text)' is not a way to keep pairs; known: all, any, earliest field, latest field")
      return .all
    }
    let expression = String(words[1]).trimmed
    let offset = text.text.unicodeScalars.count - String(words[1]).unicodeScalars.count
    guard let typed = value(expression, at: offset, of: text, &draft, scope: scope, place: .row, isHard: true) else {
      return .all
    }
    guard typed.type.isOrdered else {
      problems.report(text.position, "keep: goes by a date, a month or an amount; this is \(typed.type.phrase)")
      return .all
    }
    return words[0] == "earliest" ? .earliest(typed.expression) : .latest(typed.expression)
  }

  // MARK: Exemptions, proofs, reasons

  private mutating func resolveProofs(_ draft: inout Draft, _ settled: SettledRuleSpec) {
    let subjectOnly = draft.scope.refusingFound(
      "evaluated_when: is about the subject, before anything is found; put this into find.where")
    for named in settled.evaluatedWhen {
      if let condition = condition(named.text, key: named.name.text, &draft, scope: subjectOnly) {
        draft.rule.evaluatedWhen.append(.init(name: named.name.text, condition: condition))
      }
    }
    draft.rule.exemptions = proofs(settled.exemptions, &draft)
    draft.rule.contrary = proofs(settled.contrary, &draft)
  }

  /// Conditions by name; one that an absent source makes false is left out, for it was not looked up.
  private mutating func proofs(_ specs: [ProofSpec], _ draft: inout Draft) -> [SettledRule.Named] {
    var named: [SettledRule.Named] = []
    for spec in specs {
      var conditions: [Expression] = []
      if let text = spec.condition,
        let condition = condition(text, key: spec.name.text, &draft, scope: draft.scope, isHard: false)
      {
        conditions.append(condition)
      }
      if let find = spec.find, let condition = self.exists(find, &draft) { conditions.append(condition) }
      let condition = Expression.conjunction(conditions)
      guard !conditions.isEmpty, condition != .constant(false) else { continue }
      named.append(.init(name: spec.name.text, condition: condition))
    }
    return named
  }

  /// `{in: …, key: …, where: …}` as the lookup that it is.
  private mutating func exists(_ find: FindSpec, _ draft: inout Draft) -> Expression? {
    guard let relation = union(find.sources) else { return nil }
    guard !broken.contains(relation.table.name) else { return nil }
    var checker = ExpressionChecker(scope: draft.scope, names: names)
    var keys: [LookupKey] = []
    for key in find.key {
      guard let field = keyField(key.found, in: relation.table), let syntax = expression(key.subject) else { continue }
      let written = LookupKeySyntax(field: relation.table.fields[field].name, offset: 0, value: syntax)
      keys += checker.keys([written], of: relation.table) ?? []
      for problem in checker.problems { problems.report(problem, in: key.subject) }
      checker = ExpressionChecker(scope: draft.scope, names: names)
    }
    var inner = draft.scope
    inner.lookups = [ExpressionScope.LookupRow(table: relation.table, alias: find.alias?.text)]
    let condition = find.condition.flatMap {
      self.condition($0, key: "find.where", &draft, scope: inner, isHard: false)
    }
    guard find.condition == nil || condition != nil, keys.count == find.key.count else { return nil }
    guard let index = relation.index, condition != .constant(false) else { return .constant(false) }
    return .lookup(
      Lookup(
        function: .exists, relation: index, level: 0, keys: keys, condition: condition, operand: nil, order: nil))
  }

  /// The syntax of an expression whose grammar was not checked before.
  private mutating func expression(_ text: JobText) -> ExpressionSyntax? {
    checkSyntax(text)
    return parsed(text)
  }

  // MARK: Folding

  private mutating func resolveFold(_ draft: inout Draft, _ rule: RuleSpec, _ settled: SettledRuleSpec) {
    for text in rule.by {
      guard let key = value(text, &draft) else { continue }
      if key.usesField {
        draft.rule.fold.append(key)
      } else {
        problems.report(text.position, "by: needs fields, or expressions of them; a constant groups nothing")
      }
    }
    draft.rule.flagKey = settled.flagKey.compactMap { value($0, &draft, isHard: false) }
    draft.keys =
      rule.by.isEmpty
      ? [draft.rule.reportedCase, draft.rule.reportedPerson].compactMap { $0 } + draft.rule.flagKey : draft.rule.fold
    if !rule.by.isEmpty {
      // What was not asked for and differs within a flag is not shown with it.
      func known(_ expression: Expression?, asked: Bool) -> Expression? {
        guard let expression, asked || draft.keys.contains(expression) else { return nil }
        return expression
      }
      let person = draft.rule.reportedPerson
      draft.rule.reportedCase = known(draft.rule.reportedCase, asked: rule.reportedCase != nil)
      draft.rule.reportedPerson = known(person, asked: rule.reportedID != nil)
      if draft.rule.reportedPerson == nil, settled.reportedName == nil { draft.rule.reportedName = nil }
    }
    draft.rule.having = rule.having.flatMap {
      condition($0, key: "having", &draft, scope: draft.scope, place: .folded(by: draft.keys))
    }
  }

  private mutating func resolveLines(_ draft: inout Draft, _ spec: LinesSpec?) {
    guard let spec else { return }
    var lines = SettledRule.Lines()
    var inner = draft.scope
    if let source = spec.source {
      guard let relation = self.source(source), !broken.contains(source.text) else { return }
      if relation.index == nil { draft.miss([source.text]) }
      lines.relation = relation.index
      for text in spec.key { lines.keys += keys(text, of: relation.table, draft.scope) }
      inner.lookups = [ExpressionScope.LookupRow(table: relation.table, alias: spec.alias?.text)]
    } else if spec.from != nil {
      let from = typedValue(spec.from, "lines.from", .month, &draft, scope: draft.scope)
      let to = typedValue(spec.to, "lines.to", .month, &draft, scope: draft.scope)
      if let from, let to { lines.months = SettledRule.Lines.Months(from: from, to: to) }
      inner.lookups = [
        ExpressionScope.LookupRow(
          table: ExpressionScope.Table(name: Job.months.name, fields: Job.months.fields), alias: nil)
      ]
    }
    lines.condition = spec.condition.flatMap { condition($0, key: "lines.where", &draft, scope: inner) }
    lines.month = typedValue(spec.month, "lines.month", .month, &draft, scope: inner)
    lines.amount = typedValue(spec.amount, "lines.amount", .money, &draft, scope: inner)
    lines.shown = spec.shown.compactMap {
      value($0.text, at: 0, of: $0, &draft, scope: inner, place: .row, isHard: true)?.expression
    }
    draft.rule.lines = lines
    names.hasLines = true
  }

  private mutating func keys(
    _ text: JobText, of table: ExpressionScope.Table, _ scope: ExpressionScope
  ) -> [LookupKey] {
    do throws(ExpressionProblem) {
      var checker = ExpressionChecker(scope: scope, names: names)
      let keys = checker.keys(try ExpressionParser.parseKeys(text.text), of: table)
      for problem in checker.problems { problems.report(problem, in: text) }
      return keys ?? []
    } catch {
      problems.report(error, in: text)
      return []
    }
  }

  // MARK: Values of the flag

  private mutating func resolveValues(_ draft: inout Draft, _ rule: RuleSpec, _ settled: SettledRuleSpec) {
    let place = ExpressionChecker.Place.folded(by: draft.keys)
    draft.rule.evidence = rule.evidence.compactMap {
      value($0.text, at: 0, of: $0, &draft, scope: draft.scope, place: place, isHard: false)?.expression
    }
    for named in settled.reasons {
      if let condition = condition(
        named.text, key: named.name.text, &draft, scope: draft.scope, place: place, isHard: false)
      {
        draft.rule.reasons.append(.init(name: named.name.text, condition: condition))
      }
    }
    draft.rule.identity = settled.identity.flatMap { identity($0, &draft) }
    if let letter = settled.grade {
      draft.rule.grade = (JobSpecReader.grades.firstIndex(of: letter) ?? 0) + 1
      if let identity = settled.identity {
        problems.report(identity.position, "identity: gives the grade; a rule has it or 'grade', not both")
      }
    }
    draft.rule.amount = typedValue(settled.amount, "amount", .money, &draft, scope: draft.scope, place: place)
    draft.rule.due = typedValue(settled.due, "due", .date, &draft, scope: draft.scope, place: place)
    draft.rule.amountBasis = choices(settled.amountBasis, &draft, place).map { .init(condition: $0, word: $1) }
    draft.rule.proposals = choices(settled.proposals, &draft, place).map { .init(condition: $0, word: $1) }
    draft.rule.severity = choices(settled.severity, &draft, place).map { condition, word in
      .init(
        condition: condition, value: Int(word) ?? 0, isRelative: word.hasPrefix("+") || word.hasPrefix("-"))
    }
    draft.rule.fact = settled.fact.map { fact($0, &draft, place) } ?? []
    if let alarm = settled.alarm {
      let subjectOnly = draft.scope.refusingFound("alarm.by: is about the subject, found or not")
      let group = alarm.group.flatMap {
        value($0.text, at: 0, of: $0, &draft, scope: subjectOnly, place: .row, isHard: true)?.expression
      }
      draft.rule.alarm = .init(share: alarm.share, atLeast: alarm.atLeast, group: group)
    }
  }

  private mutating func choices(
    _ specs: [ChoiceSpec], _ draft: inout Draft, _ place: ExpressionChecker.Place
  ) -> [(SettledRule.Condition, String)] {
    specs.compactMap { spec in
      choiceCondition(spec.condition, &draft, place).map { ($0, spec.word.text) }
    }
  }

  /// A reason by its code, the grade, a definition, a built-in condition, or a condition as written.
  private mutating func choiceCondition(
    _ text: JobText?, _ draft: inout Draft, _ place: ExpressionChecker.Place
  ) -> SettledRule.Condition? {
    guard let text else { return .always }
    if text.text == "grade_below_B" || text.text == "below_B" { return .belowB }
    if draft.reasons.contains(text.text) { return .reason(text.text) }
    let isCode = text.text.unicodeScalars.allSatisfy { ("A"..."Z").contains($0) || $0 == "_" || $0 == "-" }
    if isCode, !names.defined.contains(text.text) {
      let spelling = Spelling(draft.reasons.sorted())
      problems.report(
        text.position,
        "unknown reason '\(text.text)'\(spelling.suggestion(for: text.text)); reasons of this rule: \(spelling.list)")
      return nil
    }
    checkSyntax(text)
    return condition(text, key: "this key", &draft, scope: draft.scope, place: place, isHard: false)
      .map { .expression($0) }
  }

  private mutating func identity(_ spec: IdentitySpec, _ draft: inout Draft) -> SettledRule.Identity? {
    guard let found = draft.scope.found, draft.rule.kind != .absence else {
      problems.report(spec.position, "identity: compares the subject with what was found; the rule needs find:")
      return nil
    }
    let subject = draft.scope.subject
    var identity = SettledRule.Identity()
    func reference(_ side: Side, _ field: Int?) -> FieldReference? {
      field.map { FieldReference(side: side, field: $0) }
    }
    if spec.name.count == 2 {
      identity.subjectName = reference(.subject, field(spec.name[0], in: subject, type: .personName))
      identity.foundName = reference(.found, field(spec.name[1], in: found, type: .personName))
    }
    identity.otherNames = spec.otherNames.compactMap { name in
      let parts = name.text.split(separator: ".", maxSplits: 1)
      let isFound =
        parts.count == 2 && (parts[0] == "find" || parts[0] == found.name || String(parts[0]) == draft.scope.foundAlias)
      guard parts.count == 2, isFound || parts[0] == subject.name else {
        return reference(.subject, field(name, in: subject, type: .personName))
      }
      let bare = JobText(text: String(parts[1]), position: name.position, style: name.style)
      return isFound
        ? reference(.found, field(bare, in: found, type: .personName))
        : reference(.subject, field(bare, in: subject, type: .personName))
    }
    identity.doubts = spec.doubts.compactMap { code($0, of: draft) }
    identity.hints = spec.hints.compactMap { code($0, of: draft) }
    if spec.number.count == 2 {
      identity.subjectNumber = reference(.subject, field(spec.number[0], in: subject, type: .residentID))
      identity.foundNumber = reference(.found, field(spec.number[1], in: found, type: .residentID))
    } else {
      identity.subjectNumber = reference(.subject, subject.residentID(named: "id_no"))
      identity.foundNumber = reference(.found, found.residentID(named: "id_no"))
    }
    return identity
  }

  /// A reason of the rule.
  private mutating func code(_ text: JobText, of draft: Draft) -> String? {
    if draft.reasons.contains(text.text) { return text.text }
    let spelling = Spelling(draft.reasons.sorted())
    problems.report(
      text.position,
      "unknown reason '\(text.text)'\(spelling.suggestion(for: text.text)); reasons of this rule: \(spelling.list)")
    return nil
  }

  private mutating func field(_ name: JobText, in table: ExpressionScope.Table, type: FieldType) -> Int? {
    guard let index = keyField(name, in: table) else { return nil }
    guard table.fields[index].type == type else {
      problems.report(
        name.position,
        "the field needs the type \(type.rawValue); \(table.name).\(name.text) is \(table.fields[index].type.rawValue)")
      return nil
    }
    return index
  }

  /// The pieces of `fact:`: texts, values between braces, and what the engine makes for the flag.
  private mutating func fact(
    _ text: JobText, _ draft: inout Draft, _ place: ExpressionChecker.Place
  ) -> [SettledRule.Piece] {
    var pieces: [SettledRule.Piece] = []
    for piece in FactTemplate.pieces(of: text.text) {
      switch piece {
      case .text(let part): pieces.append(.text(part))
      case .unclosed(let offset):
        problems.report(
          ExpressionProblem(offset, "this brace is not closed; a value stands between { and }, a brace is doubled"),
          in: text)
      case .value(let expression, let offset):
        if Self.factAttributes.contains(expression.trimmed) {
          pieces.append(.attribute(expression.trimmed))
        } else if let typed = value(
          expression, at: offset, of: text, &draft, scope: draft.scope, place: place, isHard: false)
        {
          pieces.append(.value(typed.expression))
        }
      }
    }
    return pieces
  }

  /// What the engine makes for a flag and a fact can show.
  static let factAttributes = ["grade", "months", "amount", "line_count"]

  private mutating func resolve(_ need: JobText, _ draft: inout Draft) {
    let parts = need.text.split(separator: ".", maxSplits: 1).map {
      JobText(text: String($0), position: need.position, style: need.style)
    }
    guard let name = parts.first, let relation = source(name) else { return }
    if relation.index == nil { draft.miss([name.text]) }
    guard parts.count == 2 else {
      if let index = relation.index { draft.rule.needs.append(SettledRule.Need(relation: index)) }
      return
    }
    guard let field = keyField(parts[1], in: relation.table), let index = relation.index else { return }
    guard index < sources.count else {
      problems.report(need.position, "needs: names fields of sources; '\(name.text)' is a view")
      return
    }
    draft.rule.needs.append(SettledRule.Need(relation: index, field: field))
  }

  /// Rules that stand in for others must be there, be settled, and not stand in for each other in a circle.
  mutating func checkImplications() {
    let byID = Dictionary(spec.rules.map { ($0.id.text, $0) }) { first, _ in first }
    let spelling = Spelling(spec.rules.map(\.id.text))
    for rule in spec.rules {
      for name in rule.settled?.impliedBy ?? [] {
        guard byID[name.text] != nil else {
          problems.report(
            name.position,
            "unknown rule '\(name.text)'\(spelling.suggestion(for: name.text)); rules of this job: \(spelling.list)")
          continue
        }
        var seen: Set<String> = []
        var open = [name.text]
        while let next = open.popLast() {
          guard seen.insert(next).inserted else { continue }
          open += byID[next]?.settled?.impliedBy.map(\.text) ?? []
        }
        if seen.contains(rule.id.text) {
          problems.report(name.position, "'\(rule.id.text)' and '\(name.text)' stand in for each other; leave one out")
        }
      }
    }
  }

  // MARK: Checked expressions

  func settledChecker(_ scope: ExpressionScope, _ place: ExpressionChecker.Place = .row) -> ExpressionChecker {
    ExpressionChecker(scope: scope, names: names, place: place)
  }

  /// A condition, and the checker that knows what it asks.
  mutating func settledCondition(
    _ text: JobText, key: String, scope: ExpressionScope, place: ExpressionChecker.Place = .row
  ) -> (expression: Expression?, checker: ExpressionChecker?) {
    guard let syntax = parsed(text) else { return (nil, nil) }
    var checker = settledChecker(scope, place)
    let condition = checker.condition(syntax, key: "\(key):")
    for problem in checker.problems { problems.report(problem, in: text) }
    return (condition, checker)
  }

  /// A value, and the checker that knows what it asks.
  mutating func settledValue(
    _ text: JobText, scope: ExpressionScope, place: ExpressionChecker.Place = .row
  ) -> (typed: ExpressionChecker.Typed?, checker: ExpressionChecker?) {
    guard let syntax = parsed(text) else { return (nil, nil) }
    var checker = settledChecker(scope, place)
    let value = checker.value(syntax)
    for problem in checker.problems { problems.report(problem, in: text) }
    return (value, checker)
  }

  private mutating func condition(
    _ text: JobText, key: String, _ draft: inout Draft, scope: ExpressionScope,
    place: ExpressionChecker.Place = .row, isHard: Bool = true
  ) -> Expression? {
    let (expression, checker) = settledCondition(text, key: key, scope: scope, place: place)
    if isHard { draft.note(checker) }
    return expression
  }

  private mutating func value(_ text: JobText, _ draft: inout Draft, isHard: Bool = true) -> Expression? {
    let (typed, checker) = settledValue(text, scope: draft.scope)
    if isHard { draft.note(checker) }
    return typed?.expression
  }

  /// A value inside a longer text: from `offset` on stands `expression`.
  private mutating func value(
    _ expression: String, at offset: Int, of text: JobText, _ draft: inout Draft, scope: ExpressionScope,
    place: ExpressionChecker.Place, isHard: Bool
  ) -> ExpressionChecker.Typed? {
    func report(_ problem: ExpressionProblem) {
      var problem = problem
      if problem.text == nil { problem.offset += offset }
      problems.report(problem, in: text)
    }
    let syntax: ExpressionSyntax
    do throws(ExpressionProblem) {
      syntax = try ExpressionParser.parse(expression)
    } catch {
      report(error)
      return nil
    }
    var checker = settledChecker(scope, place)
    let value = checker.value(syntax)
    for problem in checker.problems { report(problem) }
    if isHard { draft.note(checker) }
    return value
  }

  /// A value that must have a type; a number in it stands for money where money is wanted.
  private mutating func typedValue(
    _ text: JobText?, _ key: String, _ type: ValueType, _ draft: inout Draft, scope: ExpressionScope,
    place: ExpressionChecker.Place = .row
  ) -> Expression? {
    guard let text,
      let typed = value(text.text, at: 0, of: text, &draft, scope: scope, place: place, isHard: place.isRow)
    else { return nil }
    guard typed.type == type || typed.suits(type) else {
      problems.report(text.position, "\(key): needs \(type.phrase); this is \(typed.type.phrase)")
      return nil
    }
    return typed.expression
  }
}

extension ExpressionChecker.Place {
  fileprivate var isRow: Bool {
    if case .row = self { true } else { false }
  }
}

extension ExpressionScope.Table {
  fileprivate func residentID(named name: String) -> Int? {
    indices[name].flatMap { fields[$0].type == .residentID ? $0 : nil }
  }
}

extension SettledRuleSpec {
  /// The texts that are conditions or values as a whole.
  var expressions: [JobText] {
    let values = [
      amount, due, district, reportedName, lines?.condition, lines?.month, lines?.amount, lines?.from, lines?.to,
      alarm?.group
    ]
    return values.compactMap { $0 } + (evaluatedWhen + reasons + definitions).map(\.text) + flagKey
      + (exemptions + contrary).compactMap(\.condition) + (exemptions + contrary).compactMap { $0.find?.condition }
      + amountBasis.compactMap(\.condition) + (lines?.shown ?? [])
  }
}
