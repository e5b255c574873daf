import Foundation
import Testing

/// Mistakes of a job that uses the pack, and tables of parameters that are not in order: each is told, none is guessed.
@Suite struct NoticeInputTests {
  /// What stands under `version` and `use`, and how the lines of the error begin.
  static let packMistakes: [(text: String, lines: [String])] = [
    ("parameters: {min_dayz: 20}", ["job.yml:3:14: unknown parameter 'min_dayz'; did you mean 'min_days'?"]),
    ("off: [PAY_BIG]", ["job.yml:3:7: unknown rule 'PAY_BIG'"]),
    (
      "exempt: {DEATH_STOPP: {X: {where: status = '在保'}}}",
      ["job.yml:3:10: unknown rule 'DEATH_STOPP'; did you mean 'DEATH_STOP'?"]
    ),
    (
      "exempt: {DEATH_STOP: {X: {where: stauts = '在保'}}}",
      ["job.yml:3:34: unknown field 'stauts'; did you mean 'status'?"]
    ),
    (
      "rules: {MINE: {kind: condition, subject: rol, where: status = '在保'}}",
      ["job.yml:3:42: unknown source 'rol'; did you mean 'roll'?"]
    ),
    (
      "rules: {MINE: {kind: presence, subject: roll, find: {in: deths, key: id_no}}}",
      ["job.yml:3:58: unknown source 'deths'; did you mean 'deaths'?"]
    ),
    (
      "rules: {MINE: {kind: condition, subject: roll, where: start_date > as_of - min_dys days}}",
      ["job.yml:3:76: unknown field 'min_dys'; did you mean 'min_days'?"]
    ),
    (
      "rules: {MINE: {kind: condition, subject: roll, where: member is active, fact: '{nmae}在册'}}",
      ["job.yml:3:81: unknown field 'nmae'; did you mean 'name'?"]
    ),
    (
      "rules: {MINE: {kind: condition, subject: roll, where: member is active, needs: [roll.strat_date]}}",
      ["job.yml:3:81: unknown field 'strat_date'; did you mean 'start_date'?"]
    ),
    (
      "rules: {MINE: {kind: condition, subject: roll, where: member is active, severity: {base: 3, GONE: 4}}}",
      ["job.yml:3:93: unknown reason 'GONE'"]
    )
  ]

  @Test(arguments: packMistakes) func mistakesAreNamedWithTheirPlace(text: String, lines: [String]) throws {
    let rules = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let job = """
      version: 1
      use: [notice-2021-6]
      \(text)
      sources: {roll: {path: roll.csv}}
      """
    let found = mistakes(in: job, packFolders: ["\(rules)/rules"])
    #expect(found.count == lines.count, "\(found)")
    for (line, start) in zip(found, lines) { #expect(line.hasPrefix(start), "\(found)") }
  }

  /// Mistakes of `valid:` and `known:` of a source.
  @Test(arguments: [
    ("valid: {from: since, by: [area]}", "amount: money", []),
    ("valid: {from: sinc, by: [area]}", "amount: money", ["job.yml:5:19: unknown field 'sinc'; did you mean 'since'?"]),
    ("valid: {from: since, by: [aera]}", "amount: money", ["job.yml:5:31: unknown field 'aera'; did you mean 'area'?"]),
    ("valid: {from: area}", "amount: money", ["job.yml:5:19: valid: needs days; 'area' is code"]),
    ("valid: {by: [area]}", "amount: money", ["job.yml:5:5: 'valid' needs the key 'from'"]),
    (
      "valid: {from: since}", "amount: {type: money, known: [a]}",
      ["job.yml:6:82: known: lists the words of a field of type code; this is money"]
    )
  ])
  func mistakesOfTablesAreNamed(valid: String, field: String, lines: [String]) {
    let job = """
      version: 1
      sources:
        table:
          path: table.csv
          \(valid)
          fields: {area: code, since: date, until: date, \(field)}
      rules: {R: {kind: condition, subject: table, where: since > as_of}}
      """
    let found = mistakes(in: job)
    #expect(found.count == lines.count, "\(found)")
    for (line, start) in zip(found, lines) { #expect(line.hasPrefix(start), "\(found)") }
  }

  /// Rows of a table of amounts by area, and what the run says about them.
  @Test(arguments: [
    ("a,2025-01-01,2025-12-31\na,2026-01-01,\nb,2026-07-01,\n", []),
    ("a,2025-01-01,2025-12-31\na,2026-01-02,\n", ["table: 1 rows leave days without a row before them"]),
    ("a,2025-01-01,2026-01-01\na,2026-01-01,\n", ["table: 1 rows begin while the row before them still holds"]),
    ("a,2025-01-01,\na,2026-01-01,\n", ["table: 1 rows begin while the row before them still holds"]),
    (
      "a,2025-01-01,2025-12-31\na,2025-02-01,2025-02-28\na,2026-01-01,\n",
      ["table: 1 rows begin while the row before them still holds"]
    ),
    (
      "a,2025-01-01,\na,2025-01-01,\n",
      ["table: 1 rows hold from the same day as another row of their key; which of them is meant is not known"]
    ),
    (
      "a,soon,\na,,\na,2026-01-01,2025-12-31\na,2026-01-01,soon\n",
      ["table: 4 rows hold from a day that is missing or cannot be read, or until one before it"]
    )
  ])
  func daysOfATableAreLookedAt(rows: String, warnings: [String]) throws {
    let place = try RunPlace()
    try place.write("table.csv", "area,since,until\n" + rows)
    try place.write("roll.csv", "area\na\n")
    try place.write(
      "job.yml",
      """
      version: 1
      as_of: 2026-10-31
      sources:
        roll: {path: roll.csv, fields: {area: code}}
        table:
          path: table.csv
          valid: {from: since, to: until, by: [area]}
          fields: {area: code, since: date, until: date}
      rules: {R: {kind: condition, subject: roll, where: exists(table by area where since > as_of)}}
      """)
    let outcome = try Program.run("run", place("job.yml"), "--out", place("out"))
    #expect(outcome.code == 0, "\(outcome.errors)")
    let told = outcome.output.split(separator: "\n").map(String.init).filter { $0.contains("table: ") }
    #expect(told == warnings.map { "warning: " + $0 }, "\(outcome.output)")
  }
}
