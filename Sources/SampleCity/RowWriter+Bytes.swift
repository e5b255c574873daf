extension RowWriter {
  mutating func put(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// `value` with leading zeros up to `width` digits.
  mutating func digits(_ value: UInt64, width: Int) {
    bytes.append(digits: value, width: width)
  }

  mutating func decimals(_ hundredths: Int) {
    put(".")
    digits(UInt64(hundredths), width: 2)
  }

  mutating func identity(_ number: UInt64) {
    bytes.append(identity: number)
  }

  mutating func wideDigits(_ value: UInt64, width: Int) {
    var text: [UInt8] = []
    text.append(digits: value, width: width)
    for digit in text { wideDigit(digit) }
  }

  /// The full-width form of a digit or X.
  mutating func wideDigit(_ digit: UInt8) {
    vocabulary.wideDigits.append(digit == UInt8(ascii: "X") ? 10 : Int(digit - UInt8(ascii: "0")), to: &bytes)
  }

  mutating func scientificIdentity(_ number: UInt64) {
    let leading = number / 100_000_000_000
    digits(leading / 100_000, width: 1)
    put(".")
    digits(leading % 100_000, width: 5)
    put("E+17")
  }

  mutating func put(_ date: CivilDate, separators: (String, String, String), padded: Bool = true) {
    digits(UInt64(date.year), width: 4)
    put(separators.0)
    digits(UInt64(date.month), width: padded ? 2 : 0)
    put(separators.1)
    digits(UInt64(date.day), width: padded ? 2 : 0)
    put(separators.2)
  }

  /// The name, with `separator` for the dot or after the surname.
  mutating func put(_ name: Name, between separator: String? = nil) {
    switch name.form {
    case .long:
      vocabulary.longFirst.append(name.first, to: &bytes)
      put(separator ?? vocabulary.middleDot)
      vocabulary.longSecond.append(name.second, to: &bytes)
    case .short, .common:
      vocabulary.surnames.append(name.family, to: &bytes)
      if let separator { put(separator) }
      vocabulary.given.append(name.first, to: &bytes)
      if name.form == .common { vocabulary.given.append(name.second, to: &bytes) }
    }
  }
}

extension [UInt8] {
  /// `value` in decimal with leading zeros up to `width` digits.
  mutating func append(digits value: UInt64, width: Int) {
    var text: [20 of UInt8] = .init(repeating: UInt8(ascii: "0"))
    var (rest, start) = (value, 20)
    repeat {
      start -= 1
      text[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    for place in Swift.min(start, 20 - width)..<20 { append(text[place]) }
  }

  /// The identity number of these 17 digits.
  mutating func append(identity number: UInt64) {
    append(digits: number, width: 17)
    append(IdentityNumbers.checkCharacter(of: number))
  }
}
