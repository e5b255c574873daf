/// The scalars of one field after the clean-up that is the same for numbers, dates and amounts.
///
/// Invisible scalars are removed, Excel's text form and quotes are taken off, full-width forms become ASCII.
package struct FieldText {
  package enum Blanks {
    /// Blanks go wherever they stand.
    case removed
    /// A stretch of blanks inside the value stays as one U+0020.
    case kept
  }

  package var scalars: [Unicode.Scalar] = []
  /// The repairs so far, or the reason why there is nothing to go on with.
  package var codes: Codes = []
  /// True when a full-width hyphen stood in the value, which is a minus sign in amounts.
  package private(set) var hasWideHyphen = false

  package init(_ field: borrowing Span<UInt8>, blanks: Blanks) {
    guard read(field, blanks: blanks) else {
      codes = .decode
      return
    }
    unwrap()
    for index in scalars.indices {
      let narrow = scalars[index].narrowed
      if narrow != scalars[index] {
        if narrow == "-" { hasWideHyphen = true }
        scalars[index] = narrow
        codes.insert(.width)
      }
    }
    if NullWord.matches(scalars) { codes = .empty }
  }

  private mutating func read(_ field: borrowing Span<UInt8>, blanks: Blanks) -> Bool {
    scalars.reserveCapacity(field.count)
    var index = 0
    var pendingBlank: Unicode.Scalar?
    while index < field.count {
      guard let scalar = field.scalar(at: &index), scalar != "\0" else { return false }
      guard scalar.isInvisible else {
        if let blank = pendingBlank {
          if blank != " " { codes.insert(.space) }
          scalars.append(" ")
          pendingBlank = nil
        }
        scalars.append(scalar)
        continue
      }
      if blanks == .kept, scalar.isBlank, !scalars.isEmpty, pendingBlank == nil {
        pendingBlank = scalar
      } else {
        codes.insert(.space)
      }
    }
    if pendingBlank != nil { codes.insert(.space) }
    return true
  }

  private mutating func unwrap() {
    if scalars.count >= 3, scalars[0] == "=", scalars[1] == "\"", scalars.last == "\"" {
      scalars.removeLast()
      scalars.removeFirst(2)
      codes.insert(.excelText)
    }
    if let first = scalars.first, Self.apostrophes.contains(first) {
      scalars.removeFirst()
      codes.insert(.quote)
    } else if scalars.count >= 2, let first = scalars.first, let last = scalars.last,
      first == "\"" && last == "\"" || first == "\u{201C}" && last == "\u{201D}"
    {
      scalars.removeLast()
      scalars.removeFirst()
      codes.insert(.quote)
    }
    if !codes.isDisjoint(with: [.excelText, .quote]) { trimBlanks() }
  }

  /// Drops blanks that came to the ends.
  package mutating func trimBlanks() {
    while scalars.last == " " {
      scalars.removeLast()
      codes.insert(.space)
    }
    while scalars.first == " " {
      scalars.removeFirst()
      codes.insert(.space)
    }
  }

  private static let apostrophes: [Unicode.Scalar] = ["'", "\u{2018}", "\u{2019}", "`", "\u{FF07}"]
}

extension FieldText {
  /// Removes single hyphens that stand between two digits.
  package mutating func removeHyphensBetweenDigits() {
    guard scalars.count > 2, scalars.contains(where: \.isHyphen) else { return }
    var kept: [Unicode.Scalar] = [scalars[0]]
    for index in 1..<scalars.count {
      if scalars[index].isHyphen, scalars[index - 1].digit != nil, index + 1 < scalars.count,
        scalars[index + 1].digit != nil
      {
        codes.insert(.separator)
      } else {
        kept.append(scalars[index])
      }
    }
    scalars = kept
  }

  /// Removes `.0` or `.00` behind nothing but digits, as many as `allowed` says.
  package mutating func removeDotZero(after allowed: (Int) -> Bool) {
    guard let dot = scalars.firstIndex(of: "."), allowed(dot) else { return }
    guard scalars[..<dot].allSatisfy({ $0.digit != nil }) else { return }
    let rest = scalars[(dot + 1)...]
    guard 1...2 ~= rest.count, rest.allSatisfy({ $0 == "0" }) else { return }
    scalars.removeSubrange(dot...)
    codes.insert(.dotZero)
  }

  /// True for a number as spreadsheets show it when it is too long for the cell: `3.10101E+17`.
  package var isScientific: Bool {
    var index = 0
    func digits() -> Int {
      let start = index
      while index < scalars.count, scalars[index].digit != nil { index += 1 }
      return index - start
    }
    let whole = digits()
    guard whole > 0, index < scalars.count else { return false }
    var isTold = whole == 1
    if scalars[index] == "." || scalars[index] == "," {
      index += 1
      isTold = true
      _ = digits()
    }
    guard index < scalars.count, scalars[index].capitalized == "E" else { return false }
    index += 1
    if index < scalars.count, scalars[index] == "+" || scalars[index].isHyphen {
      index += 1
      isTold = true
    }
    let exponent = digits()
    return isTold && 1...3 ~= exponent && index == scalars.count
  }

  /// True when part of the value was covered before it came here: stars, bullets, boxes, a run of X.
  package var isMasked: Bool {
    var run = 0
    for scalar in scalars {
      switch scalar {
      case "*", "\u{2217}", "\u{204E}", "\u{2731}", "\u{25CF}", "\u{2022}", "\u{25A0}", "\u{2588}": return true
      case "X", "x", "\u{D7}":
        run += 1
        if run == 3 { return true }
      default: run = 0
      }
    }
    return false
  }
}
