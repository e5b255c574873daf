/// The reference reading of an amount: signs, units and the digits of one field, then exact decimal arithmetic.
package struct AmountReading {
  private var codes: Codes
  /// What is left to read, from both ends inwards.
  private var rest: ArraySlice<Unicode.Scalar>
  private var signs = 0
  private var isNegative = false
  /// The power of ten of the unit: 4 for 万, 8 for 亿.
  private var unitExponent = 0
  private let cleaned: [Unicode.Scalar]
  private let hasWideHyphen: Bool

  package init(_ field: borrowing Span<UInt8>) {
    let text = FieldText(field, blanks: .kept)
    codes = text.codes
    cleaned = text.scalars
    hasWideHyphen = text.hasWideHyphen
    rest = text.scalars[...]
    guard !codes.isInvalid else { return }
    if text.scalars.contains("*") {
      codes = .masked
    } else if rest.contains(where: { !Self.isKnown($0) }) {
      codes = .character
    }
  }

  /// The amount, or why it is none.
  package var amount: PackedAmount {
    var reading = self
    return reading.read()
  }

  private mutating func read() -> PackedAmount {
    guard !codes.isInvalid else { return rejected(codes) }
    while takePrefix() || takeSuffix() {}
    guard signs <= 1, let number = Digits(rest) else { return rejected(hasWords ? .character : .badFormat) }
    if number.isGrouped { codes.insert(.group) }
    if number.exponent != nil { codes.insert(.scientific) }

    let scaled: Digits.Cents
    switch number.cents(unitExponent: unitExponent) {
    case .failure(let defect): return rejected(defect.codes)
    case .success(let cents): scaled = cents
    }
    if scaled.isRounded { codes.insert(.float) }
    let isSigned = isNegative && scaled.value != 0
    if isNegative, scaled.value == 0 { codes.insert(.sign) }
    let amount = Amount(cents: isSigned ? -scaled.value : scaled.value)
    var canonical: [UInt8] = []
    amount.write(into: &canonical)
    let explained: Codes = [.group, .unit, .sign, .scientific, .float]
    if codes.isDisjoint(with: explained), !cleaned.elementsEqual(canonical.lazy.map({ Unicode.Scalar($0) })) {
      codes.insert(.format)
    }
    return PackedAmount(cents: amount.cents, codes: codes)
  }

  private func rejected(_ codes: Codes) -> PackedAmount { PackedAmount(cents: 0, codes: codes) }

  private var hasWords: Bool {
    rest.contains { $0.digit == nil && !$0.isHyphen && !" .,+()".unicodeScalars.contains($0) }
  }

  /// Takes one sign, currency or bracket from the front.
  private mutating func takePrefix() -> Bool {
    guard let first = rest.first else { return false }
    if first == "+" || first.isHyphen {
      rest.removeFirst()
      countSign(isMinus: first != "+", isPlain: first == "+" || first == "-" && !hasWideHyphen)
      return true
    }
    for unit in ["\u{A5}", "\u{FFE5}", "RMB", "CNY", "人民币"] where starts(with: unit) {
      rest.removeFirst(unit.unicodeScalars.count)
      codes.insert(.unit)
      dropBlanks()
      return true
    }
    if first == "(", rest.last == ")" {
      rest = rest.dropFirst().dropLast()
      countSign(isMinus: true, isPlain: false)
      dropBlanks()
      return true
    }
    return false
  }

  /// Takes one unit or sign from the end.
  private mutating func takeSuffix() -> Bool {
    guard let last = rest.last, rest.count > 1 else { return false }
    if last.isHyphen {
      rest.removeLast()
      countSign(isMinus: true, isPlain: false)
      return true
    }
    for (unit, exponent) in Self.units where ends(with: unit) {
      // A second unit stays and makes the rest unreadable.
      if exponent > 0, unitExponent > 0 { return false }
      rest.removeLast(unit.unicodeScalars.count)
      unitExponent += exponent
      codes.insert(.unit)
      dropBlanks()
      return true
    }
    return false
  }

  private mutating func countSign(isMinus: Bool, isPlain: Bool) {
    signs += 1
    isNegative = isMinus
    if !isPlain { codes.insert(.sign) }
  }

  /// Drops the blanks that a currency sign, a unit or a bracket leaves at the ends.
  private mutating func dropBlanks() {
    while rest.first == " " {
      rest.removeFirst()
      codes.insert(.space)
    }
    while rest.last == " " {
      rest.removeLast()
      codes.insert(.space)
    }
  }

  private func starts(with word: String) -> Bool { rest.lazy.map(\.capitalized).starts(with: word.unicodeScalars) }

  private func ends(with word: String) -> Bool {
    rest.suffix(word.unicodeScalars.count).lazy.map(\.capitalized).elementsEqual(word.unicodeScalars)
  }

  private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    scalar.digit != nil || scalar.isHyphen
      || " .,+()\u{A5}\u{FFE5}RMBCNYrmbcnyEe元圆整正万亿人民币/".unicodeScalars.contains(scalar)
  }

  private static let units = [
    ("元整", 0), ("元正", 0), ("圆整", 0), ("圆正", 0), ("万元", 4), ("亿元", 8), ("元", 0), ("圆", 0), ("万", 4), ("亿", 8),
    ("RMB", 0), ("CNY", 0)
  ]
}
