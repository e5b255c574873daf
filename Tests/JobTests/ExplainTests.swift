import Testing

/// Why people were flagged, and why not, on a roll of four, deaths and payments; every person is made up.
@Suite struct ExplainTests {
  private static let job = """
    version: 1
    name: small
    as_of: 2026-10-31
    sources:
      roll:
        path: roll.csv
        fields:
          case_no: {type: text, column: 户编号}
          id_no: {type: resident_id, column: 身份证号}
          name: {type: person_name, column: 姓名}
          status: {type: code, column: 状态}
          start_date: {type: date, column: 起始日期}
          end_date: {type: date, column: 终止日期}
      funeral:
        path: funeral.csv
        fields:
          id_no: {type: resident_id, column: 死者身份证号}
          name: {type: person_name, column: 死者姓名}
          death_date: {type: date, column: 死亡日期}
      judicial:
        path: judicial.csv
        fields:
          id_no: {type: resident_id, column: 身份证号}
          since: {type: date, column: 开始日期}
      payments:
        path: payments.csv
        fields:
          case_no: {type: text, column: 户编号}
          period: {type: month, column: 所属月份}
          amount: {type: money, column: 金额}
          result: {type: code, column: 发放结果}
    membership:
      {source: roll, case: case_no, person: id_no, name: name,
      active: status = '在保' and start_date <= as_of and (end_date is empty or end_date > as_of)}
    rules:
      DEATH_STOP:
        title: 死亡未停
        basis: [办法 第十三条]
        kind: presence
        subject: roll
        where: member is active
        find: {in: funeral, key: id_no, where: death_date <= as_of}
        identity: {name: name}
        unless:
          ENDING: {where: end_date <= last_day(month(as_of)) + 1 days}
        severity: 4
        propose: RECALC
        fact: "{name}于{find.death_date}死亡。"
        verify: 核对死亡证明
        evidence: [find.death_date]
      HELD:
        title: 服刑在保
        kind: presence
        subject: roll
        where: member is active
        find: {in: judicial, key: id_no}
        severity: 3
      OLD_ROW:
        title: 未填起始日期
        kind: condition
        subject: roll
        where: start_date is empty
    """

  private static let flagged = "310101195001010014"
  private static let excused = "310101195202020024"
  private static let later = "31010119600303003X"
  private static let undated = "31010119700404004X"

  /// A run of the job; `custody` is the content of a source that nobody delivered.
  private func place(custody: String = "31010119900606006X,2020-01-01\n") throws -> RunPlace {
    let place = try RunPlace()
    try place.write("job.yml", Self.job)
    try place.write(
      "roll.csv",
      """
      户编号,身份证号,姓名,状态,起始日期,终止日期
      A1,\(Self.flagged),王小明,在保,2020-01-01,
      B2,\(Self.excused),李大红,在保,2020-01-01,2026-11-01
      C3,\(Self.later),赵一,在保,2020-01-01,
      D4,\(Self.undated),钱二,在保,2020-01-01,

      """)
    try place.write(
      "funeral.csv",
      """
      死者身份证号,死者姓名,死亡日期
      \(Self.flagged),王小明,2026-09-01
      \(Self.excused),李大红,2026-09-02
      \(Self.later),赵一,2026-11-20
      \(Self.undated),钱二,

      """)
    try place.write("judicial.csv", "身份证号,开始日期\n" + custody)
    try place.write(
      "payments.csv",
      """
      户编号,所属月份,金额,发放结果
      A1,2026-07,500.00,成功
      A1,2026-08,500.00,成功
      A1,2026-09,500.00,成功
      A1,2026-10,500.00,退票

      """)
    _ = try Program.run("run", place("job.yml"), "--out", place("out"), "--quiet")
    return place
  }

  private func ask(_ number: String, _ place: RunPlace, _ options: String...) throws -> Program.Outcome {
    try Program(
      ["explain", "--person", "-", "--run", place("out"), "--input", place.path] + options,
      shell: "printf '%s\\n' '\(number)' | \"$0\" \"$@\""
    ).wait()
  }

  /// The lines about one rule.
  private func lines(_ rule: String, of text: String) -> [String] {
    let lines = text.split(separator: "\n").map(String.init)
    guard let start = lines.firstIndex(where: { $0.hasPrefix("  [") && $0.contains("] \(rule) ") }) else { return [] }
    let rest = lines[(start + 1)...].prefix { $0.hasPrefix("    ") }
    return [lines[start]] + rest
  }

  private static let found = [
    "  [有线索] DEATH_STOP 死亡未停",
    "    线索编号：run-000001",
    "    事实：王**于2026-09-01死亡。",
    "    依据的记录：2026-09-01",
    "    身份把握程度：A 身份一致",
    "    程度：4 高",
    "    建议：复核后增减发",
    "    已查例外，不成立（ENDING）：「终止日期」不晚于核对日（2026-10-31）所在月份的最后一天之后1天",
    "    核查要点：核对死亡证明",
    "    依据：办法 第十三条"
  ]

