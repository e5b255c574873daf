import MatchEngine
import Testing

/// Packs: rules that several jobs share, and what a job may change about them.
struct LanguagePackTests {
  private static let pack = """
    pack: base
    parameters: {days: 30, word: no}
    sources:
      roll:
        fields: {id_no: {type: resident_id, column: 身份证号}, status: code, end: {type: date, required: false}}
      funeral: {optional: true, fields: {id_no: resident_id, died: date}}
    define: {late: as_of - days days > died}
    rules:
      DEAD:
        kind: presence
        version: 3
        subject: roll
        find: {in: funeral, key: id_no, where: late}
        unless: {ENDED: {where: end is not empty}}
      OPEN: {kind: condition, subject: roll, where: "status = '在保' and word = 'no'", implied_by: [DEAD, OLD]}
      OLD: {kind: condition, subject: roll, where: end < as_of}
    """

  private static let job = """
    version: 1
    use: [base]
    parameters: {days: 40}
    off: [OLD]
    exempt: {DEAD: {MINE: {where: status = 'x'}}}
    sources:
      roll: {path: roll.csv, fields: {status: {column: 状态}, extra: text}}
      funeral: {path: funeral.csv}
    rules:
      OPEN: {kind: condition, subject: roll, where: extra = 'a', version: 2}
    """

  private func folder(_ packs: [String: String]) throws -> RunTemporaryFolder {
    let folder = try RunTemporaryFolder()
    for (name, text) in packs { try folder.write("\(name).yml", text) }
    return folder
  }

