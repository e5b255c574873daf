/// Reads the job file's subset of SQL expressions.
///
///     condition  = and-term { "or" and-term }
///     and-term   = not-term { "and" not-term }
///     not-term   = "not" not-term | predicate
///     predicate  = value [ sign value | ["not"] "in" "(" value { "," value } ")"
///                        | "is" ["not"] ("empty" | "invalid" | "valid") ]
///     value      = primary { ("+" | "-") number ("days" | "months" | "years") }
///     primary    = "(" condition ")" | literal | "-" number | "as_of" | function | [qualifier "."] field
///
/// Keywords may be in any letter case. Function names are names of fields where no bracket follows.
struct ExpressionParser {
  /// Brackets, `not` and terms may be nested this deep.
  static let depthMax = 200

  /// Words that cannot name a field.
  static let reservedWords: Set<String> = ["and", "or", "not", "in", "is", "as_of"]

  private let tokens: [Token]
  private var index = 0
  private var depth = 0

  private init(_ tokens: [Token]) {
    self.tokens = tokens
  }

  /// The whole of `text` as one expression.
  static func parse(_ text: String) throws(ExpressionProblem) -> ExpressionSyntax {
    var parser = ExpressionParser(try Lexer.tokens(of: text))
    guard parser.token.kind != .end else { throw ExpressionProblem(0, "an expression is missing here") }
    do throws(ExpressionProblem) {
      let expression = try parser.condition()
      guard parser.token.kind == .end else { throw parser.unexpectedContinuation() }
      return expression
    } catch {
      throw ExpressionProblem(error.offset, error.message, isCutOff: parser.token.kind == .end)
    }
  }

  // MARK: Grammar

  private mutating func condition() throws(ExpressionProblem) -> ExpressionSyntax {
    let offset = token.offset
    var terms = [try andTerm()]
    while accept("or") { terms.append(try andTerm()) }
    return terms.count == 1
      ? terms[0] : try limited(ExpressionSyntax(.or(Self.flattened(terms, isOr: true)), at: offset))
  }

  private mutating func andTerm() throws(ExpressionProblem) -> ExpressionSyntax {
    let offset = token.offset
    var terms = [try notTerm()]
    while accept("and") { terms.append(try notTerm()) }
    return terms.count == 1
      ? terms[0] : try limited(ExpressionSyntax(.and(Self.flattened(terms, isOr: false)), at: offset))
  }

  /// `a and (b and c)` is one conjunction of three.
  private static func flattened(_ terms: [ExpressionSyntax], isOr: Bool) -> [ExpressionSyntax] {
    terms.flatMap { term in
      switch term.kind {
      case .or(let inner) where isOr: inner
      case .and(let inner) where !isOr: inner
      default: [term]
      }
    }
  }

  private mutating func notTerm() throws(ExpressionProblem) -> ExpressionSyntax {
    let offset = token.offset
    guard accept("not") else { return try predicate() }
    try descend(at: offset)
    let term = try notTerm()
    depth -= 1
    return try limited(ExpressionSyntax(.not(term), at: offset))
  }

  private mutating func predicate() throws(ExpressionProblem) -> ExpressionSyntax {
    let left = try value()
    let offset = token.offset
    if case .comparison(let comparison) = token.kind {
      index += 1
      let right = try value()
      if case .comparison = token.kind {
        throw ExpressionProblem(token.offset, "comparisons cannot be chained; join two of them by and")
      }
      return try limited(ExpressionSyntax(.compare(comparison, left, right), at: offset))
    }
    if accept("is") {
      let negated = accept("not")
      guard case .word(let word) = token.kind, let test = ValueTest(rawValue: word.lowercased()) else {
        let hint = isWord("null") ? "; SQL's null is called empty here" : ""
        throw ExpressionProblem(
          token.offset, "expected empty, invalid or valid after is, found \(token.description)\(hint)")
      }
      index += 1
      return try limited(ExpressionSyntax(.test(left, test, negated: negated), at: offset))
    }
    let negated = isWord("not") && isWord("in", ahead: 1)
    if negated { index += 1 }
    guard accept("in") else { return left }
    let list = try limited(ExpressionSyntax(.isIn(left, try items()), at: offset))
    return negated ? try limited(ExpressionSyntax(.not(list), at: offset)) : list
  }

  private mutating func items() throws(ExpressionProblem) -> [ExpressionSyntax] {
    try expect(.open, "after in")
    var items = [try value()]
    while accept(.comma) { items.append(try value()) }
    try expect(.close, "at the end of the list")
    return items
  }

  private mutating func value() throws(ExpressionProblem) -> ExpressionSyntax {
    var value = try primary()
    while token.kind == .plus || token.kind == .minus {
      let offset = token.offset
      let sign = token.kind == .minus ? -1 : 1
      index += 1
      guard case .literal(.number(let millionths)) = token.kind, millionths % 1_000_000 == 0,
        millionths / 1_000_000 <= Self.shiftMax
      else {
        throw ExpressionProblem(
          token.offset,
          "expected a whole number up to \(Self.shiftMax) and days, months or years, as in death_date + 3 months")
      }
      index += 1
      guard case .word(let word) = token.kind, let unit = Self.units[word.lowercased()] else {
        throw ExpressionProblem(token.offset, "expected days, months or years, found \(token.description)")
      }
      index += 1
      value = try limited(
        ExpressionSyntax(.shift(value, amount: sign * Int(millionths / 1_000_000), unit: unit), at: offset))
    }
    return value
  }

  private static let shiftMax = 99_999

