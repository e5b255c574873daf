import MatchEngine
import Testing

@Suite struct RunTextTests {
  @Test(
    arguments: [
      ("", ""), ("abc", "abc"), ("a b", "a b"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
      ("a\rb", "\"a\rb\""),
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""),
      ("＝1", "'＝1"), ("＋1", "'＋1"), ("－1", "'－1"), ("＠x", "'＠x"), ("＜x", "＜x"), ("a=b", "a=b"), (" =1", " =1"),
      ("=a,b", "\"'=a,b\""), ("张三", "张三"), ("'x", "'x")
    ] as [(String, String)])
  func quotesAndGuardsTextCells(cell: String, written: String) {
    var writer = CSVCellWriter()
    writer.text(cell)
    writer.text("z")
    writer.endRecord()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == written + ",z\n")
  }

  @Test func numbersAreNotGuarded() {
    var writer = CSVCellWriter()
    writer.number("-12.50")
    writer.number(-3)
    writer.endRecord()
    writer.text("")
    writer.endRecord()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "-12.50,-3\n\n")
  }

  @Test(
    arguments: [
      ("", ""), ("a", "a"), ("ab", "a*"), ("abc", "a**"), ("abcd", "a**d"), ("abcdefg", "a*****g"),
      ("abcdefgh", "ab****gh"),
      ("2026-13-45", "20******45"), ("abcdefghijkl", "abcd******kl"), ("123456789012345", "123456*****2345"),
      ("11010519491231002X", "110105********002X"), ("张三丰", "张**"), ("欧阳修竹", "欧**竹"), ("1\n2\u{202E}3", "1***3"),
      ("\nab\u{1B}", "\u{FFFD}**\u{FFFD}"),
      ("1234567890123456789012345678901234567890123456789012345678901234567890", "123456" + stars + "7890")
    ] as [(String, String)])
  func masksValues(value: String, masked: String) {
    let bytes = Array(value.utf8)
    #expect(Mask.masked(bytes.span) == masked)
  }

  static let stars = "******************************************************"

  @Test func masksVeryLongAndBrokenValues() {
    let long = [UInt8](repeating: 65, count: 1_000_000)
    #expect(Mask.masked(long.span) == "AAAAAA" + Self.stars + "AAAA")
    let broken: [UInt8] = [0xD5, 0xC5, 65, 66]
    #expect(Mask.masked(broken.span) == "\u{FFFD}**B")
  }

  @Test func writesTheSameJSONEachTime() {
    let value = JSONText.members([
      "z": .integer(-5),
      "a": .array([.fixed(units: 5, places: 3), .fixed(units: -12345, places: 2), .bool(true), .null]),
      "absent": nil, "text": .string("张\"\\\n\u{1}/"), "none": .array([]), "empty": .counts([:]),
      "counts": .counts(["b": 2, "a": 1]), "time": .seconds(1.2345)
    ])
    #expect(
      value.document == """
        {
          "z": -5,
          "a": [
            0.005,
            -123.45,
            true,
            null
          ],
          "text": "张\\"\\\\\\n\\u0001/",
          "none": [],
          "empty": {},
          "counts": {
            "a": 1,
            "b": 2
          },
          "time": 1.235
        }

        """)
  }

  @Test func errorsAreOneLineAndNameTheFile() {
    #expect(
      RunError.system(action: "write", path: "out/flags.csv", number: 28).description
        == "out/flags.csv: cannot write: No space left on device")
    #expect(RunError.missing(path: "a\nb\u{1B}[2J").description == "a\u{FFFD}b\u{FFFD}[2J: no such file")
    #expect(RunError.cut(path: "a.gz", format: "gzip").description == "a.gz: the gzip data is cut off before its end")
  }

  @Test func alignsTheSummaryByTerminalColumns() {
    var died = Manifest.Rule(id: "DEATH_STOP")
    died.title = "死亡未停"
    died.flags = 1234
    died.evaluated = 1_234_567
    died.notEvaluated = ["E-EMPTY": 3, "E-CHECK": 4]
    var named = Manifest.Rule(id: "姓名不符")
    named.state = .unknown
    named.reason = "household has no usable row"
    #expect(
      SummaryTable(rules: [died, named], warnings: ["DEATH_STOP flags more than 20 % of its subjects"]).text == """
        rule          flags  evaluated  not evaluated  exemptions  title
        DEATH_STOP    1,234  1,234,567              7           0  死亡未停
        姓名不符    UNKNOWN
        姓名不符: UNKNOWN: household has no usable row
        warning: DEATH_STOP flags more than 20 % of its subjects

        """)
  }
}
