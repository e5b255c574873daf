import Testing

/// The way in which rows reach the engine changes no flag.
@Suite struct SameFlagsTests {
  /// Each shell line changes how a synthetic city is delivered, never what it says.
  @Test(arguments: [
    // Other orders of rows; the header stays first.
    """
    for file in roll household judicial custodians payments-202608 payments-202609 payments-202610; do
      { head -n 1 $file.csv; tail -n +2 $file.csv | shuf --random-source=household.csv; } > shuffled &&
      mv shuffled $file.csv || exit 1
    done
    """,
    // One file as three, each with the header.
    """
    tail -n +2 roll.csv > rows && split -n l/3 rows part- && for part in part-*; do
      { head -n 1 roll.csv; cat $part; } > roll-$part.csv || exit 1
    done
    sed -i 's/path: roll.csv/path: "roll-part-*.csv"/' job.yml && rm roll.csv
    """,
    "gzip roll.csv payments-202609.csv && sed -i 's/roll.csv/roll.csv.gz/; s/payments-[*].csv/payments-*/' job.yml",
    "iconv -f UTF-8 -t GB18030 household.csv > other && mv other household.csv",
    "iconv -f UTF-8 -t GB18030 roll.csv | gzip > other && mv other roll.csv",
    // What can be read only once: every source is.
    """
    for file in roll funeral judicial household custodians; do
      mv $file.csv $file.rows && mkfifo $file.csv && { timeout 30 cat $file.rows > $file.csv & } || exit 1
    done
    """
  ])
  func deliveryChangesNoFlag(change: String) throws {
    let place = try RunPlace()
    try place.makeCity()
    let run = "timeout -s KILL 30 \"$0\" run \"$1/job.yml\" --threads 2 --quiet --out "
    let plain = try Program.run(place.path, shell: run + "\"$1/plain\"")
    #expect(plain.code == 0, "\(plain.errors)")
    let changed = try Program.run(
      place.path, shell: "cd \"$1\" || exit 1\n\(change)\n" + run + "\"$1/out\"; code=$?; wait; exit $code")
    #expect(changed.code == 0, "\(changed.errors)")
    let expected = try place.text("plain/flags.csv")
    #expect(expected.split(separator: "\n").count > 100)
    #expect(try place.text("out/flags.csv") == expected)
  }
}