  @Test func aJobIsJoinedWithItsPack() throws {
    let folder = try folder(["base": Self.pack])
    let job = try Job.parse(text: Self.job, file: "job.yml", packFolders: [folder.path])
    #expect(job.sources.map(\.name) == ["roll", "funeral"])
    #expect(job.sources[0].fields.map(\.name) == ["id_no", "status", "end", "extra"])
    #expect(job.sources[0].fields[1].columns == ["状态"])
    #expect(job.sources[0].fields[1].type == .code)
    #expect(job.settled.map(\.id) == ["DEAD", "OPEN"])
    #expect(job.settled[0].exemptions.map(\.name) == ["ENDED", "MINE"])
    #expect(
      job.settled[0].find?.condition
        == .compare(
          .greater, .shift(.asOf, amount: -40, unit: .days),
          .field(FieldReference(side: .found, field: 1), .date)))
    #expect(
      job.packDifferences == [
        PackDifference(kind: .parameter, pack: "base", name: "days", shipped: "30", used: "40"),
        PackDifference(kind: .rule, pack: "base", name: "OPEN", shipped: "version 1", used: "version 2"),
        PackDifference(kind: .off, pack: "base", name: "OLD", shipped: "on", used: "off"),
        PackDifference(
          kind: .exemption, pack: "base", name: "DEAD.MINE", shipped: "", used: "{where: \"status = 'x'\"}")
      ])
  }

  /// `job.yml` of a run needs no pack and gives the same rules.
  @Test func theJoinedJobRunsAgain() throws {
    let folder = try folder(["base": Self.pack])
    let job = try Job.parse(text: Self.job, file: "job.yml", packFolders: [folder.path])
    #expect(job.text.hasPrefix("# The job as run, joined with: base\nversion: 1\n"))
    let again = try Job.parse(text: job.text, file: "job.yml")
    #expect(again.text == job.text)
    #expect(again.sources.map(\.fields.count) == job.sources.map(\.fields.count))
    #expect(again.settled.map(\.id) == job.settled.map(\.id))
    #expect(again.settled.map(\.condition) == job.settled.map(\.condition))
    #expect(again.settled[0].find?.condition == job.settled[0].find?.condition)
    #expect(again.settled[0].exemptions.map(\.condition) == job.settled[0].exemptions.map(\.condition))
  }

  @Test func anOptionalSourceMayBeMissing() throws {
    let folder = try folder(["base": Self.pack])
    let text = "version: 1\nuse: base\nsources: {roll: {path: roll.csv}}\n"
    let job = try Job.parse(text: text, file: "job.yml", packFolders: [folder.path])
    #expect(job.sources.map(\.name) == ["roll"])
    #expect(
      job.settled.first { $0.id == "DEAD" }?.hindrance
        == "the rule needs 'funeral', of which no source is part of this job")
    #expect(job.settled.first { $0.id == "OPEN" }?.hindrance == nil)
    #expect(job.rules.map(\.id) == ["OLD"])
    // The rule can be judged again when the job is run again.
    #expect(try Job.parse(text: job.text, file: "job.yml").settled.count == 2)
  }

  @Test func packsUsePacksByPath() throws {
    let folder = try folder([
      "base": Self.pack,
      "more": "pack: more\nuse: [base]\nrules:\n  NEW: {kind: condition, subject: roll, where: status = 'y'}\n"
    ])
    let text = "version: 1\nuse: [./more.yml, ./base.yml]\nsources: {roll: {path: roll.csv}}\n"
    let job = try Job.parse(text: text, file: "\(folder.path)/job.yml", packFolders: [folder.path])
    #expect(job.rules.map(\.id) == ["OLD", "NEW"])
  }

  @Test func mistakesAboutPacksAreNamed() throws {
    let folder = try folder([
      "base": Self.pack, "second": "pack: second\nrules:\n  OLD: {kind: condition, subject: roll, where: end < as_of}\n"
    ])
    let text = """
      version: 1
      use: [base, second]
      parameters: {dayz: 4, days: x}
      off: [DAED]
      exempt: {NONE: {A: {where: a = 1}}, DEAD: {ENDED: {where: status = 'x'}}}
      sources: {funeral: {path: funeral.csv}}
      """
    #expect(
      LanguageJob.mistakes(in: text, packFolders: [folder.path]) == [
        "job.yml:3:14: unknown parameter 'dayz'; did you mean 'days'?; parameters of the packs: days, word",
        "job.yml:3:29: the parameter 'days' is a number in the pack 'base'; this is a text",
        "job.yml:4:7: unknown rule 'DAED'; did you mean 'DEAD'?; rules of the packs: DEAD, OPEN, OLD",
        "job.yml:5:10: unknown rule 'NONE'; rules: DEAD, OPEN, OLD",
        "job.yml:5:44: the rule 'DEAD' has an exemption 'ENDED' already; give this one another name",
        "\(folder.path)/base.yml:4:3: the job gives no path for the source 'roll' of this pack "
          + "(\(folder.path)/base.yml); write sources: {roll: {path: …}} in the job",
        "\(folder.path)/base.yml:7:24: days, months and years are counted by a whole number up to 99999, or a "
          + "parameter "
          + "that is one; this is another value",
        "\(folder.path)/second.yml:3:3: the rule 'OLD' stands in the pack 'base' already; leave one out"
      ])
  }

  /// Whatever the job takes from a pack that is not there is no mistake of its own.
  @Test func aPackThatIsMissingIsTheOnlyMistake() throws {
    let folder = try folder(["base": Self.pack])
    let text = """
      version: 1
      use: [base, nothing]
      parameters: {grace: 4}
      off: [GONE]
      sources: {funeral: {path: funeral.csv}, other: {path: other.csv, fields: {a: {column: b}}}}
      """
    #expect(
      LanguageJob.mistakes(in: text, packFolders: [folder.path]) == [
        "job.yml:2:13: unknown pack 'nothing'; no packs were found; looked for \(folder.path)/nothing.yml"
      ])
  }

  @Test func mistakesInAPackNameItsFile() throws {
    let folder = try folder([
      "base": Self.pack.replacingOnce("end < as_of", by: "edn < as_of"), "broken": "pack: x\nrules: [\n"
    ])
    #expect(
      LanguageJob.mistakes(in: Self.job.replacingOnce("off: [OLD]\n", by: ""), packFolders: [folder.path]) == [
        "\(folder.path)/base.yml:16:48: unknown field 'edn'; did you mean 'end'?; fields of roll: id_no, status, end, "
          + "extra; defined names: late, days, word"
      ])
    let lines = LanguageJob.mistakes(in: "version: 1\nuse: broken\n", packFolders: [folder.path])
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("\(folder.path)/broken.yml:3:1: ") == true)
  }
}

extension String {
  /// The text with the first `part` replaced.
  fileprivate func replacingOnce(_ part: String, by other: String) -> String {
    guard let start = indices.first(where: { self[$0...].hasPrefix(part) }) else { return self }
    return self[..<start] + other + self[index(start, offsetBy: part.count)...]
  }
}
