import Testing

/// A run that is stopped leaves the old results or the new ones, and nothing beside them.
///
/// The program always runs below a shell and `timeout`, so that nothing is left running when a test fails.
@Suite(.serialized) struct KillTests {
  private func makePlace() throws -> RunPlace {
    let place = try RunPlace()
    try place.makeCity()
    return place
  }

  /// Runs the job for a day into `out`; with `seconds` it is killed after that time. `$0` is the program.
  private func run(_ place: RunPlace, asOf day: String, killedAfter seconds: String = "30") throws -> Int32 {
    try Program.shell(
      """
      timeout --foreground -s KILL "$3" "$0" run "$1/job.yml" --out "$1/out" --as-of "$2" --only DECEASED,IN_CUSTODY \
      --quiet
      """, place.path, day, seconds)
  }

  @Test func killedRunsLeaveOldOrNewResults() throws {
    let place = try makePlace()
    let inputs = try place.names()
    let (oldDay, newDay) = ("2025-12-31", "2026-10-31")
    #expect(try run(place, asOf: oldDay) == 0)
    let old = try place.results()
    #expect(try run(place, asOf: newDay) == 0)
    let new = try place.results()
    #expect(old["flags.csv"] != new["flags.csv"])
    #expect(old.keys == new.keys)
    // The moments come from a fixed seed, so that every run of the tests is alike.
    var state: UInt64 = 20_261_031
    var killed = 0
    for round in 0..<12 {
      #expect(try run(place, asOf: oldDay) == 0)
      #expect(try place.results() == old, "round \(round)")
      #expect(try place.names().filter { $0 != ".out.match-run.lock" } == (inputs + ["out"]).sorted(), "round \(round)")
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let seconds = Double(1 + (state >> 33) % 300) / 1000
      if try run(place, asOf: newDay, killedAfter: "\(seconds)") == 137 { killed += 1 }
      let left = try place.results()
      #expect(left == old || left == new, "killed after \(seconds) s")
    }
    #expect(killed > 0)
    #expect(try run(place, asOf: newDay) == 0)
    #expect(try place.results() == new)
    #expect(try place.names().filter { $0 != ".out.match-run.lock" } == (inputs + ["out"]).sorted())
  }

  /// A shell line that starts a run which holds `out` and waits for a source that nobody writes; `$holder` is its
  /// process. A shell makes what it puts into the background deaf to some signals; `env` takes that back.
  private static let startBlocked = """
    cd "$1" && rm roll.csv && mkfifo roll.csv || exit 1
    timeout --foreground -s KILL 30 env --default-signal=INT,HUP,TERM \
      "$0" run job.yml --out out --quiet > first.txt 2>&1 &
    started=$!
    tries=0
    until ls -d .out.match-run-* > /dev/null 2>&1 || [ $tries = 1000 ]; do sleep 0.01; tries=$((tries + 1)); done
    holder=$(cat .out.match-run.lock)

    """

  @Test(arguments: [("TERM", 143), ("INT", 130), ("HUP", 129)] as [(String, Int32)])
  func aStoppedRunLeavesNothing(signal: String, code: Int32) throws {
    let place = try makePlace()
    let outcome = try Program.run(
      place.path, signal, shell: Self.startBlocked + "kill -s \"$2\" \"$holder\"; wait \"$started\"")
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(try place.names().filter { $0.contains("out") } == [])
  }

  @Test func aSecondRunIsToldWhoHoldsTheFolder() throws {
    let place = try makePlace()
    let line = """
      timeout --foreground -s KILL 20 "$0" run job.yml --out out --quiet > second.txt 2>&1
      code=$?
      echo "process $holder" > holder.txt
      kill -s TERM "$holder"; wait "$started"
      exit "$code"
      """
    #expect(try Program.shell(Self.startBlocked + line, place.path) == 3)
    let holder = try place.text("holder.txt").split(separator: "\n").joined()
    #expect(holder.count > "process ".count)
    let message = try place.text("second.txt")
    #expect(message.contains(holder), "\(message)")
  }
}
