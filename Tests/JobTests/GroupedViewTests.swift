import Foundation
import MatchEngine
import Testing

/// Views whose rows stand for groups: percentiles by nearest rank, kept with the results for explanations.
@Suite struct GroupedViewTests {
  private static let job = """
    version: 1
    name: limits
    as_of: 2026-10-31
    parameters: {share: 99.9}
    sources:
      payments:
        path: "payments*.csv"
        fields:
          pay_id: {type: text, column: 流水号}
          id_no: {type: resident_id, column: 身份证号}
          program: {type: code, column: 项目, values: {残补: 残疾补贴}}
          district: {type: code, column: 区}
          months: {type: number, column: 月数}
          amount: {type: money, column: 金额}
      standards: {path: standards.csv, fields: {program: code}}
    define:
      has_standard: exists(standards as s by program)
      span: greatest(1, coalesce(months, 1))
      limit: max(l.most in limits as l by program, district)
    views:
      limits:
        fields: {program: code, district: code, most: money}
        rows:
          - from: payments
            where: not has_standard
            by: [program, district]
            take: {most: "percentile(amount / span, share)"}
    rules:
      LARGE:
        title: 大额
        kind: condition
        subject: payments
        where: if(has_standard, amount > 5000, amount / span > limit)
        severity: 3
        flag_key: [pay_id]
        fact: "{program}{payments.amount}元，高于{limit}元。"
        evidence: [pay_id, program, limit]

    """

  private static let flaggedPerson = "310101195001010014"
  private static let otherPerson = "310101195202020024"

  /// Payments of five programs. By hand, of 99.9 %: of 1,000 payments the 999th, of 999 the last, of 2,000 the 1,998th.
  private static var payments: [String] {
    func many(_ name: String, _ program: String, _ district: String, _ amount: String, _ count: Int) -> [String] {
      (1...count).map { "\(name)-\($0),,\(program),\(district),,\(amount)" }
    }
    return many("A", "残疾补贴", "310101", "100.00", 500) + many("A2", " 残疾补贴", "310101", "100.00", 300)
      + many("A3", "残补", "310101", "100", 198)
      + ["A-101,\(otherPerson),残疾补贴,310101,,101.00", "A-300,\(flaggedPerson),残疾补贴,310101,1,300.00"]
      // An amount that cannot be read is none, however many there are.
      + many("A4", "残疾补贴", "310101", "?", 1100)
      + many("B", " 残补", "310104", "100.00", 998) + ["B-900,,残补,310104,,900.00"]
      + many("C", "物价补贴 ", "310101", "60.00", 1997)
      + ["C-600,,物价补贴,310101,10,600.00", "C-70,,物价补贴,310101,,70.00", "C-80,,物价补贴,310101,0,80.00"]
      + ["D-6000,,低保,310101,,6000.00"] + many("D", "低保", "310101", "4000.00", 3)
      // In no district, and in no program.
      + ["E-1,,残疾补贴,,,99999.00", "E-2,,,310101,,99999.00"]
      + ["F-1,,临时补贴,310101,,?"]
  }

  private static let flags = [
    "A-300|残疾补贴|101.00", "C-70|物价补贴|60.00", "C-80|物价补贴|60.00", "D-6000|低保|"
  ]

  private static let kept = """
    program,district,most
    临时补贴,310101,
    残疾补贴,310101,101.00
    残疾补贴,310104,900.00
    物价补贴,310101,60.00

    """

  private func place(_ payments: [String] = payments, job: String = job) throws -> RunPlace {
    let place = try RunPlace()
    try place.write("job.yml", job)
    try place.write("payments.csv", (["流水号,身份证号,项目,区,月数,金额"] + payments).joined(separator: "\n") + "\n")
    try place.write("standards.csv", "program\n低保\n")
    return place
  }

  private func run(
    _ place: RunPlace, out: String = "out", threads: Int = 2, chunk: Int = 1 << 20, memory: Int? = nil
  ) throws -> RunResult {
    var options = RunOptions()
    options.threads = threads
    options.chunkByteCount = chunk
    if let memory { options.memoryByteCount = memory }
    options.isQuiet = true
    return try JobRun.run(jobFile: place("job.yml"), out: place(out), options: options)
  }

