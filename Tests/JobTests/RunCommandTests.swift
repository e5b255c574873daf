import Foundation
import Testing

/// `match-run run` as a user starts it.
@Suite struct RunCommandTests {
  private let job = """
    version: 1
    name: pipe
    as_of: 2026-10-31
    sources:
      pay: {path: "-", fields: {case_id: text, amount: money}}
    rules:
      LARGE: {kind: condition, subject: pay, where: amount >= 100, evidence: [amount]}
    output: {flags: {columns: {rule: rule, case_id: case_id, evidence: evidence}}}

    """
  private let pay = "case_id,amount\nC1,100\nC2,99\nC3,250.50\n"
  private let flags = "rule,case_id,evidence\nLARGE,C1,100.00\nLARGE,C3,250.50\n"

  @Test(arguments: ["cat pay.csv", "gzip -c pay.csv", "zstd -qc pay.csv", "iconv -f utf-8 -t utf-16 pay.csv"])
  func standardInputIsASource(producer: String) throws {
    let place = try RunPlace()
    try place.write("job.yml", job)
    try place.write("pay.csv", pay)
    let run = try Program.run(
      place.path, shell: "cd \"$1\" && \(producer) | \"$0\" run job.yml --out out --threads 2 --quiet")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.isEmpty && run.errors.isEmpty)
    #expect(try place.text("out/flags.csv") == flags)
  }

  @Test func optionsOfTheCommandLineReachTheRun() throws {
    let place = try RunPlace()
    try place.write("job.yml", job.replacingOccurrences(of: "\"-\"", with: "pay.csv"))
    try place.write("elsewhere/pay.csv", pay)
    let run = try Program.run(
      "run", place("job.yml"), "--out", place("out"), "--input", place("elsewhere"), "--as-of", "2026-09-30",
      "--threads",
      "3", "--memory", "64M", "--chunk-size", "64", "--seal", "--only", "LARGE")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("LARGE"))
    #expect(try place.text("out/flags.csv") == flags)
    let timing = try place.members("out/timing.json")
    #expect(timing["threads"].int == 3)
    #expect(timing["memory_budget_bytes"].int == 64 << 20)
    // `printf 'case_id,amount\nC1,100\nC2,99\nC3,250.50\n' | sha256sum`
    let manifest = try place.text("out/manifest.json")
    #expect(manifest.contains("7ec73a7afad75939c6fab59eb7f4fb5694a82361f9356a3bf23442ee3d7bdd10"))
    #expect(manifest.contains("2026-09-30"))
  }

  /// The results are in place when the table is printed, so no place for the table is no failure of the run.
  @Test(arguments: [("run", 0), ("check", 0), ("run --only LARGE", 1)])
  func aTableThatCannotBeWrittenIsToldAndTheRunCounts(command: String, code: Int32) throws {
    let place = try RunPlace()
    try place.write("job.yml", job.replacingOccurrences(of: "\"-\"", with: "pay.csv"))
    try place.write("pay.csv", code == 0 ? pay : "case_id,amount\n")
    let run = try Program.run(
      place.path, shell: "cd \"$1\" && \"$0\" \(command) job.yml --out out > /dev/full")
    #expect(run.code == code)
    #expect(run.errors.hasPrefix("match-run: warning: standard output: "), "\(run.errors)")
    #expect(run.errors.contains("the results are complete in out"), "\(run.errors)")
    #expect(try place.names("out").contains("manifest.json"))
  }

  @Test(arguments: ["run", "check"])
  func aQuietRunThatEndsWithOneSaysWhyInOneLine(command: String) throws {
    let place = try RunPlace()
    try place.write("job.yml", job.replacingOccurrences(of: "\"-\"", with: "pay.csv"))
    try place.write("pay.csv", "case_id,amount\n")
    let run = try Program.run(command, place("job.yml"), "--out", place("out"), "--quiet")
    #expect(run.code == 1)
    #expect(run.output.isEmpty)
    #expect(
      run.errors
        == "match-run: warning: source 'pay' has no usable row; see \(place("out"))/manifest.json\n")
  }

  /// A file without its header line: what stands there may be people.
  @Test(arguments: [
    ("王小明,2,two\n", "'王**', '2', 't**'"), ("欧阳娜娜,110101199003070118\n", "'欧**娜', '110101********0118'"),
    // A header, though none that the job knows: its words are shown.
    ("金额,说明栏目\n", "'金额', '说明栏目'"), ("col_a,col_b\n", "'col_a', 'col_b'")
  ])
  func aRowInPlaceOfTheHeaderIsMasked(head: String, shown: String) throws {
    let place = try RunPlace()
    try place.write("job.yml", job.replacingOccurrences(of: "\"-\"", with: "pay.csv"))
    try place.write("pay.csv", head + "a,b,c\n")
    let run = try Program.run("run", place("job.yml"), "--out", place("out"))
    #expect(run.code == 2)
    #expect(run.errors.contains(shown), "\(run.errors)")
  }
}
