import Testing

@testable import MatchEngine

@Suite struct TextLayoutTests {
  private func layout(_ text: String, _ delimiter: Delimiter = .comma, words: [String] = []) -> SourceLayout {
    SourceLayout(head: Array(text.utf8).span, isFinal: true, delimiter: delimiter, headerWords: words)
  }

  @Test(
    arguments: [
      ("", .comma), ("a\n", .comma), ("a,b\n1,2\n", .comma), ("a\tb\n1\t2\n", .tab), ("a;b\n1;2\n", .semicolon),
      ("a|b\n1|2\n", .pipe), ("姓名，身份证号\n", .comma),
      // Outside quotes only.
      ("a;b\n\"x,y,z\";2\n", .semicolon), ("\"a;b\",c\n\"d;e\",f\n", .comma),
      // Decimal commas, lists in cells, a TAB before numbers.
      ("k;v;w\na;1,5;2,5\nb;3,5;4,5\n", .semicolon), ("名称,列表\na,x;y;z\nb,x;y\n", .comma),
      ("x,y\n1,\t2\n3,\t4\n", .comma),
      // Titles with other separators above the header.
      ("某区;2026年;1月;名册\n姓名\t身份证号\t金额\n张三\t1\t2\n", .tab), ("a,b,c,d,e\n姓名|身份证号\n张三|1\n", .pipe)
    ] as [(String, Delimiter)])
  func detectsTheDelimiter(text: String, delimiter: Delimiter) {
    #expect(Delimiter(detectedIn: Array(text.utf8).span, isFinal: true) == delimiter)
  }

  @Test func headersOfTheJobHelpToDetectTheDelimiter() {
    let text = Array("a;b;c\nkey,value\n1,2\n".utf8)
    #expect(Delimiter(detectedIn: text.span, isFinal: true) == .comma)
    let other = Array("k;v,w,x\n1,2;3,4\n5;6\n".utf8)
    #expect(Delimiter(detectedIn: other.span, isFinal: true, headerWords: ["v,w,x", "k"]) == .semicolon)
  }

  @Test(
    arguments: [
      ("姓名,身份证号\n张三,1\n", 0, ["姓名", "身份证号"], 2),
      ("名册,,\n单位：元,,\n姓名,身份证号,金额\n张三,1,2\n", 2, ["姓名", "身份证号", "金额"], 4),
      ("名册\n\n姓名,身份证号\n", 1, ["姓名", "身份证号"], 4),
      // Two header lines: the one with the words.
      ("基本信息,,发放信息\n姓名,身份证号,金额\n张三,1,2\n", 1, ["姓名", "身份证号", "金额"], 3),
      // No recognised words: the first record.
      ("k,v\n1,2\n", 0, ["k", "v"], 2),
      // One word is not enough.
      ("k,v\n姓名,2\n", 0, ["k", "v"], 2),
      ("姓 名,\"身份证\n号码\",*金额（元）\n张三,1,2\n", 0, ["姓 名", "身份证\n号码", "*金额（元）"], 3),
      ("　姓名 ,\t身份证号\r\n张三,1\r\n", 0, ["姓名", "身份证号"], 2),
      ("姓名,身份证号,备注,备注,备注\n", 0, ["姓名", "身份证号", "备注", "备注_2", "备注_3"], 2),
      ("姓名,姓名,姓名_2\n", 0, ["姓名", "姓名_3", "姓名_2"], 2),
      ("", 0, [], 1),
      ("姓名,身份证号", 0, ["姓名", "身份证号"], 1)
    ] as [(String, Int, [String], Int)])
  func findsTheHeader(text: String, skipped: Int, columns: [String], dataLine: Int) {
    let layout = layout(text)
    #expect(layout.skippedHead == skipped)
    #expect(layout.columns == columns)
    #expect(layout.dataLine == dataLine)
    #expect(layout.problems.isEmpty)
    #expect(layout.dataOffset(inUndecoded: Array(text.utf8).span) == layout.dataOffset)
  }

  @Test func theHeaderIsAmongTheFirst20Records() {
    let titles = { (count: Int) in String(repeating: "标题,\n", count: count) }
    #expect(layout(titles(19) + "姓名,身份证号\n").skippedHead == 19)
    #expect(layout(titles(20) + "姓名,身份证号\n").columns == ["标题", ""])
  }

