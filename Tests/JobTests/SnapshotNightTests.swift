import Foundation
import Testing

/// What a night says of the rows of a snapshot: `night.json` counts them by what became of them.
@Suite(.serialized) struct SnapshotNightTests {
  private static let job = """
    version: 1
    name: snapshots
    nightly: {shrink: 100%, grow: 100%, unusable: 100%, flood: 100%}
    sources:
      roll:
        path: in/roll*.csv
        key: [case_id]
        snapshot: true
        fields: {case_id: text, id_no: resident_id, name: person_name, start_date: date, end_date: date}
      funeral:
        path: in/funeral.csv
        key: [record_no]
        snapshot: true
        withdrawn: {state: [撤回]}
        fields: {record_no: text, id_no: resident_id, death_date: date, state: code}
    rules:
      DECEASED:
        kind: presence
        subject: roll
        where: start_date <= as_of and name is valid
        find: {in: funeral, key: id_no, where: state = '有效'}
        evidence: [funeral.death_date]
    output:
      flags: {columns: {rule: rule, case_id: case_id, id_no: id_no, name: name, evidence: evidence}}

    """

  private static let ids = ["310101198001010018", "310101198001010034", "310101198001010050", "310101198001010077"]

  private static let roll = """
    case_id,id_no,name,start_date,end_date,note
    C1,\(ids[0]),王一,2020-01-01,2027-01-01,a
    C2,\(ids[1]),李二,2020-02-01,2027-01-01,b
    C3,\(ids[2]),张三,2020-03-01,2027-01-01,c
    C4,\(ids[3]),赵四,2020-04-01,d

    """

  private static let funeral = """
    record_no,id_no,death_date,state
    F1,\(ids[1]),2026-05-01,有效
    F2,\(ids[2]),2026-05-02,有效

    """

  private struct Nights {
    let place: RunPlace

    init() throws {
      place = try RunPlace()
      try place.write("job.yml", SnapshotNightTests.job)
      try place.write("in/roll.csv", SnapshotNightTests.roll)
      try place.write("in/funeral.csv", SnapshotNightTests.funeral)
      #expect(try Program.run("key", "init", place("site.key")).code == 0)
    }

    /// Runs a night; returns what it says of the rows of `source` and the transitions of the batch.
    func run(
      _ day: String, _ source: String = "roll", code: Int32 = 0
    ) throws -> (rows: String, transitions: [String]) {
      let outcome = try Program.run(
        place.path, day,
        shell: """
          exec "$0" nightly "$1/job.yml" --state "$1/state" --out "$1/out" --key "$1/site.key" --as-of "$2" --verify
          """)
      #expect(outcome.code == code, "\(outcome.errors)")
      if code == 0 { #expect(outcome.output.contains("verified: a full run gives the same flags")) }
      let night = try JSONSerialization.jsonObject(with: Data(place.text("out/night.json").utf8)) as? [String: Any]
      let sources = night?["sources"] as? [String: [String: Any]]
      let counts = ["added", "changed", "removed", "returned"].map { name in
        "\(name) \(sources?[source]?[name] as? Int ?? -1)"
      }
      let lines = try place.text("out/transitions.csv").split(separator: "\n")
      let header = lines[0].split(separator: ",")
      let what = try #require(header.firstIndex { $0.hasSuffix("transition") })
      return (counts.joined(separator: ", "), lines.dropFirst().map { String($0.split(separator: ",")[what]) })
    }
  }

  /// What is done to the feeds, and what the night says of the roll.
  private static let cases: [(what: String, roll: String, rows: String, transitions: [String])] = [
    ("nothing", roll, "added 0, changed 0, removed 0, returned 0", []),
    (
      "other spellings, and a column that nobody uses",
      roll.replacingOccurrences(of: ids[0], with: " 310101 19800101 0018").replacingOccurrences(of: "张三", with: "张 三")
        .replacingOccurrences(of: ",d\n", with: ",changed\n"),
      "added 0, changed 0, removed 0, returned 0", []
    ),
    (
      "another order",
      roll.split(separator: "\n").enumerated().sorted { ($0.offset * 3 % 5) < ($1.offset * 3 % 5) }.map(\.element)
        .joined(separator: "\n") + "\n",
      "added 0, changed 0, removed 0, returned 0", []
    ),
    (
      "a name changed", roll.replacingOccurrences(of: "李二", with: "李两"), "added 0, changed 1, removed 0, returned 0",
      []
    ),
    (
      "a row more and one less",
      roll.replacingOccurrences(
        of: "C2,\(ids[1]),李二,2020-02-01,2027-01-01,b\n", with: "C9,\(ids[2]),张三,2021-01-01,,e\n"),
      "added 1, changed 0, removed 1, returned 0", ["cleared", "new"]
    ),
    (
      "one row twice", roll + "C1,\(ids[0]),王一,2020-01-01,2027-01-01,a\n", "added 1, changed 0, removed 0, returned 0",
      []
    ),
    (
      "columns changed their names",
      roll.replacingOccurrences(of: "start_date,end_date", with: "end_date,start_date"),
      "added 0, changed 4, removed 0, returned 0",
      ["cleared", "cleared"]
    )
  ]

