import Normalizers
import Testing

/// The GB 18030 decoder, by the vector file and by what one character may do to its neighbours.
struct GB18030Tests {
  @Test(arguments: Vector.load("gb18030"))
  func decodesToTheScalarsOfTheVector(vector: Vector) {
    var output: [UInt8] = []
    let malformed = GB18030Decoder().decode(vector.field.span, into: &output)
    #expect(hexadecimal(output) == vector.columns[0])
    #expect(malformed == Int(vector.columns[1]))
  }

  @Test(arguments: Vector.load("gb18030"))
  func decodesTheSameInsideALongStretch(vector: Vector) {
    for lead in 0..<9 {
      let before = [UInt8](repeating: 0x61, count: lead)
      var output: [UInt8] = []
      let stretch = before + vector.field + [0x0A] + before
      let malformed = GB18030Decoder().decode(stretch.span, into: &output)
      let words = before.map { _ in "61" } + [vector.columns[0], "A"] + before.map { _ in "61" }
      #expect(hexadecimal(output) == words.joined(separator: " "))
      #expect(malformed == Int(vector.columns[1]))
    }
  }

  @Test
  func appendsBehindWhatIsThere() {
    var output = Array("x".utf8)
    for bytes in [[0xCD, 0xF5], []] as [[UInt8]] {
      let malformed = GB18030Decoder().decode(bytes.span, into: &output)
      #expect(malformed == 0)
    }
    #expect(String(decoding: output, as: UTF8.self) == "x王")
  }

  @Test
  func staysInsideTheRoom() {
    for count in 1...24 {
      for filler in [[0xCD, 0xF5], [0x61], [0xFF], [0x90, 0x30, 0x81, 0x30], [0xFE, 0x51]] as [[UInt8]] {
        let bytes = Array((0..<count).flatMap { _ in filler }.prefix(count))
        var room = [UInt8](repeating: 0xAA, count: 3 * count)
        var span = room.mutableSpan
        let (written, _) = GB18030Decoder().decode(bytes.span, into: &span)
        var appended: [UInt8] = []
        _ = GB18030Decoder().decode(bytes.span, into: &appended)
        #expect(Array(room.prefix(written)) == appended)
      }
    }
  }

  @Test
  func everyTwoByteCodeHasACharacterOfItsOwn() {
    var seen: Set<[UInt8]> = []
    var malformed = 0
    let decoder = GB18030Decoder()
    for lead in UInt8(0x81)...0xFE {
      for trail in UInt8(0x40)...0xFE where trail != 0x7F {
        var output: [UInt8] = []
        let bytes = [lead, trail]
        malformed += decoder.decode(bytes.span, into: &output)
        seen.insert(output)
      }
    }
    #expect(malformed == 0)
    #expect(seen.count == 23_940)
  }

  /// Each code on a line of its own, so that a malformed one has two malformed bytes: its first and its third.
  @Test
  func everyFourByteCodeHasACharacterOrIsMalformed() {
    var bytes: [UInt8] = []
    for high in 0..<1260 {
      for low in 0..<1260 {
        bytes += [
          UInt8(0x81 + high / 10), UInt8(0x30 + high % 10), UInt8(0x81 + low / 10), UInt8(0x30 + low % 10), 0x0A
        ]
      }
    }
    var output: [UInt8] = []
    let malformed = GB18030Decoder().decode(bytes.span, into: &output)
    // 39,420 characters below U+10000 and the sixteen planes above.
    #expect(malformed == 2 * (1260 * 1260 - 39_420 - 0x100000))
  }

  private func hexadecimal(_ utf8: [UInt8]) -> String {
    String(decoding: utf8, as: UTF8.self).unicodeScalars.map { String($0.value, radix: 16, uppercase: true) }
      .joined(separator: " ")
  }
}
