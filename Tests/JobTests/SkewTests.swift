import Foundation
import MatchEngine
import Testing

/// Keys that are spread as unluckily as can be give the same flags, whatever fits into memory.
@Suite struct SkewTests {
  private func run(_ place: RunPlace, threads: Int = 2, memory: Int = 1 << 30) throws {
    var options = RunOptions()
    options.threads = threads
    options.chunkByteCount = 1000
    options.memoryByteCount = memory
    options.isQuiet = true
    #expect(try JobRun.run(jobFile: place("job.yml"), out: place("out"), options: options).exitCode == 0)
  }

  /// Every memory between one byte and all of it closes the tables at another place.
  private static let memories = [1, 600_000, 1_200_000, 2_400_000, 4_800_000, 1 << 30]

  private func flags(_ place: RunPlace) throws -> [String: Int] {
    let rules = try place.manifest()["rules"].value as? [String: Any] ?? [:]
    return rules.mapValues { Members($0)["flags"].int ?? -1 }
  }

  /// A job that counts payments by account: accounts of `payers` or more payers, and of three or more payments a month.
  private static func job(fields: String, payers: Int, more: String = "") -> String {
    """
    version: 1
    name: accounts
    as_of: 2026-10-31
    sources:
      payments:
        path: payments.csv
        fields: {\(fields)}
    rules:
      SHARED:
        kind: aggregate
        subject: payments
        by: [account]
        having: count(distinct payer) >= \(payers)
        evidence: [account, count(distinct payer)]
      MONTHLY:
        kind: aggregate
        subject: payments
        by: [account, month(day)]
        having: count() >= 3
        evidence: [account, month(day), count()]
    \(more)
    output:
      flags: {columns: {rule: rule, evidence: evidence}}

    """
  }

  private static let accounts = job(
    fields: "account: account, payer: text, office: code, day: date, cents: number", payers: 3,
    more: """
        OFFICES:
          kind: aggregate
          subject: payments
          by: [account, office]
          having: count(distinct payer) >= 2
          evidence: [account, office, count(distinct payer)]
        LARGEST:
          kind: aggregate
          subject: payments
          by: [account]
          having: max(cents) >= 5990
          evidence: [account, sum(cents)]
      """)

  /// Every other of 6,000 payments goes to one account, from 1,250 payers in ten months; each other account has three
  /// payments of one month.
  @Test(arguments: [1, 2])
  func oneAccountHasHalfOfAllPayments(threads: Int) throws {
    let place = try RunPlace()
    try place.write("job.yml", Self.accounts)
    var lines = "account,payer,office,day,cents\n"
    for row in 0..<6000 {
      let account = row % 2 == 0 ? 6_228_480_000_000_000_001 : 6_217_000_000_000_000_000 + row / 6
      let month = row / 600 + 1
      lines += "\(account),P\(row % 2500),\(row % 4 < 2 ? "A" : "B"),2026-\(month < 10 ? "0" : "")\(month)-15,\(row)\n"
    }
    try place.write("payments.csv", lines)
    var texts: Set<String> = []
    for memory in Self.memories {
      try run(place, threads: threads, memory: memory)
      #expect(try flags(place) == ["SHARED": 1001, "MONTHLY": 1010, "OFFICES": 1002, "LARGEST": 3], "memory \(memory)")
      texts.insert(try place.text("out/flags.csv"))
    }
    #expect(texts.count == 1)
    let text = try #require(texts.first)
    for line in [
      "SHARED,6228480000000000001|1250", "MONTHLY,6228480000000000001|2026-07|300", "OFFICES,6228480000000000001|A|625",
      "SHARED,6217000000000000003|3", "MONTHLY,6217000000000000100|2026-02|3", "LARGEST,6228480000000000001|8997000",
      "LARGEST,6217000000000000999|17991"
    ] {
      #expect(text.contains("\n\(line)\n"), "\(line)")
    }
  }

  private static let months = job(fields: "account: account, payer: text, day: date", payers: 2)

