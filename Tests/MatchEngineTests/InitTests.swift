import MatchEngine
import Testing

/// `match-run init`: the draft says what it guesses, and runs.
struct InitTests {
  private let folder: RunTemporaryFolder

  init() throws { folder = try RunTemporaryFolder() }

  private func draft(_ names: [String]) throws -> String {
    JobDraft(files: try names.map { try FileSample(path: folder($0)) }).text
  }

  private func run(_ draft: String) throws -> RunResult {
    try folder.write("job.yml", draft)
    var options = RunOptions()
    options.isQuiet = true
    return try JobRun.run(jobFile: folder("job.yml"), out: folder("out"), options: options)
  }

  // The two specimens of GB 11643-1999.
  private static let roll = """
    低保名册,,,
    救助证号,姓名,身份证号,状态
    C1,王明,11010519491231002X,在保
    C2,李四,440524188001010014,在保
    \((3...40).map { "C\($0),张三,,\($0 % 2 == 0 ? "在保" : "停保")" }.joined(separator: "\n"))

    """
  private static let deaths = "证明编号,死者姓名,死者身份证号,死亡日期\nF1,王明,11010519491231002X,2026-01-05\n"
  private static let payments = """
    流水号,发放日期,身份证号,银行账号,金额
    P1,2026-01-20,11010519491231002X,6217001234567890122,21000.00
    P2,2026-01-20,440524188001010014,6217001234567890122,1300.00

    """

  @Test func aRollDeathsAndPaymentsGiveRulesThatFlag() throws {
    try folder.write("roll.csv", Self.roll)
    try folder.write("殡葬 2026.csv", Self.deaths)
    try folder.write("pay-01.csv", Self.payments)
    try folder.write("pay-02.csv", Self.payments)
    let text = try draft(["roll.csv", "殡葬 2026.csv", "pay-01.csv", "pay-02.csv"])
    for line in [
      "  # \(folder("roll.csv")): utf-8, separated by comma, 1 title lines above the header, 40 records looked at\n",
      "  殡葬_2026:\n    path: \"\(folder("殡葬 2026.csv"))\"\n",
      "  pay:\n    path: [\"\(folder("pay-01.csv"))\", \"\(folder("pay-02.csv"))\"]\n",
      "      救助证号: text  #", "      状态: code  # 2 different values in 40\n",
      "      id_no: {type: resident_id, column: \"死者身份证号\"}  # the header says id; 100 % of the sampled",
      "      account_no: {type: account, column: \"银行账号\"}", "    where: 状态 = '在保'\n"
    ] {
      #expect(text.contains(line), "\(line)\n\(text)")
    }
    let result = try run(text)
    #expect(result.exitCode == 0)
    // One death on the roll; two files with the same payment behind it, of which each is a large one.
    let counts = result.summary.split(separator: "\n").dropFirst().prefix(4).map { line in
      line.split(separator: " ").prefix(2).joined(separator: " ")
    }
    #expect(counts == ["DECEASED 1", "PAID_AFTER_DEATH 2", "LARGE_PAYMENT 2", "SHARED_ACCOUNT 0"])
  }

  @Test(
    arguments: [
      // Headers without a meaning: the values decide.
      ("a,b\n11010519491231002X,2026-01-05\n440524188001010014,2026-01-06\n", ["a: resident_id", "b: date"]),
      ("k\n2026-01\n2026-02\n", ["k: month"]),
      ("k\n6217001234567890122\n6217001234567890130\n", ["k: account"]),
      ("status,end_date\nactive,\n", ["status: code", "end_date: date"]),
      ("k\n王明\n欧阳小明\n", ["k: person_name"]),
      ("k\n1300.00\n5.50\n", ["k: money"]),
      ("account_no,amount\n6217001234,1300\n6217001235,20000\n", ["account_no: account", "amount: money"]),
      ("人数\n1\n12\n", ["人数: number"]),
      // A number that may name something keeps its leading zeros, and five digits are no spreadsheet's day.
      ("k\n00123\n46053\n", ["k: text"]),
      // Words of expressions, blanks and signs cannot stand in a name.
      (
        "and,in is,x-1,9\n1,2,3,4\n",
        [
          "column_1: {type: text, column: \"and\"}", "inis: {type: text, column: \"in is\"}",
          "x_1: {type: text, column: \"x-1\"}", "_9: {type: text, column: \"9\"}"
        ]
      ),
      (
        "a \"b\",,c,c\n1,2,3,4\n",
        ["column: \"a \\\"b\\\"\"", "# column 2: has no header", "# column 3: the header 'c' stands"]
      )
    ] as [(String, [String])])
  func guessesByHeadersAndValues(feed: String, lines: [String]) throws {
    try folder.write("x.csv", feed)
    let text = try draft(["x.csv"])
    for line in lines { #expect(text.contains(line), "\(line)\n\(text)") }
    #expect(try run(text).exitCode == 0)
  }

  @Test func aFileNameMayHoldSignsOfPatternsAndQuotes() throws {
    try folder.write("a[1]*\"x\".csv", "姓名,金额\n王明,1.00\n")
    let text = try draft(["a[1]*\"x\".csv"])
    #expect(text.contains("a[[]1][*]\\\"x\\\".csv"))
    #expect(try run(text).exitCode == 0)
  }

  @Test func aFileWithoutAHeaderIsLeftOut() throws {
    try folder.write("empty.csv", "")
    try folder.write("x.csv", "姓名,金额\n王明,1.00\n")
    #expect(JobDraft(files: [try FileSample(path: folder("empty.csv"))]).isEmpty)
    let text = try draft(["empty.csv", "x.csv"])
    #expect(text.contains("empty.csv: left out, no header was found"))
    #expect(try run(text).exitCode == 0)
  }

  @Test func aFirstLineOfValuesIsPointedOut() throws {
    try folder.write("x.csv", "王明,11010519491231002X\n李四,440524188001010014\n")
    #expect(try draft(["x.csv"]).contains("ATTENTION: the first line of this file looks like data"))
  }
}
