/// An expression as written, before its names and types are known.
struct ExpressionSyntax: Hashable {
  var kind: Kind
  /// Where it begins; for comparisons and the like the place of the sign.
  var offset: Int
  /// The height of the tree; limited by the parser.
  var depth: Int

  init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
    depth = 1 + (kind.children.map(\.depth).max() ?? 0)
  }

  /// How far a day or month is moved: a number, or a parameter (or a definition's argument) that stands for one.
  enum Amount: Hashable {
    case whole(Int)
    case named(ExpressionSyntax, sign: Int)
  }

  indirect enum Kind: Hashable {
    /// `field` or `qualifier.field`.
    case name(qualifier: String?, field: String)
    case literal(Literal)
    case asOf
    case compare(Comparison, ExpressionSyntax, ExpressionSyntax)
    case isIn(ExpressionSyntax, [ExpressionSyntax])
    case and([ExpressionSyntax])
    case or([ExpressionSyntax])
    case not(ExpressionSyntax)
    case test(ExpressionSyntax, ValueTest, negated: Bool)
    case shift(ExpressionSyntax, Amount, unit: CalendarUnit)
    case month(ExpressionSyntax)
    case year(ExpressionSyntax)
    case age(ExpressionSyntax, on: ExpressionSyntax)
    case aggregate(Aggregate, ExpressionSyntax?)
    case arithmetic(Arithmetic, ExpressionSyntax, ExpressionSyntax)
    /// A function of values, or a definition with arguments.
    case call(String, [ExpressionSyntax])
    case lookup(LookupSyntax)
    /// `member is active [on day]`.
    case memberIsActive(on: ExpressionSyntax?)
  }
}

/// `exists(SOURCE as a by KEYS where CONDITION)` and its kin as written.
struct LookupSyntax: Hashable {
  var function: LookupFunction
  var source: String
  var sourceOffset: Int
  var alias: String?
  var keys: [LookupKeySyntax] = []
  var condition: ExpressionSyntax?
  var operand: ExpressionSyntax?
  var order: ExpressionSyntax?
}

/// `field` or `field = value` of a lookup's `by`.
struct LookupKeySyntax: Hashable {
  var field: String
  var offset: Int
  /// Nil: the outer row's field of the same name.
  var value: ExpressionSyntax?
}

extension ExpressionSyntax.Kind {
  var children: [ExpressionSyntax] {
    switch self {
    case .name, .literal, .asOf: []
    case .compare(_, let left, let right), .arithmetic(_, let left, let right): [left, right]
    case .isIn(let subject, let items): [subject] + items
    case .and(let terms), .or(let terms), .call(_, let terms): terms
    case .shift(let term, .named(let amount, sign: _), _): [term, amount]
    case .not(let term), .test(let term, _, _), .shift(let term, .whole, _), .month(let term), .year(let term):
      [term]
    case .age(let id, let on): [id, on]
    case .aggregate(_, let operand): operand.map { [$0] } ?? []
    case .lookup(let lookup):
      lookup.keys.compactMap(\.value) + [lookup.condition, lookup.operand, lookup.order].compactMap { $0 }
    case .memberIsActive(let day): day.map { [$0] } ?? []
    }
  }
}
