extension SettledRule {
  /// A rule that a run decides while it reads, as one that is judged over held rows: an explanation asks both alike.
  init(_ rule: Job.Rule, of job: Job) {
    func field(_ reference: FieldReference) -> Expression {
      let source = reference.side == .found ? rule.find?.source ?? rule.subject : rule.subject
      return .field(reference, job.sources[source].fields[reference.field].type.valueType)
    }
    self.init(id: rule.id, kind: rule.kind, subject: rule.subject, position: rule.position)
    title = rule.title
    condition = rule.condition
    if let find = rule.find {
      var terms = find.condition.map(\.conjuncts) ?? []
      if rule.kind == .mismatch, rule.compare.count == 2 {
        terms.append(.compare(.notEqual, field(rule.compare[0]), field(rule.compare[1])))
      }
      self.find = Find(
        relation: find.source, key: find.key, condition: terms.isEmpty ? nil : .conjunction(terms), keep: .all)
    }
    fold = rule.by
    having = rule.having
    evidence = rule.evidence
    reportedCase = rule.reportedCase.map(field)
    reportedPerson = rule.reportedID.map(field)
  }
}