  private func evidence(_ place: RunPlace, out: String = "out") throws -> [String] {
    try place.text("\(out)/flags.csv").split(separator: "\n").dropFirst().map { line in
      String(line.split(separator: ",", omittingEmptySubsequences: false)[15])
    }.sorted()
  }

  // MARK: - What comes out

  @Test func flagsWhatIsAboveThePercentileOfItsGroup() throws {
    let place = try place()
    #expect(try run(place).exitCode == 0)
    #expect(try evidence(place) == Self.flags)
    #expect(try place.text("out/views/limits.csv") == Self.kept)
    let listed = try place.manifest()["files"].list.compactMap { $0["path"].string }
    #expect(listed.contains("views/limits.csv"))
    #expect(try place.text("out/flags.csv").contains("残疾补贴300.00元，高于101.00元。"))
    for name in ["out/views", "out/views/limits.csv"] {
      let mode = try FileManager.default.attributesOfItem(atPath: place(name))[.posixPermissions] as? Int
      #expect((mode ?? 0) & 0o077 == 0, "\(name)")
    }
  }

  @Test func threadsMemoryAndOrderChangeNothing() throws {
    let place = try place()
    _ = try run(place, threads: 1)
    for (out, threads) in [("two", 2), ("five", 5)] {
      _ = try run(place, out: out, threads: threads, chunk: 64, memory: 1)
      #expect(try place.results(out) == place.results())
    }
    let other = try self.place(Self.payments.reversed())
    _ = try run(other, threads: 3, chunk: 4096)
    #expect(try evidence(other) == Self.flags)
    #expect(try other.text("out/views/limits.csv") == Self.kept)
  }

  /// The values 1 to `count`, so that the rank is the value.
  @Test(arguments: [
    ("50", 10, "5.00"), ("50", 11, "6.00"), ("90", 10, "9.00"), ("90.000001", 10, "10.00"), ("0.000001", 10, "1.00"),
    ("100", 10, "10.00"), ("99.9", 1, "1.00"), ("99.9", 999, "999.00"), ("99.9", 1000, "999.00"),
    ("99.9", 1001, "1000.00"), ("33.333333", 3, "1.00"), ("33.333334", 3, "2.00")
  ])
  func ranksAreTheNearest(share: String, count: Int, expected: String) throws {
    let payments = (1...count).map { "P\($0),,残疾补贴,310101,,\(($0 * 7919) % count + 1)" }
    let distinct = Set(payments.map { $0.split(separator: ",").last ?? "" }).count
    #expect(distinct == count)
    let place = try place(payments, job: Self.job.replacingOccurrences(of: "share: 99.9", with: "share: \(share)"))
    _ = try run(place)
    #expect(try place.text("out/views/limits.csv") == "program,district,most\n残疾补贴,310101,\(expected)\n")
  }

