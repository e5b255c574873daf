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
    case shift(ExpressionSyntax, amount: Int, unit: CalendarUnit)
    case month(ExpressionSyntax)
    case year(ExpressionSyntax)
    case age(ExpressionSyntax, on: ExpressionSyntax)
    case aggregate(Aggregate, ExpressionSyntax?)

    fileprivate var children: [ExpressionSyntax] {
      switch self {
      case .name, .literal, .asOf: []
      case .compare(_, let left, let right): [left, right]
      case .isIn(let subject, let items): [subject] + items
      case .and(let terms), .or(let terms): terms
      case .not(let term), .test(let term, _, _), .shift(let term, _, _), .month(let term), .year(let term): [term]
      case .age(let id, let on): [id, on]
      case .aggregate(_, let operand): operand.map { [$0] } ?? []
      }
    }
  }
}