  @Test func headersOfTheJobAreRecognisedWords() {
    let text = "title,\ncase,district\n1,2\n"
    #expect(layout(text).columns == ["title", ""])
    #expect(layout(text, words: ["Case", "district"]).columns == ["case", "district"])
  }

  @Test func aTitleThatCannotBeSplitIsToldWithItsLine() {
    let layout = layout("名册\n\"某区,\n姓名,身份证号\n张三,1\n")
    #expect(layout.columns == ["姓名", "身份证号"])
    #expect(layout.skippedHead == 1)
    #expect(layout.problems == [.init(code: .openQuote, line: 2)])
    #expect(layout.dataLine == 4)
  }

  @Test(
    arguments: [
      ("姓名,身份证号", [.name: 0, .id: 1]),
      ("户主姓名,姓名,户主身份证号,身份证号码", [.name: 1, .id: 3]),
      ("户主姓名,户主身份证号", [.name: 0, .id: 1]),
      ("申请人,死者姓名", [.name: 1]),
      ("姓 名,\"*身份证\n号码\",金额（元）", [.name: 0, .id: 1, .amount: 2]),
      ("XM,SFZH,YHZH,ＣＳＲＱ", [.name: 0, .id: 1, .account: 2, .birthDate: 3]),
      ("银行帐号,银行账号,开户名", [.account: 0, .accountName: 2]),
      (
        "死亡日期,火化时间,发放日期,发放月份,性别,住址,区县,街镇,居委,联系电话,与户主关系",
        [
          .deathDate: 0, .cremationDate: 1, .paymentDate: 2, .month: 3, .sex: 4, .address: 5, .district: 6, .street: 7,
          .committee: 8, .phone: 9, .relation: 10
        ]
      ),
      ("编号,说明", [:])
    ] as [(String, [HeaderRole: Int])])
  func tellsTheRolesOfColumns(header: String, roles: [HeaderRole: Int]) {
    #expect(layout(header + "\n").roles == roles)
  }

  @Test(
    arguments: [
      ("姓 名", "姓名"), ("*姓名", "姓名"), ("金额（元）", "金额"), ("金额(元)", "金额"), ("金额[元]", "金额"), ("身份证\r\n号码", "身份证号码"),
      ("　姓\u{A0}名\t", "姓名"), ("ID_NO", "id_no"), ("ｉｄ＿ＮＯ", "id_no"), ("＊姓名【必填】", "姓名"), ("（元）", ""), ("金额（元", "金额")
    ])
  func comparesHeadersWithoutDecoration(cell: String, text: String) {
    #expect(HeaderWord(cell).text == text)
  }

  @Test(
    arguments: [
      ("合计,,300", true), ("合　计,,300", true), (" 小计：,,", true), ("总计,,", true), ("共计3人,,", true), (",合计,", true),
      ("制表人：甲,审核：乙,", true), ("审核:乙,,", true), ("填表日期2026-01-05,,", true), ("备注：以上,,", true), ("\"合计\",,1", true),
      ("\"\"合计,,1", true), ("\" \"小计,,1", true), ("\"\"\"合计\",,1", false),
      // The identity number cell holds a digit.
      ("合计,440524188001010014,300", false), ("小计,１２,300", false),
      ("备注,,", false), ("审核,,", false), ("合肥,,", false), ("张三,,", false), ("1,合计,", false), (",,", false),
      ("总,,", false)
    ])
  func tellsTotalsAndSignatures(record: String, isTail: Bool) {
    #expect(self.isTail(record, idColumn: 1) == isTail)
  }

  @Test func withoutAnIdentityNumberTheFirstCellDecides() {
    #expect(isTail("合计,12", idColumn: nil))
    #expect(isTail("合计,12", idColumn: 5))
    #expect(!isTail("合计,12", idColumn: 1))
  }

  private func isTail(_ record: String, idColumn: Int?) -> Bool {
    let text = Array(record.utf8)
    var splitter = RecordSplitter(delimiter: .comma)
    #expect(splitter.next(in: text.span, from: 0, isFinal: true) == .record(end: text.count))
    return TailRule(idColumn: idColumn).matches(splitter.fields, in: text.span)
  }
}
