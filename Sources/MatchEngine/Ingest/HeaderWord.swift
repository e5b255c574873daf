/// A header cell as it is compared with header words: without blanks, line breaks, `*` and bracketed parts,
/// full-width letters as plain ones, Latin letters in lower case.
package struct HeaderWord: Hashable, Sendable {
  package let text: String

  package init(_ cell: String) {
    var text = String.UnicodeScalarView()
    var closing: Unicode.Scalar?
    for scalar in cell.unicodeScalars {
      if let expected = closing {
        if Self.halfWidth(scalar) == expected { closing = nil }
        continue
      }
      let plain = Self.halfWidth(scalar)
      if let bracket = Self.brackets[plain] {
        closing = bracket
      } else if plain != "*", !plain.isBlank {
        text.append(Self.lowerCase(plain))
      }
    }
    self.text = String(text)
  }

  package var isEmpty: Bool { text.isEmpty }

  private static let brackets: [Unicode.Scalar: Unicode.Scalar] = [
    "(": ")", "[": "]", "{": "}", "【": "】", "〔": "〕", "〈": "〉", "《": "》", "<": ">"
  ]

  // U+FF01 ... U+FF5E are the full-width forms of 21 ... 7E, in the same order.
  private static func halfWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard case 0xFF01...0xFF5E = scalar.value else { return scalar }
    return Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
  }

  private static func lowerCase(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard ("A"..."Z").contains(scalar) else { return scalar }
    return Unicode.Scalar(scalar.value + 0x20) ?? scalar
  }
}

extension Unicode.Scalar {
  /// White space, line breaks, other controls, and the signs that show nothing.
  var isBlank: Bool {
    switch value {
    case 0...0x20, 0x7F...0xA0, 0x1680, 0x180E, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x2064, 0x3000, 0xFEFF: true
    default: false
    }
  }
}

extension String {
  /// The text without the blanks and line breaks at its ends.
  var trimmed: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isBlank }), let last = scalars.lastIndex(where: { !$0.isBlank })
    else { return "" }
    return String(scalars[first...last])
  }
}
