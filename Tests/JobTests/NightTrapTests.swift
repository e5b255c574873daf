import Foundation
import MatchEngine
import Normalizers
import Testing

/// The situations of the catalogue that need more than one night, over the rows of `Traps/base` and a trap's own.
@Suite struct NightTrapTests {
  /// A folder with deliveries, and a state that nights are put into.
  private struct Nights {
    let place = try! RunPlace()
    var number = 0

    init(_ trap: String, without: [String] = []) throws {
      for folder in ["base", trap] {
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(TrapTests.traps)/\(folder)")
        where name.hasSuffix(".csv") && !["expected.csv", "counts.csv"].contains(name) {
          let source = String(name.dropLast(4))
          if without.contains(source) || folder == "base" && source == "x" { continue }
          try place.write("in/\(source)-\(folder).csv", try Self.bytes("\(folder)/\(name)"))
        }
      }
      // Feeds of a few rows shrink and grow by more than real ones do.
      let job = try String(contentsOfFile: "\(TrapTests.traps)/job.yml", encoding: .utf8)
      try place.write("job.yml", job + "nightly: {shrink: 100%, grow: 100%, unusable: 100%, flood: 100%}\n")
    }

    static func bytes(_ name: String) throws -> [UInt8] {
      Array(try Data(contentsOf: URL(fileURLWithPath: "\(TrapTests.traps)/\(name)")))
    }

    /// Runs a night; its transitions as `rule transition reason`, and the exit code.
    mutating func run(_ day: String = "2026-10-31", accepted: [String] = []) throws -> (lines: [String], code: Int32) {
      number += 1
      var options = NightSequenceTests.options(day: 0)
      let parts = day.split(separator: "-").compactMap { Int($0) }
      options.asOf = CalendarDate(year: parts[0], month: parts[1], day: parts[2])
      options.inputFolder = place("in")
      let request = NightRun.Request(state: place("state"), out: place("out"), accepted: accepted)
      let result = try NightRun.run(jobFile: place("job.yml"), request, options: options)
      let lines = try place.text("out/transitions.csv").split(separator: "\n").dropFirst().map { line in
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        #expect(cells[0] == "\(number)" && cells[1] == "\(number - 1)")
        return "\(cells[5]) \(cells[2]) \(cells[8])"
      }
      return (lines, result.exitCode)
    }

    /// The row by which the case of T68 is on the roll after all.
    func deliverLateRow() throws {
      try place.write(
        "in/roll-late.csv",
        """
        case_no,district,street,relation,name,id_no,program,status,start_date,end_date,monthly_amount,household_size
        C6801,310101,外滩街道,户主,周正,310101195004120112,低保,在保,2026-09-01,,1330,1

        """)
    }

    /// Leaves nothing but the header of the feeds of deaths of T01.
    func emptyFeedsOfDeaths() throws {
      for file in Self.feedsOfDeaths { try place.write(file, Array(try place.bytes(file).prefix { $0 != 10 }) + [10]) }
    }

    static let feedsOfDeaths = ["in/funeral-base.csv", "in/funeral-T01.csv"]

    func flagID(of rule: String) throws -> String {
      let line = try #require(try place.text("out/transitions.csv").split(separator: "\n").first { $0.contains(rule) })
      return String(line.split(separator: ",")[3])
    }
  }

  @Test func t03DeathAfterTheDayIsFlaggedWhenItsDayComes() throws {
    var nights = try Nights("T03")
    #expect(try nights.run("2026-10-31").lines == [])
    #expect(try nights.run("2026-11-01").lines == [])
    #expect(try nights.run("2026-11-02").lines == ["DEATH_STOP new "])
    #expect(try nights.run("2026-11-03").lines == [])
  }

  @Test func t13WithdrawnDeathWithdrawsTheFlag() throws {
    var nights = try Nights("T13")
    let rows = try nights.place.text("in/funeral-T13.csv").split(separator: "\n")
    try nights.place.write("in/funeral-T13.csv", rows[0...1].joined(separator: "\n") + "\n")
    #expect(try nights.run().lines == ["DEATH_STOP new "])
    let id = try nights.flagID(of: "DEATH_STOP")
    try nights.place.write("in/funeral-T13.csv", rows.joined(separator: "\n") + "\n")
    #expect(try nights.run().lines == ["DEATH_STOP withdrawn RECORD_TAKEN_BACK"])
    #expect(try nights.flagID(of: "DEATH_STOP") == id)
    // The correction was itself a mistake.
    try nights.place.write("in/funeral-T13.csv", rows[0...1].joined(separator: "\n") + "\n")
    #expect(try nights.run().lines == ["DEATH_STOP recurred "])
    #expect(try nights.flagID(of: "DEATH_STOP") == id)
  }

