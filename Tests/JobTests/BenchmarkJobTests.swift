import MatchEngine
import Normalizers
import Testing

/// The shipped benchmark job as the engine sees it.
struct BenchmarkJobTests {
  private func benchmark() throws -> Job {
    try Job.read(path: "\(repositoryRoot)/rules/benchmark.yml")
  }

  private var repositoryRoot: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
  }

  @Test func hasFiveSourcesAndTenRules() throws {
    let job = try benchmark()
    #expect(job.name == "full-city-benchmark")
    #expect(job.asOf?.days == 20_757)
    #expect(job.timeZone == "Asia/Shanghai")
    #expect(job.sources.map(\.name) == ["roll", "funeral", "judicial", "household", "payments"])
    #expect(job.sources[0].fields[1].columns == ["id_no", "身份证号", "公民身份号码"])
    #expect(
      job.rules.map(\.id) == [
        "DECEASED", "PAID_AFTER_DEATH", "IN_CUSTODY", "HUKOU_INACTIVE", "NAME_MISMATCH", "NOT_IN_HOUSEHOLD",
        "HOLDER_MISMATCH", "SHARED_ACCOUNT", "FREQUENT_PAYMENT", "LARGE_PAYMENT"
      ])
    #expect(job.flagColumns.map(\.header) == ["rule", "case_id", "id_no", "evidence"])
  }

  @Test func namesInFindAreTheFoundSourcesFirst() throws {
    let rule = try benchmark().rules[0]
    #expect(
      rule.condition
        == .compare(.equal, .field(FieldReference(side: .subject, field: 3), .code), .literal(.text("active"))))
    #expect(rule.find?.source == 1)
    #expect(rule.find?.key == [Job.KeyPair(subjectField: 1, foundField: 1)])
    #expect(
      rule.find?.condition == .compare(.lessOrEqual, .field(FieldReference(side: .found, field: 2), .date), .asOf))
    #expect(
      rule.evidence == [
        .field(FieldReference(side: .found, field: 0), .text), .field(FieldReference(side: .found, field: 2), .date)
      ])
    #expect(rule.reportedCase == FieldReference(side: .subject, field: 0))
    #expect(rule.reportedID == FieldReference(side: .subject, field: 1))
  }

  @Test func reportNamesTheFoundSide() throws {
    let rule = try benchmark().rules[6]
    #expect(rule.compare == [FieldReference(side: .subject, field: 4), FieldReference(side: .found, field: 2)])
    #expect(rule.reportedCase == FieldReference(side: .found, field: 0))
    #expect(rule.reportedID == FieldReference(side: .found, field: 1))
  }

  @Test func groupsAreNotReportedAsPersons() throws {
    let rule = try benchmark().rules[7]
    let account = Expression.field(FieldReference(side: .subject, field: 3), .account)
    let distinct = Expression.aggregate(.countDistinct, .field(FieldReference(side: .subject, field: 2), .id))
    #expect(rule.by == [account])
    #expect(rule.having == .compare(.greaterOrEqual, distinct, .literal(.number(millionths: 3_000_000))))
    #expect(rule.evidence == [account, distinct])
    #expect(rule.reportedCase == nil)
    #expect(rule.reportedID == nil)
  }

  @Test func absenceShowsAConstant() throws {
    #expect(try benchmark().rules[5].evidence == [.literal(.text("no_record"))])
  }
}