  @Test(arguments: cases.indices) func rowsAreComparedByWhatTheySay(number: Int) throws {
    let (what, roll, rows, transitions) = Self.cases[number]
    let nights = try Nights()
    #expect(try nights.run("2026-06-10").transitions == ["new", "new"])
    try nights.place.write("in/roll.csv", roll)
    let night = try nights.run("2026-06-11")
    #expect(night.rows == rows, "\(what)")
    #expect(night.transitions.sorted() == transitions, "\(what)")
    // What was seen stays seen.
    let again = try nights.run("2026-06-12")
    #expect(again.rows == "added 0, changed 0, removed 0, returned 0", "\(what)")
    #expect(again.transitions.isEmpty, "\(what)")
  }

  /// Each row of the delivery before is there once, in whichever part it is found again.
  @Test func rowsThatComeTwiceAreNewOnce() throws {
    let nights = try Nights()
    let more = Self.roll + (0..<600).map { "D\($0),,陈五,2020-01-01,2027-01-01,\($0)\n" }.joined()
    try nights.place.write("in/roll.csv", more)
    #expect(try nights.run("2026-06-10").rows == "added 604, changed 0, removed 0, returned 0")
    try nights.place.write("in/roll2.csv", more)
    #expect(try nights.run("2026-06-11").rows == "added 604, changed 0, removed 0, returned 0")
    #expect(try nights.run("2026-06-12").rows == "added 0, changed 0, removed 0, returned 0")
  }

  @Test func aRowThatReturnsIsKnown() throws {
    let nights = try Nights()
    _ = try nights.run("2026-06-10")
    try nights.place.write("in/roll.csv", Self.roll.replacingOccurrences(of: "C3,", with: "X3,"))
    #expect(try nights.run("2026-06-11").rows == "added 1, changed 0, removed 1, returned 0")
    try nights.place.write("in/roll.csv", Self.roll)
    #expect(try nights.run("2026-06-12").rows == "added 1, changed 0, removed 1, returned 1")
  }

  /// A number with a day of birth ahead is of nobody until that day has come, though its text stays the same.
  @Test func aNumberBecomesUsableOnItsDay() throws {
    let nights = try Nights()
    let unborn = "310101202606120016"
    try nights.place.write("in/roll.csv", Self.roll.replacingOccurrences(of: Self.ids[3], with: unborn))
    try nights.place.write("in/funeral.csv", Self.funeral + "F3,\(unborn),2026-06-12,有效\n")
    #expect(try nights.run("2026-06-10").transitions.count == 2)
    #expect(try nights.run("2026-06-11").transitions == [])
    let night = try nights.run("2026-06-12")
    #expect(night.rows == "added 0, changed 0, removed 0, returned 0")
    #expect(night.transitions == ["new"])
  }

  /// A death that a row of its own takes back, before the row that told of it is gone.
  @Test func aWithdrawnRowIsRememberedByItsText() throws {
    let nights = try Nights()
    try nights.place.write("in/funeral.csv", Self.funeral + "F3,\(Self.ids[1]),2026-05-01,撤回\n")
    #expect(try nights.run("2026-06-10").transitions == ["new", "new"])
    try nights.place.write(
      "in/funeral.csv",
      Self.funeral.replacingOccurrences(of: "F1,\(Self.ids[1]),2026-05-01,有效", with: "F1,\(Self.ids[1]),2026-05-01,无效")
        + "F3,\(Self.ids[1]),2026-05-01,撤回\n")
    let night = try nights.run("2026-06-11", "funeral")
    #expect(night.rows == "added 0, changed 1, removed 0, returned 0")
    #expect(night.transitions == ["withdrawn"])
  }

