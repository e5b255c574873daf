/// Rules that count the rows of a group.
extension Planner {
  private func groupKey(_ expression: Expression, _ compiler: CellCompiler) -> Plan.GroupKey {
    var textField: Int?
    if case .field(let reference, let type) = expression, type.fieldType.isShownAsWritten {
      textField = reference.field
    }
    return Plan.GroupKey(
      expression: expression, value: compiler.value(expression), type: expression.valueType, textField: textField)
  }

  func addAggregate(_ index: Int, to plan: inout Plan) {
    let rule = job.rules[index]
    let place = rank[rule.subject]
    let batch = batchHome(plan.passes[place].uses)
    let compiler = CellCompiler(maker: maker, locate: { reference, _ in batch.place(reference) })
    let keys = rule.by.map { groupKey($0, compiler) }
    guard let first = keys.first, let having = rule.having else {
      preconditionFailure("an aggregate has by and having")
    }

    var calls: [(Aggregate, Expression?)] = []
    for expression in [having] + rule.evidence {
      expression.forEachAggregate { function, operand in
        if !calls.contains(where: { $0 == function && $1 == operand }) { calls.append((function, operand)) }
      }
    }
    // Words of a group as the rule sees it: keys, then results.
    var slot = 0
    var keySlots: [Int] = []
    for key in keys {
      keySlots.append(slot)
      slot += key.type.isWide ? 2 : 1
    }
    let firstResult = slot
    let resultSlots = calls.map { call in
      defer { slot += call.1?.valueType.isWide == true ? 2 : 1 }
      return slot
    }
    let aggregates = calls.map { function, operand in
      Plan.GroupAggregate(
        function: function, operand: operand.map(compiler.value), isWide: operand?.valueType.isWide ?? false)
    }
    precondition(firstResult <= slot)

    var home = Home(
      place: { _ in preconditionFailure("a group has keys and results only") },
      text: { _ in preconditionFailure("a group has keys and results only") })
    home.groupedCell = { expression in
      keys.firstIndex { $0.expression == expression }.map { .batch(slot: keySlots[$0]) }
    }
    home.grouped = { expression in
      guard let key = keys.firstIndex(where: { $0.expression == expression }), keys[key].textField != nil else {
        return nil
      }
      return .text(.group(key: key), keys[key].type)
    }
    home.aggregate = { function, operand in
      guard let call = calls.firstIndex(where: { $0 == function && $1 == operand }) else {
        preconditionFailure("every aggregate has a result")
      }
      return .batch(slot: resultSlots[call])
    }
    var groupCompiler = CellCompiler(maker: maker, locate: { reference, _ in home.place(reference) })
    groupCompiler.locateAggregate = home.aggregate
    groupCompiler.locateGrouped = home.groupedCell

    let rest = Array(keys.dropFirst())
    let groupRule = Plan.GroupRule(
      rule: index, condition: rule.condition.map(compiler.condition), rest: rest, aggregates: aggregates,
      having: groupCompiler.condition(having),
      flag: groupFlagTerms(rule, home), slotCount: slot,
      usesCounters: rest.count == 1 && rest[0].type == .month && calls.allSatisfy { $0.0 == .count })
    let family = plan.passes[place].families.firstIndex { $0.key.expression == first.expression }
    if let family {
      plan.passes[place].families[family].rules.append(groupRule)
    } else {
      plan.passes[place].families.append(Plan.FamilyStep(key: first, rules: [groupRule]))
    }
  }

  private func groupFlagTerms(_ rule: Job.Rule, _ home: Home) -> FlagTerms {
    func term(_ reference: FieldReference?) -> FlagTerms.Term? {
      reference.map { self.term(.field($0, type($0, in: rule).valueType), home) }
    }
    return FlagTerms(
      caseID: term(rule.reportedCase), idNumber: term(rule.reportedID), name: nil, district: nil,
      evidence: rule.evidence.map { self.term($0, home) })
  }
}
