import Foundation
import MatchEngine
import SampleCity
import Testing

@Suite struct NoticeCityTests {
  /// Keeps the files of a city in memory.
  struct Files: CitySink, Equatable {
    var content: [String: [UInt8]] = [:]
    private var current = ""

    mutating func begin(_ name: String) { current = name }
    mutating func write(_ chunk: [UInt8]) { content[current, default: []] += chunk }
    mutating func end() {}

    init(scale: Double, seed: UInt64, variant: NoticeCity.Variant = .main) throws {
      try NoticeCity(scale: scale, seed: seed, variant: variant).write(to: &self)
    }

    /// The rows of a file by header, as they stand there; `heading` lines precede the header.
    func rows(of name: String, heading: Int = 0) -> [[String: String]] {
      let lines = String(decoding: content[name] ?? [], as: UTF8.self).split(separator: "\n").dropFirst(heading)
      let headers = Self.cells(lines.first ?? "")
      return lines.dropFirst().map { line in
        Dictionary(zip(headers, Self.cells(line))) { first, _ in first }
      }
    }

    /// Cells of a line; quotes stand around amounts with a comma only.
    private static func cells(_ line: Substring) -> [String] {
      var cells = [""]
      var isQuoted = false
      for character in line {
        if character == "\"" {
          isQuoted.toggle()
        } else if character == ",", !isQuoted {
          cells.append("")
        } else {
          cells[cells.count - 1].append(character)
        }
      }
      return cells
    }
  }

  /// Numbers of the catalogue that concern the rules of the notice, but for the two that spoil a whole feed.
  private static let catalogue: [String] =
    (Array(1...69) + [71, 72, 73, 75] + Array(91...95)).filter { $0 != 41 && $0 != 61 }.map {
      $0 < 10 ? "T0\($0)" : "T\($0)"
    }

  @Test func sameSeedGivesTheSameBytes() throws {
    #expect(try Files(scale: 0.1, seed: 11) == Files(scale: 0.1, seed: 11))
  }

  @Test func anotherSeedGivesOtherPeople() throws {
    let (first, second) = (try Files(scale: 0.1, seed: 11), try Files(scale: 0.1, seed: 12))
    #expect(first.content.keys.sorted() == second.content.keys.sorted())
    for name in ["roll.csv", "funeral.csv", "hukou.csv", "payments-202610.csv", "truth.csv"] {
      #expect(first.content[name] != second.content[name], "\(name)")
    }
  }

  /// In this city an unsuspicious case is drawn anew, since a number in it ends in zeros; it stays on its own place.
  @Test func casesHaveNumbersAndAccountsOfTheirOwn() throws {
    var casesByNumber: [Substring: Set<String>] = [:]
    for line in try Files(scale: 1, seed: 18).rows(of: "roll.csv") {
      let number = line["户编号"] ?? ""
      guard number.count == 16 else { continue }
      casesByNumber[number.suffix(8), default: []].insert(number)
    }
    #expect(casesByNumber.count > 1000)
    #expect(casesByNumber.filter { $0.value.count > 1 } == [:])
  }

  @Test func everyTrapIsPlantedTwiceAndMoreOftenInALargerCity() throws {
    for (scale, count) in [(0.01, 2), (5, 3)] {
      var casesByTrap: [String: [String: Int]] = [:]
      for line in try Files(scale: scale, seed: 3).rows(of: "truth.csv") {
        let key = ["verdict", "rule", "subject", "severity"].map { line[$0] ?? "" }.joined(separator: " ")
        casesByTrap[line["trap"] ?? "", default: [:]][key, default: 0] += 1
      }
      for trap in Self.catalogue {
        let counts = casesByTrap[trap] ?? [:]
        #expect(!counts.isEmpty && counts.values.allSatisfy { $0 % count == 0 }, "\(trap) \(counts)")
      }
    }
  }

  @Test(arguments: [
    (NoticeCity.Variant.feedAlarmRegister, "T41", "NOT_IN_REGISTER"), (.feedAlarmBatch, "T61", "PAY_LARGE")
  ])
  func variantSpoilsOneFeedAndSaysSo(variant: NoticeCity.Variant, trap: String, rule: String) throws {
    let lines = try Files(scale: 0.1, seed: 5, variant: variant).rows(of: "truth.csv")
    let alarms = lines.filter { $0["verdict"] == "feed_alarm" }
    #expect(alarms.map { $0["trap"] } == [trap])
    #expect(alarms.map { $0["rule"] } == [rule])
    #expect(try Files(scale: 0.1, seed: 5).rows(of: "truth.csv").allSatisfy { $0["verdict"] != "feed_alarm" })
  }

  @Test func incompleteRegisterLacksTwoPercentOfTheRoll() throws {
    let complete = try Files(scale: 1, seed: 5)
    let incomplete = try Files(scale: 1, seed: 5, variant: .feedAlarmRegister)
    let missing = complete.rows(of: "hukou.csv").count - incomplete.rows(of: "hukou.csv").count
    let people = complete.rows(of: "roll.csv").count
    #expect(missing * 100 > people * 2 && missing * 100 < people * 4)
  }

  @Test func wrongBatchIsOneDistrictInOneMonth() throws {
    let right = try Files(scale: 1, seed: 5)
    let wrong = try Files(scale: 1, seed: 5, variant: .feedAlarmBatch)
    let changed = right.content.keys.filter { right.content[$0] != wrong.content[$0] }.sorted()
    #expect(changed == ["README.md", "payments-202610.csv", "truth.csv", "truth.json"])
    let pairs = zip(right.rows(of: "payments-202610.csv"), wrong.rows(of: "payments-202610.csv"))
    let batches = Set(pairs.filter { $0 != $1 }.map { $1["批次号"] ?? "" })
    #expect(batches == ["2610-151"])
  }

