/// A word or sign of an expression.
struct Token: Hashable {
  var kind: Kind
  /// Where it begins, in Unicode scalars from the start of the expression.
  var offset: Int

  enum Kind: Hashable {
    /// A name, a keyword or a function; keywords are told apart by the parser, in any letter case.
    case word(String)
    case literal(Literal)
    case comparison(Comparison)
    case open, close, comma, dot, plus, minus, times, divide
    case end
  }

  /// How the token is called in messages.
  var description: String {
    switch kind {
    case .word(let word): "'\(word)'"
    case .literal(.text): "a text"
    case .literal(.number): "a number"
    case .literal(.date): "a date"
    case .literal(.month): "a month"
    case .comparison(let comparison): "'\(comparison.rawValue)'"
    case .open: "'('"
    case .close: "')'"
    case .comma: "','"
    case .dot: "'.'"
    case .plus: "'+'"
    case .minus: "'-'"
    case .times: "'*'"
    case .divide: "'/'"
    case .end: "the end"
    }
  }
}
