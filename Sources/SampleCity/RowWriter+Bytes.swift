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
    var length = 1
    var bound: UInt64 = 10
    while length < 19 && value >= bound {
      length += 1
      bound *= 10
    }
    length = Swift.max(length, width)
    let start = count
    for _ in 0..<length { append(UInt8(ascii: "0")) }
    var rest = value
    for index in stride(from: start + length - 1, through: start, by: -1) {
      self[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
  }

  /// The identity number of these 17 digits.
  mutating func append(identity number: UInt64) {
    append(digits: number, width: 17)
    append(IdentityNumbers.checkCharacter(of: number))
  }
}
