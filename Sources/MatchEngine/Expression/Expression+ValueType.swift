extension Expression {
  /// What the expression yields.
  package var valueType: ValueType {
    switch self {
    case .field(_, let type): type
    case .literal(let literal): literal.type
    case .asOf, .shift: .date
    case .month: .month
    case .year, .age: .number
    case .compare, .isIn, .and, .or, .not, .test: .boolean
    case .aggregate(.count, _), .aggregate(.countDistinct, _): .number
    case .aggregate(.sum, let operand), .aggregate(.min, let operand), .aggregate(.max, let operand):
      operand?.valueType ?? .number
    }
  }

  /// Calls `body` for every field of the expression, those inside aggregates included.
  package func forEachField(_ body: (FieldReference) -> Void) {
    switch self {
    case .field(let reference, _): body(reference)
    case .literal, .asOf: break
    case .compare(_, let left, let right), .age(let left, on: let right):
      left.forEachField(body)
      right.forEachField(body)
    case .isIn(let value, let choices):
      value.forEachField(body)
      for choice in choices { choice.forEachField(body) }
    case .and(let terms), .or(let terms):
      for term in terms { term.forEachField(body) }
    case .not(let operand), .test(let operand, _, negated: _), .month(let operand), .year(let operand),
      .shift(let operand, amount: _, unit: _):
      operand.forEachField(body)
    case .aggregate(_, let operand): operand?.forEachField(body)
    }
  }

  /// The terms that must all be true for the expression to be true.
  package var conjuncts: [Expression] {
    if case .and(let terms) = self { return terms.flatMap(\.conjuncts) }
    return [self]
  }

  /// The sides whose fields occur.
  package var sides: Set<Side> {
    var sides: Set<Side> = []
    forEachField { sides.insert($0.side) }
    return sides
  }
}
