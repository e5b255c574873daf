import Foundation
import MatchEngine
import Testing

/// The run before a payment, as `docs/operations.md` has it: the draft of a batch is a source, and the payments to hold
/// are its leads.
@Suite struct BeforePaymentTests {
  /// The job in the chapter "Before a payment".
  private static func job() throws -> String {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let page = try String(contentsOfFile: "\(root)/docs/operations.md", encoding: .utf8)
    let chapter = try #require(page.components(separatedBy: "## Before a payment\n").last)
    let job = try #require(chapter.components(separatedBy: "```yaml\n").dropFirst().first)
    return try #require(job.components(separatedBy: "```").first)
  }

  /// People of no real place.
  private static let people = ["310101195001010017", "310101195001010025", "310101195001010033"].map { digits in
    // The last digit is worked out as GB 11643 has it.
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    let sum = zip(digits.utf8, weights).reduce(0) { $0 + Int($1.0 - 48) * $1.1 }
    return String(digits.prefix(17)) + ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][sum % 11]
  }

  @Test func paymentsForTheDeadAreHeld() throws {
    let place = try RunPlace()
    try place.write("job.yml", try Self.job())
    try place.write(
      "draft.csv",
      """
      pay_id,case_id,id_no,period,amount
      P1,C1,\(Self.people[0]),2026-11,900
      P2,C2,\(Self.people[1]),2026-11,900
      P3,C3,\(Self.people[2]),2026-11,900

      """)
    // The first died before the period, the second in it, the third not at all.
    try place.write(
      "funeral-10.csv", "cert_no,id_no,death_date\nF1,\(Self.people[0]),2026-09-30\nF2,\(Self.people[1]),2026-11-02\n")
    let done = try Program.run(
      "run", place("job.yml"), "--out", place("out"), "--as-of", "2026-11-20", "--quiet")
    #expect(done.code == 0, "\(done.errors)")
    let flags = try place.text("out/flags.csv").split(separator: "\n")
    #expect(flags.count == 2)
    #expect(flags.last?.contains(",HOLD_DECEASED,1,HOLD_NEXT,") == true)
    #expect(flags.last?.contains(",C1,") == true)
    let leads = try place.text("out/leads.csv").split(separator: "\n").dropFirst()
    #expect(leads.count == 1)
    #expect(leads.allSatisfy { $0.contains("下期发放前人工确认") })
  }
}