  private static let units: [String: CalendarUnit] = [
    "day": .days, "days": .days, "month": .months, "months": .months, "year": .years, "years": .years
  ]

  private mutating func primary() throws(ExpressionProblem) -> ExpressionSyntax {
    let start = token
    switch start.kind {
    case .open:
      index += 1
      try descend(at: start.offset)
      let inner = try condition()
      depth -= 1
      guard accept(.close) else {
        throw ExpressionProblem(start.offset, "this bracket is not closed; expected ')', found \(token.description)")
      }
      return inner
    case .literal(let literal):
      index += 1
      return ExpressionSyntax(.literal(literal), at: start.offset)
    case .minus:
      index += 1
      guard case .literal(.number(let millionths)) = token.kind else {
        throw ExpressionProblem(start.offset, "'-' stands before a number, or between a date and a number of days")
      }
      index += 1
      return ExpressionSyntax(.literal(.number(millionths: -millionths)), at: start.offset)
    case .word(let word):
      return try name(word, at: start.offset)
    case .comparison, .close, .comma, .dot, .plus, .end:
      throw ExpressionProblem(start.offset, "expected a field, a literal or '(', found \(start.description)")
    }
  }

  private mutating func name(_ word: String, at offset: Int) throws(ExpressionProblem) -> ExpressionSyntax {
    let lowercased = word.lowercased()
    if lowercased == "as_of" {
      index += 1
      return ExpressionSyntax(.asOf, at: offset)
    }
    guard !Self.reservedWords.contains(lowercased) else {
      throw ExpressionProblem(offset, "expected a field, a literal or '(', found '\(word)'")
    }
    index += 1
    if accept(.open) {
      try descend(at: offset)
      let call = try limited(try function(word, lowercased, at: offset))
      depth -= 1
      return call
    }
    guard accept(.dot) else { return ExpressionSyntax(.name(qualifier: nil, field: word), at: offset) }
    guard case .word(let field) = token.kind else {
      throw ExpressionProblem(token.offset, "expected the name of a field after '\(word).', found \(token.description)")
    }
    index += 1
    return ExpressionSyntax(.name(qualifier: word, field: field), at: offset)
  }

  /// The part of a function call behind its opening bracket.
  private mutating func function(
    _ word: String, _ lowercased: String, at offset: Int
  ) throws(ExpressionProblem) -> ExpressionSyntax {
    switch lowercased {
    case "month": return ExpressionSyntax(.month(try lastArgument(of: "month(date)")), at: offset)
    case "year": return ExpressionSyntax(.year(try lastArgument(of: "year(date)")), at: offset)
    case "sum": return ExpressionSyntax(.aggregate(.sum, try lastArgument(of: "sum(field)")), at: offset)
    case "min": return ExpressionSyntax(.aggregate(.min, try lastArgument(of: "min(field)")), at: offset)
    case "max": return ExpressionSyntax(.aggregate(.max, try lastArgument(of: "max(field)")), at: offset)
    case "age":
      let id = try value()
      try expect(.comma, "in age(id_no, date)")
      return ExpressionSyntax(.age(id, on: try lastArgument(of: "age(id_no, date)")), at: offset)
    case "count":
      if accept(.close) { return ExpressionSyntax(.aggregate(.count, nil), at: offset) }
      guard isWord("distinct") else {
        throw ExpressionProblem(
          token.offset, "count() counts rows, count(distinct field) values; found \(token.description)")
      }
      index += 1
      let operand = try lastArgument(of: "count(distinct field)")
      return ExpressionSyntax(.aggregate(.countDistinct, operand), at: offset)
    default:
      throw ExpressionProblem(
        offset, "unknown function '\(word)'; known functions: age, count, max, min, month, sum, year")
    }
  }

  private mutating func lastArgument(of form: String) throws(ExpressionProblem) -> ExpressionSyntax {
    let argument = try value()
    try expect(.close, "in \(form)")
    return argument
  }

  // MARK: Tokens

  private var token: Token { tokens[index] }

  private func isWord(_ keyword: String, ahead: Int = 0) -> Bool {
    guard index + ahead < tokens.count, case .word(let word) = tokens[index + ahead].kind else { return false }
    return word.lowercased() == keyword
  }

  private mutating func accept(_ keyword: String) -> Bool {
    guard isWord(keyword) else { return false }
    index += 1
    return true
  }

  private mutating func accept(_ kind: Token.Kind) -> Bool {
    guard token.kind == kind else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ kind: Token.Kind, _ place: String) throws(ExpressionProblem) {
    guard accept(kind) else {
      let wanted = Token(kind: kind, offset: 0).description
      throw ExpressionProblem(token.offset, "expected \(wanted) \(place), found \(token.description)")
    }
  }

  private func unexpectedContinuation() -> ExpressionProblem {
    let hint =
      if isWord("between") {
        "; a range is written x >= a and x <= b"
      } else if isWord("like") {
        "; texts can be compared by =, <> and in (…) only"
      } else {
        ""
      }
    return ExpressionProblem(
      token.offset, "expected and, or, a comparison or the end, found \(token.description)\(hint)")
  }

  // MARK: Depth

  private mutating func descend(at offset: Int) throws(ExpressionProblem) {
    depth += 1
    guard depth <= Self.depthMax else {
      throw ExpressionProblem(offset, "the expression is nested more than \(Self.depthMax) deep")
    }
  }

  private func limited(_ expression: ExpressionSyntax) throws(ExpressionProblem) -> ExpressionSyntax {
    guard expression.depth <= Self.depthMax else {
      throw ExpressionProblem(expression.offset, "the expression is nested more than \(Self.depthMax) deep")
    }
    return expression
  }
}