  /// Rows that no rule asks for are in groups, too, and their groups are kept.
  @Test func everyGroupIsMade() throws {
    let place = try RunPlace()
    try place.write(
      "job.yml",
      """
      version: 1
      name: cases
      as_of: 2026-10-31
      sources:
        roll: {path: roll.csv, fields: {case_no: text}}
        payments: {path: payments.csv, fields: {case_no: text, amount: money}}
      views:
        cases:
          fields: {case_no: text, most: money}
          rows: [{from: payments, by: [case_no], take: {most: "percentile(amount, 100)"}}]
      rules:
        PAID:
          kind: condition
          subject: roll
          where: exists(cases as c by case_no where c.most > 5)

      """)
    try place.write("roll.csv", "case_no\nK10\n")
    let numbers = Array(10...99)
    try place.write("payments.csv", numbers.reduce("case_no,amount\n") { $0 + "K\($1),\($1)\nK\($1),1\n" })
    #expect(try run(place).exitCode == 0)
    #expect(try place.text("out/flags.csv").split(separator: "\n").count == 2)
    #expect(
      try place.text("out/views/cases.csv") == numbers.reduce("case_no,most\n") { $0 + "K\($1),\($1).00\n" })
  }

  /// Groups by values of every kind, percentiles of every kind that has an order.
  @Test func groupsAreMadeByWhatValuesMean() throws {
    let place = try RunPlace()
    try place.write(
      "job.yml",
      """
      version: 1
      name: kinds
      as_of: 2026-10-31
      sources:
        roll: {path: roll.csv, fields: {case_no: text}}
        payments:
          path: payments.csv
          fields:
            {case_no: text, id_no: resident_id, name: person_name, account: account, day: date, month: month,
             number: number}
      views:
        named:
          fields: {id_no: resident_id, name: person_name, kind: text}
          rows: [{from: payments, take: {kind: "if(number > 5, '大', '小')"}}]
        cases:
          fields:
            {case_no: text, holder: person_name, account: account, id_no: resident_id, day: date, month: month,
             number: number}
          rows:
            - from: payments
              by: [case_no, holder, account, id_no]
              take:
                holder: name
                day: percentile(day, 50)
                month: percentile(month + 1 month, 100)
                number: percentile(number, 1)
        kinds:
          fields: {name: person_name, kind: text, age: number}
          rows:
            - {from: named, by: [name, kind], take: {age: "percentile(age(id_no, as_of), 50)"}}
      rules:
        PAID:
          kind: condition
          subject: roll
          where: >-
            exists(cases as c by case_no where c.number > 0 and exists(kinds as k by name = c.holder where k.age > 70))

      """)
    try place.write("roll.csv", "case_no\n=1\n")
    try place.write(
      "payments.csv",
      """
      case_no,id_no,name,account,day,month,number
      =1,310101195001010014,王 小明,6228 4800 3000 0006 201,2026-05-03,2026-05,3
      =1,310101195001010014,王小明,6228480030000006201,20260501,2026-06,2.5
      =1,310101195001010014,王小明,6228480030000006201,2026-05-02,2026-04,10
      'a,310101195202020024,李大红,6228480030000006202,2026-01-01,2026-01,7

      """)
    #expect(try run(place).exitCode == 0)
    #expect(
      try place.text("out/views/cases.csv") == """
        case_no,holder,account,id_no,day,month,number
        ''a,李大红,6228480030000006202,310101195202020024,2026-01-01,2026-02,7
        '=1,王小明,6228480030000006201,310101195001010014,2026-05-02,2026-07,2.5

        """)
    #expect(
      try place.text("out/views/kinds.csv") == """
        name,kind,age
        李大红,大,74
        王小明,大,76
        王小明,小,76

        """)
    #expect(try place.text("out/flags.csv").split(separator: "\n").count == 2)
    #expect(try explain(Self.flaggedPerson, place).code == 0)
  }

  // MARK: - Explanations

  private func explain(_ number: String, _ place: RunPlace, run: String = "out") throws -> Program.Outcome {
    try Program(
      ["explain", "--person", "-", "--run", place(run), "--input", place.path],
      shell: "printf '%s\\n' '\(number)' | \"$0\" \"$@\""
    ).wait()
  }

  private func answer(_ outcome: Program.Outcome) -> [String] {
    let lines = outcome.output.split(separator: "\n").map(String.init)
    let start = lines.firstIndex { $0.contains("] LARGE ") } ?? lines.endIndex
    return Array(lines[start...].prefix(3))
  }

  private static let whyFlagged = [
    "  [有线索] LARGE 大额", "    线索编号：run-000004", "    事实：残疾补贴300.00元，高于101.00元。"
  ]

  /// 101.00 is the percentile itself.
  private static let whyNot = [
    "  [没有线索] LARGE 大额",
    "    因为（「金额」除以1、「月数」（为空时取1）中最大的）不大于limits中「救助项目」等于「项目」、「区代码」等于「区」的记录中最大的「most」"
      + "（「金额」是101.00，「月数」为空，算出的是101.00，算出的是101.00）。"
  ]

  @Test func explanationsKnowThePercentileWithoutTheOtherRows() throws {
    let place = try place()
    _ = try run(place)
    let flagged = try explain(Self.flaggedPerson, place)
    #expect(flagged.code == 0 && flagged.errors.isEmpty, "\(flagged.errors)")
    #expect(answer(flagged) == Self.whyFlagged)
    let other = answer(try explain(Self.otherPerson, place))
    #expect(other.prefix(2) == Self.whyNot[...])
  }

  /// Without the source every program is without a standard, 低保 of four payments too: none is above the greatest.
  @Test(arguments: [
    "if(has_standard, amount > 5000, amount / span > limit)", "amount / span > if(has_standard, 5000, limit)",
    "amount / span > if(has_standard, max(s.amount in standards as s by program), limit)"
  ])
  func whatAnAbsentSourceWouldDecideIsNotAsked(condition: String) throws {
    var job = Self.job
    for (old, new) in [
      (
        "standards: {path: standards.csv, fields: {program: code}}",
        "standards: {optional: true, fields: {program: code, amount: money}}"
      ),
      ("has_standard: exists", "has_standard: loaded(standards) and exists"),
      ("if(has_standard, amount > 5000, amount / span > limit)", condition)
    ] {
      #expect(job.contains(old))
      job = job.replacingOccurrences(of: old, with: new)
    }
    let place = try place(job: job)
    #expect(try run(place).exitCode == 0)
    #expect(try place.manifest()["rules"]["LARGE"]["state"].string == "DONE")
    #expect(try evidence(place) == Self.flags.filter { !$0.hasPrefix("D") })
    #expect(try place.text("out/views/limits.csv").contains("低保,310101,6000.00\n"))
    // The first of three flags, not of four.
    let flagged = Self.whyFlagged.map { $0.replacingOccurrences(of: "run-000004", with: "run-000003") }
    #expect(answer(try explain(Self.flaggedPerson, place)) == flagged)
    let other = answer(try explain(Self.otherPerson, place))
    #expect(other.prefix(2) == Self.whyNot[...])
  }

  @Test func anExplanationIsAboutTheViewAsTheRunKeptIt() throws {
    let place = try place()
    _ = try run(place)
    let kept = try place.text("out/views/limits.csv")
    try place.write("out/views/limits.csv", kept.replacingOccurrences(of: "101.00", with: "400.00"))
    var outcome = try explain(Self.flaggedPerson, place)
    #expect(outcome.code == 3)
    #expect(
      outcome.errors
        == "match-run: error: \(place("out")): not a folder of results: views/limits.csv is not as the run wrote it\n")
    try FileManager.default.removeItem(atPath: place("out/views/limits.csv"))
    outcome = try explain(Self.flaggedPerson, place)
    #expect(outcome.code == 3)
    #expect(
      outcome.errors
        == "match-run: error: \(place("out")): not a folder of results: views/limits.csv: there is no such file\n")
  }

  @Test func nightsKeepTheViewToo() throws {
    let place = try place()
    let guards = "nightly: {shrink: 100%, grow: 100%, unusable: 100%, flood: 100%}\n"
    try place.write("job.yml", Self.job + guards)
    #expect(try Program.run("key", "init", place("site.key")).code == 0)
    func night() throws {
      let outcome = try Program.run(
        "nightly", place("job.yml"), "--state", place("state"), "--key", place("site.key"), "--out", place("out"),
        "--quiet")
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    try night()
    #expect(try place.text("out/views/limits.csv") == Self.kept)
    #expect(answer(try explain(Self.flaggedPerson, place)).first == Self.whyFlagged[0])
    let other = answer(try explain(Self.otherPerson, place))
    #expect(other.prefix(2) == Self.whyNot[...])
    // One more payment above it: of 1,001 the 1,000th is the percentile.
    let more = "流水号,身份证号,项目,区,月数,金额\nA-400,,残疾补贴,310101,,400.00\n"
    try place.write("payments-more.csv", more)
    try night()
    #expect(try place.text("out/views/limits.csv").contains("残疾补贴,310101,300.00\n"))
    #expect(try evidence(place).filter { $0.hasPrefix("A") } == ["A-400|残疾补贴|300.00"])
    #expect(answer(try explain(Self.flaggedPerson, place)).first == "  [没有线索] LARGE 大额")
  }
}
