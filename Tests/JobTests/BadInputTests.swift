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
    ("gzip roll.csv; printf 'damaged!' | dd of=roll.csv.gz bs=1 seek=30 conv=notrunc; mv roll.csv.gz roll.csv", "gzip"),
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

  @Test(.disabled(if: geteuid() == 0, "root may read every file"))
  func aFileThatMayNotBeReadEndsWithThree() throws {
    let place = try makePlace()
    #expect(try Program.shell("chmod 0 \"$1\"", place("roll.csv")) == 0)
    #expect(try run(place).code == 3)
  }
}
