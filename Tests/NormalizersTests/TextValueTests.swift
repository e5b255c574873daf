import Normalizers
import Testing

/// Texts: decoded, never changed.
struct TextValueTests {
  @Test(
    arguments: [
      ([], "", true), (Array("abc".utf8), "abc", true), (Array(" 王　明\t".utf8), " 王　明\t", true),
      (Array("12345678王12345678é1234567𠮷".utf8), "12345678王12345678é1234567𠮷", true),
      (Array("\u{E863}\u{FE10}\u{E78D}".utf8), "\u{E863}\u{FE10}\u{E78D}", true),
      (Array("\u{FFFD}".utf8), "\u{FFFD}", true),
      ([0xC2, 0x80, 0xDF, 0xBF], "\u{80}\u{7FF}", true), ([0xE0, 0xA0, 0x80], "\u{800}", true),
      ([0xED, 0x9F, 0xBF, 0xEE, 0x80, 0x80], "\u{D7FF}\u{E000}", true),
      ([0xF0, 0x90, 0x80, 0x80, 0xF4, 0x8F, 0xBF, 0xBF], "\u{10000}\u{10FFFF}", true),
      ([0x61, 0x80, 0x62], "a\u{FFFD}b", false), ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}", false),
      ([0xC1, 0xBF], "\u{FFFD}\u{FFFD}", false),
      ([0xE0, 0x9F, 0xBF], "\u{FFFD}\u{FFFD}\u{FFFD}", false), ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}", false),
      ([0xF0, 0x8F, 0xBF, 0xBF], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}", false),
      ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}", false),
      ([0xF5], "\u{FFFD}", false), ([0xFF], "\u{FFFD}", false), ([0xE7, 0x8E], "\u{FFFD}", false),
      ([0xE7, 0x8E, 0x41], "\u{FFFD}A", false),
      ([0xF0, 0x9F, 0x98], "\u{FFFD}", false), ([0xC3], "\u{FFFD}", false),
      ([0xCD, 0xF5, 0xC3, 0xF7], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}", false),
      ([0x61, 0, 0x62], "a\0b", false)
    ] as [([UInt8], String, Bool)])
  func decodes(field: [UInt8], text: String, isWellFormed: Bool) {
    var output: [UInt8] = []
    let codes = TextValue.decode(field.span, into: &output)
    #expect(output == Array(text.utf8))
    #expect(codes == (isWellFormed ? [] : .decode))
    // The same at every place of a word.
    for lead in 0..<9 {
      let ascii = [UInt8](repeating: 0x61, count: lead)
      for longer in [ascii + field, ascii + field + ascii] {
        let answer = TextValue.isWellFormed(longer.span)
        #expect(answer == isWellFormed)
      }
    }
  }

  /// Sequences of up to four bytes from the edges of every range, against the standard library.
  @Test
  func agreesWithTheStandardLibrary() {
    let edges: [UInt8] = [
      0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5
    ]
    var wrong: [[UInt8]] = []
    for first in edges {
      for second in edges {
        for third in edges {
          for fourth in edges {
            let field = [first, second, third, fourth]
            let expected = String(decoding: field, as: UTF8.self)
            var output: [UInt8] = []
            let codes = TextValue.decode(field.span, into: &output)
            let isWellFormed = String(validating: field, as: UTF8.self) != nil
            if output != Array(expected.utf8) || codes.isEmpty != isWellFormed { wrong.append(field) }
          }
        }
      }
    }
    #expect(wrong == [])
  }
}