  @Test func committedSampleDataIsAFreshCity() throws {
    let fresh = try Files(scale: 1, seed: 7)
    let folder = RunPlace.city
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == fresh.content.keys.sorted())
    for (name, bytes) in fresh.content {
      #expect(try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))) == bytes, "\(name)")
    }
  }

  @Test func sampleSizeIsSmallAndItsRollHasAboutThreeThousandPeople() throws {
    let files = try Files(scale: 1, seed: 7)
    #expect(files.content.values.reduce(0) { $0 + $1.count } < 3_000_000)
    #expect((2500...3300).contains(files.rows(of: "roll.csv").count))
    let sizes = Dictionary(grouping: files.rows(of: "roll.csv")) { $0["户编号"] ?? "" }.values.map(\.count)
    #expect(Set(sizes) == [1, 2, 3, 4, 6])
  }

  @Test func judicialFeedIsGB18030() throws {
    let bytes = try #require(try Files(scale: 0.1, seed: 11).content["judicial.csv"])
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    // 样例市 in GB 18030.
    #expect(lines.first?.prefix(6) == [0xD1, 0xF9, 0xC0, 0xFD, 0xCA, 0xD0])
    // 身份证号码,
    #expect(lines[1].prefix(11) == [0xC9, 0xED, 0xB7, 0xDD, 0xD6, 0xA4, 0xBA, 0xC5, 0xC2, 0xEB, 0x2C])
    #expect(lines.allSatisfy { $0.last == UInt8(ascii: "\r") })
  }

  /// The feeds as a job's sources, with any rule: every field is known and every type is.
  @Test func sourcesAreReadWithoutMistakes() throws {
    let bytes = try #require(try Files(scale: 0.1, seed: 11).content["sources.yml"])
    let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("snapshot_date") }.joined(separator: "\n")
    let rules = "rules:\n  ANY:\n    kind: condition\n    subject: roll\n    where: status = '在保'\n"
    let job = try Job.parse(text: text + rules, file: "job.yml")
    #expect(job.sources.count == 19)
    #expect(job.sources.map(\.name).contains("hardship_other"))
  }

  // MARK: The background

  /// What the truth says about a case, a person, an account is planted; everything else is background.
  private struct Planted {
    var cases: Set<String> = []
    var people: Set<String> = []
    var accounts: Set<String> = []

    init(_ files: Files) {
      for line in files.rows(of: "truth.csv") {
        cases.insert(line["case_no"] ?? "")
        people.insert(line["id_no"] ?? "")
        accounts.insert(line["account_no"] ?? "")
      }
    }
  }

  private static func bare(_ text: String?) -> String {
    (text ?? "").unicodeScalars.reduce(into: "") { result, scalar in
      let isWide = (0xFF01...0xFF5E).contains(scalar.value)
      let plain = isWide ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
      if !" \t'\r\u{3000}".unicodeScalars.contains(plain) { result.unicodeScalars.append(plain) }
    }.uppercased()
  }

  @Test func everybodyOnTheRollIsInTheRegisterUnderTheirNumber() throws {
    let files = try Files(scale: 0.5, seed: 21)
    let planted = Planted(files)
    let registered = Set(files.rows(of: "hukou.csv").map { Self.bare($0["公民身份号码"]) })
    for row in files.rows(of: "roll.csv") where !planted.cases.contains(row["户编号"] ?? "") {
      let number = Self.bare(row["身份证号"])
      #expect(number.count == 18)
      #expect(registered.contains(number) || planted.people.contains(number))
    }
  }

  @Test func noAccountIsPaidForTwoCasesUnlessItIsPlanted() throws {
    let files = try Files(scale: 0.5, seed: 21)
    let planted = Planted(files)
    var cases: [String: Set<String>] = [:]
    for name in files.content.keys where name.hasPrefix("payments-") {
      for row in files.rows(of: name) { cases[Self.bare(row["银行账号"]), default: []].insert(row["户编号"] ?? "") }
    }
    let shared = cases.filter { $0.value.count > 1 && $0.value.isDisjoint(with: planted.cases) }.keys
    #expect(shared.filter { !planted.accounts.contains($0) } == [])
    #expect(cases.count > 400)
  }

  @Test func nobodyInTheFuneralFeedIsActiveUnlessItIsPlanted() throws {
    let files = try Files(scale: 0.5, seed: 21)
    let planted = Planted(files)
    let dead = Set(files.rows(of: "funeral.csv", heading: 1).map { Self.bare($0["死者身份证号"]) })
    let active = files.rows(of: "roll.csv").filter { row in
      Self.bare(row["状态"]) == "在保" && !planted.cases.contains(row["户编号"] ?? "")
    }
    #expect(active.filter { dead.contains(Self.bare($0["身份证号"])) }.isEmpty)
    #expect(dead.count > 60)
  }

  @Test func everyActiveCaseOfTheBackgroundIsPaidToItsHead() throws {
    let files = try Files(scale: 0.5, seed: 21)
    let planted = Planted(files)
    let custodians = Set(files.rows(of: "custodians.csv").map { $0["户编号"] ?? "" })
    var members: [String: Set<String>] = [:]
    for row in files.rows(of: "roll.csv") { members[row["户编号"] ?? "", default: []].insert(Self.bare(row["身份证号"])) }
    var count = 0
    for row in files.rows(of: "payments-202609.csv") {
      let number = row["户编号"] ?? ""
      guard !planted.cases.contains(number), !number.isEmpty, !custodians.contains(number) else { continue }
      count += 1
      #expect(members[number]?.contains(Self.bare(row["开户人身份证号"])) ?? false)
    }
    #expect(count > 200)
  }
}
