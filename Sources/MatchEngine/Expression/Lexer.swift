internal import Normalizers

/// Cuts an expression into tokens.
///
/// Names are letters of any script, digits and `_`, and begin with a letter or `_`. Numbers have at most six decimals.
/// `2026-10-31` is a date and `2026-10` a month wherever they stand; a subtraction of such numbers needs blanks.
struct Lexer {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  private init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// The tokens of `text`, the last one being `.end`.
  static func tokens(of text: String) throws(ExpressionProblem) -> [Token] {
    var lexer = Lexer(text)
    var tokens: [Token] = []
    while let token = try lexer.next() { tokens.append(token) }
    tokens.append(Token(kind: .end, offset: lexer.scalars.count))
    return tokens
  }

  /// True for a text that can be the name of a source or field.
  static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, isNameStart(first) else { return false }
    return text.unicodeScalars.allSatisfy(isNamePart)
  }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    isNamePart(scalar) && !isDigit(scalar) && (scalar == "_" || scalar.properties.isXIDStart)
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isDigit(scalar) || scalar == "_" || scalar.properties.isAlphabetic }
    return scalar.properties.isXIDContinue && !(0xFF00...0xFFEF).contains(scalar.value)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private mutating func next() throws(ExpressionProblem) -> Token? {
    while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
    guard index < scalars.count else { return nil }
    let offset = index
    let scalar = scalars[index]
    if Self.isNameStart(scalar) { return Token(kind: .word(word()), offset: offset) }
    if Self.isDigit(scalar) { return Token(kind: .literal(try digits()), offset: offset) }
    if scalar == "'" { return Token(kind: .literal(.text(try quoted())), offset: offset) }
    return Token(kind: try sign(), offset: offset)
  }

  private mutating func word() -> String {
    var word = String.UnicodeScalarView()
    while index < scalars.count, Self.isNamePart(scalars[index]) {
      word.append(scalars[index])
      index += 1
    }
    return String(word)
  }

  private mutating func quoted() throws(ExpressionProblem) -> String {
    let start = index
    index += 1
    var text = String.UnicodeScalarView()
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      if scalar == "'" {
        guard index < scalars.count, scalars[index] == "'" else { return String(text) }
        index += 1
      }
      text.append(scalar)
    }
    throw ExpressionProblem(
      start, "this text has no closing quote; a quote inside a text is doubled ('')", isCutOff: true)
  }

  private mutating func sign() throws(ExpressionProblem) -> Token.Kind {
    let start = index
    let scalar = scalars[index]
    let following: Unicode.Scalar? = index + 1 < scalars.count ? scalars[index + 1] : nil
    index += 1
    switch (scalar, following) {
    case ("(", _): return .open
    case (")", _): return .close
    case (",", _): return .comma
    case (".", _): return .dot
    case ("+", _): return .plus
    case ("-", _): return .minus
    case ("=", "="): throw ExpressionProblem(start, "'==' is written '='")
    case ("=", _): return .comparison(.equal)
    case ("<", ">"), ("<", "="), (">", "="):
      index += 1
      return .comparison(scalar == ">" ? .greaterOrEqual : following == ">" ? .notEqual : .lessOrEqual)
    case ("<", _): return .comparison(.less)
    case (">", _): return .comparison(.greater)
    case ("!", "="): throw ExpressionProblem(start, "'!=' is written '<>'")
    case ("\"", _): throw ExpressionProblem(start, "a text stands between single quotes, as in 'text'")
    case ("‘", _), ("’", _), ("“", _), ("”", _):
      throw ExpressionProblem(start, "a text stands between straight single quotes, as in 'text'")
    case ("*", _): return .times
    case ("/", _): return .divide
    case ("&", _): throw ExpressionProblem(start, "unexpected '&'; conditions are joined by and")
    case ("|", _): throw ExpressionProblem(start, "unexpected '|'; conditions are joined by or")
    default:
      if let plain = Self.asciiForm(of: scalar) {
        throw ExpressionProblem(start, "'\(scalar)' is the full-width form; write '\(plain)'")
      }
      throw ExpressionProblem(start, "unexpected character '\(scalar)'; a text stands between single quotes")
    }
  }

  /// The ASCII character that a full-width one stands for.
  private static func asciiForm(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
    (0xFF01...0xFF5E).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xFEE0) : nil
  }

  // MARK: Numbers, dates, months

  private mutating func digits() throws(ExpressionProblem) -> Literal {
    let start = index
    let whole = digitRun()
    if whole.count == 4, follows("-"), index + 1 < scalars.count, Self.isDigit(scalars[index + 1]) {
      return try calendarLiteral(year: whole, start: start)
    }
    var fraction: [Int64] = []
    if follows("."), index + 1 < scalars.count, Self.isDigit(scalars[index + 1]) {
      index += 1
      fraction = digitRun()
    }
    if index < scalars.count, Self.isNamePart(scalars[index]) {
      throw ExpressionProblem(start, "a name begins with a letter or '_', a number holds digits only")
    }
    guard fraction.count <= 6 else { throw ExpressionProblem(start, "a number has at most six decimals") }
    guard let number = Self.millionths(whole: whole, fraction: fraction) else {
      throw ExpressionProblem(start, "the number is too large; the largest is 9000000000000")
    }
    return .number(millionths: number)
  }

  private mutating func digitRun() -> [Int64] {
    var run: [Int64] = []
    while index < scalars.count, Self.isDigit(scalars[index]) {
      run.append(Int64(scalars[index].value) - 48)
      index += 1
    }
    return run
  }

  private func follows(_ scalar: Unicode.Scalar) -> Bool { index < scalars.count && scalars[index] == scalar }

  private static func millionths(whole: [Int64], fraction: [Int64]) -> Int64? {
    var value: Int64 = 0
    for digit in whole {
      value = value * 10 + digit
      if value > 9_000_000_000_000 { return nil }
    }
    for place in 0..<6 { value = value * 10 + (place < fraction.count ? fraction[place] : 0) }
    return value
  }

  private mutating func calendarLiteral(year: [Int64], start: Int) throws(ExpressionProblem) -> Literal {
    index += 1
    let month = digitRun()
    var day: [Int64] = []
    let hasDay = follows("-") && index + 1 < scalars.count && Self.isDigit(scalars[index + 1])
    if hasDay {
      index += 1
      day = digitRun()
    }
    let isWhole = index == scalars.count || !Self.isNamePart(scalars[index])
    guard isWhole, month.count == 2, !hasDay || day.count == 2 else {
      throw ExpressionProblem(start, "a date is written 2026-01-05, a month 2026-01")
    }
    func number(_ digits: [Int64]) -> Int { Int(digits.reduce(0) { $0 * 10 + $1 }) }
    guard (1...12).contains(number(month)) else {
      throw ExpressionProblem(
        start, "there is no month \(number(month)); a date is written 2026-01-05, a month 2026-01")
    }
    guard hasDay else { return .month(months: Int32(number(year) * 12 + number(month) - 1)) }
    guard let date = CalendarDate(year: number(year), month: number(month), day: number(day)) else {
      throw ExpressionProblem(start, "there is no such day in the calendar")
    }
    return .date(days: date.days)
  }
}
