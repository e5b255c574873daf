import MatchEngine
import Testing

/// What is said of planted people of the notice city under the shipped pack.
@Suite struct ExplainCityTests {
  /// The situation, the rule, the verdict, and what its reasons begin with.
  private static let situations: [(trap: String, rule: String, verdict: String, reason: String)] = [
    ("T01", "DEATH_STOP", "有线索", "线索编号：run-"),
    // The funeral record was withdrawn: the view leaves it out.
    ("T13", "DEATH_STOP", "没有线索", "死亡记录、姓名相同的死亡记录中没有「身份证号」相同的记录；殡葬火化记录中的记录不算在内，因为"),
    // Released before the day of the run.
    ("T25", "IN_CUSTODY", "没有线索", "服刑和羁押记录中有「身份证号」相同的记录，但查到的记录的「结束日期」早于核对日（2026-10-31）（查到的「结束日期」是"),
    ("T27", "IN_CUSTODY", "例外，不提线索", "例外成立（COMMUNITY_CORRECTION）：查到的记录的「状态类别」等于“社区矫正”。"),
    ("T37", "HUKOU_MOVED_OUT", "例外，不提线索", "例外成立（STUDENT）：查到的记录的「集体户」等于“是”"),
    // So many people are not in the register of the small city that the feed is suspected.
    ("X07", "NOT_IN_REGISTER", "线索暂不下发", "条件都符合，但同类线索过多"),
    ("T56", "SHARED_ACCOUNT", "有线索", "线索编号：run-"),
    ("T53", "SHARED_ACCOUNT", "有线索", "线索编号：run-")
  ]

  /// A city, and a run of the pack over it in `out`.
  private static func runCity(scale: Double, seed: UInt64) throws -> (place: RunPlace, city: NoticeCityTests.Files) {
    let place = try RunPlace()
    let made = try Program.run(
      "generate", "--flavour", "notice", "--scale", "\(scale)", "--seed", "\(seed)", "--out", place("city"))
    #expect(made.code == 0)
    let city = try NoticeCityTests.Files(scale: scale, seed: seed)
    try place.write("city/job.yml", try place.text("city/sources.yml") + "\nuse: [notice-2021-6]\n")
    #expect(try Program.run("run", place("city/job.yml"), "--out", place("out"), "--quiet").code == 1)
    return (place, city)
  }

  /// Rows that nobody in question has a key in common with change nothing of an answer.
  @Test func fewRowsSayTheSameAsAll() throws {
    let (place, city) = try Self.runCity(scale: 0.1, seed: 5)
    var options = RunOptions()
    options.inputFolder = place("city")
    options.isQuiet = true
    options.threads = 2
    let planted = Set(city.rows(of: "truth.csv").compactMap { $0["id_no"] }.filter { !$0.isEmpty }).sorted()
    let numbers = planted.enumerated().filter { $0.offset % 6 == 0 }.map(\.element)
    #expect(numbers.count > 10)
    for number in numbers {
      let answers = try [0, Int.max].map { bytes in
        try Explanation.text(
          .person(Array(number.utf8)), run: place("out"), display: .masked, options: options, wholeByteCount: bytes)
      }
      #expect(answers[0] == answers[1], "\(number)")
    }
  }

  @Test func saysWhatWasPlanted() throws {
    let (place, city) = try Self.runCity(scale: 0.2, seed: 7)

    let (truth, roll) = (city.rows(of: "truth.csv"), city.rows(of: "roll.csv"))
    let payments = (3...10).flatMap { month in
      city.rows(of: "payments-2026\(month < 10 ? "0" : "")\(month).csv")
    }
    for (trap, rule, verdict, reason) in Self.situations {
      let line = try #require(truth.first { $0["trap"] == trap && $0["rule"] == rule }, "\(trap)")
      var number = line["id_no"] ?? ""
      if number.isEmpty {
        let payment = payments.first { $0["银行账号"] == line["account_no"] }
        let known = (line["case_no"] ?? "").isEmpty ? payment?["户编号"] : line["case_no"]
        number = try #require(roll.first { $0["户编号"] == known }?["身份证号"], "\(trap)")
      }
      let outcome = try Program(
        ["explain", "--person", "-", "--run", place("out"), "--input", place("city")],
        shell: "printf '%s' '\(number)' | \"$0\" \"$@\""
      ).wait()
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(trap)")
      let lines = outcome.output.split(separator: "\n").map(String.init)
      let place = lines.firstIndex { $0.hasPrefix("  [\(verdict)] \(rule) ") }
      #expect(place != nil, "\(trap) \(rule): \(lines.first { $0.contains("] \(rule) ") } ?? "")")
      guard let place else { continue }
      #expect(lines[place + 1].hasPrefix("    " + reason), "\(trap): \(lines[place + 1])")
      #expect(!outcome.output.contains(number), "\(trap)")
      // With the day of birth a masked number could be read.
      let born = Array(number)[6..<14].map(String.init)
      let day = "\(born[0..<4].joined())-\(born[4..<6].joined())-\(born[6..<8].joined())"
      #expect(!outcome.output.contains(day), "\(trap)")
    }
  }
}
