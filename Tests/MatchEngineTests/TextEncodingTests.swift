import MatchEngine
import Testing

@Suite struct TextEncodingTests {
  /// The text, encoding and malformed pieces of `bytes` that come in pieces of `size`.
  private func decode(
    _ bytes: [UInt8], as encoding: TextEncoding? = nil, size: Int = 1 << 20
  ) -> (text: String, transcoder: Transcoder, errorOffsets: [Int]) {
    var transcoder = Transcoder(encoding: encoding)
    var source = PieceSource(bytes, sizes: [size])
    var text: [UInt8] = []
    var offsets: [Int] = []
    var isFinal = false
    while !isFinal {
      var piece: [UInt8] = []
      isFinal = source.read(into: &piece) == 0
      transcoder.append(piece.span, isFinal: isFinal, to: &text)
      offsets += transcoder.takeErrorOffsets()
    }
    return (String(decoding: text, as: UTF8.self), transcoder, offsets)
  }

  @Test(
    arguments: [
      ([], "", .utf8, false, 0),
      (Array("a,b\n".utf8), "a,b\n", .utf8, false, 0),
      ([0xEF, 0xBB, 0xBF, 0x61], "a", .utf8, true, 0),
      ([0xEF, 0xBB, 0xBF], "", .utf8, true, 0),
      ([0xFF, 0xFE, 0x61, 0x00, 0x09, 0x00, 0x2D, 0x4E], "a\t中", .utf16LittleEndian, true, 0),
      ([0xFE, 0xFF, 0x00, 0x61, 0x4E, 0x2D], "a中", .utf16BigEndian, true, 0),
      ([0xFF, 0xFE], "", .utf16LittleEndian, true, 0),
      ([0x84, 0x31, 0x95, 0x33, 0x61], "a", .gb18030, true, 0),
      (Array("姓名\n".utf8), "姓名\n", .utf8, false, 0),
      // 姓名 in GB18030; the second is cut in its last character.
      ([0xD0, 0xD5, 0xC3, 0xFB, 0x0A], "姓名\n", .gb18030, false, 0),
      ([0xD0, 0xD5, 0x2C, 0xC3], "姓,\u{FFFD}", .gb18030, false, 1),
      // U+20087 has four bytes.
      ([0x61, 0x95, 0x32, 0x90, 0x31, 0x62], "a\u{20087}b", .gb18030, false, 0),
      // U+FFFD of the file itself is no error, also beside one.
      ([0xD0, 0xD5, 0x84, 0x31, 0xA4, 0x37, 0x2C, 0xFF, 0x61], "姓\u{FFFD},\u{FFFD}a", .gb18030, false, 1),
      // The bytes that once passed for UTF-8; C1 begins no character of it since Unicode 3.1.
      ([0xC1, 0xAA, 0xCD, 0xA8], "联通", .gb18030, false, 0),
      // UTF-16: a surrogate pair, a lone half, an odd last byte.
      ([0xFF, 0xFE, 0x40, 0xD8, 0x87, 0xDC], "\u{20087}", .utf16LittleEndian, true, 0),
      ([0xFF, 0xFE, 0x40, 0xD8, 0x61, 0x00], "\u{FFFD}a", .utf16LittleEndian, true, 1),
      ([0xFF, 0xFE, 0x87, 0xDC, 0x61, 0x00], "\u{FFFD}a", .utf16LittleEndian, true, 1),
      ([0xFF, 0xFE, 0x61, 0x00, 0x62], "a\u{FFFD}", .utf16LittleEndian, true, 1),
      ([0xFF, 0xFE, 0x40, 0xD8], "\u{FFFD}", .utf16LittleEndian, true, 1)
    ] as [([UInt8], String, TextEncoding, Bool, Int)])
  func tellsTheEncodingAndDecodes(
    bytes: [UInt8], text: String, encoding: TextEncoding, hasMark: Bool, errors: Int
  ) {
    for size in [1, 2, 3, 5, 1_000] {
      let decoded = decode(bytes, size: size)
      #expect(decoded.text == text)
      #expect(decoded.transcoder.encoding ?? .utf8 == encoding)
      #expect(decoded.transcoder.hasByteOrderMark == hasMark)
      #expect(decoded.transcoder.errorCount == errors)
      #expect(decoded.errorOffsets.count == errors)
    }
  }

