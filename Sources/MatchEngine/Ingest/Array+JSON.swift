extension [UInt8] {
  /// Appends well-formed UTF-8 as a JSON string with its quotes; escapes only what JSON requires.
  package mutating func appendJSON(_ text: borrowing Span<UInt8>, range: Range<Int>) {
    append(UInt8(ascii: "\""))
    for index in range {
      let byte = text[index]
      if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        append(byte)
      } else {
        appendJSONEscape(of: byte)
      }
    }
    append(UInt8(ascii: "\""))
  }

  package mutating func appendJSON(_ text: String) {
    let bytes = [UInt8](text.utf8)
    appendJSON(bytes.span, range: bytes.indices)
  }

  private mutating func appendJSONEscape(of byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    default:
      append(contentsOf: "u00".utf8)
      append(Self.hexDigits[Int(byte >> 4)])
      append(Self.hexDigits[Int(byte & 15)])
    }
  }

  private static var hexDigits: [16 of UInt8] {
    [48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]  // 0...9 a...f
  }
}
