import Foundation
import MatchEngine
import Normalizers
import Testing

/// Runs every situation under `Traps/` and compares all flags of all rules of the pack with `expected.csv`, worked out
/// by hand from the catalogue of situations.
///
/// A folder holds `about.txt` (what is planted and what must come out), the rows of the situation by source, and
/// `expected.csv`. They are added to the rows of `base/`, in which nothing is to be found; a source that `without`
/// names has only the folder's rows. Where it matters there are `counts.csv` (exemptions, not evaluated, states,
/// rejected rows, warnings, values with a code, the exit code), `facts.txt` (what must stand in the facts),
/// `lines.txt` (ends of lines of `flag_lines.csv`) and `as_of`.
@Suite struct TrapTests {
  private static let header = "rule,case_id,id_no,severity,grade,proposal,reasons,months,amount,amount_basis"

  static let traps = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Traps").path

  /// Situations that come out otherwise than the catalogue says, and what it hangs on.
  static let knownDifferences: [String: String] = [:]

  static var folders: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: traps).filter { !["base", "job.yml"].contains($0) }.sorted()
    }
  }

  @Test func everySituationOfTheCatalogueIsThere() throws {
    let numbers = Array(1...69) + [71, 72, 73, 75, 80] + Array(91...95)
    let present = Set(try Self.folders)
    #expect(numbers.map { $0 < 10 ? "T0\($0)" : "T\($0)" }.filter { !present.contains($0) } == [])
  }

  @Test(arguments: try folders) func flagsWhatIsExpectedAndNothingElse(trap: String) throws {
    let place = try Self.place(of: trap)
    if let difference = Self.knownDifferences[trap] {
      withKnownIssue(Comment(rawValue: difference)) { try Self.check(trap, place) }
    } else {
      try Self.check(trap, place)
    }
  }

  /// The rows of `base/` and of the trap, as files of one folder.
  private static func place(of trap: String) throws -> RunPlace {
    let place = try RunPlace()
    let files = FileManager.default
    try files.createDirectory(atPath: place("in"), withIntermediateDirectories: true)
    let own = try files.contentsOfDirectory(atPath: "\(traps)/\(trap)")
    let without = own.contains("without") ? try lines("\(trap)/without") : []
    for name in try files.contentsOfDirectory(atPath: "\(traps)/base") where name.hasSuffix(".csv") {
      let source = String(name.dropLast(4))
      guard !without.contains(source) else { continue }
      try files.copyItem(atPath: "\(traps)/base/\(name)", toPath: place("in/\(source)-base.csv"))
    }
    for name in own where name.hasSuffix(".csv") && !["expected.csv", "counts.csv"].contains(name) {
      try files.copyItem(atPath: "\(traps)/\(trap)/\(name)", toPath: place("in/\(name)"))
    }
    return place
  }

  private static func run(
    _ trap: String, _ place: RunPlace, into out: String, threads: Int, chunk: Int, memory: Int? = nil
  ) throws -> RunResult {
    var options = RunOptions()
    options.inputFolder = place("in")
    options.threads = threads
    options.chunkByteCount = chunk
    if let memory { options.memoryByteCount = memory }
    options.isQuiet = true
    if FileManager.default.fileExists(atPath: "\(traps)/\(trap)/as_of") {
      let parts = try lines("\(trap)/as_of")[0].split(separator: "-").compactMap { Int($0) }
      options.asOf = CalendarDate(year: parts[0], month: parts[1], day: parts[2])
    }
    return try JobRun.run(jobFile: "\(traps)/job.yml", out: place(out), options: options)
  }

  private static func check(_ trap: String, _ place: RunPlace) throws {
    let result = try run(trap, place, into: "out", threads: 2, chunk: 1 << 20)
    let flags = try place.text("out/flags.csv").split(separator: "\n").map(Self.cells)
    let kept = flags.map { $0.prefix(10).joined(separator: ",") }
    let expected = try lines("\(trap)/expected.csv")
    #expect(expected.first == header)
    #expect(kept.sorted() == expected.sorted(), "flags of \(trap)")

    let own = try FileManager.default.contentsOfDirectory(atPath: "\(traps)/\(trap)")
    if own.contains("facts.txt") {
      let facts = flags.map { $0.last ?? "" }
      for piece in try lines("\(trap)/facts.txt") {
        #expect(facts.contains { $0.contains(piece) }, "\(trap): \(piece) in \(facts)")
      }
    }
    if own.contains("lines.txt") {
      let shown = try place.text("out/flag_lines.csv").split(separator: "\n")
      for line in try lines("\(trap)/lines.txt") {
        #expect(shown.contains { $0.hasSuffix("," + line) }, "\(trap): \(line)")
      }
    }
    var exitCode: Int32 = 0
    let manifest = try place.manifest()
    for line in own.contains("counts.csv") ? try lines("\(trap)/counts.csv").dropFirst() : [] {
      let cells = cells(Substring(line))
      let rule = manifest["rules"][cells[0]]
      let count = try #require(Int(cells[3]))
      switch cells[1] {
      case "exemption": #expect(rule["exemptions"].counts[cells[2]] == count, "\(trap): \(line)")
      case "not_evaluated": #expect(rule["not_evaluated"].counts[cells[2]] == count, "\(trap): \(line)")
      case "state": #expect(rule["state"].string == cells[2], "\(trap): \(line)")
      case "rejected":
        let rejected = manifest["sources"][cells[0]]["rows_rejected"].counts.values.reduce(0, +)
        #expect(rejected == count, "\(trap): \(line)")
      case "warning":
        let warnings = result.summary.split(separator: "\n").filter { $0.contains(cells[2]) }
        #expect(warnings.count == count, "\(trap): \(line) in \(result.summary)")
      case "quality":
        // A field as `source.field`, and a code of its values.
        let names = cells[0].split(separator: ".").map(String.init)
        let field = try place.members("out/quality.json")["sources"][names[0]]["fields"][names[1]]
        #expect(field["warnings"].counts[cells[2], default: 0] == count, "\(trap): \(line)")
      case "exit": exitCode = Int32(count)
      default: Issue.record("\(trap): what is '\(cells[1])'?")
      }
    }
    #expect(result.exitCode == exitCode, "exit code of \(trap): \(result.summary)")
  }

  private static let various = [
    "T16-months", "T20", "T41", "T43", "T48", "T61", "T64", "T92"
  ]

  @Test(arguments: various) func piecesThreadsAndMemoryChangeNothing(trap: String) throws {
    let place = try Self.place(of: trap)
    _ = try Self.run(trap, place, into: "out", threads: 2, chunk: 1 << 20)
    _ = try Self.run(trap, place, into: "again", threads: 3, chunk: 64, memory: 1)
    #expect(try place.results("again") == place.results("out"))
  }

  /// T81: the same rows in another order and encoding change nothing.
  @Test(arguments: various.filter { $0 != "T92" }) func orderAndEncodingChangeNothing(trap: String) throws {
    let place = try Self.place(of: trap)
    _ = try Self.run(trap, place, into: "out", threads: 2, chunk: 1 << 20)
    try Self.rewrite(place) { [$0[0]] + $0.dropFirst().sorted { String($0.reversed()) > String($1.reversed()) } }
    _ = try Self.run(trap, place, into: "again", threads: 3, chunk: 64)
    #expect(try place.bytes("again/flags.csv") == place.bytes("out/flags.csv"))
  }

  /// T62 among a thousand payments of each of its programs without a standard: of 1,000 the 999th is the limit, so that
  /// only the greatest is above it; of 999 none is, and of two that share the place at the top none.
  @Test func paymentsOfProgramsWithoutAStandardAreComparedWithEachOther() throws {
    let place = try Self.place(of: "T62")
    var lines = [
      "pay_id,batch,pay_date,period,program,pay_kind,months_covered,district,case_no,account_no,amount,result"
    ]
    func pay(
      _ name: String, _ program: String, _ district: String, _ amount: String, _ months: String = "", _ count: Int = 1
    ) {
      for number in 1...count {
        let account = 6_228_480_040_000_000_000 + lines.count
        lines.append(
          "\(name)-\(number),B-\(name),2026-09-10,2026-09,\(program),常规,\(months),\(district),\(name)\(number),"
            + "\(account),\(amount),成功")
      }
    }
    // With the 100.00 of T62 itself: 997 of 100.00, 120.00, 12 months at 150.00 and 200.00.
    pay("K", "残疾补贴", "310101", "100.00", "", 996)
    pay("L", "残疾补贴", "310101", "120.00")
    pay("M", "残疾补贴", "310101", "1800.00", "12")
    pay("N", "残疾补贴", "310101", "200.00")
    pay("P", "残疾补贴", "310104", "100.00", "", 998)
    pay("Q", "残疾补贴", "310104", "900.00")
    pay("R", "物价补贴", "310101", "60.00", "", 997)
    pay("S", "物价补贴", "310101", "75.00", "", 2)
    try place.write("in/payments-many.csv", lines.joined(separator: "\n") + "\n")
    _ = try Self.run("T62", place, into: "out", threads: 2, chunk: 1 << 20)
    let flags = try place.text("out/flags.csv").split(separator: "\n").dropFirst()
    #expect(
      flags == [
        "PAY_LARGE,N1,,3,,REVIEW,,2026-09,200.00,FULL,2026-09-10一笔支付残疾补贴200.00元，按1个月计，该户1人；"
          + "每月超过本区同一项目发放额的第99.9百分位（该项目没有标准），即150.00元。"
      ])
    #expect(
      try place.text("out/views/payment_limits.csv") == """
        program,district,limit_amount
        残疾补贴,310101,150.00
        残疾补贴,310104,900.00
        物价补贴,310101,75.00

        """)
  }

  /// 1,000 payments of 低保 in one district, with those of `base/` and of T62: 2 of 2,000.00, 2 of 1,330.00, 994 of
  /// 9,000.00, 9,500.00 and 9,900.00. The 999th is 9,500.00; as a multiple of a standard all but four would be flagged.
  private static func placeWithoutStandards() throws -> RunPlace {
    let place = try place(of: "T62")
    try FileManager.default.removeItem(atPath: place("in/standards-base.csv"))
    var lines = [
      "pay_id,pay_date,period,program,pay_kind,months_covered,district,case_no,id_no,account_no,amount,result"
    ]
    func pay(_ name: String, _ person: String, _ amount: String) {
      lines.append("\(name),2026-09-10,2026-09,低保,常规,,310101,\(name),\(person),,\(amount),成功")
    }
    for number in 1...994 { pay("K\(number)", "", "9000.00") }
    pay("L1", "310101195202020024", "9500.00")
    pay("N1", "310101195001010014", "9900.00")
    try place.write("in/payments-many.csv", lines.joined(separator: "\n") + "\n")
    let job = try String(contentsOfFile: "\(traps)/job.yml", encoding: .utf8)
    #expect(job.contains(standardsOfTraps))
    try place.write("job.yml", job.replacingOccurrences(of: standardsOfTraps, with: ""))
    return place
  }

  private static let standardsOfTraps = "  standards: {path: \"standards*.csv\"}\n"

  @Test func withoutStandardsAllPaymentsAreComparedWithEachOther() throws {
    let place = try Self.placeWithoutStandards()
    let outcome = try Program.run("run", place("job.yml"), "--input", place("in"), "--out", place("out"))
    #expect(outcome.code == 0, "\(outcome.errors)")
    let flags = try place.text("out/flags.csv").split(separator: "\n").filter { $0.hasPrefix("PAY_LARGE,") }
    #expect(
      flags == [
        "PAY_LARGE,N1,310101195001010014,3,,REVIEW,,2026-09,9900.00,FULL,2026-09-10一笔支付低保9900.00元，按1个月计，"
          + "该户1人；每月超过本区同一项目发放额的第99.9百分位（该项目没有标准），即9500.00元。"
      ])
    let rules = try place.manifest()["rules"]
    #expect(rules["PAY_LARGE"]["state"].string == "DONE")
    #expect(rules["AMOUNT_OVER_STANDARD"]["state"].string == "NOT_EVALUATED")

    func explain(_ number: String) throws -> [String] {
      let outcome = try Program.run(
        "explain", "--person", "-", "--run", place("out"), "--input", place("in"),
        shell: "printf '%s\\n' '\(number)' | \"$0\" \"$@\"")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n").map(String.init)
      return Array(lines.drop { !$0.contains("] PAY_LARGE ") }.prefix(3))
    }
    let flagged = try explain("310101195001010014")
    #expect(flagged.first == "  [有线索] PAY_LARGE 大额支付")
    #expect(flagged.last?.hasPrefix("    事实：2026-09-10一笔支付低保9900.00元，") == true)
    let other = try explain("310101195202020024")
    #expect(other.first == "  [没有线索] PAY_LARGE 大额支付")
    #expect(other.dropFirst().first?.contains("算出的是9500.00，算出的是9500.00") == true, "\(other)")
  }

  /// Standards that are awaited are not the same as none: nothing is concluded from a file without a row, and a file
  /// that is not there ends the run.
  @Test func awaitedStandardsAreNotTakenForNone() throws {
    let place = try Self.placeWithoutStandards()
    try place.write(
      "job.yml",
      place.text("job.yml").replacingOccurrences(of: "output:\n", with: Self.standardsOfTraps + "output:\n"))
    let missing = try Program.run("run", place("job.yml"), "--input", place("in"), "--out", place("out"))
    #expect(missing.code == 3)
    #expect(missing.errors == "match-run: error: standards*.csv: no file matches\n")
    try place.write("in/standards-none.csv", "program,division,valid_from,monthly_amount\n")
    let empty = try Program.run("run", place("job.yml"), "--input", place("in"), "--out", place("out"))
    #expect(empty.code == 1, "\(empty.errors)")
    #expect(try place.manifest()["rules"]["PAY_LARGE"]["state"].string == "UNKNOWN")
    #expect(try !place.text("out/flags.csv").contains("PAY_LARGE"))
  }

  /// What can be read of a rejected record does not hang on the encoding.
  @Test(arguments: ["T92", "T92-chinese", "T92-other-case", "T92-quoted", "T92-unreadable"])
  func rejectedRowsAreReadInAnyEncoding(trap: String) throws {
    let place = try Self.place(of: trap)
    _ = try Self.run(trap, place, into: "out", threads: 2, chunk: 1 << 20)
    try Self.rewrite(place) { $0 }
    _ = try Self.run(trap, place, into: "again", threads: 3, chunk: 64)
    #expect(try place.bytes("again/flags.csv") == place.bytes("out/flags.csv"))
  }

  /// Puts the lines of all files in another order, in GB18030.
  private static func rewrite(_ place: RunPlace, order: ([String]) -> [String]) throws {
    for name in try place.names("in") {
      let lines = order(try place.text("in/\(name)").split(separator: "\n").map(String.init))
      try place.write("in/\(name)", lines.joined(separator: "\n") + "\n")
      let line = "iconv -f UTF-8 -t GB18030 \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\""
      #expect(try Program.shell(line, place("in/\(name)")) == 0)
    }
  }

  private static func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: "\(traps)/\(path)", encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// Cells of a line in which only the last may stand in quotes.
  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: ",", maxSplits: 10, omittingEmptySubsequences: false).map(String.init)
  }
}
