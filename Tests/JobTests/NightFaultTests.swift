import Foundation
import Testing

/// A night that is killed at any call of the system, or in which any call fails, and is then run again, comes to what
/// an undisturbed night comes to; and so does the night after it.
@Suite(.serialized) struct NightFaultTests {
  /// Streamed rules over a snapshot and changes, over changes alone, and with a rule whose leads go to districts.
  private static let jobs = ["", "local/", "lists/"]

  /// A settled rule, for lists of districts.
  private static let listed = """
    membership: {source: roll, case: case_id, person: id_no, name: name, active: status = 'active'}
    rules:
      STOP:
        title: 死亡未停
        kind: presence
        subject: roll
        where: member is active
        find: {in: funeral, key: id_no, where: death_date + 3 days <= as_of and state = '有效'}
        district: district
        severity: 4
        propose: RECALC
        fact: "{name}于{find.death_date}死亡。"
        evidence: [find.death_date]

    """

  /// A state of one night, and the deliveries of two more.
  private static func makePlace() throws -> RunPlace {
    let place = try RunPlace()
    var town = NightTown(seed: 77)
    for (number, name) in NightSequenceTests.feeds.enumerated() {
      for folder in jobs { try place.write("\(folder)1/in/\(name).csv", town.whole(number)) }
    }
    town.forgetChanges()
    for night in 2...3 {
      for _ in 0..<36 { town.change() }
      for (number, name) in NightSequenceTests.feeds.enumerated() {
        let changes = town.changes(number)
        try place.write("local/\(night)/in/\(name).csv", changes)
        try place.write("lists/\(night)/in/\(name).csv", changes)
        try place.write("\(night)/in/\(name).csv", name == "register" ? town.whole(number) : changes)
      }
    }
    try place.write("job.yml", NightSequenceTests.job(snapshots: ["register"]))
    let local = NightSequenceTests.job(snapshots: [])
    try place.write("local/job.yml", local)
    try place.write("lists/job.yml", local.replacingOccurrences(of: "rules:\n", with: listed))
    try place.write("shim.c", FaultShim.source)
    try #require(try Program.shell("clang -shared -fPIC -O1 -o \"$1/shim.so\" \"$1/shim.c\" -ldl", place.path) == 0)
    _ = try Program.run("key", "init", place("site.key"))
    return place
  }

  private static let night = """
    "$0" nightly "$1/$5job.yml" --input "$1/$5$2" --state "$1/$3/state" --out "$1/$3/out" --key "$1/site.key" \
      --as-of 2026-06-1$2 --threads 1 --quiet
    """

  private static func run(_ place: RunPlace, _ night: Int, _ copy: String, _ fault: String = "", job: String) throws
    -> Int32
  {
    let line =
      fault.isEmpty
      ? Self.night : "env LD_PRELOAD=\"$1/shim.so\" FAULT_COUNT=\"$1/count\" $4 " + Self.night
    return try Program.shell(line, place.path, "\(night)", copy, fault, job)
  }

  /// Everything that a reader can see: results and the last generation, but for times.
  private static func left(_ place: RunPlace, _ copy: String) throws -> [String: [UInt8]] {
    var files = try place.results(copy)
    for name in files.keys
    where name.hasSuffix("timing.json") || name.hasSuffix("journal.jsonl") || name.hasSuffix(".lock") {
      files[name] = nil
    }
    // Digests of files with times in them.
    return files.filter { !$0.key.hasSuffix("out/manifest.json") }
  }

  /// Names of files that are other ones, or stand on one side only.
  private static func differing(_ left: [String: [UInt8]], _ expected: [String: [UInt8]]) -> [String] {
    Set(left.keys).union(expected.keys).filter { left[$0] != expected[$0] }.sorted()
  }

  private static func copy(_ place: RunPlace, _ from: String, _ to: String) throws {
    try #require(try Program.shell("rm -rf \"$1/$3\" && cp -a \"$1/$2\" \"$1/$3\"", place.path, from, to) == 0)
  }

  /// Numbers of the calls that are to fail: every `step`-th, or every one of those that `MATCH_RUN_FAULT_CALLS` names
  /// as `FIRST-LAST` (`scripts/check-nights`).
  private static func calls(_ total: Int, step: Int) throws -> [Int] {
    guard let text = ProcessInfo.processInfo.environment["MATCH_RUN_FAULT_CALLS"] else {
      return Array(stride(from: 1, through: total, by: step))
    }
    let ends = text.split(separator: "-").map { Int($0) }
    try #require(ends.count == 2 && !ends.contains(nil), "MATCH_RUN_FAULT_CALLS is FIRST-LAST")
    let (first, last) = (try #require(ends[0]), try #require(ends[1]))
    return Array(1...total).filter { $0 >= first && $0 <= last }
  }

  @Test(
    arguments: [
      ("", "", 13), ("FAULT_KILLS=1 ", "", 13), ("", "local/", 7), ("FAULT_KILLS=1 ", "local/", 7), ("", "lists/", 41),
      ("FAULT_KILLS=1 ", "lists/", 97)
    ] as [(String, String, Int)])
  func anyCallMayFailOnce(kills: String, job: String, step: Int) throws {
    let place = try Self.makePlace()
    try place.write("a/.keep", "")
    #expect(try Self.run(place, 1, "a", job: job) == 0)
    try Self.copy(place, "a", "b")
    #expect(try Self.run(place, 2, "b", "FAULT_AT=0", job: job) == 0)
    let expected = try Self.left(place, "b")
    #expect(expected.keys.contains { $0.hasSuffix("leads.xlsx") } == (job == "lists/"))
    #expect(expected.keys.contains { $0.hasSuffix("gone.csv") } == (job == "lists/"))
    let total = try #require(Int(try place.text("count").split(separator: "\n")[0]))
    #expect(total > 100)
    try Self.copy(place, "b", "after")
    #expect(try Self.run(place, 3, "after", job: job) == 0)
    let after = try Self.left(place, "after")
    let calls = try Self.calls(total, step: step)
    var failed = 0
    for (turn, number) in calls.enumerated() {
      try Self.copy(place, "a", "c")
      let code = try Self.run(place, 2, "c", "\(kills)FAULT_AT=\(number)", job: job)
      #expect((kills.isEmpty ? [0, 2, 3] : [0, 137]).contains(code), "call \(number): \(code)")
      if code != 0 { failed += 1 }
      // Where a night says that it is done it is; a folder of before that could not be removed may lie beside it.
      if code == 0 {
        let left = try Self.left(place, "c").filter { !$0.key.contains(".match-run-") }
        #expect(Self.differing(left, expected) == [], "with call \(number) failing")
      }
      #expect(try Self.run(place, 2, "c", job: job) == 0, "after call \(number)")
      #expect(try Self.differing(Self.left(place, "c"), expected) == [], "after call \(number)")
      let journal = try Program.run("journal", "verify", place("c/state/journal.jsonl"))
      #expect(journal.code == 0, "the journal after call \(number)")
      if turn % 4 == 0 {
        #expect(try Self.run(place, 3, "c", job: job) == 0, "the night after call \(number)")
        #expect(try Self.differing(Self.left(place, "c"), after) == [], "the night after call \(number)")
      }
    }
    #expect(calls.count < 100 || failed > calls.count / 2)
    print("calls: \(total), tried: \(calls.count), nights that ended: \(failed)")
  }
}
