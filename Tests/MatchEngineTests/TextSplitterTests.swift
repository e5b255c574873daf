import MatchEngine
import Testing

@Suite struct TextSplitterTests {
  @Test(
    arguments: [
      ("", []),
      ("a,b", [["a", "b"]]),
      ("a,b\n", [["a", "b"]]),
      ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
      ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
      ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
      ("a\nb\r\nc\rd", [["a"], ["b"], ["c"], ["d"]]),
      ("a,\n", [["a", ""]]),
      ("a,", [["a", ""]]),
      (",", [["", ""]]),
      (",,\n", [["", "", ""]]),
      ("\"\"\n", [[""]]),
      ("a\n\n\nb\n", [["a"], ["b"]]),
      ("\r\na\r\n\r\n", [["a"]]),
      (" a , b \n", [[" a ", " b "]]),
      ("\"a\",\"b\"\n", [["a", "b"]]),
      ("\"a,b\",c\n", [["a,b", "c"]]),
      ("\"a\nb\",c\r\n", [["a\nb", "c"]]),
      ("\"a\r\nb\rc\"", [["a\r\nb\rc"]]),
      ("\"a\"\"b\",\"\"\"\"\n", [["a\"b", "\""]]),
      ("\"\"\"a\"\"\"\n", [["\"a\""]]),
      ("5\"管,x\n", [["5\"管", "x"]]),
      ("=\"3101\",x\n", [["=\"3101\"", "x"]]),
      ("\"=\"\"3101\"\"\",x\n", [["=\"3101\"", "x"]]),
      (" \"a\",b\n", [[" \"a\"", "b"]]),
      ("a\"b\"c\n", [["a\"b\"c"]]),
      ("\"abc\"d,e\n", [["abcd", "e"]]),
      ("\"a\"\"b\"d\"e\"\"f,g\n", [["a\"bd\"e\"\"f", "g"]]),
      ("\"a\" ,b\n", [["a ", "b"]]),
      ("a，b,c\n", [["a，b", "c"]]),
      ("a,b\n\u{1A}", [["a", "b"]]),
      ("a,b\u{1A}", [["a", "b"]]),
      ("a,\"b\"\u{1A}", [["a", "b"]]),
      ("a\u{1A},b\n", [["a\u{1A}", "b"]]),
      ("\u{1A}", []),
      ("a\0b,c\n", [["a\0b", "c"]]),
      ("姓名,身份证号\n张三,1\n", [["姓名", "身份证号"], ["张三", "1"]])
    ] as [(String, [[String]])])
  func givesTheFieldsOfEveryRecord(text: String, records: [[String]]) {
    let split = SplitText(Array(text.utf8))
    #expect(split.records == records)
    #expect(!split.entries.contains { if case .rejected = $0 { true } else { false } })
  }

  @Test(
    arguments: [
      (.tab, "a\tb,c\n", [["a", "b,c"]]), (.semicolon, "a;\"b;c\"\n", [["a", "b;c"]]),
      (.pipe, "a|b\\|c\n", [["a", "b\\", "c"]])
    ] as [(Delimiter, String, [[String]])])
  func splitsAtTheGivenDelimiterAlone(delimiter: Delimiter, text: String, records: [[String]]) {
    #expect(SplitText(Array(text.utf8), delimiter).records == records)
  }

  @Test(
    arguments: [
      ("\"abc\"d\n", 1), ("\"a\" ,\"b\"c\n", 1), ("\"a\"\"b\"\n", 0), ("a\"b\n", 0), ("\"a\"b\n\"c\"d\n", 2)
    ])
  func countsRecordsWithTextBehindAClosingQuote(text: String, count: Int) {
    #expect(SplitText(Array(text.utf8)).textsAfterQuote == count)
  }

  @Test func countsLinesAlsoInsideQuotes() {
    let split = SplitText(Array("a\r\n\"x\r\ny\nz\rw\",1\r\n\nb\rc".utf8))
    #expect(split.entries == [.record(["a"]), .record(["x\r\ny\nz\rw", "1"]), .empty, .record(["b"]), .record(["c"])])
    #expect(split.lines == [1, 2, 6, 7, 8])
    #expect(split.lineEndings == [.crlf, .crlf, .lf, .cr, nil])
  }

  @Test(
    arguments: [
      // At the end of the file the line of the quote is lost, no other.
      (
        "a,b\n1,\"x\n2,y\n3,z\n",
        [.record(["a", "b"]), .rejected(.openQuote), .record(["2", "y"]), .record(["3", "z"])], [1, 2, 3, 4]
      ),
      ("1,\"x\r\n2,y", [.rejected(.openQuote), .record(["2", "y"])], [1, 2]),
      ("1,\"x\r2,y", [.rejected(.openQuote), .record(["2", "y"])], [1, 2]),
      ("1,\"x", [.rejected(.openQuote)], [1]),
      ("\"", [.rejected(.openQuote)], [1]),
      ("\"\u{1A}", [.rejected(.openQuote)], [1]),
      // The quote stands on the second line of its record, which is lost up to there.
      ("\"p\nq\",\"x\n2,y\n", [.rejected(.openQuote), .record(["2", "y"])], [2, 3]),
      // Doubled quotes close nothing.
      ("\"x\"\"\n2,\"\"y\n", [.rejected(.openQuote), .record(["2", "y"])], [1, 2]),
      ("\"x\n\"\"\n", [.rejected(.openQuote), .record([""])], [1, 2])
    ] as [(String, [SplitText.Entry], [Int])])
  func losesOneLineToAQuoteThatIsNeverClosed(text: String, entries: [SplitText.Entry], lines: [Int]) {
    let split = SplitText(Array(text.utf8))
    #expect(split.entries == entries)
    #expect(split.lines == lines)
  }

