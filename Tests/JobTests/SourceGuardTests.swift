import Testing

/// A source that is not as the job asks for makes the rules that look at it UNKNOWN, and only those.
@Suite struct SourceGuardTests {
  private static let roll = """
    case_id,id_no
    C1,110101199003070118
    C2,110101198505152020

    """
  /// The newest day up to that of the run is 2026-09-20; 2027-01-01 is a slip of the pen.
  private static let feed = """
    cert_no,id_no,death_date,record_date
    F1,110101199003070118,2026-09-01,2026-09-20
    F2,110101197912010033,2026-08-01,2027-01-01

    """

  private static func job(_ option: String, settled: Bool) -> String {
    """
    version: 1
    name: guards
    as_of: 2026-10-31
    sources:
      roll: {path: roll.csv, fields: {case_id: text, id_no: resident_id}}
      feed: {path: feed.csv\(option), fields: {cert_no: text, id_no: resident_id, death_date: date, record_date: date}}
    rules:
      FOUND:
        kind: presence
        subject: roll
        find: {in: feed, key: id_no}
        evidence: [\(settled ? "feed.cert_no" : "cert_no")]
        \(settled ? "severity: 3" : "")
      ALL: {kind: condition, subject: roll, where: case_id is not empty, evidence: [case_id]}

    """
  }

  private func state(_ option: String, settled: Bool) throws -> (code: Int32, state: String, reason: String, flags: Int)
  {
    let place = try RunPlace()
    try place.write("job.yml", Self.job(option, settled: settled))
    try place.write("roll.csv", Self.roll)
    try place.write("feed.csv", Self.feed)
    let outcome = try Program.run("run", place("job.yml"), "--out", place("out"))
    let manifest = try place.manifest()
    #expect(manifest["rules"]["ALL"]["state"].string == "DONE", "\(outcome.errors)")
    #expect(manifest["rules"]["ALL"]["flags"].int == 2)
    let rule = manifest["rules"]["FOUND"]
    return (outcome.code, rule["state"].string ?? "", rule["reason"].string ?? "", rule["flags"].int ?? -1)
  }

  @Test(
    arguments: [
      (", rows: {min: 3}", "source 'feed' has 2 rows, fewer than rows: asks for (min 3)"),
      (", rows: {max: 1}", "source 'feed' has 2 rows, more than rows: allows (max 1)"),
      (", max_age: 40 days", "source 'feed' is of 2026-09-20, older than max_age allows (40 days)"),
      (", max_age: 1 month", "source 'feed' is of 2026-09-20, older than max_age allows (1 month)"),
      (
        ", max_age: 1 month, snapshot_date: 2026-09-29",
        "source 'feed' is of 2026-09-29, older than max_age allows (1 month)"
      ),
      (
        ", covers: {period: 2026-01..2026-09}",
        "source 'feed' covers 2026-01..2026-09, which the day of the run is not in"
      ),
      (", covers: {period: 2025}", "source 'feed' covers 2025, which the day of the run is not in")
    ], [false, true])
  func makesItsRulesUnknown(fault: (option: String, reason: String), settled: Bool) throws {
    let found = try state(fault.option, settled: settled)
    #expect(found == (1, "UNKNOWN", fault.reason, 0))
  }

  @Test(
    arguments: [
      "", ", rows: {min: 2, max: 2}", ", max_age: 41 days", ", max_age: 2 months",
      ", max_age: 1 month, snapshot_date: 2026-09-30", ", covers: {period: 2026-10-31}",
      ", covers: {period: 2018-01..2026-10, area: [黄浦区]}"
    ], [false, true])
  func letsASoundSourceThrough(option: String, settled: Bool) throws {
    let found = try state(option, settled: settled)
    #expect(found == (0, "DONE", "", 1))
  }

  @Test(
    arguments: [
      (", rows: {min: 0}", "'min' is a whole number from 1"),
      (", rows: {min: 5, max: 4}", "rows: needs a min that is not above its max"),
      (", rows: {least: 4}", "unknown key 'least'"), (", covers: {period: 2026-13}", "'2026-13' is not a period"),
      (", covers: {period: 2026-10..2026-09}", "'2026-10..2026-09' is not a period"),
      (", max_age: 40", "'40' is not a length of time")
    ])
  func tellsWhatIsWrittenWrongly(fault: (option: String, message: String)) throws {
    let place = try RunPlace()
    try place.write("job.yml", Self.job(fault.option, settled: false))
    let outcome = try Program.run("run", place("job.yml"), "--out", place("out"))
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("job.yml:6:"))
    #expect(outcome.errors.contains(fault.message), "\(outcome.errors)")
  }
}