  @Test(
    arguments: [
      ([0x61, 0xFF, 0x62], "a\u{FFFD}b", [1]),
      ([0xE5, 0xA7], "\u{FFFD}", [0]),
      ([0xE5, 0xA7, 0x2C, 0xE5, 0xA7, 0x93], "\u{FFFD},姓", [0]),
      ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}", [0, 3, 6]),
      ([0xC0, 0x80], "\u{FFFD}\u{FFFD}", [0, 3]),
      ([0xF0, 0x9F, 0x98, 0x41], "\u{FFFD}A", [0]),
      ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}", [0, 3, 6, 9]),
      ([0xEF, 0xBF, 0xBD], "\u{FFFD}", [])
    ] as [([UInt8], String, [Int])])
  func replacesAndCountsWhatIsMalformedInUTF8(bytes: [UInt8], text: String, errorOffsets: [Int]) {
    for size in [1, 2, 3, 100] {
      let decoded = decode(bytes, as: .utf8, size: size)
      #expect(decoded.text == text)
      #expect(decoded.errorOffsets == errorOffsets)
      #expect(decoded.transcoder.errorCount == errorOffsets.count)
    }
  }

  @Test func decidesAtTheFirstBytesThatAreNotASCIIWhereverTheyAre() {
    let ascii = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
    let utf8 = decode(ascii + Array("姓名".utf8), size: 4_096)
    #expect(utf8.transcoder.encoding == .utf8)
    let gb18030 = decode(ascii + [0xD0, 0xD5, 0xC3, 0xFB], size: 4_096)
    #expect(gb18030.transcoder.encoding == .gb18030)
    #expect(gb18030.text == String(repeating: "x", count: 300_000) + "姓名")
  }

  @Test func aStretchOf64KiBDecidesAndIsKept() {
    // 姓 has three bytes, so the stretch ends inside a character.
    let text = String(repeating: "姓", count: 30_000)
    let decoded = decode(Array(text.utf8) + [0x0A, 0xFF, 0x0A], size: 10_000)
    #expect(decoded.transcoder.encoding == .utf8)
    #expect(decoded.text == text + "\n\u{FFFD}\n")
    #expect(decoded.errorOffsets == [90_001])
    let early = decode([0xE5, 0xA7, 0x93, 0xFF] + Array(text.utf8), size: 10_000)
    #expect(early.transcoder.encoding == .gb18030)
  }

  @Test func whatIsMalformedInGB18030IsMarkedAndNothingElse() {
    // 姓, U+FFFD, a lead byte without its trail byte, FF.
    let bytes: [UInt8] = [0xD0, 0xD5, 0x84, 0x31, 0xA4, 0x37, 0xC3, 0x2C, 0xFF, 0x61]
    for size in [1, 2, 3, 100] {
      var transcoder = Transcoder(encoding: .gb18030, marksMalformed: true)
      var source = PieceSource(bytes, sizes: [size])
      var text: [UInt8] = []
      var isFinal = false
      while !isFinal {
        var piece: [UInt8] = []
        isFinal = source.read(into: &piece) == 0
        transcoder.append(piece.span, isFinal: isFinal, to: &text)
      }
      #expect(text == Array("姓\u{FFFD}".utf8) + [0xFF, 0x2C, 0xFF, 0x61])
      #expect(transcoder.takeErrorOffsets() == [6, 8])
    }
  }

  @Test func theUserIsRightAboutTheEncoding() {
    #expect(decode([0xD0, 0xD5], as: .utf8).text == "\u{FFFD}\u{FFFD}")
    #expect(decode([0x61, 0x00], as: .utf16LittleEndian).text == "a")
    #expect(decode([0x00, 0x61], as: .utf16BigEndian).text == "a")
    #expect(decode([0xFF, 0xFE, 0x61, 0x00], as: .utf16LittleEndian).text == "a")
    #expect(decode([0xEF, 0xBB, 0xBF, 0x61], as: .utf8).text == "a")
  }

  @Test func isTheSameHoweverTheBytesAreCut() {
    var random = Seeded(11)
    // Leads, trails, digits and separators of the encodings; malformed mixtures included.
    let alphabet: [UInt8] = [
      0x2C, 0x0A, 0x30, 0x31, 0x39, 0x41, 0x7F, 0x80, 0x81, 0x84, 0x95, 0xA0, 0xBF, 0xC3, 0xD0, 0xD8, 0xDC, 0xE5, 0xF0,
      0xFE, 0xFF
    ]
    for encoding in TextEncoding.allCases {
      for _ in 0..<400 {
        let count = Int.random(in: 0...20, using: &random)
        let bytes = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
        let whole = decode(bytes, as: encoding)
        for size in 1...max(count, 1) {
          let cut = decode(bytes, as: encoding, size: size)
          #expect(cut.text == whole.text, "\(encoding) \(bytes) in pieces of \(size)")
          #expect(cut.transcoder.errorCount == whole.transcoder.errorCount)
        }
      }
    }
  }
}