  @Test func givesTheLineOfAnOpenQuoteAsItStands() {
    let text = Array("1,\"x,\"\"y\n2,z\n".utf8)
    var splitter = RecordSplitter(delimiter: .comma)
    #expect(splitter.next(in: text.span, from: 0, isFinal: true) == .rejected(.openQuote, end: 9))
    #expect(
      splitter.fields == [
        .init(start: 0, end: 1), .init(start: 2, end: 4), .init(start: 6, end: 8, isQuoted: true, needsUnescaping: true)
      ])
  }

  @Test(
    arguments: [
      // A quoted field may hold as many line ends as the limit less one.
      ("\"a\nb\nc\",1\nd\n", 3, [.record(["a\nb\nc", "1"]), .record(["d"])]),
      ("\"a\nb\nc\",1\nd\n", 2, [.rejected(.openQuote), .record(["b"]), .record(["c\"", "1"]), .record(["d"])]),
      ("\"a\r\nb\r\nc\",1\nd\n", 3, [.record(["a\r\nb\r\nc", "1"]), .record(["d"])]),
      ("\"a\r\nb\r\nc\",1\nd\n", 1, [.rejected(.openQuote), .record(["b"]), .record(["c\"", "1"]), .record(["d"])])
    ] as [(String, Int, [SplitText.Entry])])
  func holdsTheLimitOfLinesInQuotes(text: String, limit: Int, entries: [SplitText.Entry]) {
    #expect(SplitText(Array(text.utf8), limits: .init(quotedLineCount: limit)).entries == entries)
  }

  @Test(
    arguments: [
      ("12345678\nb\n", [.record(["12345678"]), .record(["b"])]),
      ("12345678", [.record(["12345678"])]),
      ("123456789\nb\n", [.rejected(.recordLength), .record(["b"])]),
      ("123456789", [.rejected(.recordLength)]),
      ("1234567890123\r\nb\n", [.rejected(.recordLength), .record(["b"])]),
      ("12345678\u{1A}", [.record(["12345678"])]),
      ("\"123456\"\nb\n", [.record(["123456"]), .record(["b"])]),
      ("\"1234567\"\nb\n", [.rejected(.openQuote), .record(["b"])]),
      ("\"12345\"\"\"\nb\n", [.rejected(.openQuote), .record(["b"])]),
      ("\"12345\"xyz\nb\n", [.rejected(.recordLength), .record(["b"])]),
      ("\"1\n2345678\nb\n", [.rejected(.openQuote), .record(["2345678"]), .record(["b"])]),
      ("\"a\nb\",345678\nb\n", [.rejected(.recordLength), .record(["b"])])
    ] as [(String, [SplitText.Entry])])
  func holdsTheLimitOfBytesInARecord(text: String, entries: [SplitText.Entry]) {
    #expect(SplitText(Array(text.utf8), limits: .init(recordByteCount: 8)).entries == entries)
  }

  @Test func holdsTheLimitOfColumns() {
    let split = SplitText(Array("a,b,c\na,b,c,d\n\"x,\na,b\n".utf8), limits: .init(columnCount: 3))
    #expect(
      split.entries == [
        .record(["a", "b", "c"]), .rejected(.columnCount), .rejected(.openQuote), .record(["a", "b"])
      ])
    #expect(RecordSplitter.Limits() == .init(recordByteCount: 1_048_576, quotedLineCount: 1_000, columnCount: 16_384))
  }

  @Test func isTheSameHoweverTheTextIsCut() {
    var random = Seeded(7)
    let alphabet = Array("ab,,\"\"\"\n\r\u{1A}".utf8)
    let limits = [
      RecordSplitter.Limits(), .init(recordByteCount: 6, quotedLineCount: 2, columnCount: 3),
      .init(recordByteCount: 12, quotedLineCount: 1, columnCount: 16_384)
    ]
    for round in 0..<3_000 {
      let count = Int.random(in: 0...24, using: &random)
      let text = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
      let limit = limits[round % limits.count]
      let whole = SplitText(text, limits: limit)
      #expect(whole.ends.last ?? 0 >= count - (text.last == 0x1A ? 1 : 0))
      for first in 0...count {
        #expect(SplitText(text, limits: limit, firstPiece: first) == whole, "\(text) cut at \(first)")
      }
      #expect(SplitText(text, limits: limit, firstPiece: 0, piece: 1) == whole, "\(text) byte by byte")
    }
  }

  @Test func passesAnEndlessLineWithoutKeepingIt() {
    var splitter = RecordSplitter(delimiter: .comma, limits: .init(recordByteCount: 100))
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 150)
    #expect(splitter.next(in: piece.span, from: 0, isFinal: false) == .needsMoreText(keepFrom: 150))
    for _ in 0..<10 {
      #expect(splitter.next(in: piece.span, from: 0, isFinal: false) == .needsMoreText(keepFrom: 150))
    }
    let last = Array("x\r\nb".utf8)
    #expect(splitter.next(in: last.span, from: 0, isFinal: true) == .rejected(.recordLength, end: 3))
    #expect(splitter.lineEndCount == 1)
    #expect(splitter.next(in: last.span, from: 3, isFinal: true) == .record(end: 4))
  }
}
