/// Values made from the rows of other relations, and from the membership.
extension ExpressionChecker {
  mutating func lookup(_ syntax: LookupSyntax, at offset: Int) -> Typed? {
    let level = scope.lookups.count
    guard level < Self.lookupDepthMax else {
      report(offset, "lookups are nested more than \(Self.lookupDepthMax) deep")
      return nil
    }
    guard let relation = names.relation(syntax.source) else {
      reportUnknownRelation(syntax.source, at: syntax.sourceOffset)
      return nil
    }
    let keys = keys(syntax.keys, of: relation.table)

    let outer = scope
    scope.lookups.append(ExpressionScope.LookupRow(table: relation.table, alias: syntax.alias))
    defer { scope = outer }
    var isRight = keys != nil
    var condition: Expression?
    if let written = syntax.condition {
      if let typed = check(written) {
        condition = typed.expression
        if typed.type != .boolean {
          report(typed.offset, "where needs a condition that is true or false; this is \(typed.type.phrase)")
          isRight = false
        }
      } else {
        isRight = false
      }
    }
    if condition == .constant(true) { condition = nil }
    let operandValue = operand(of: syntax)
    let order = syntax.order.flatMap {
      operand($0, of: "order", types: [.date, .month, .money, .number])
    }
    guard isRight, let keys, (operandValue == nil) == (syntax.operand == nil), (order == nil) == (syntax.order == nil)
    else { return nil }

    let lookup = Lookup(
      function: syntax.function, relation: relation.index ?? 0, level: level, keys: keys, condition: condition,
      operand: operandValue?.expression, order: order?.expression)
    guard relation.index != nil else { return nothingFound(lookup, source: syntax.source, at: offset) }
    if condition == .constant(false) {
      var typed = Typed(lookup.withoutRows, at: offset)
      typed.isParameter = true
      return typed
    }
    return Typed(.lookup(lookup), at: offset)
  }

  /// The value over a source that is not part of the job.
  private mutating func nothingFound(_ lookup: Lookup, source: String, at offset: Int) -> Typed {
    if !absent.contains(source) { absent.append(source) }
    var typed = Typed(lookup.withoutRows, at: offset)
    typed.isParameter = true
    return typed
  }

  private mutating func operand(of syntax: LookupSyntax) -> Typed? {
    guard let operand = syntax.operand else { return nil }
    switch syntax.function {
    case .exists, .count: return nil
    case .sum: return self.operand(operand, of: "sum(…)", types: [.money, .number])
    case .min, .max:
      return self.operand(operand, of: "\(syntax.function.rawValue)(…)", types: [.date, .month, .money, .number])
    case .countDistinct, .latest, .earliest:
      guard let typed = check(operand), isValue(typed) else { return nil }
      return typed
    }
  }

  func reportedFields(of table: ExpressionScope.Table) -> Spelling { Spelling(table.fields.map(\.name)) }

  mutating func reportUnknownRelation(_ name: String, at offset: Int) {
    let spelling = Spelling(names.relationNames)
    report(
      offset,
      "unknown source or view '\(name)'\(spelling.suggestion(for: name)); known: \(spelling.list)")
  }

  /// The fields that must be equal, with their values over the rows around the lookup.
  mutating func keys(_ keys: [LookupKeySyntax], of table: ExpressionScope.Table) -> [LookupKey]? {
    var typedKeys: [LookupKey] = []
    if keys.count > JobSpecReader.keyFieldCountMax {
      report(keys[0].offset, "a lookup has at most \(JobSpecReader.keyFieldCountMax) fields behind by")
      return nil
    }
    for key in keys {
      guard let field = table.indices[key.field] else {
        let spelling = reportedFields(of: table)
        report(
          key.offset,
          "unknown field '\(key.field)'\(spelling.suggestion(for: key.field)); fields of \(table.name): "
            + spelling.list)
        continue
      }
      let written = key.value ?? ExpressionSyntax(.name(qualifier: nil, field: key.field), at: key.offset)
      guard let value = check(written), isValue(value) else { continue }
      let type = table.fields[field].type.valueType
      guard value.type == type else {
        report(
          value.offset,
          "a key needs values of one type; \(table.name).\(key.field) is \(type.phrase), this is \(value.type.phrase)")
        continue
      }
      if value.isLiteral, type.isText || type == .number || type == .money {
        report(value.offset, "a key needs a value of the rows around the lookup; put a constant behind where")
        continue
      }
      typedKeys.append(LookupKey(field: field, value: value.expression))
    }
    return typedKeys.count == keys.count ? typedKeys : nil
  }

  // MARK: Membership