  @Test func tellsAFlaggedPersonsFactsAndRules() throws {
    let place = try place()
    let outcome = try ask(Self.flagged, place)
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    #expect(
      outcome.output.hasPrefix(
        """
        核对结果说明（核对日2026-10-31，以当时的数据文件为准）

        一、对象
          姓名王**，身份证号310101********0014
          所在户：A1

        二、经过（本人和本户，按日期）
          2020-01-01  低保名册（roll.csv 第2行）：户编号 A1，身份证号 310101********0014，姓名 王**，状态 在保，起始日期 2020-01-01
          2026-07-01  发放记录（payments.csv）：2026-07至2026-09共3笔，每笔500.00元，合计1500.00元，发放结果 成功
          2026-09-01  殡葬火化记录（funeral.csv 第2行）：死者身份证号 310101********0014，死者姓名 王**，死亡日期 2026-09-01
          2026-10-01  发放记录（payments.csv 第5行）：户编号 A1，所属月份 2026-10，金额 500.00元，发放结果 退票

        三、各条规则
        """))
    #expect(lines("DEATH_STOP", of: outcome.output) == Self.found)
    #expect(
      lines("HELD", of: outcome.output) == ["  [没有线索] HELD 服刑在保", "    司法羁押记录中没有「身份证号」相同的记录。"])
    #expect(
      lines("OLD_ROW", of: outcome.output) == [
        "  [没有线索] OLD_ROW 未填起始日期", "    因为「起始日期」不为空（「起始日期」是2020-01-01）。"
      ])
  }

  @Test func tellsAFlagByItsLine() throws {
    let place = try place()
    let outcome = try Program.run("explain", "DEATH_STOP:2", "--run", place("out"), "--input", place.path)
    #expect(outcome.code == 0)
    #expect(lines("DEATH_STOP", of: outcome.output) == Self.found)
  }

  @Test(arguments: [
    (excused, "[例外，不提线索]", "例外成立（ENDING）：「终止日期」不晚于核对日（2026-10-31）所在月份的最后一天之后1天（「终止日期」是2026-11-01）。"),
    (
      later, "[没有线索]",
      "殡葬火化记录中有「身份证号」相同的记录，但查到的记录的「死亡日期」晚于核对日（2026-10-31）（查到的「死亡日期」是2026-11-20）。"
    ),
    (
      undated, "[不能判断]",
      "殡葬火化记录中有「身份证号」相同的记录，但不能判断是否查到的记录的「死亡日期」不晚于核对日（2026-10-31）（查到的「死亡日期」为空）。"
    ),
    ("31010119900606006X", "[没有线索]", "低保名册中没有此人的记录。")
  ])
  func tellsWhyThereIsNoFlag(number: String, verdict: String, reason: String) throws {
    let outcome = try ask(number, place())
    #expect(outcome.code == 0)
    #expect(lines("DEATH_STOP", of: outcome.output) == ["  \(verdict) DEATH_STOP 死亡未停", "    \(reason)"])
  }

  @Test func anEmptyFeedIsNoAnswer() throws {
    let outcome = try ask(Self.flagged, place(custody: ""))
    #expect(
      lines("HELD", of: outcome.output) == ["  [不能判断] HELD 服刑在保", "    司法羁押记录没有一条可用的记录，有没有情况都不能下结论。"])
  }

  @Test func saysWhereAnUnknownPersonWasLookedFor() throws {
    let outcome = try ask("31010119800505005X", place())
    #expect(outcome.code == 0)
    #expect(
      outcome.output == """
        核对结果说明（核对日2026-10-31，以当时的数据文件为准）

        在下列数据中都没有这个身份证号码，所以没有任何规则涉及此人：
          低保名册（roll.csv）
          殡葬火化记录（funeral.csv）
          司法羁押记录（judicial.csv）
          发放记录（payments.csv）

        """)
  }

  @Test func showsTheIdentityOnlyWhenAsked() throws {
    let place = try place()
    // A full-width digit and blanks: the number is normalised.
    let dirty = " 31010119500101001４ "
    let masked = try ask(dirty, place)
    #expect(!masked.output.contains(Self.flagged))
    #expect(!masked.output.contains("王小明"))
    let full = try ask(dirty, place, "--show-identity")
    #expect(full.output.contains("  姓名王小明，身份证号\(Self.flagged)\n"))
    #expect(full.output.contains("    事实：王小明于2026-09-01死亡。\n"))
  }

  @Test(arguments: ["310101195001010015", "3101", ""])
  func aNumberThatIsNoneIsWrongUsage(number: String) throws {
    let outcome = try ask(number, place())
    #expect(outcome.code == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("match-run: error: the identity number on standard input is not usable ("))
    #expect(number.isEmpty || !outcome.errors.contains(number))
  }

  @Test(arguments: ["DEATH_STOP:9", "HELD:2", "DEATH_STOP-AAAA", ""])
  func anUnknownFlagIsWrongUsage(flag: String) throws {
    let place = try place()
    let outcome = try Program.run("explain", flag, "--run", place("out"), "--input", place.path)
    #expect(outcome.code == 2)
    #expect(outcome.errors.hasPrefix("match-run: error: no flag '\(flag)' in \(place("out"))/flags.csv;"))
  }

  @Test(arguments: ["赵一,2026-11-21", "赵一,2026-11-200"])
  func inputsMustBeAsTheyWere(changed: String) throws {
    let place = try place()
    try place.write("funeral.csv", try place.text("funeral.csv").replacing("赵一,2026-11-20", with: changed))
    let outcome = try ask(Self.flagged, place)
    #expect(outcome.code == 3)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("match-run: error: funeral.csv: not the file that the run read;"))
  }

  @Test func aFolderWithoutARunIsRefused() throws {
    let place = try RunPlace()
    let outcome = try Program.run("explain", "A:2", "--run", place.path)
    #expect(outcome.code == 3)
    #expect(outcome.errors.hasPrefix("match-run: error: \(place.path): not a folder of results: manifest.json"))
  }
}