  @Test func t68LateRowClearsTheFlag() throws {
    var nights = try Nights("T68")
    #expect(try nights.run().lines == ["PAID_NOT_ON_ROLL new "])
    try nights.deliverLateRow()
    #expect(try nights.run("2026-11-01").lines == ["PAID_NOT_ON_ROLL cleared LATE_DATA"])
  }

  @Test func t80EmptyFeedClearsNothing() throws {
    var nights = try Nights("T01")
    let before = try nights.run()
    #expect(before.lines == ["DEATH_STOP new "])
    #expect(before.code == 0)
    let full = try Nights.feedsOfDeaths.map { try nights.place.bytes($0) }
    try nights.emptyFeedsOfDeaths()
    let empty = try nights.run("2026-11-01")
    #expect(empty.code == 1)
    #expect(empty.lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == ["DEATH_STOP unknown"])
    // Nothing can be said on the next night either, and nothing is said twice.
    let still = try nights.run("2026-11-02", accepted: ["empty:funeral"])
    #expect(still.code == 1)
    #expect(still.lines == [])
    for (file, bytes) in zip(Nights.feedsOfDeaths, full) { try nights.place.write(file, bytes) }
    let again = try nights.run("2026-11-03")
    #expect(again.code == 0)
    #expect(again.lines == ["DEATH_STOP changed KNOWN_AGAIN"])
  }

  @Test func missingFeedIsNotAnEmptyOne() throws {
    var nights = try Nights("T01")
    #expect(try nights.run().lines == ["DEATH_STOP new "])
    try FileManager.default.removeItem(atPath: nights.place("in/funeral-base.csv"))
    try FileManager.default.removeItem(atPath: nights.place("in/funeral-T01.csv"))
    let without = try nights.run("2026-11-01")
    #expect(without.code == 1)
    #expect(without.lines.count == 1)
    #expect(without.lines[0].hasPrefix("DEATH_STOP unknown "))
  }

  /// T81: yesterday's feeds again, rows in another order, in another encoding.
  @Test(arguments: ["T01", "T18", "T43", "T64"]) func t81DeliveredAgainChangesNothing(trap: String) throws {
    var nights = try Nights(trap)
    #expect(try !nights.run().lines.isEmpty)
    for name in try nights.place.names("in") {
      let lines = try nights.place.text("in/\(name)").split(separator: "\n").map(String.init)
      let turned = [lines[0]] + lines.dropFirst().sorted { String($0.reversed()) > String($1.reversed()) }
      try nights.place.write("in/\(name)", turned.joined(separator: "\n") + "\n")
      let line = "iconv -f UTF-8 -t GB18030 \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\""
      #expect(try Program.shell(line, nights.place("in/\(name)")) == 0)
    }
    let again = try nights.run()
    #expect(again.lines == [])
    #expect(again.code == 0)
    let report = try nights.place.members("out/night.json")
    for source in ["roll", "hukou", "payments", "funeral"] {
      for what in ["added", "changed", "removed"] {
        #expect(report["sources"][source][what].int == 0, "\(source) \(what)")
      }
    }
  }

  /// The lists of a district say which of its leads came or changed in the night.
  @Test func districtListsSayWhatBecameOfALead() throws {
    var nights = try Nights("T01")
    func marked() throws -> String {
      let lines = try nights.place.text("out/by_district/310101/leads.csv").split(separator: "\n")
      #expect(lines[0].contains(",证据指纹,本次变化,核查结论,"))
      let line = try #require(lines.first { $0.hasPrefix("DEATH_STOP-") })
      // Replies stand behind it, all of them empty.
      return String(line.dropLast(17).split(separator: ",", omittingEmptySubsequences: false).last ?? "")
    }
    #expect(try nights.run("2026-10-31").lines == ["DEATH_STOP new "])
    #expect(try marked() == "新增")
    #expect(try nights.run("2026-11-01").lines == [])
    #expect(try marked() == "")
    let funeral = try nights.place.text("in/funeral-T01.csv")
    try nights.place.write("in/funeral-T01.csv", funeral.replacingOccurrences(of: "2026-09-01", with: "2026-09-02"))
    #expect(try nights.run("2026-11-02").lines == ["DEATH_STOP changed "])
    #expect(try marked() == "有变化")
  }

