import Foundation
import MatchEngine
import Normalizers
import Testing

/// A nightly run leaves the flags of a run over everything, whatever happens night by night.
///
/// `MATCH_RUN_NIGHT_SEQUENCES` says which sequences are made, as `FIRST-LAST` (`scripts/check-nights`).
@Suite(.serialized) struct NightSequenceTests {
  private static func seeds() throws -> ClosedRange<UInt64> {
    guard let text = ProcessInfo.processInfo.environment["MATCH_RUN_NIGHT_SEQUENCES"] else { return 1...200 }
    let ends = text.split(separator: "-").map { UInt64($0) }
    try #require(ends.count == 2 && !ends.contains(nil), "MATCH_RUN_NIGHT_SEQUENCES is FIRST-LAST")
    let (first, last) = (try #require(ends[0]), try #require(ends[1]))
    try #require(first > 0 && first <= last, "MATCH_RUN_NIGHT_SEQUENCES is FIRST-LAST")
    return first...last
  }

  static func job(snapshots: Set<String>, title: String = "t") -> String {
    func kind(_ name: String) -> String { snapshots.contains(name) ? "snapshot: true" : "changes: {operation: op}" }
    return """
      version: 1
      name: nights
      nightly: {shrink: 100%, grow: 100%, unusable: 100%, flood: 100%}
      sources:
        roll:
          path: "in/roll*.csv"
          key: [roll_no]
          \(kind("roll"))
          fields:
            {roll_no: text, case_id: text, id_no: resident_id, name: person_name, status: code, start_date: date,
             district: code}
        funeral:
          path: "in/funeral*.csv"
          key: [record_no]
          \(kind("funeral"))
          withdrawn: {state: [撤回]}
          fields: {record_no: text, id_no: resident_id, death_date: date, state: code}
        register:
          path: "in/register*.csv"
          key: [reg_no]
          \(kind("register"))
          fields: {reg_no: text, id_no: resident_id, name: person_name, hukou_status: code}
        payments:
          path: "in/payments*.csv"
          key: [pay_id]
          \(kind("payments"))
          fields: {pay_id: text, case_id: text, id_no: resident_id, account_no: account, pay_date: date, amount: money}
      rules:
        DECEASED:
          title: \(title)
          kind: presence
          subject: roll
          where: status = 'active' and start_date <= as_of
          find: {in: funeral, key: id_no, where: death_date + 3 days <= as_of and state = '有效'}
          evidence: [funeral.record_no, funeral.death_date]
        PAID_AFTER_DEATH:
          kind: presence
          subject: payments
          find: {in: funeral, key: id_no, where: payments.pay_date > death_date and state = '有效'}
          evidence: [pay_id, pay_date, funeral.record_no]
        CANCELLED:
          kind: presence
          subject: roll
          find: {in: register, key: id_no, where: hukou_status <> 'normal'}
          evidence: [register.hukou_status]
        OTHER_NAME:
          kind: mismatch
          subject: roll
          find: {in: register, key: id_no}
          compare: [roll.name, register.name]
          evidence: [roll.name, register.name]
        NOT_IN_REGISTER:
          kind: absence
          subject: roll
          where: status = 'active'
          find: {in: register, key: id_no}
          evidence: ["'none'"]
        OTHER_CASE:
          kind: mismatch
          subject: payments
          find: {in: roll, key: case_id}
          compare: [payments.id_no, roll.id_no]
          report: {case_id: roll.case_id, id_no: roll.id_no}
          evidence: [pay_id]
        SHARED:
          kind: aggregate
          subject: payments
          where: id_no is valid
          by: [account_no]
          having: count(distinct id_no) >= 3
          evidence: [account_no, count(distinct id_no)]
        OFTEN:
          kind: aggregate
          subject: payments
          by: [account_no, month(pay_date)]
          having: count() >= 3
          evidence: [account_no, month(pay_date), count()]
        LARGE:
          kind: condition
          subject: payments
          where: amount >= 20000 and pay_date <= as_of
          evidence: [pay_id, amount]
      output:
        flags: {columns: {rule: rule, case_id: case_id, id_no: id_no, name: name, evidence: evidence}}

      """
  }

  static let feeds = ["roll", "funeral", "register", "payments"]

  static let key = SiteKey(bytes: Array(0..<32))

  static func options(day: Int32) -> RunOptions {
    var options = RunOptions()
    options.threads = 2
    options.asOf = CalendarDate(days: day)
    options.isQuiet = true
    options.siteKey = key
    options.memoryByteCount = 64 << 20
    options.chunkByteCount = 4096
    return options
  }

  @Test func nightsComeToTheFlagsOfARunOverEverything() throws {
    var nights = 0
    for seed in try Self.seeds() { nights += try Self.sequence(seed) }
    print("nights: \(nights)")
  }

  /// 2741: a rule finds more pairs than it looks at rows, and floods are allowed.
  @Test(arguments: [2741] as [UInt64]) func sequencesThatShowedAMistake(seed: UInt64) throws {
    _ = try Self.sequence(seed)
  }

  /// What a ledger makes of the batches, each applied once and in order.
  private struct Ledger {
    private(set) var open: [String: [String]] = [:]
    /// Of the batch that was applied last.
    private var number = 0
    private var lines: [String] = []

    /// Applies the batch of a night; one that it has is the same batch, and is not applied again.
    mutating func apply(_ night: [String: [UInt8]], _ what: Comment) throws {
      let report = Members(try JSONSerialization.jsonObject(with: Data(night["night.json"] ?? [])))
      let (batch, base) = (try #require(report["batch"].int), report["generation_before"].int)
      let lines = String(decoding: night["transitions.csv"] ?? [], as: UTF8.self).split(separator: "\n")
        .map { String($0) }
      if batch == number {
        #expect(lines == self.lines, what)
        return
      }
      #expect(base == number && batch == number + 1, what)
      (number, self.lines) = (batch, lines)
      for line in lines.dropFirst() {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let (kind, id) = (cells[2], cells[3])
        #expect(Int(cells[0]) == batch && Int(cells[1]) == base, what)
        switch kind {
        case "new", "recurred":
          #expect(open[id] == nil, "\(id) is new; \(what)")
          open[id] = [cells[5], cells[6], cells[7]]
        case "cleared", "withdrawn": #expect(open.removeValue(forKey: id) != nil, "\(id) was there; \(what)")
        default: break
        }
      }
    }
  }

  /// How many nights there were.
  private static func sequence(_ seed: UInt64) throws -> Int {
    var nights = 0
    var town = NightTown(seed: seed)
    let place = try RunPlace()
    let snapshots: Set<String> = seed % 4 == 0 ? ["roll"] : seed % 4 == 1 ? Set(feeds) : []
    var job = job(snapshots: snapshots)
    var ledger = Ledger()
    for night in 0..<5 {
      let what: Comment = "sequence \(seed), night \(night)"
      if night > 0 {
        for _ in 0..<town.number(below: night == 3 ? 40 : 12) { town.change() }
        town.pass(days: Int32(town.number(below: 4)))
      }
      if night == 4 { job = Self.job(snapshots: snapshots, title: "raised") }
      // A night may come in two files, and in two halves that are compared one after the other.
      let isSplit = night > 0 && !snapshots.contains("payments") && town.oneIn(4)
      for half in isSplit ? [0.5, 1.0] : [1.0] {
        try deliver(&town, place, snapshots, isFirst: night == 0, part: half)
        try place.write("job.yml", job)
        let touched = try nightly(place, "touched", town.day, isWhole: false)
        let whole = try nightly(place, "whole", town.day, isWhole: true)
        #expect(touched["transitions.csv"] == whole["transitions.csv"], what)
        #expect(touched["night.json"] == whole["night.json"], what)
        try ledger.apply(touched, what)
        nights += 1
        // The same night once more changes nothing.
        if town.oneIn(3) {
          let again = try nightly(place, "touched", town.day, isWhole: false)
          #expect(again == touched, what)
          try ledger.apply(again, what)
        }
        guard half == 1 else { continue }
        try compare(&town, place, touched, ledger, job, what)
      }
      // Yesterday's feed again, on the next day's run.
      if night > 0, town.oneIn(5) {
        let again = try nightly(place, "touched", town.day, isWhole: false, marker: "x")
        let batch = String(decoding: again["transitions.csv"] ?? [], as: UTF8.self)
        #expect(batch.split(separator: "\n").count == 1, what)
        _ = try nightly(place, "whole", town.day, isWhole: true, marker: "x")
        try ledger.apply(again, what)
        nights += 1
      }
    }
    return nights
  }

  private static func deliver(
    _ town: inout NightTown, _ place: RunPlace, _ snapshots: Set<String>, isFirst: Bool, part: Double
  ) throws {
    try? FileManager.default.removeItem(atPath: place("in"))
    for (number, name) in feeds.enumerated() {
      if isFirst || snapshots.contains(name) {
        try place.write("in/\(name).csv", town.whole(number))
      } else if town.oneIn(3) {
        try place.write("in/\(name)-1.csv", town.changes(number, part: part / 2))
        try place.write("in/\(name)-2.csv", town.changes(number, part: part == 1 ? 1 : part / 2))
      } else if !town.feeds[number].pending.isEmpty {
        try place.write("in/\(name).csv", town.changes(number, part: part))
      }
    }
    if isFirst { town.forgetChanges() }
  }

  private static func nightly(
    _ place: RunPlace, _ name: String, _ day: Int32, isWhole: Bool, marker: String = ""
  ) throws -> [String: [UInt8]] {
    let request = NightRun.Request(
      state: place("state-\(name)"), out: place("out-\(name)"),
      // A guard that is accepted and never comes up makes another night of the same deliveries.
      accepted: marker.isEmpty ? [] : ["flood:\(marker)"], isWhole: isWhole)
    _ = try NightRun.run(jobFile: place("job.yml"), request, options: options(day: day))
    return try place.results("out-\(name)")
  }

  private static func compare(
    _ town: inout NightTown, _ place: RunPlace, _ night: [String: [UInt8]], _ ledger: Ledger, _ job: String,
    _ what: Comment
  ) throws {
    try? FileManager.default.removeItem(atPath: place("full"))
    for (number, name) in feeds.enumerated() { try place.write("full/in/\(name).csv", town.whole(number)) }
    try place.write("full/job.yml", job)
    _ = try JobRun.run(jobFile: place("full/job.yml"), out: place("full/out"), options: options(day: town.day))
    let flags = try place.text("full/out/flags.csv")
    #expect(String(decoding: night["flags.csv"] ?? [], as: UTF8.self) == flags, what)
    let expected = flags.split(separator: "\n").dropFirst().map { line in
      Array(line.split(separator: ",", omittingEmptySubsequences: false).map(String.init).prefix(3))
    }
    #expect(
      ledger.open.values.map { $0.joined(separator: ",") }.sorted()
        == expected.map { $0.joined(separator: ",") }.sorted(), what)
  }
}
