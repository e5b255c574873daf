import Testing

/// No number, name or account of a person stands in what a run prints or in the name of a file it writes.
@Suite struct PrivacyTests {
  /// Numbers, accounts and names as they stand in a synthetic city.
  private func secrets(_ place: RunPlace) throws -> Set<String> {
    let columns = ["roll.csv": [2, 3, 5, 14, 15], "household.csv": [0, 1], "payments-202608.csv": [4, 5, 6, 7]]
    var secrets: Set<String> = []
    for (file, columns) in columns {
      for line in try place.text(file).split(whereSeparator: \.isNewline).dropFirst() {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        for column in columns where column < cells.count && cells[column].count >= 2 {
          secrets.insert(String(cells[column]))
        }
      }
    }
    return secrets
  }

  /// Each shell line makes something of the inputs; the exit code that the run then has.
  @Test(
    arguments: [
      ("true", 0),
      ("tail -n +2 roll.csv > rows && mv rows roll.csv", 2),
      ("gzip -c roll.csv | head -c 90000 > rows && mv rows roll.csv", 3),
      ("sed -i '1s/,姓名,/,身份证号,/' roll.csv", 2)
    ] as [(String, Int32)])
  func nothingOfAPersonIsPrinted(change: String, code: Int32) throws {
    let place = try RunPlace()
    try place.makeCity()
    let secrets = try secrets(place)
    #expect(secrets.count > 5_000)
    let outcome = try Program.run(
      place.path,
      shell: "cd \"$1\" && { \(change); } && timeout -s KILL 30 \"$0\" run job.yml --out out --threads 2")
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(!(outcome.output + outcome.errors).isEmpty)
    var told = outcome.output + outcome.errors
    if code == 0 { told += try place.results().keys.sorted().joined(separator: "\n") }
    #expect(secrets.filter { told.contains($0) } == [])
  }
}
