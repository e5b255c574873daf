import Foundation
import MatchEngine
import Testing

/// What a job that is right turns into.
struct JobOptionTests {
  @Test func optionsOfSourcesAndFieldsAreRead() throws {
    let text = """
      version: 1
      name: 月度核对
      time_zone: Asia/Urumqi
      sources:
        名册:
          path: ["*.csv", extra.csv.gz]
          encoding: gb18030
          delimiter: pipe
          max_rejected: 2.5%
          key: [户号]
          sensitive: [户号, n]
          max_age: 35 days
          covers: {period: 2026-10, area: [黄浦区, 徐汇区]}
          changes: {operation: op}
          fields:
            户号: {type: text, column: 户 号}
            状态:
              {type: code, column: [状态, status], role: district, required: false,
               values: {在保: on, no: '', 0123: 1e3}}
            n: number
        stdin:
          path: "-"
          snapshot: true
          max_rejected: 0
          fields: {a: date}
      rules:
        规则-1: {kind: condition, title: 状态为在, subject: 名册, where: 状态 = 'on', evidence: [户号]}
      """
    let job = try Job.parse(text: text, file: "job.yml")
    #expect(job.name == "月度核对")
    #expect(job.asOf == nil)
    #expect(job.timeZone == "Asia/Urumqi")
    #expect(job.text == text)
    let source = job.sources[0]
    #expect(source.name == "名册")
    #expect(source.paths == ["*.csv", "extra.csv.gz"])
    #expect(source.encoding == "gb18030")
    #expect(source.delimiter == "pipe")
    #expect(source.maxRejected == 0.025)
    #expect(source.position == Position(line: 5, column: 3))
    #expect(source.fields.map(\.type) == [.text, .code, .number])
    #expect(source.fields.map(\.columns) == [["户 号"], ["状态", "status"], []])
    #expect(source.fields.map(\.role) == [nil, "district", nil])
    #expect(source.fields[1].values == ["在保": "on", "no": "", "0123": "1e3"])
    #expect(source.fields.map(\.isRequired) == [true, false, true])
    #expect(job.sources[1].paths == ["-"])
    #expect(job.sources[1].encoding == "auto")
    #expect(job.sources[1].delimiter == "auto")
    #expect(job.sources[1].maxRejected == 0)
    #expect(job.rules[0].id == "规则-1")
    #expect(job.rules[0].title == "状态为在")
    #expect(job.rules[0].reportedCase == nil)
  }

  @Test func whatIsNotWrittenHasADefault() throws {
    let text = twoSources + "rules: {R: {kind: condition, subject: feed, where: amount > 5}}\n"
    let job = try Job.parse(text: text, file: "jobs/october.yml")
    #expect(job.name == "october")
    #expect(job.asOf == nil)
    #expect(job.timeZone == "Asia/Shanghai")
    #expect(job.sources[0].maxRejected == 0.01)
    #expect(job.rules[0].evidence == [])
    #expect(job.rules[0].title == "")
    #expect(job.rules[0].reportedID == FieldReference(side: .subject, field: 0))
    #expect(
      job.flagColumns.map(\.header) == [
        "flag_id", "rule", "severity", "proposal", "grade", "reasons", "case_id", "id_no", "name", "district",
        "months", "amount", "amount_basis", "due", "fact", "evidence", "exemptions", "basis"
      ])
    #expect(job.flagColumns.map(\.header) == job.flagColumns.map(\.attribute.rawValue))
  }

  @Test func columnsKeepTheirOrderAndHeaders() throws {
    let text =
      twoSources + "rules: {R: {kind: condition, subject: feed, where: amount > 5}}\n"
      + "output: {flags: {columns: {规则: rule, no: id_no, again: rule}}}\n"
    let job = try Job.parse(text: text, file: "job.yml")
    #expect(job.flagColumns.map(\.header) == ["规则", "no", "again"])
    #expect(job.flagColumns.map(\.attribute) == [.rule, .idNumber, .rule])
  }

  // MARK: Files

  @Test(arguments: [("/nonexistent/job.yml", "there is no such file"), ("/", "this is a folder, not a file")])
  func unreadableFilesAreNoMistakesOfTheJob(path: String, reason: String) {
    #expect(throws: JobReadingError.unreadable(JobFileUnreadable(file: path, reason: reason))) {
      try Job.read(path: path)
    }
  }

  private func temporaryFile(_ bytes: [UInt8]) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "job-\(UUID().uuidString).yml")
    try Data(bytes).write(to: path)
    return path.path
  }

  private func remove(_ path: String) {
    do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
  }

  @Test func bytesThatAreNotUTF8HaveAPlace() throws {
    let path = try temporaryFile([0x61, 0x3A, 0x20, 0xE4, 0xB8, 0xAD, 0x0A, 0x62, 0x3A, 0x20, 0xD6, 0xD0, 0x0A])
    defer { remove(path) }
    let problem = JobError.Problem(
      Position(line: 2, column: 4), "the file is not UTF-8 from here on; save it as UTF-8")
    #expect(throws: JobReadingError.mistakes(JobError(file: path, problems: [problem]))) {
      try Job.read(path: path)
    }
  }

  @Test func longFilesAreRefused() throws {
    let path = try temporaryFile([UInt8](repeating: UInt8(ascii: "\n"), count: (1 << 20) + 1))
    defer { remove(path) }
    let problem = JobError.Problem(
      Position(line: 1, column: 1), "a job file has at most 1 MiB; this one is longer")
    #expect(throws: JobReadingError.mistakes(JobError(file: path, problems: [problem]))) {
      try Job.read(path: path)
    }
  }
}
