/// Turns UTF-8 into GB 18030, for the characters of the vocabulary only.
struct GB18030Transcoder {
  /// Two-byte codes by code point; 0 where the vocabulary has no such character.
  private var codes = [UInt16](repeating: 0, count: 0x1_0000)

  init() {
    for entry in gb18030Codes { codes[Int(entry >> 16)] = UInt16(truncatingIfNeeded: entry) }
  }

  /// `text` is well-formed UTF-8 of ASCII and characters of the vocabulary.
  func encoded(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let lead = text[index]
      if lead < 0x80 {
        output.append(lead)
        index += 1
        continue
      }
      var point = Int(lead & (lead < 0xE0 ? 0x1F : 0x0F))
      let length = lead < 0xE0 ? 2 : 3
      for next in index + 1..<index + length { point = point << 6 | Int(text[next] & 0x3F) }
      let code = codes[point]
      precondition(code != 0, "a character of no vocabulary; run scripts/make-city-tables")
      output.append(UInt8(code >> 8))
      output.append(UInt8(truncatingIfNeeded: code))
      index += length
    }
    return output
  }
}