  /// The bytes of GB 18030 of a text with these names.
  private static func inGB18030(_ text: String) -> [UInt8] {
    let codes: [Character: [UInt8]] = [
      "王": [0xCD, 0xF5], "一": [0xD2, 0xBB], "李": [0xC0, 0xEE], "二": [0xB6, 0xFE], "张": [0xD5, 0xC5],
      "三": [0xC8, 0xFD], "赵": [0xD5, 0xD4], "四": [0xCB, 0xC4]
    ]
    return text.flatMap { codes[$0] ?? Array(String($0).utf8) }
  }

  @Test func anotherEncodingIsNoChange() throws {
    let nights = try Nights()
    _ = try nights.run("2026-06-10")
    try Data(Self.inGB18030(Self.roll)).write(to: URL(fileURLWithPath: nights.place("in/roll.csv")))
    let night = try nights.run("2026-06-11")
    #expect(night.rows == "added 0, changed 0, removed 0, returned 0")
    #expect(night.transitions.isEmpty)
  }

  /// More rows change than are kept in memory, and than may be gone from the segments of the state.
  @Test func rowsAreWrittenAnewWhenAllOfThemChanged() throws {
    let nights = try Nights()
    func roll(_ name: String, _ rows: Int) -> String {
      Self.roll + (0..<rows).map { "D\($0),,\(name),2020-01-01,2027-01-01,x\n" }.joined()
    }
    func segments() throws -> [String] {
      let last = try FileManager.default.contentsOfDirectory(atPath: nights.place("state")).sorted()
        .last { $0.hasPrefix("0000") }
      return try FileManager.default.contentsOfDirectory(atPath: nights.place("state/\(last ?? "")/rows"))
        .filter { $0.hasPrefix("roll.") && $0.hasSuffix(".csv") }.sorted()
    }
    try nights.place.write("in/roll.csv", roll("陈五", 20_000))
    #expect(try nights.run("2026-06-10").rows == "added 20004, changed 0, removed 0, returned 0")
    try nights.place.write("in/roll.csv", roll("陈六", 20_000))
    #expect(try nights.run("2026-06-11").rows == "added 0, changed 20000, removed 0, returned 0")
    #expect(try segments() == ["roll.2.csv"])
    // From the rows that were written anew the next nights go on.
    try nights.place.write("in/roll.csv", roll("陈六", 19_000).replacingOccurrences(of: "C2,", with: "C5,"))
    let night = try nights.run("2026-06-12")
    #expect(night.rows == "added 1, changed 0, removed 1001, returned 0")
    #expect(night.transitions.sorted() == ["cleared", "new"])
    #expect(try segments() == ["roll.2.csv", "roll.3.csv"])
    #expect(try nights.run("2026-06-13").rows == "added 0, changed 0, removed 0, returned 0")
  }

  /// A delivery that is held back leaves the rows of the last good one, and the next is compared with these.
  @Test func aDeliveryThatIsNotBelievedChangesNothing() throws {
    let nights = try Nights()
    try nights.place.write(
      "job.yml",
      Self.job.replacingOccurrences(of: "nightly: {shrink: 100%, grow: 100%, unusable: 100%, flood: 100%}\n", with: ""))
    let many = Self.roll + (0..<40).map { "D\($0),,陈五,2020-01-01,2027-01-01,x\n" }.joined()
    try nights.place.write("in/roll.csv", many)
    #expect(try nights.run("2026-06-10").transitions == ["new", "new"])
    try nights.place.write("in/roll.csv", Self.roll)
    let held = try nights.run("2026-06-11", code: 1)
    #expect(held.transitions == ["unknown", "unknown"])
    try nights.place.write("in/roll.csv", many.replacingOccurrences(of: "C2,", with: "C5,"))
    let night = try nights.run("2026-06-12")
    #expect(night.rows == "added 1, changed 0, removed 1, returned 0")
    #expect(night.transitions.sorted() == ["changed", "cleared", "new"])
  }

  /// Records that cannot be split are listed and counted, also in a night that judges what changed alone.
  @Test func rejectedRecordsAreListed() throws {
    let nights = try Nights()
    _ = try nights.run("2026-06-10")
    let wide = "C9," + String(repeating: ",", count: 17_000)
    try nights.place.write(
      "in/roll.csv", Self.roll.replacingOccurrences(of: "王一", with: "王二") + wide + "\n")
    let night = try nights.run("2026-06-11", code: 1)
    #expect(night.rows == "added 0, changed 1, removed 0, returned 0")
    #expect(try nights.place.text("out/timing.json").contains("\"choose\""))
    let lines = try nights.place.text("out/rejects/roll.csv").split(separator: "\n")
    #expect(lines.count == 2 && lines[1].contains(",6,"))
    #expect(try nights.place.text("out/manifest.json").contains("\"rows_rejected\": {\n"))
  }
}
