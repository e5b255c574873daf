import Foundation
import Testing

/// What a run does with files that are not as they should be: its exit code, its message, its counts.
@Suite struct BadInputTests {
  /// A roll and a feed of invented people, and a job that looks for one in the other.
  private static let roll = """
    case_id,id_no,note
    C1,110101199003070118,one
    C2,110101198505152020,two
    C3,110101197912010033,three

    """
  private static let feed = "cert_no,id_no\nF1,110101199003070118\n"

  private static let job = """
    version: 1
    name: bad-input
    as_of: 2026-10-31
    sources:
      roll:
        path: roll.csv
        fields:
          case_id: {type: text}
          id_no: {type: resident_id}
          note: {type: text}
      feed:
        path: feed.csv
        fields:
          cert_no: {type: text}
          id_no: {type: resident_id}
    rules:
      FOUND:
        title: found
        kind: presence
        subject: roll
        find: {in: feed, key: id_no}
        evidence: [feed.cert_no]
      NOTED:
        title: noted
        kind: condition
        subject: roll
        where: note = 'two'
        evidence: [note]

    """

  private func makePlace() throws -> RunPlace {
    let place = try RunPlace()
    try place.write("job.yml", Self.job)
    try place.write("roll.csv", Self.roll)
    try place.write("feed.csv", Self.feed)
    return place
  }

  private func run(_ place: RunPlace) throws -> Program.Outcome {
    try Program.run("run", place("job.yml"), "--out", place("out"), "--threads", "2")
  }

