/// Reads the job file's subset of SQL expressions.
///
///     condition  = and-term { "or" and-term }
///     and-term   = not-term { "and" not-term }
///     not-term   = "not" not-term | predicate
///     predicate  = value [ sign value | ["not"] "in" "(" value { "," value } ")"
///                        | "is" ["not"] ("empty" | "invalid" | "valid") ]
///                | "member" "is" ["not"] "active" [ "on" value ]
///     value      = product { ("+" | "-") ( (number | name) ("days" | "months" | "years") | product ) }
///     product    = primary { ("*" | "/") primary }
///     primary    = "(" condition ")" | literal | "-" number | "as_of" | call | lookup | [qualifier "."] field
///     call       = name "(" [ condition { "," condition } ] ")"
///     lookup     = ("exists" | "count") "(" rows ")"
///                | ("count" "(" "distinct" | "sum" "(" | "min" "(" | "max" "(") value "in" rows ")"
///                | ("latest" | "earliest") "(" value "in" rows "order" value ")"
///     rows       = name [ "as" name ] "by" key { "," key } [ "where" condition ]
///     key        = field [ "=" value ]
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

  /// The whole of `text` as the key of a lookup: `field` or `field = value`, joined by commas.
  static func parseKeys(_ text: String) throws(ExpressionProblem) -> [LookupKeySyntax] {
    var parser = ExpressionParser(try Lexer.tokens(of: text))
    let keys = try parser.keys()
    guard parser.token.kind == .end else { throw parser.unexpectedContinuation() }
    return keys
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
      if case .name(nil, "member") = left.kind, accept("active") {
        let day = accept("on") ? try value() : nil
        let active = try limited(ExpressionSyntax(.memberIsActive(on: day), at: left.offset))
        return negated ? try limited(ExpressionSyntax(.not(active), at: left.offset)) : active
      }
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
    var value = try product()
    while token.kind == .plus || token.kind == .minus {
      let offset = token.offset
      let isMinus = token.kind == .minus
      index += 1
      if let shift = try shift(of: value, sign: isMinus ? -1 : 1, at: offset) {
        value = shift
      } else {
        value = try limited(ExpressionSyntax(.arithmetic(isMinus ? .subtract : .add, value, try product()), at: offset))
      }
    }
    return value
  }

  private mutating func product() throws(ExpressionProblem) -> ExpressionSyntax {
    var product = try primary()
    while token.kind == .times || token.kind == .divide {
      let offset = token.offset
      let sign: Arithmetic = token.kind == .times ? .multiply : .divide
      index += 1
      product = try limited(ExpressionSyntax(.arithmetic(sign, product, try primary()), at: offset))
    }
    return product
  }

  /// `3 months` or `n days` behind a plus or minus; nil where something else stands there.
  private mutating func shift(
    of operand: ExpressionSyntax, sign: Int, at offset: Int
  ) throws(ExpressionProblem) -> ExpressionSyntax? {
    let amount: ExpressionSyntax.Amount
    let unit = unit(ahead: 1)
    switch token.kind {
    case .literal(.number(let millionths)):
      if unit == nil {
        guard case .word(let word) = tokens[index + 1].kind, !Self.valueEndWords.contains(word.lowercased()) else {
          return nil
        }
        throw ExpressionProblem(
          tokens[index + 1].offset, "expected days, months or years, found \(tokens[index + 1].description)")
      }
      guard millionths % 1_000_000 == 0, millionths / 1_000_000 <= Self.shiftMax else {
        throw ExpressionProblem(
          token.offset,
          "expected a whole number up to \(Self.shiftMax) and days, months or years, as in death_date + 3 months")
      }
      amount = .whole(sign * Int(millionths / 1_000_000))
    case .word(let word) where unit != nil:
      amount = .named(ExpressionSyntax(.name(qualifier: nil, field: word), at: token.offset), sign: sign)
    default:
      return nil
    }
    guard let unit else { return nil }
    index += 2
    return try limited(ExpressionSyntax(.shift(operand, amount, unit: unit), at: offset))
  }

  private func unit(ahead: Int) -> CalendarUnit? {
    guard index + ahead < tokens.count, case .word(let word) = tokens[index + ahead].kind else { return nil }
    return Self.units[word.lowercased()]
  }

  /// Words that may follow a value.
  private static let valueEndWords: Set<String> = ["and", "or", "not", "in", "is", "where", "order", "as", "by"]

  /// The most days, months or years that are added at once.
  static let shiftMax = 99_999

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
    case .times:
      throw ExpressionProblem(start.offset, "unexpected '*'; rows are counted by count()")
    case .comparison, .close, .comma, .dot, .plus, .divide, .end:
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
    case "sum": return try aggregate(.sum, .sum, of: "sum(field)", at: offset)
    case "min": return try aggregate(.min, .min, of: "min(field)", at: offset)
    case "max": return try aggregate(.max, .max, of: "max(field)", at: offset)
    case "age":
      let id = try value()
      try expect(.comma, "in age(id_no, date)")
      return ExpressionSyntax(.age(id, on: try lastArgument(of: "age(id_no, date)")), at: offset)
    case "count":
      if accept(.close) { return ExpressionSyntax(.aggregate(.count, nil), at: offset) }
      if accept("distinct") {
        return try aggregate(.countDistinct, .countDistinct, of: "count(distinct field)", at: offset)
      }
      guard case .word = token.kind, isWord("as", ahead: 1) || isWord("by", ahead: 1) || isWord("where", ahead: 1)
      else {
        if token.kind == .times {
          throw ExpressionProblem(token.offset, "unexpected '*'; rows are counted by count()")
        }
        throw ExpressionProblem(
          token.offset, "count() counts rows, count(distinct field) values; found \(token.description)")
      }
      return ExpressionSyntax(.lookup(try rows(.count, operand: nil)), at: offset)
    case "exists":
      return ExpressionSyntax(.lookup(try rows(.exists, operand: nil)), at: offset)
    case "latest", "earliest":
      let operand = try value()
      guard accept("in") else {
        throw ExpressionProblem(
          token.offset, "expected in, as in \(lowercased)(x in source by key order day), found \(token.description)")
      }
      let function: LookupFunction = lowercased == "latest" ? .latest : .earliest
      return ExpressionSyntax(.lookup(try rows(function, operand: operand)), at: offset)
    default:
      return ExpressionSyntax(.call(word, try arguments(of: word)), at: offset)
    }
  }

  /// `sum(field)` over a group, or `sum(field in source by …)` over the rows of a lookup.
  private mutating func aggregate(
    _ aggregate: Aggregate, _ function: LookupFunction, of form: String, at offset: Int
  ) throws(ExpressionProblem) -> ExpressionSyntax {
    let operand = try value()
    if accept("in") { return ExpressionSyntax(.lookup(try rows(function, operand: operand)), at: offset) }
    try expect(.close, "in \(form)")
    return ExpressionSyntax(.aggregate(aggregate, operand), at: offset)
  }

  /// The part of a lookup from its source to the closing bracket.
  private mutating func rows(
    _ function: LookupFunction, operand: ExpressionSyntax?
  ) throws(ExpressionProblem) -> LookupSyntax {
    let source = token
    var lookup = LookupSyntax(
      function: function, source: try plainName("the name of a source or view"), sourceOffset: source.offset)
    lookup.operand = operand
    if accept("as") { lookup.alias = try plainName("a name after as") }
    guard accept("by") else {
      throw ExpressionProblem(
        token.offset,
        "expected by and the fields that must be equal, as in exists(\(lookup.source) by id_no), found "
          + token.description)
    }
    lookup.keys = try keys()
    if accept("where") { lookup.condition = try condition() }
    if function == .latest || function == .earliest {
      guard accept("order") else {
        throw ExpressionProblem(
          token.offset, "expected order and what \(function.rawValue) goes by, found \(token.description)")
      }
      lookup.order = try value()
    }
    try expect(.close, "at the end of the lookup")
    return lookup
  }

  private mutating func keys() throws(ExpressionProblem) -> [LookupKeySyntax] {
    var keys: [LookupKeySyntax] = []
    repeat {
      let offset = token.offset
      var key = LookupKeySyntax(field: try plainName("the name of a field after by"), offset: offset)
      if accept(.comparison(.equal)) { key.value = try value() }
      keys.append(key)
    } while accept(.comma)
    return keys
  }

  private mutating func plainName(_ what: String) throws(ExpressionProblem) -> String {
    guard case .word(let word) = token.kind, !Self.reservedWords.contains(word.lowercased()) else {
      throw ExpressionProblem(token.offset, "expected \(what), found \(token.description)")
    }
    index += 1
    return word
  }

  private mutating func arguments(of function: String) throws(ExpressionProblem) -> [ExpressionSyntax] {
    if accept(.close) { return [] }
    var arguments = [try condition()]
    while accept(.comma) { arguments.append(try condition()) }
    try expect(.close, "at the end of \(function)(…)")
    return arguments
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
