import MatchEngine
import SampleCity
import Testing

@Suite struct SampleCityTests {
  /// Keeps the files of a city in memory.
  struct Files: CitySink, Equatable {
    var content: [String: [UInt8]] = [:]
    private var current = ""

    mutating func begin(_ name: String) { current = name }
    mutating func write(_ chunk: [UInt8]) { content[current, default: []] += chunk }
    mutating func end() {}

    init(scale: Double, seed: UInt64) throws { try SampleCity(scale: scale, seed: seed).write(to: &self) }

    /// The cells of a file without quotes, line by line; the header comes first.
    func rows(of name: String) -> [[String]] {
      String(decoding: content[name] ?? [], as: UTF8.self).split(separator: "\n").map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
    }
  }

  @Test func sameSeedGivesTheSameBytes() throws {
    #expect(try Files(scale: 0.1, seed: 11) == Files(scale: 0.1, seed: 11))
  }

  @Test func anotherSeedGivesOtherPeople() throws {
    let (first, second) = (try Files(scale: 0.1, seed: 11), try Files(scale: 0.1, seed: 12))
    #expect(first.content.keys.sorted() == second.content.keys.sorted())
    for name in ["roll.csv", "funeral.csv", "household.csv", "payments-202610.csv"] {
      #expect(first.content[name] != second.content[name], "\(name)")
    }
  }

  @Test func sampleJobIsReadWithoutMistakes() throws {
    let text = String(decoding: try #require(try Files(scale: 0.1, seed: 11).content["job.yml"]), as: UTF8.self)
    let job = try Job.parse(text: text, file: "job.yml")
    #expect(job.sources.map(\.name) == ["roll", "funeral", "judicial", "household", "payments", "custodians"])
    #expect(Set(job.rules.map(\.kind)) == Set(RuleKind.allCases).subtracting([.duplicate]))
    #expect(job.rules.map(\.id) == SampleRule.allCases.map(\.rawValue))
    #expect(job.rules.allSatisfy { !$0.title.isEmpty })
  }

  /// Worked out by hand after GB 11643-1999: the digits times 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, the sum modulo 11,
  /// that character of 10X98765432.
  @Test(arguments: [
    // 21+9+0+5+8+24+2+9+36+27+0+18+10+25+56+24+6 = 280 = 25 × 11 + 5
    ("31011619690215763", "7"),
    // 21+9+0+5+0+4+2+9+48+9+7+18+10+25+56+36+18 = 277 = 25 × 11 + 2
    ("31010119831215799", "X"),
    // 21+9+0+5+8+32+2+9+42+6+0+63+0+35+0+16+6 = 254 = 23 × 11 + 1
    ("31011819720707043", "0")
  ])
  func identityNumbersHaveTheirCheckCharacter(digits: String, check: String) throws {
    let numbers = try Files(scale: 1, seed: 7).rows(of: "roll.csv").map { $0[3] }.filter { $0.hasPrefix(digits) }
    #expect(numbers == [digits + check])
  }

  @Test func householdsHaveOneToSixMembers() throws {
    var sizes: [String: Int] = [:]
    for row in try Files(scale: 1, seed: 7).rows(of: "roll.csv").dropFirst() { sizes[row[1], default: 0] += 1 }
    #expect(sizes.count == 1400)
    #expect(Set(sizes.values) == [1, 2, 3, 4, 5, 6])
  }

  @Test func funeralFeedIsGB18030() throws {
    let bytes = try #require(try Files(scale: 0.1, seed: 11).content["funeral.csv"])
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    // 样例市 in GB 18030.
    #expect(lines.first?.prefix(6) == [0xD1, 0xF9, 0xC0, 0xFD, 0xCA, 0xD0])
    // 序号,死者姓名,
    #expect(
      lines[1].prefix(14) == [0xD0, 0xF2, 0xBA, 0xC5, 0x2C, 0xCB, 0xC0, 0xD5, 0xDF, 0xD0, 0xD5, 0xC3, 0xFB, 0x2C])
    // 合计,
    #expect(lines.last?.prefix(5) == [0xBA, 0xCF, 0xBC, 0xC6, 0x2C])
    #expect(lines.allSatisfy { $0.last == UInt8(ascii: "\r") })
  }
}