  @Test func soundFilesGiveTheirFlags() throws {
    let place = try makePlace()
    let outcome = try run(place)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors == "")
    let manifest = try place.manifest()
    #expect(manifest["rules"]["FOUND"]["flags"].int == 1)
    #expect(manifest["rules"]["NOTED"]["flags"].int == 1)
    #expect(manifest["sources"]["roll"]["rows_read"].int == 3)
  }

  /// Each line makes something of `roll.csv`, or of what stands for it, that cannot be read.
  @Test(arguments: [
    ("rm roll.csv", "no such file"),
    ("rm roll.csv; mkdir roll.csv", "is a folder"),
    ("gzip roll.csv; head -c 40 roll.csv.gz > roll.csv", "cut off"),
    ("gzip roll.csv; printf 'damaged!' | dd of=roll.csv.gz bs=1 seek=30 conv=notrunc; mv roll.csv.gz roll.csv", "gzip")
  ])
  func whatCannotBeReadEndsWithThree(making: String, message: String) throws {
    let place = try makePlace()
    #expect(try Program.shell("cd \"$1\" && { \(making); }", place.path) == 0)
    let outcome = try run(place)
    #expect(outcome.code == 3)
    #expect(outcome.errors.contains("roll.csv") && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("match-run: error: "))
    #expect(try !place.names().contains { $0 == "out" || $0.hasPrefix(".out") })
  }

  @Test func everyFileThatIsNotThereIsNamed() throws {
    let place = try makePlace()
    try Program.shell("cd \"$1\" && rm roll.csv feed.csv && mkdir feed.csv", place.path)
    let outcome = try run(place)
    #expect(outcome.code == 3)
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 2, "\(outcome.errors)")
    #expect(lines.allSatisfy { $0.hasPrefix("match-run: error: ") })
    #expect(outcome.errors.contains("roll.csv: no such file") && outcome.errors.contains("feed.csv: is a folder"))
  }

  @Test(.disabled(if: geteuid() == 0, "root may read every file"))
  func aFileThatMayNotBeReadEndsWithThree() throws {
    let place = try makePlace()
    #expect(try Program.shell("chmod 0 \"$1\"", place("roll.csv")) == 0)
    #expect(try run(place).code == 3)
  }

  /// Each line is a roll that does not fit the job, and what the message says behind FILE:LINE:COLUMN.
  @Test(arguments: [
    ("case_id,note\nC1,one\n", "job.yml:9:", "no column 'id_no'"),
    ("case_id,id_no,note,id_no\nC1,2,3,4\n", "job.yml:9:", "fit equally")
  ])
  func columnsThatDoNotFitEndWithTwo(roll: String, position: String, message: String) throws {
    let place = try makePlace()
    try place.write("roll.csv", roll)
    let outcome = try run(place)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(position) && outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test(arguments: ["", "cert_no,id_no\n", "\n\n", "cert_no,id_no"])
  func aSourceWithoutRowsLeavesItsRulesUnknown(feed: String) throws {
    let place = try makePlace()
    try place.write("feed.csv", feed)
    #expect(try run(place).code == 1)
    let rules = try place.manifest()["rules"]
    #expect(rules["FOUND"]["state"].string == "UNKNOWN")
    #expect(rules["FOUND"]["flags"].int == 0)
    #expect(rules["NOTED"]["state"].string == "DONE")
    #expect(rules["NOTED"]["flags"].int == 1)
    #expect(try !place.text("out/flags.csv").contains("FOUND"))
  }

  /// What stands behind the three rows of the roll; how many records are then read, rejected and ragged.
  @Test(arguments: [
    ("C4\nC5,,two,surplus\n", 5, 0, 2),
    ("C4,\u{0},two\n", 4, 0, 0),
    ("C4,\"open,two\nC5,,two\n", 5, 1, 0),
    ("C4,,\(String(repeating: "x", count: 2_200_000))\nC5,,two\n", 5, 1, 0)
  ])
  func oddRecordsAreCountedAndReadingGoesOn(rows: String, read: Int, rejected: Int, ragged: Int) throws {
    let place = try makePlace()
    try place.write("roll.csv", Self.roll + rows)
    let outcome = try run(place)
    #expect(outcome.code == (rejected > 0 ? 1 : 0), "\(outcome.errors)")
    let manifest = try place.manifest()
    #expect(manifest["sources"]["roll"]["rows_read"].int == read)
    #expect(manifest["sources"]["roll"]["rows_rejected"].counts.values.reduce(0, +) == rejected)
    #expect(manifest["sources"]["roll"]["ragged"].int == ragged)
    #expect(manifest["rules"]["NOTED"]["flags"].int == 2)
  }

  @Test func aVeryLongLineIsRejectedInLittleMemory() throws {
    let place = try makePlace()
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 30_000_000)
    try place.write("roll.csv", Array(Self.roll.utf8) + line + Array("\nC5,,two\n".utf8))
    #expect(try run(place).code == 1)
    #expect(try place.manifest()["rules"]["NOTED"]["flags"].int == 2)
    let peak = try place.members("out/timing.json")["peak_memory_bytes"].int
    #expect(try #require(peak) < 200_000_000)
  }

  @Test func manyColumnsAndShortRowsAreRead() throws {
    let place = try makePlace()
    let names = (0..<10_000).map { "c\($0)" }.joined(separator: ",")
    try place.write("roll.csv", "case_id,id_no,note,\(names)\n" + String(repeating: "C1,,two\n", count: 50))
    #expect(try run(place).code == 1)
    #expect(try place.manifest()["sources"]["roll"]["ragged"].int == 50)
  }

  /// A header of 17,000 columns, with rows as wide or narrow ones behind it.
  @Test(arguments: [true, false])
  func aHeaderOfTooManyColumnsIsNamed(hasWideRows: Bool) throws {
    let place = try makePlace()
    let names = (0..<17_000).map { "c\($0)" }.joined(separator: ",")
    let rest = hasWideRows ? String(repeating: ",1", count: 17_000) : ""
    try place.write("roll.csv", "case_id,id_no,note,\(names)\nC1,,two\(rest)\n")
    let outcome = try run(place)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("roll.csv: line 1 has more than 16,384 columns"), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
  }

  @Test func manyOpenBracketsAreAMistake() throws {
    let place = try makePlace()
    let brackets = String(repeating: "[", count: 20_000)
    try place.write("job.yml", Self.job + "more: \(brackets)\n")
    #expect(try run(place).code == 2)
  }

  @Test func aFolderThatCannotBeMadeEndsWithThree() throws {
    let place = try makePlace()
    let outcome = try Program.run("run", place("job.yml"), "--out", place("roll.csv/out"))
    #expect(outcome.code == 3)
    #expect(outcome.errors.hasPrefix("match-run: error: "))
  }

  @Test func aFullDiskLeavesTheOldResults() throws {
    let place = try makePlace()
    #expect(try run(place).code == 0)
    let old = try place.results()
    let names = try place.names()
    let feed = (0..<20_000).map { "F\($0),110101199003070118\n" }.joined()
    try place.write("feed.csv", "cert_no,id_no\n" + feed)
    let outcome = try Program.run(
      "run", place("job.yml"), "--out", place("out"), shell: "ulimit -f 16; \"$0\" \"$@\"")
    #expect(outcome.code == 3, "\(outcome.errors)")
    #expect(try place.results() == old)
    #expect(try place.names() == names)
  }
}
