import Testing

@testable import MatchEngine

/// The rows of the table "CSV as Chinese systems write it".
@Suite struct TextReaderTests {
  private func table(
    _ bytes: [UInt8], sizes: [Int] = [1 << 20]
  ) throws -> (rows: [[String]], table: TableReader) {
    var table = TableReader(try RecordReader(PieceSource(bytes, sizes: sizes)))
    var rows: [[String]] = []
    while try table.next() != nil {
      rows.append(
        table.records.fields.map { field in
          var cell: [UInt8] = []
          table.records.append(field, to: &cell)
          return String(decoding: cell, as: UTF8.self)
        })
    }
    return (rows, table)
  }

  private func utf16(_ text: String) -> [UInt8] {
    [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
  }

  private func gb18030(_ text: String) throws -> [UInt8] {
    let codes: [Unicode.Scalar: [UInt8]] = [
      "姓": [0xD0, 0xD5], "名": [0xC3, 0xFB], "身": [0xC9, 0xED], "份": [0xB7, 0xDD], "证": [0xD6, 0xA4], "号": [0xBA, 0xC5],
      "张": [0xD5, 0xC5], "三": [0xC8, 0xFD]
    ]
    return try text.unicodeScalars.flatMap { scalar in
      scalar.isASCII ? [UInt8(scalar.value)] : try #require(codes[scalar])
    }
  }

  @Test func readsEveryEncodingToTheSameRows() throws {
    let text = "姓名\t身份证号\r\n张三\t1\r\n"
    for bytes in [Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8), utf16(text), try gb18030(text)] {
      for size in [1, 2, 7, 100] {
        let read = try table(bytes, sizes: [size])
        #expect(read.rows == [["张三", "1"]])
        #expect(read.table.layout.columns == ["姓名", "身份证号"])
        #expect(read.table.records.delimiter == .tab)
        #expect(read.table.records.lineEndings == [.crlf])
        #expect(read.table.records.problems == [])
      }
    }
    #expect(try table(gb18030("姓名,x")).table.records.encoding == .gb18030)
    #expect(try table(utf16("姓名,x")).table.records.encoding == .utf16LittleEndian)
    #expect(try table(utf16("姓名,x")).table.records.hasByteOrderMark)
  }

