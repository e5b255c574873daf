extension Job {
  /// A field that a rule looks at.
  struct ReadField {
    var reference: FieldReference
    /// True where the rule computes or compares with it, so that every record needs its cell.
    var isComputed: Bool
  }

  /// The fields that a rule which is judged in passing looks at: what its flags say, and whether there are any, hangs
  /// on these alone.
  func readFields(of rule: Rule) -> [ReadField] {
    var fields: [ReadField] = []
    func note(_ expression: Expression, isComputed: Bool) {
      expression.forEachField { fields.append(ReadField(reference: $0, isComputed: isComputed)) }
    }
    for expression in [rule.condition, rule.find?.condition, rule.having].compactMap({ $0 }) + rule.by {
      note(expression, isComputed: true)
    }
    for pair in rule.find?.key ?? [] {
      for reference in [
        FieldReference(side: .subject, field: pair.subjectField), FieldReference(side: .found, field: pair.foundField)
      ] {
        fields.append(ReadField(reference: reference, isComputed: true))
      }
    }
    for reference in rule.compare + reportedFields(of: rule) {
      fields.append(ReadField(reference: reference, isComputed: false))
    }
    for expression in rule.evidence {
      let isPlain = if case .field = expression { true } else { false }
      note(expression, isComputed: !isPlain)
    }
    return fields
  }

  /// The fields of a flag beside its evidence.
  func reportedFields(of rule: Rule) -> [FieldReference] {
    [rule.reportedCase, rule.reportedID, reported(.name, in: rule), reported(.district, in: rule)].compactMap { $0 }
  }

  /// The subject's field of an attribute's name, where `flags.csv` has a column for it.
  func reported(_ attribute: FlagAttribute, in rule: Rule) -> FieldReference? {
    guard rule.kind != .aggregate, flagColumns.contains(where: { $0.attribute == attribute }) else { return nil }
    let fields = sources[rule.subject].fields
    return fields.firstIndex { $0.name == attribute.rawValue }.map { FieldReference(side: .subject, field: $0) }
  }

  /// The source of one side of a rule that is judged in passing.
  func source(of side: Side, in rule: Rule) -> Int {
    switch side {
    case .subject: rule.subject
    case .found: rule.find?.source ?? rule.subject
    case .lookup: preconditionFailure("streamed rules have no lookups")
    }
  }
}