  /// 400 accounts with one payment a month for three years, but: one has four a month, one has three in one month, one
  /// has another payer once. Nearly all records say the same as an earlier one but for the day.
  @Test(arguments: [1, 2])
  func recordsThatRecurAreCountedByMonth(threads: Int) throws {
    let place = try RunPlace()
    try place.write("job.yml", Self.months)
    var lines = "account,payer,day\n"
    for month in 0..<36 {
      let day = "\(2024 + month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1)-1"
      for account in 0..<400 {
        let times = account == 7 ? 4 : account == 8 && month == 17 ? 3 : 1
        for time in 0..<times {
          let payer = account == 9 && month == 30 ? "Q" : "P\(account)"
          lines += "\(6_228_480_000_000_000_000 + account),\(payer),\(day)\(time)\n"
        }
      }
    }
    try place.write("payments.csv", lines)
    var texts: Set<String> = []
    for memory in Self.memories {
      try run(place, threads: threads, memory: memory)
      #expect(try flags(place) == ["SHARED": 1, "MONTHLY": 37], "memory \(memory)")
      texts.insert(try place.text("out/flags.csv"))
    }
    #expect(texts.count == 1)
    let text = try #require(texts.first)
    for line in [
      "SHARED,6228480000000000009|2", "MONTHLY,6228480000000000008|2025-06|3", "MONTHLY,6228480000000000007|2024-01|4",
      "MONTHLY,6228480000000000007|2026-12|4"
    ] {
      #expect(text.contains("\n\(line)\n"), "\(line)")
    }
  }

  private static let filler = """
    version: 1
    name: filler
    as_of: 2026-10-31
    sources:
      roll:
        path: roll.csv
        fields: {case_id: text, id_no: resident_id, status: code}
      feed:
        path: feed.csv
        fields: {record: text, id_no: resident_id, kind: code, note: text}
    rules:
      NOT_IN_FEED:
        kind: absence
        subject: roll
        where: status = 'active'
        find: {in: feed, key: id_no}
        evidence: ["'none'"]
      NOT_OF_KIND_C:
        kind: absence
        subject: roll
        find: {in: feed, key: id_no, where: kind = 'c'}
        evidence: ["'none'"]
      NOT_ON_ROLL:
        kind: absence
        subject: feed
        find: {in: roll, key: id_no, where: status = 'active'}
        evidence: [record]
    output:
      flags: {columns: {rule: rule, case_id: case_id, id_no: id_no, evidence: evidence}}

    """

  /// What stands behind the filler on the roll is active, stopped or both; in the feed of kind a alone, or also c.
  @Test(
    arguments: [
      ("active", "a", [0, 1001, 1]), ("active", "c", [0, 1, 1]), ("stopped", "a", [0, 1001, 1001]),
      ("stopped", "c", [0, 1, 1001]), ("mixed", "a", [0, 1001, 1]), ("mixed", "mixed", [0, 1, 1])
    ] as [(roll: String, feed: String, flags: [Int])])
  func oneNumberStandsOnManyRowsOfBothSides(spread: (roll: String, feed: String, flags: [Int])) throws {
    let (filler, other, third) = ("110101199003070118", "110101198505152020", "11010519491231002X")
    let place = try RunPlace()
    try place.write("job.yml", Self.filler)
    var roll = "case_id,id_no,status\nC,\(other),stopped\n"
    var feed = "record,id_no,kind,note\nF,\(third),c,\n"
    for row in 0..<1000 {
      let status = spread.roll == "mixed" ? (row % 2 == 0 ? "active" : "stopped") : spread.roll
      let kind = spread.feed == "mixed" ? (row % 100 == 99 ? "c" : "a") : spread.feed
      roll += "C\(row),\(filler),\(status)\n"
      feed += "F\(row),\(filler),\(kind),a longer line so that the roll is read first\n"
    }
    try place.write("roll.csv", roll)
    try place.write("feed.csv", feed)
    for (threads, memory) in [(1, 1 << 30), (2, 1 << 30), (2, 1), (2, 40_000)] {
      try run(place, threads: threads, memory: memory)
      let expected = Dictionary(
        uniqueKeysWithValues: zip(["NOT_IN_FEED", "NOT_OF_KIND_C", "NOT_ON_ROLL"], spread.flags))
      #expect(try flags(place) == expected, "\(threads) threads, memory \(memory)")
    }
  }

  /// A number on ten thousand rows of one source that looks for itself: a hundred million pairs would not end in time.
  @Test func aSourceThatLooksForItselfWalksAKeyOnce() throws {
    let place = try RunPlace()
    try place.write(
      "job.yml",
      """
      version: 1
      name: own
      as_of: 2026-10-31
      sources:
        roll:
          path: roll.csv
          fields: {case_id: text, id_no: resident_id, status: code}
      rules:
        NONE_ACTIVE:
          kind: absence
          subject: roll
          find: {in: roll, as: other, key: id_no, where: other.status = 'active'}
          evidence: ["'none'"]
      output:
        flags: {columns: {rule: rule, case_id: case_id, id_no: id_no, evidence: evidence}}

      """)
    var roll = "case_id,id_no,status\nC,110101198505152020,stopped\n"
    for row in 0..<10_000 { roll += "C\(row),110101199003070118,\(row % 2 == 0 ? "active" : "stopped")\n" }
    try place.write("roll.csv", roll)
    try run(place)
    #expect(try flags(place) == ["NONE_ACTIVE": 1])
  }
}