  @Test func leavesOutWhatIsNoData() throws {
    let text = """
      某某区2026年1月低保金发放名册,,
      单位：元  制表日期：2026-01-05,,
      姓名,身份证号,金额（元）
      张三,1,800

      ,,
      李四,2,700,x,y
      \u{FEFF}姓名,身份证号,金额（元）
      王五,3
      小计,,1500
      合计,4,1500
      合计,,1500
      制表人：甲,审核：乙,
      """
    let read = try table(Array(text.utf8))
    #expect(
      read.rows == [["张三", "1", "800"], ["李四", "2", "700", "x", "y"], ["王五", "3"], ["合计", "4", "1500"]])
    #expect(read.table.skipped == .init(head: 2, tail: 3, repeatedHeader: 1, empty: 1))
    #expect(read.table.raggedCount == 2)
    #expect(read.table.records.emptyLineCount == 1)
    #expect(read.table.records.problemCount == 0)
  }

  @Test(
    arguments: [
      ("姓名,身份证号\n\"张\"三,1\n李四,2\n", [["张三", "1"], ["李四", "2"]], [.init(line: 2, code: .textAfterQuote)]),
      (
        "姓名,身份证号\n张三,\"1\n李四,2\n", [["张三", "\"1"], ["李四", "2"]], [.init(line: 2, code: .openQuote)]
      ),
      ("名册,\"\n姓名,身份证号\n张三,1\n", [["张三", "1"]], [.init(line: 1, code: .openQuote)]),
      ("姓名,身份证号\r\n张三,\u{FFFD}\r\n", [["张三", "\u{FFFD}"]], [])
    ] as [(String, [[String]], [TextProblem])])
  func tellsProblemsWithTheirLines(text: String, rows: [[String]], problems: [TextProblem]) throws {
    for size in [1, 9, 1_000] {
      let read = try table(Array(text.utf8), sizes: [size])
      #expect(read.rows == rows)
      #expect(read.table.records.problems == problems)
    }
  }

  @Test func tellsTheRecordsWithMalformedBytes() throws {
    var bytes = Array("姓名,身份证号\n".utf8)
    for line in 2...30_000 { bytes += Array("张三,\(line)\n".utf8) }
    bytes += [0x61, 0xFF, 0x2C, 0xC3, 0x0A] + Array("李四,2\n".utf8) + [0xE5]
    let read = try table(bytes, sizes: [5_000])
    #expect(read.table.records.decodeErrorCount == 3)
    #expect(
      read.table.records.problems == [.init(line: 30_001, code: .decode), .init(line: 30_003, code: .decode)])
    #expect(read.rows.suffix(3) == [["a\u{FFFD}", "\u{FFFD}"], ["李四", "2"], ["\u{FFFD}"]])
    #expect(read.rows.count == 30_002)
  }

  @Test func aLongLineCostsItselfAndNoMemory() throws {
    var bytes = Array("姓名,身份证号\n张三,".utf8)
    bytes += [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 20)
    bytes += Array("\n李四,2\n".utf8)
    var records = try RecordReader(PieceSource(bytes, sizes: [100_000]))
    var events: [RecordReader.Event] = []
    while let event = try records.next() {
      events.append(event)
      #expect(records.text.count < 2 << 20)
    }
    #expect(events == [.record, .rejected(.recordLength), .record])
    #expect(records.problems == [.init(line: 2, code: .recordLength)])
    #expect(records.line == 3)
  }

  @Test(
    arguments: [
      ("a,b\n1,2", "lf"), ("a,b", "lf"), ("a,b\r\n1,2\r\n", "crlf"), ("a,b\r1,2\r", "cr"), ("a,b\r\n1,2\n", "mixed"),
      ("a,\"x\r\ny\"\n1,2\n", "lf"), ("\r\na,b\n", "mixed")
    ])
  func tellsTheLineEndsOutsideQuotes(text: String, newline: String) throws {
    #expect(try FileInspection(RecordReader(PieceSource(Array(text.utf8)))).newline == newline)
  }

  @Test func inspectsAFile() throws {
    let text = """
      名册;;
      姓名;*身份证号;备注;备注
      张三;1;"x"y;
      李四;2
      合计;;;
      """
    let inspection = try FileInspection(
      RecordReader(PieceSource([0xEF, 0xBB, 0xBF] + Array(text.utf8)), encoding: .utf8, delimiter: .semicolon))
    let json = #"""
      {"encoding":"utf-8","bom":true,"delimiter":";","newline":"lf","skipped_head":1,"columns":["姓名","*身份证号",\#
      "备注","备注_2"],"roles":{"name":"姓名","id":"*身份证号"},"records":2,"skipped_tail":1,"repeated_headers":0,\#
      "skipped_empty":0,"empty_lines":0,"ragged":1,"decode_errors":0,"problems":[{"line":3,"code":"W-AFTER-QUOTE"}],\#
      "problem_count":1}
      """#
    #expect(String(decoding: inspection.json, as: UTF8.self) == json)
    #expect(inspection.hasProblems)
  }

  @Test(
    arguments: [
      ("", #""""#), ("姓名 \u{7F}/'", "\"姓名 \u{7F}/'\""), ("a\"b\\c", #""a\"b\\c""#),
      ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#), ("\0\u{1}\u{1A}\u{1F}", #""\u0000\u0001\u001a\u001f""#)
    ])
  func escapesWhatJSONRequires(text: String, json: String) {
    var output: [UInt8] = []
    output.appendJSON(text)
    #expect(String(decoding: output, as: UTF8.self) == json)
  }

  @Test func convertsRecordsToArraysAsTheyStand() throws {
    let text = "名册,\r\n 姓名 ,\"身份证号\"\r\n\r\n张三,\"=\"\"1\"\"\"\r\n,\r\n\"李\r\n四\",\\,\t\r\n\"王五,1\r\n合计"
    var reader = try RecordReader(PieceSource(Array(text.utf8), sizes: [3]), delimiter: .comma)
    var converter = RecordConverter()
    var json: [UInt8] = []
    while try converter.appendArray(from: &reader, to: &json) {}
    let lines = #"""
      ["名册",""]
      [" 姓名 ","身份证号"]
      ["张三","=\"1\""]
      ["",""]
      ["李\r\n四","\\","\t"]
      ["\"王五","1"]
      ["合计"]

      """#
    #expect(String(decoding: json, as: UTF8.self) == lines)
    #expect(reader.problems == [.init(line: 8, code: .openQuote)])
  }

  @Test func convertsDataRecordsToObjects() throws {
    let text = "名册,\n 姓名 ,身份证号,姓名\n张三\n李四,2,3,4,5\n,,\n\"王五,1\n合计,\n"
    var table = TableReader(try RecordReader(PieceSource(Array(text.utf8), sizes: [3])))
    var converter = RecordConverter()
    var json: [UInt8] = []
    while try converter.appendObject(from: &table, to: &json) {}
    let lines = #"""
      {"姓名":"张三","身份证号":"","姓名_2":""}
      {"姓名":"李四","身份证号":"2","姓名_2":"3","_extra":["4","5"]}
      {"姓名":"\"王五","身份证号":"1","姓名_2":""}

      """#
    #expect(String(decoding: json, as: UTF8.self) == lines)
  }

  @Test(arguments: ["", "\n\r\n\n", "\u{FEFF}", "\u{1A}"])
  func aFileWithoutRecordsGivesNothing(text: String) throws {
    var table = TableReader(try RecordReader(PieceSource(Array(text.utf8))))
    #expect(try table.next() == nil)
    #expect(table.layout.columns == [])
    #expect(table.records.problems == [])
  }
}
