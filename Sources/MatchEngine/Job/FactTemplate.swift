/// A sentence with values between braces; a doubled brace stands for itself.
enum FactTemplate {
  enum Piece: Hashable {
    case text(String)
    /// An expression and where it begins, in characters from the start of the sentence.
    case value(String, offset: Int)
    case unclosed(offset: Int)
  }

  static func pieces(of template: String) -> [Piece] {
    let scalars = Array(template.unicodeScalars)
    var pieces: [Piece] = []
    var text = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      let isDoubled = index + 1 < scalars.count && scalars[index + 1] == scalar
      if (scalar == "{" || scalar == "}") && isDoubled {
        text.append(scalar)
        index += 2
      } else if scalar == "{" {
        if !text.isEmpty { pieces.append(.text(String(text))) }
        text = String.UnicodeScalarView()
        guard let close = end(of: scalars, from: index + 1) else { return pieces + [.unclosed(offset: index)] }
        var value = String.UnicodeScalarView()
        value.append(contentsOf: scalars[(index + 1)..<close])
        pieces.append(.value(String(value), offset: index + 1))
        index = close + 1
      } else {
        text.append(scalar)
        index += 1
      }
    }
    if !text.isEmpty { pieces.append(.text(String(text))) }
    return pieces
  }

  /// The closing brace, outside of quoted texts.
  private static func end(of scalars: [Unicode.Scalar], from start: Int) -> Int? {
    var isQuoted = false
    for index in start..<scalars.count {
      if scalars[index] == "'" { isQuoted.toggle() }
      if scalars[index] == "}", !isQuoted { return index }
    }
    return nil
  }
}
