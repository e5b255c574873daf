extension Expression {
  /// What the expression yields.
  package var valueType: ValueType {
    switch self {
    case .field(_, let type): type
    case .literal(let literal): literal.type
    case .asOf: .date
    case .shift(let operand, amount: _, unit: _): operand.valueType
    case .month: .month
    case .year, .age: .number
    case .compare, .isIn, .and, .or, .not, .test: .boolean
    case .aggregate(.count, _), .aggregate(.countDistinct, _): .number
    case .aggregate(.sum, let operand), .aggregate(.min, let operand), .aggregate(.max, let operand):
      operand?.valueType ?? .number
    case .constant: .boolean
    case .missing(let type): type
    case .lookup(let lookup): lookup.valueType
    case .arithmetic(let sign, let left, let right): Self.type(of: sign, left.valueType, right.valueType)
    case .call(let function, let operands): function.valueType(of: operands.map(\.valueType))
    }
  }

  private static func type(of sign: Arithmetic, _ left: ValueType, _ right: ValueType) -> ValueType {
    switch sign {
    case .add: left
    case .subtract: left == .date ? .number : left
    case .multiply: left == .money || right == .money ? .money : .number
    case .divide: left == .money && right != .money ? .money : .number
    }
  }

  /// The expressions that this one is made of.
  package var children: [Expression] {
    switch self {
    case .field, .literal, .asOf, .constant, .missing: []
    case .compare(_, let left, let right), .age(let left, on: let right), .arithmetic(_, let left, let right):
      [left, right]
    case .isIn(let value, let choices): [value] + choices
    case .and(let terms), .or(let terms), .call(_, let terms): terms
    case .not(let operand), .test(let operand, _, negated: _), .month(let operand), .year(let operand),
      .shift(let operand, amount: _, unit: _):
      [operand]
    case .aggregate(_, let operand): operand.map { [$0] } ?? []
    case .lookup(let lookup):
      lookup.keys.map(\.value) + [lookup.condition, lookup.operand, lookup.order].compactMap { $0 }
    }
  }

  /// Calls `body` for every field of the expression, those inside aggregates and lookups included.
  package func forEachField(_ body: (FieldReference) -> Void) {
    if case .field(let reference, _) = self { body(reference) }
    for child in children { child.forEachField(body) }
  }

  /// Calls `body` for every aggregate in the expression.
  package func forEachAggregate(_ body: (Aggregate, Expression?) -> Void) {
    if case .aggregate(let function, let operand) = self { return body(function, operand) }
    for child in children { child.forEachAggregate(body) }
  }

  /// True when a field of either side stands in the expression.
  package var usesField: Bool {
    if case .field = self { return true }
    return children.contains(where: \.usesField)
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

extension Lookup {
  package var valueType: ValueType {
    switch function {
    case .exists: .boolean
    case .count, .countDistinct: .number
    case .sum, .min, .max, .latest, .earliest: operand?.valueType ?? .number
    }
  }
}

extension ExpressionFunction {
  package func valueType(of operands: [ValueType]) -> ValueType {
    switch self {
    case .coalesce, .greatest, .least: operands.first ?? .number
    case .choose: operands.count > 1 ? operands[1] : .number
    case .days, .months, .overlapDays: .number
    case .firstDay, .lastDay, .birth: .date
    case .sex, .names: .code
    case .sameName: .boolean
    }
  }
}
