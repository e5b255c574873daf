import Foundation
import MatchEngine
import Testing

/// The examples of `docs/job-file.md` are jobs, and the page names what the engine knows.
struct JobReferenceTests {
  private func page() throws -> String {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return try String(contentsOfFile: "\(root)/docs/job-file.md", encoding: .utf8)
  }

  /// The blocks marked `yaml`.
  private func blocks() throws -> [String] {
    try page().components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```").first ?? "" }
  }

  /// The blocks that are jobs; one that begins with `rules:` gets the first block's sources.
  private func jobs() throws -> [String] {
    let blocks = try blocks().filter { !$0.hasPrefix("pack:") }
    let head = blocks.first?.components(separatedBy: "rules:\n").first ?? ""
    return blocks.map { $0.hasPrefix("rules:") ? head + $0 : $0 }
  }

  @Test func everyExampleIsAJob() throws {
    let jobs = try jobs()
    #expect(jobs.count == 9)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("match-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer {
      do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
    }
    let packs = try blocks().filter { $0.hasPrefix("pack:") }
    #expect(packs.count == 1)
    for pack in packs {
      let name = pack.prefix { $0 != "\n" }.dropFirst("pack: ".count)
      try pack.write(to: folder.appendingPathComponent("\(name).yml"), atomically: false, encoding: .utf8)
    }
    for job in jobs { #expect(mistakes(in: job, packFolders: [folder.path]) == []) }
  }

  @Test func everyWordIsOnThePage() throws {
    let page = try page()
    let words =
      FieldType.allCases.map(\.rawValue) + RuleKind.allCases.map(\.rawValue) + FlagAttribute.allCases.map(\.rawValue)
    for word in words { #expect(page.contains("`\(word)`"), "\(word)") }
  }

  /// The two lines shown under "Errors".
  @Test func theErrorsShownAreTheErrorsMade() throws {
    let text = """
      version: 1
      sources:
        roll:
          path: roll.csv
          fields: {case_id: text, id_no: resident_id, name: person_name, status: code, start_date: date}
        funeral:
          path: funeral.csv
          fields: {id_no: resident_id, death_date: date}

      rules:
        DECEASED:
          kind: presence
          subject: roll
          where: statsu = 'active'
          find: {in: funeral, keys: id_no, key: id_no}
      """
    let block = try page().components(separatedBy: "```text\n").dropFirst().first
    let shown = block?.components(separatedBy: "\n```").first
    do throws(JobError) {
      _ = try Job.parse(text: text, file: "october.yml")
      Issue.record("the job has two mistakes")
    } catch {
      #expect(error.description == shown)
    }
  }
}