  /// `member is active [on day]` of the innermost row of the membership's source.
  mutating func memberIsActive(on day: ExpressionSyntax?, at offset: Int) -> Typed? {
    guard let members = names.members else {
      report(offset, "member is active needs the key membership: of the job")
      return nil
    }
    guard let side = scope.sides.first(where: { scope.table($0)?.name == members.source }) else {
      report(offset, "member is active needs a row of \(members.source) around it; there is none here")
      return nil
    }
    guard let day else { return isActive(members, on: side, at: offset) }
    guard let typed = operand(day, of: "on", types: [.date, .month]) else { return nil }
    guard let from = field(members.from, of: side), let to = field(members.to, of: side) else {
      report(offset, "member is active on a day needs from: and to: in the job's membership:")
      return nil
    }
    let isMonth = typed.type == .month
    let last: Expression = isMonth ? .call(.lastDay, [typed.expression]) : typed.expression
    let first: Expression = isMonth ? .call(.firstDay, [typed.expression]) : typed.expression
    let expression = Expression.and([
      .compare(.lessOrEqual, from, last),
      .or([.test(to, .empty, negated: false), .compare(.greater, to, first)])
    ])
    return Typed(expression, at: offset)
  }

  private mutating func isActive(_ members: ExpressionNames.Members, on side: Side, at offset: Int) -> Typed? {
    let outer = scope
    scope = scope.focused(on: side)
    defer { scope = outer }
    return expand(members.active, arguments: [], at: offset)
  }

  private func field(_ index: Int?, of side: Side) -> Expression? {
    guard let index else { return nil }
    let reference = FieldReference(side: side, field: index)
    return .field(reference, scope.field(reference).type.valueType)
  }

  /// `members` and its kin, for the case that the rule's flags name.
  mutating func caseValue(_ name: String, at offset: Int) -> Typed? {
    guard let members = names.members, let relation = names.relation(members.source) else {
      report(offset, "'\(name)' needs the key membership: of the job")
      return nil
    }
    guard let reportedCase = names.reportedCase else {
      report(offset, "'\(name)' counts the members of the case of a flag; this rule's flags name no case")
      return nil
    }
    let level = scope.lookups.count
    guard level < Self.lookupDepthMax else {
      report(offset, "lookups are nested more than \(Self.lookupDepthMax) deep")
      return nil
    }
    let caseType = relation.table.fields[members.caseField].type.valueType
    guard reportedCase.valueType == caseType else {
      report(
        offset,
        "'\(name)' needs a case that is \(caseType.phrase), as in the membership; this rule's is "
          + reportedCase.valueType.phrase)
      return nil
    }
    let outer = scope
    scope.lookups.append(ExpressionScope.LookupRow(table: relation.table, alias: nil))
    defer { scope = outer }
    guard let active = isActive(members, on: .lookup(level), at: offset) else { return nil }
    var condition = active.expression
    if name == "living_members" {
      guard let isAlive = isAlive(members, level: level, at: offset) else { return nil }
      condition = .conjunction([condition, isAlive])
    }
    let lookup = Lookup(
      function: .count, relation: relation.index ?? 0, level: level,
      keys: [LookupKey(field: members.caseField, value: reportedCase)], condition: condition, operand: nil, order: nil)
    guard relation.index != nil else {
      let none = nothingFound(lookup, source: members.source, at: offset)
      return name == "members" || name == "living_members" ? none : Typed(.constant(false), at: offset)
    }
    let count = Expression.lookup(lookup)
    let one = Expression.literal(.number(millionths: 1_000_000))
    switch name {
    case "one_member": return Typed(.compare(.equal, count, one), at: offset)
    case "several_members": return Typed(.compare(.greater, count, one), at: offset)
    default: return Typed(count, at: offset)
    }
  }

  /// No death of the member on or before the day of the run.
  private mutating func isAlive(_ members: ExpressionNames.Members, level: Int, at offset: Int) -> Expression? {
    guard let deaths = names.relation("deaths"), let person = field(members.personField, of: .lookup(level)),
      let number = deaths.table.fields.firstIndex(where: { $0.type.valueType == person.valueType }),
      let day = deaths.table.indices["day"], deaths.table.fields[day].type == .date
    else {
      report(
        offset,
        "'living_members' needs a view 'deaths' with the date 'day' and a field of the type of the membership's person")
      return nil
    }
    guard let index = deaths.index else {
      if !absent.contains("deaths") { absent.append("deaths") }
      return .constant(true)
    }
    guard level + 1 < Self.lookupDepthMax else {
      report(offset, "lookups are nested more than \(Self.lookupDepthMax) deep")
      return nil
    }
    let died = Expression.field(FieldReference(side: .lookup(level + 1), field: day), .date)
    return .not(
      .lookup(
        Lookup(
          function: .exists, relation: index, level: level + 1, keys: [LookupKey(field: number, value: person)],
          condition: .compare(.lessOrEqual, died, .asOf), operand: nil, order: nil)))
  }
}

extension ExpressionChecker.Typed {
  fileprivate init(_ expression: Expression, at offset: Int) {
    self.init(expression: expression, type: expression.valueType, offset: offset)
  }
}

extension Lookup {
  /// What the lookup yields when no row is found.
  fileprivate var withoutRows: Expression {
    switch function {
    case .exists: .constant(false)
    case .count, .countDistinct: .literal(.number(millionths: 0))
    case .sum, .min, .max, .latest, .earliest: .missing(valueType)
    }
  }
}
