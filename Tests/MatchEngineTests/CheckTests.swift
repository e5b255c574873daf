import MatchEngine
import Normalizers
import Testing

/// `match-run check` from the job file to the page for the supplier.
struct CheckTests {
  private static let job = """
    version: 1
    as_of: 2026-02-01
    sources:
      pay:
        path: pay.csv
        fields:
          name: {type: person_name, column: 姓名}
          id_no: {type: resident_id, column: 身份证号}
          pay_date: {type: date, column: 发放日期}
          amount: {type: money, column: 金额}
    rules:
      LARGE:
        kind: condition
        subject: pay
        where: amount >= 20000
        evidence: [amount]

    """

  // The specimens of GB 11643-1999, each with its own damage.
  private static let feed = """
    某某区名册,,,
    姓名,身份证号,发放日期,金额
    王明,11010519491231002X,2026-01-05,1300.00
    王 明,11010519491231002x,2026/1/5,"1,300.00"
    王*,110105194912310021,2026-02-30,x
    ,1.10105E+17,,
    李四,440524188001010014,2026-01-05,1300.00
    合计,,,3900.00

    """

  private func check(_ folder: RunTemporaryFolder, chunkByteCount: Int = 1 << 20) throws -> RunResult {
    var options = RunOptions()
    options.isQuiet = true
    options.chunkByteCount = chunkByteCount
    return try CheckRun.run(jobFile: folder("job.yml"), out: folder("out"), options: options)
  }

  @Test func countsEveryFieldNamesToo() throws {
    let folder = try RunTemporaryFolder()
    try folder.write("job.yml", Self.job)
    try folder.write("pay.csv", Self.feed)
    let result = try check(folder)
    #expect(result.exitCode == 0)
    #expect(
      result.summary == """
        source  field     rows  usable  repaired  unusable  empty  reasons
        pay     name         5       3         1         1      1  E-MASKED 1
        pay     id_no        5       3         1         2      0  E-CHECK 1, E-SCI 1
        pay     pay_date     5       3         1         1      1  E-DATE 1
        pay     amount       5       3         1         1      1  E-CHAR 1

        """)
    #expect(
      try folder.names("out") == [
        "job.yml", "manifest.json", "quality.html", "quality.json", "rejects", "timing.json"
      ])
    #expect(try folder.text("out/job.yml") == Self.job)
    #expect(
      try folder.text("out/rejects/pay.csv") == """
        file,line,column,code,value
        pay.csv,5,姓名,E-MASKED,王*
        pay.csv,5,身份证号,E-CHECK,110105********0021
        pay.csv,5,发放日期,E-DATE,20******30
        pay.csv,5,金额,E-CHAR,x
        pay.csv,6,身份证号,E-SCI,1.*******17

        """)
  }

  @Test func isTheSameInChunksOfAnySize() throws {
    let folder = try RunTemporaryFolder()
    try folder.write("job.yml", Self.job)
    try folder.write("pay.csv", Self.feed)
    _ = try check(folder)
    let expected = try ["quality.json", "quality.html", "manifest.json"].map { try folder.text("out/" + $0) }
    for size in [1, 37, 100] {
      _ = try check(folder, chunkByteCount: size)
      #expect(try ["quality.json", "quality.html", "manifest.json"].map { try folder.text("out/" + $0) } == expected)
    }
  }

  @Test func thePageHoldsCountsAndLinesButNoValue() throws {
    let folder = try RunTemporaryFolder()
    try folder.write("job.yml", Self.job.replacing("pay.csv", with: "\"a&b<i>.csv\""))
    try folder.write("a&b<i>.csv", Self.feed)
    _ = try check(folder)
    let page = try folder.text("out/quality.html")
    for part in [
      "<td>a&amp;b&lt;i&gt;.csv</td><td>UTF-8</td><td class=\"number\">5</td>",
      "表头上方的标题行 1；合计、签章等表尾行 1",
      "<span>完好 2（40%）</span> <span>修复后可用 1（20%）</span> <span>不可用 1（20%）</span> <span>空 1（20%）</span>",
      "<li><b>不可用：校验码不符</b> <code>E-CHECK</code> 1 — 第5行</li>",
      "<li><b>不可用：科学计数法，数字已丢失</b> <code>E-SCI</code> 1 — 第6行</li>",
      "<li><b>已修复：去掉千位分隔符</b> <code>R-GROUP</code> 1</li>"
    ] {
      #expect(page.contains(part), "\(part)")
    }
    for value in ["110105", "440524", "王", "李四", "<i>.csv"] { #expect(!page.contains(value), "\(value)") }
  }

  @Test func aSourceWithoutARowEndsWithOne() throws {
    let folder = try RunTemporaryFolder()
    try folder.write("job.yml", Self.job)
    try folder.write("pay.csv", "姓名,身份证号,发放日期,金额\n")
    let result = try check(folder)
    #expect(result.exitCode == 1)
    #expect(result.summary.hasSuffix("warning: source 'pay' has no usable row\n"))
  }

  @Test(arguments: ["\"a\"b,c,d,e\n\u{1A}", "\"a\"b,c,d,\u{1A}"])
  func aCtrlZBehindIrregularQuotesIsNoRecord(end: String) throws {
    let folder = try RunTemporaryFolder()
    try folder.write("job.yml", Self.job)
    try folder.write("pay.csv", "姓名,身份证号,发放日期,金额\n" + end)
    let result = try check(folder)
    #expect(result.summary.contains("pay     id_no        1 "))
    #expect(!result.summary.contains("E-DECODE"))
  }

  /// The record is longer than the limit of 1 MiB and than most chunks.
  @Test(arguments: [64 << 10, 1 << 20, 8 << 20])
  func aRecordThatIsTooLongIsRejectedOnce(chunkByteCount: Int) throws {
    let folder = try RunTemporaryFolder()
    try folder.write("job.yml", Self.job)
    let long = "李四," + String(repeating: "1", count: 3_500_000) + ",2026-01-05,1.00\n"
    try folder.write("pay.csv", "姓名,身份证号,发放日期,金额\n王明,,,\n\(long)王明,,,\n")
    let result = try check(folder, chunkByteCount: chunkByteCount)
    #expect(result.exitCode == 1)
    #expect(result.summary.contains("warning: source 'pay': 1 of 3 records could not be split"))
    let rejects = try folder.text("out/rejects/pay.csv").split(separator: "\n")
    #expect(rejects.count == 2)
    #expect(rejects.last?.hasPrefix("pay.csv,3,,E-RECORD-LENGTH,") == true)
  }

  @Test func everyCodeHasAPhrase() {
    for code in Codes.names + RejectCode.allCases.map(\.rawValue) {
      #expect(CodeMeaning.phrases[code] != nil, "\(code)")
    }
  }
}

