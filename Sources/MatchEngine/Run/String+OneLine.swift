extension Unicode.Scalar {
  /// True for what breaks a line, moves a terminal's cursor or turns the direction of writing.
  package var isControl: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}

extension String {
  /// The text with every control character replaced, so that a message stays one line and cannot steer a terminal.
  package var oneLine: String {
    var line = String.UnicodeScalarView()
    for scalar in unicodeScalars { line.append(scalar.isControl ? "\u{FFFD}" : scalar) }
    return String(line)
  }
}
