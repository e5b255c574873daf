import Testing

/// The comparison of a run with what was planted, on the committed synthetic city.
@Suite struct TruthCommandTests {
  /// The run is made once; every test changes a copy of it.
  private static let finished = Result { () throws -> RunPlace in
    let place = try RunPlace()
    try place.copyNoticeCity()
    let run = try Program.run("run", "\(place.path)/job.yml", "--out", "\(place.path)/out", "--quiet")
    #expect(run.code == 0, "\(run.errors)")
    return place
  }

  private func makeRun() throws -> RunPlace {
    let (finished, place) = (try Self.finished.get(), try RunPlace())
    #expect(try Program.shell("cp -r \"$1/truth.csv\" \"$1/out\" \"$2\"", finished.path, place.path) == 0)
    return place
  }

  private func compare(_ place: RunPlace) throws -> Program.Outcome {
    try Program.run("truth", place.path, "--run", "\(place.path)/out")
  }

  @Test func everythingPlantedIsFoundAndNobodyElse() throws {
    let outcome = try compare(makeRun())
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("planted situations: 100; what is expected of them: 560, met: 560\n"))
    #expect(outcome.output.contains("on planted people, but not expected: 0\n"))
    #expect(outcome.output.hasSuffix("flags on people for whom nothing was planted: 0\n"))
    #expect(!outcome.output.contains("NO "))
  }

  /// Each shell line changes the results in `$1/out`; what is then said.
  @Test(arguments: [
    // No flag at all of a rule.
    ("sed -i '/,HUKOU_CANCELLED,/d' flags.csv", "T34          6    4  NO"),
    ("sed -i '/,HUKOU_CANCELLED,/d' flags.csv", "T34: HUKOU_CANCELLED (flag): not found"),
    // Another severity and another proposal.
    ("sed -i '/,PAY_LARGE,/s/,[1-5],/,1,/' flags.csv", "T60: PAY_LARGE (flag): severity is 1, not"),
    ("sed -i 's/,STOP,/,RECALC,/' flags.csv", "T95: DEATH_STOP (flag): 0 flags propose STOP"),
    // A flag where there should be none.
    (
      "line=$(grep ,none,HOLDER_MISMATCH,case ../truth.csv | head -1 | cut -d, -f5) && "
        + "echo \"x,HOLDER_MISMATCH,1,REVIEW,,,$line,,,,,,,,,,,\" >> flags.csv", "HOLDER_MISMATCH (none): found"
    ),
    ("echo x,PAY_LARGE,1,REVIEW,,,DB31019999999999,,,,,,,,,,, >> flags.csv", "nothing was planted: 1"),
    ("sed -i '/Z9/d' manifest.json", "T31: IN_CUSTODY (warning): no warning")
  ])
  func whatIsOtherwiseIsTold(change: String, told: String) throws {
    let place = try makeRun()
    #expect(try Program.shell("cd \"$1/out\" && \(change)", place.path) == 0)
    let outcome = try compare(place)
    #expect(outcome.code == 1)
    #expect(outcome.output.contains(told), "\(outcome.output.suffix(600))")
  }

  @Test func folderWithoutARunIsNamed() throws {
    let place = try RunPlace()
    let outcome = try compare(place)
    #expect(outcome.code == 3)
    #expect(outcome.errors.hasPrefix("match-run: error: \(place.path)/truth.csv: cannot open"))
  }
}