/// Columns that a spreadsheet damaged are named by `run` and `check`.
struct CheckDamageTests {
  private func feed(_ ids: [String]) -> String { "id_no,case_id\n" + ids.map { "\($0),c\n" }.joined() }

  private static let job = """
    version: 1
    as_of: 2026-02-01
    sources:
      roll: {path: roll.csv, fields: {id_no: resident_id, case_id: text}}
    rules:
      EMPTY: {kind: condition, subject: roll, where: id_no is empty}

    """
  private static let whole = "11010519491231002X"
  private static let zeroed = "110105194912310000"
  private static let scientific = "1.10105E+17"

  @Test(
    arguments: [
      (
        [zeroed, scientific, whole],
        "66 % of its values: 1 in scientific notation (E-SCI), "
          + "1 with zeros behind the fifteenth digit (W-ZEROED), only numbers ending in X are intact;"
      ),
      (
        [scientific, "440524188001010014", "440524188001010014"],
        "33 % of its values: 1 in scientific notation (E-SCI);"
      ),
      // Twenty in a hundred are no accident, but the limit lies above.
      ([scientific, whole, whole, whole, whole], nil),
      (["", "", "", scientific], "100 % of its values: 1 in scientific notation (E-SCI);"),
      ([whole, ""], nil)
    ] as [([String], String?)])
  func aDamagedColumnIsNamed(ids: [String], pattern: String?) throws {
    let folder = try RunTemporaryFolder()
    try folder.write("job.yml", Self.job)
    try folder.write("roll.csv", feed(ids))
    var options = RunOptions()
    options.isQuiet = true
    let summaries = [
      try JobRun.run(jobFile: folder("job.yml"), out: folder("run"), options: options).summary,
      try CheckRun.run(jobFile: folder("job.yml"), out: folder("check"), options: options).summary
    ]
    let page = try folder.text("check/quality.html")
    #expect(page.contains("列被表格软件损坏") == (pattern != nil))
    for summary in summaries {
      if let pattern {
        #expect(
          summary.contains(
            "warning: source 'roll': column 'id_no' of roll.csv was damaged by a spreadsheet, \(pattern)"), "\(summary)"
        )
      } else {
        #expect(!summary.contains("spreadsheet"))
      }
    }
  }
}