  /// What the lists of a district say of leads that they do not have any more, without the header; nil: there is no
  /// such file.
  private static func gone(_ nights: Nights, _ district: String = "310101") throws -> [String]? {
    let file = "out/by_district/\(district)/gone.csv"
    guard try RunPlace.isFile(nights.place(file)) else { return nil }
    return try nights.place.text(file).split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return "\(cells[4]) \(cells[1]) \(cells[2]) \(cells[6]) \(cells[7])"
    }
  }

  @Test func districtListsSayWhichLeadsWereTakenBack() throws {
    var nights = try Nights("T13")
    let rows = try nights.place.text("in/funeral-T13.csv").split(separator: "\n")
    try nights.place.write("in/funeral-T13.csv", rows[0...1].joined(separator: "\n") + "\n")
    #expect(try nights.run().lines == ["DEATH_STOP new "])
    let id = try nights.flagID(of: "DEATH_STOP")
    #expect(try Self.gone(nights) == nil)
    try nights.place.write("in/funeral-T13.csv", rows.joined(separator: "\n") + "\n")
    #expect(try nights.run().lines == ["DEATH_STOP withdrawn RECORD_TAKEN_BACK"])
    #expect(
      try Self.gone(nights) == ["DEATH_STOP 撤回更正 来源记录已撤回或删除；已据此办理的，请即复核更正 C1301 310101********0112"])
    #expect(try nights.place.text("out/by_district/310101/gone.csv").contains("\(id),撤回更正,"))
    // It is told once.
    #expect(try nights.run("2026-11-01").lines == [])
    #expect(try Self.gone(nights) == nil)
  }

  @Test func districtListsSayWhichLeadsAreOver() throws {
    var nights = try Nights("T68")
    #expect(try nights.run().lines == ["PAID_NOT_ON_ROLL new "])
    try nights.deliverLateRow()
    #expect(try nights.run("2026-11-01").lines == ["PAID_NOT_ON_ROLL cleared LATE_DATA"])
    #expect(
      try Self.gone(nights) == ["PAID_NOT_ON_ROLL 已消除 来源数据已补充或更新，不再符合规则 C6801 310101********0112"])
  }

  /// A rule that says nothing tonight ends no lead.
  @Test func districtListsKeepQuietAboutRulesThatAreHeldBack() throws {
    var nights = try Nights("T01")
    #expect(try nights.run().lines == ["DEATH_STOP new "])
    try nights.emptyFeedsOfDeaths()
    #expect(try nights.run("2026-11-01").code == 1)
    #expect(try !nights.place.results().keys.contains { $0.hasSuffix("gone.csv") })
  }

  /// T82: the police corrected the number, and the register says which it was.
  @Test func t82CorrectedNumberKeepsTheFlag() throws {
    var nights = try Nights("T01")
    #expect(try nights.run().lines == ["DEATH_STOP new "])
    let id = try nights.flagID(of: "DEATH_STOP")
    let (old, new) = ("310101195004120112", "310101195004120139")
    let roll = try nights.place.text("in/roll-T01.csv")
    try nights.place.write("in/roll-T01.csv", roll.replacingOccurrences(of: old, with: new))
    try nights.place.write(
      "in/hukou-T01.csv",
      "id_no,name,hukou_no,division,status,event,event_date,old_id_no\n\(new),周正,H0101,310101,正常,,,\(old)\n")
    #expect(try nights.run().lines.filter { $0.hasPrefix("DEATH_STOP") } == ["DEATH_STOP changed "])
    #expect(try nights.flagID(of: "DEATH_STOP") == id)
  }

  /// T83: the number of a person who is moved stays that of the flag.
  @Test func movedDistrictKeepsTheFlag() throws {
    var nights = try Nights("T01")
    #expect(try nights.run().lines == ["DEATH_STOP new "])
    let roll = try nights.place.text("in/roll-T01.csv").replacingOccurrences(of: "310101,外滩街道", with: "310104,徐家汇街道")
    try nights.place.write("in/roll-T01.csv", roll)
    let moved = try nights.run()
    #expect(!moved.lines.contains { $0.hasPrefix("DEATH_STOP cleared") || $0.hasPrefix("DEATH_STOP new") })
    // The list that had it says who has it now.
    #expect(
      try Self.gone(nights)?.filter { $0.hasPrefix("DEATH_STOP") } == [
        "DEATH_STOP 转出 现由310104负责 C0101 310101********0112"
      ])
    let list = try nights.place.text("out/by_district/310104/leads.csv").split(separator: "\n")
    #expect(list.first { $0.hasPrefix("DEATH_STOP-") }?.contains(",转入,") == true)
  }
}
