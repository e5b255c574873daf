import Foundation
import Testing

/// `match-run nightly`, `purge` and `journal` as programs: options, exit codes, files.
@Suite(.serialized) struct NightCommandTests {
  private static let job = NightSequenceTests.job(snapshots: []).replacingOccurrences(
    of: "nightly: {shrink: 100%, grow: 100%, unusable: 100%, flood: 100%}",
    with: "retention: {over: 10 days, runs: 10 days}")

  private static func makePlace() throws -> RunPlace {
    let place = try RunPlace()
    var town = NightTown(seed: 5)
    for (number, name) in NightSequenceTests.feeds.enumerated() {
      try place.write("in/\(name).csv", town.whole(number))
    }
    try place.write("job.yml", job)
    #expect(try Program.run("key", "init", place("site.key")).code == 0)
    return place
  }

  private static func night(_ place: RunPlace, _ day: String = "2026-06-10", _ more: String = "") throws
    -> Program.Outcome
  {
    try Program.run(
      place.path, day,
      shell: """
        exec "$0" nightly "$1/job.yml" --state "$1/state" --out "$1/out" --key "$1/site.key" --as-of "$2" \(more)
        """)
  }

  @Test func askForAKey() throws {
    let place = try Self.makePlace()
    let outcome = try Program.run(
      "nightly", place("job.yml"), "--state", place("state"), "--out", place("out"))
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("--key FILE"))
    #expect(try place.names().filter { $0.contains("state") || $0.contains("out") } == [])
  }

  @Test func aStateOfAnotherKeyIsRefused() throws {
    let place = try Self.makePlace()
    #expect(try Self.night(place).code == 0)
    #expect(try Program.shell("rm \"$1\" && \"$0\" key init \"$1\"", place("site.key")) == 0)
    let outcome = try Self.night(place, "2026-06-11")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("the state was made with the key"))
  }

  @Test func anEarlierDayIsRefused() throws {
    let place = try Self.makePlace()
    #expect(try Self.night(place).code == 0)
    #expect(try Self.night(place, "2026-06-09").code == 2)
  }

  @Test func acceptTakesGuardsOnly() throws {
    let place = try Self.makePlace()
    for word in ["shrunk", "odd:payments", "shrunk:"] {
      #expect(try Self.night(place, "2026-06-10", "--accept \(word)").code == 2, "\(word)")
    }
  }

  @Test func aSecondNightIsToldWhoHoldsTheState() throws {
    let place = try Self.makePlace()
    try place.write("job.yml", NightSequenceTests.job(snapshots: ["roll"]))
    let line = """
      cd "$1" && rm in/roll.csv && mkfifo in/roll.csv || exit 1
      timeout --foreground -s KILL 30 \
        "$0" nightly job.yml --state state --out out --key site.key --quiet > first.txt 2>&1 &
      started=$!
      tries=0
      until ls -d .out.match-run-* > /dev/null 2>&1 || [ $tries = 1000 ]; do sleep 0.01; tries=$((tries + 1)); done
      holder=$(cat .state.match-run.lock)
      timeout --foreground -s KILL 20 \
        "$0" nightly job.yml --state state --out out2 --key site.key --quiet > second.txt 2>&1
      code=$?
      echo "process $holder" > holder.txt
      kill -s TERM "$holder"; wait "$started"
      exit "$code"
      """
    #expect(try Program.shell(line, place.path) == 3)
    let holder = try place.text("holder.txt").split(separator: "\n").joined()
    #expect(holder.count > "process ".count)
    let message = try place.text("second.txt")
    #expect(message.contains(holder), "\(message)")
  }

  /// What cannot be applied is listed by file, line and reason, in a night that judges what changed alone and in one
  /// that judges all, as after a change of the job.
  @Test func changesThatAreNotAppliedAreListed() throws {
    let place = try Self.makePlace()
    #expect(try Self.night(place).code == 0)
    for name in ["roll", "funeral", "register"] { try FileManager.default.removeItem(atPath: place("in/\(name).csv")) }
    let wide = "U,P9" + String(repeating: ",", count: 17_000)
    let changes = """
      op,pay_id,case_id,id_no,account_no,pay_date,amount
      Z,P1,C1,,,2026-06-01,1.00
      李四，310101199003074514,P2,C1,,,2026-06-01,1.00
      U,,C2,,,2026-06-02,23.00
      \(wide)
      U,P7,C7,,,2026-06-03,1.00

      """
    for (day, job) in [
      ("2026-06-11", Self.job), ("2026-06-12", Self.job.replacingOccurrences(of: "10 days", with: "11 days"))
    ] {
      try place.write("job.yml", job)
      // Each night gets another amount, so that it is not the last one over again.
      try place.write("in/payments.csv", changes.replacingOccurrences(of: "23.00", with: "23.\(day.suffix(2))"))
      let night = try Self.night(place, day)
      #expect(night.code == 1)
      #expect(night.output.contains("4 rows of changes were not applied"))
      let lines = try place.text("out/rejects/payments.csv").split(separator: "\n").filter { $0.hasPrefix("in/") }
      // Of a whole record only its shape is shown, and that masked like any value.
      let expected = [
        "in/payments.csv,2,op,E-OPERATION,Z", "in/payments.csv,3,op,E-OPERATION,*********************",
        "in/payments.csv,4,,E-ROW-KEY,\"*,,**,***************.**\"", "in/payments.csv,5,,E-COLUMNS,\"*,**,"
      ]
      #expect(lines.count == expected.count)
      for (line, start) in zip(lines, expected) { #expect(line.hasPrefix(start), "\(line.prefix(80))") }
      #expect(try place.text("out/night.json").contains("\"not_applied\": 4"))
      // They are no part of the rows that were read, and are told once.
      #expect(!night.output.contains("could not be split"))
    }
  }

  @Test func guardsHoldRulesBackUntilAccepted() throws {
    let place = try Self.makePlace()
    #expect(try Self.night(place).code == 0)
    let ids = try place.text("in/payments.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",")[0] }
    try place.write(
      "in/payments.csv",
      "op,pay_id,case_id,id_no,account_no,pay_date,amount\n"
        + ids.prefix(ids.count / 2).map { "D,\($0),,,,,\n" }.joined())
    for name in ["roll", "funeral", "register"] { try FileManager.default.removeItem(atPath: place("in/\(name).csv")) }
    let held = try Self.night(place, "2026-06-11")
    #expect(held.code == 1)
    #expect(held.output.contains("shrunk:payments"))
    #expect(held.output.contains("--accept shrunk:payments"))
    let batch = try place.text("out/transitions.csv")
    #expect(!batch.contains(",cleared,") && !batch.contains(",withdrawn,"))
    #expect(batch.contains(",unknown,"))
    let accepted = try Self.night(place, "2026-06-11", "--accept shrunk:payments")
    #expect(accepted.code == 0)
    #expect(accepted.output.contains("accepted"))
    #expect(try place.text("out/transitions.csv").contains("cleared"))
    #expect(try place.text("state/journal.jsonl").contains("accepted shrunk:payments"))
    #expect(try Self.night(place, "2026-06-12").code == 0)
  }

  @Test func aDeliveryOfChangesWithoutOneByteIsNotTakenForNoChanges() throws {
    let place = try Self.makePlace()
    #expect(try Self.night(place).code == 0)
    for name in ["roll", "funeral", "register"] { try FileManager.default.removeItem(atPath: place("in/\(name).csv")) }
    try place.write("in/payments.csv", "")
    let held = try Self.night(place, "2026-06-11")
    #expect(held.code == 1)
    #expect(held.output.contains("columns:payments: source 'payments' has a file without a header: in/payments.csv"))
    #expect(try Self.night(place, "2026-06-11", "--accept columns:payments").code == 0)
  }

  /// A job over a roll that arrives as changes, with further fields and a rule beside the first one.
  private static func rollJob(_ fields: String, _ rule: String = "") -> String {
    """
    version: 1
    name: nights
    nightly: {shrink: 100%, grow: 100%, unusable: 100%, flood: 100%}
    sources:
      roll:
        path: "in/roll.csv"
        key: [no]
        changes: {operation: op}
        fields: {no: text, id_no: resident_id\(fields)}
    rules:
      LEGACY: {kind: condition, subject: roll, where: id_no is not valid, evidence: [no]}
    \(rule)

    """
  }

  /// Rows of nights in which no rule read a column do not have it: to take it for empty would flag all of them.
  @Test func aColumnThatNobodyReadBeforeHoldsRulesBack() throws {
    let place = try RunPlace()
    func flags() throws -> [Substring] { try place.text("out/flags.csv").split(separator: "\n").dropFirst().map { $0 } }
    #expect(try Program.run("key", "init", place("site.key")).code == 0)
    try place.write("job.yml", Self.rollJob(", street: text"))
    try place.write(
      "in/roll.csv",
      "no,id_no,state,street\n1,310101195004120112,ok,A\n2,310101195004120139,ok,A\n3,310101195004120155,gone,A\n")
    #expect(try Self.night(place).code == 0)
    // The new job reads one column more, and one less; also a night without a delivery is held back.
    let rule = "  GONE: {kind: condition, subject: roll, where: state is empty or state = 'gone', evidence: [no]}"
    try place.write("job.yml", Self.rollJob(", state: code", rule))
    try FileManager.default.removeItem(atPath: place("in/roll.csv"))
    #expect(try Self.night(place).code == 1)
    #expect(try flags() == [])
    try place.write("in/roll.csv", "op,no,id_no,state\nU,2,310101195004120139,ok\n")
    let held = try Self.night(place, "2026-06-11")
    #expect(held.code == 1)
    #expect(held.output.contains("has rows that came when the column 'state' was not delivered or not read"))
    #expect(held.output.contains("--accept columns:roll"))
    #expect(!held.output.contains("'street'"))
    #expect(try flags() == [])
    // So does every night until all rows were delivered again.
    try place.write("in/roll.csv", "op,no,id_no,state\nU,1,310101195004120112,ok\n")
    #expect(try Self.night(place, "2026-06-12").code == 1)
    try place.write("in/roll.csv", "op,no,id_no,state\nU,3,310101195004120155,gone\n")
    #expect(try Self.night(place, "2026-06-13").code == 0)
    #expect(try flags().count == 1 && flags()[0].contains("310101195004120155"))
  }

  /// What was accepted once is not asked again, and rows that are written anew do not hide what they lack.
  @Test func aColumnThatRowsLackIsAcceptedOnce() throws {
    let place = try RunPlace()
    #expect(try Program.run("key", "init", place("site.key")).code == 0)
    try place.write("job.yml", Self.rollJob(""))
    try place.write("in/roll.csv", "no,id_no,state,street\n1,310101195004120112,ok,A\n2,310101195004120139,ok,A\n")
    #expect(try Self.night(place).code == 0)
    try place.write("job.yml", Self.rollJob(", state: code"))
    try place.write("in/roll.csv", "op,no,id_no,state,street\nU,2,310101195004120139,ok,A\n")
    #expect(try Self.night(place, "2026-06-11").code == 1)
    // Another change of the job writes all rows into one file.
    try place.write("job.yml", Self.rollJob(", state: code, street: text"))
    try place.write("in/roll.csv", "op,no,id_no,state,street\nU,2,310101195004120139,ok,B\n")
    let again = try Self.night(place, "2026-06-12")
    #expect(again.output.contains("came when the column 'state', 'street' was not delivered or not read"))
    #expect(try Self.night(place, "2026-06-12", "--accept columns:roll").code == 0)
    #expect(try Self.night(place, "2026-06-13").code == 0)
  }

  /// The rows of the last snapshot stand, and changes are applied to them; or all rows are delivered once more.
  @Test(arguments: [false, true]) func aSourceThatWasASnapshotMayArriveAsChanges(isWhole: Bool) throws {
    let place = try Self.makePlace()
    let rows = try place.text("in/payments.csv").split(separator: "\n")
    let flags = {
      try place.text("out/flags.csv").split(separator: "\n").dropFirst()
    }
    try place.write("job.yml", NightSequenceTests.job(snapshots: ["payments"]))
    #expect(try Self.night(place).code == 0)
    let before = try flags()
    try place.write("job.yml", NightSequenceTests.job(snapshots: []))
    for name in ["roll", "funeral", "register"] { try FileManager.default.removeItem(atPath: place("in/\(name).csv")) }
    let large = "Z1,C1,,621700000000000001,2026-06-01,50000"
    if isWhole {
      try place.write("in/payments.csv", (rows + [Substring(large)]).joined(separator: "\n") + "\n")
    } else {
      // A night without it changes nothing.
      try FileManager.default.removeItem(atPath: place("in/payments.csv"))
      #expect(try Self.night(place, "2026-06-10", "--verify").code == 0)
      #expect(try flags() == before)
      try place.write("in/payments.csv", "op,\(rows[0])\nU,\(rows[1])\nI,\(large)\n")
    }
    let night = try Self.night(place, "2026-06-10", "--verify")
    #expect(night.code == 0)
    #expect(night.output.contains("verified: a full run gives the same flags"))
    #expect(try flags().count == before.count + 1)
    #expect(try flags().contains { $0.contains("LARGE,C1,,") })
    // From now on it arrives as changes.
    try place.write("in/payments.csv", rows.joined(separator: "\n") + "\n")
    #expect(try Self.night(place, "2026-06-11").errors.contains("no column 'op', which changes: of source 'payments'"))
  }

  @Test func verifyComparesWithAFullRun() throws {
    let place = try Self.makePlace()
    #expect(
      try Self.night(place, "2026-06-10", "--verify").output.contains("verified: a full run gives the same flags"))
    try place.write(
      "in/payments.csv",
      "op,pay_id,case_id,id_no,account_no,pay_date,amount\nI,Z1,C1,,621700000000000001,2026-06-01,50000\n")
    for name in ["roll", "funeral", "register"] { try FileManager.default.removeItem(atPath: place("in/\(name).csv")) }
    let outcome = try Self.night(place, "2026-06-11", "--verify")
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("verified: a full run gives the same flags"))
    #expect(try place.names().filter { $0.contains("verify") } == [])
    // A state with a flag too many is found out.
    #expect(try place.text("out/flags.csv").contains("LARGE,C1,,"))
  }

  @Test func aDamagedStateIsRefused() throws {
    let place = try Self.makePlace()
    #expect(try Self.night(place).code == 0)
    try place.write("in/roll.csv", "op,roll_no,case_id,id_no,name,status,start_date,district\nD,K1,,,,,,\nD,K3,,,,,,\n")
    for name in ["payments", "funeral", "register"] {
      try FileManager.default.removeItem(atPath: place("in/\(name).csv"))
    }
    for name in ["flags.records", "flags.csv", "rows/roll.1.columns", "rows/roll.1.csv", "manifest.json"] {
      let file = "state/00000001/\(name)"
      let sound = try place.bytes(file)
      var damaged = sound
      damaged[damaged.count / 2] ^= 1
      if name == "rows/roll.1.csv" { damaged = sound.map { $0 == UInt8(ascii: "K") ? UInt8(ascii: "Q") : $0 } }
      if name == "manifest.json" { damaged = Array(sound.prefix(sound.count / 2)) }
      try place.write(file, damaged)
      #expect(try Self.night(place, "2026-06-11").code == 3, "\(name)")
      try place.write(file, sound)
    }
    #expect(try Self.night(place, "2026-06-11").code == 0)
  }

  @Test func theJournalShowsWhatWasTouched() throws {
    let place = try Self.makePlace()
    #expect(try Self.night(place).code == 0)
    #expect(try Self.night(place).code == 0)
    #expect(
      try Program.run(
        "run", place("job.yml"), "--out", place("run"), "--journal", place("state/journal.jsonl"), "--quiet"
      ).code == 0)
    let journal = try place.text("state/journal.jsonl")
    #expect(journal.split(separator: "\n").count == 3)
    let sound = try Program.run("journal", "verify", place("state/journal.jsonl"))
    #expect(sound.code == 0)
    let last = String(try #require(sound.output.split(separator: " ").last).dropLast())
    let lines = journal.split(separator: "\n").map(String.init)
    for (what, text) in [
      ("changed", journal.replacingOccurrences(of: "\"exit_code\": 0", with: "\"exit_code\": 1")),
      ("taken out", [lines[0], lines[2]].joined(separator: "\n") + "\n"),
      ("the first taken out", lines[1...].joined(separator: "\n") + "\n"),
      ("put in", [lines[0], lines[0], lines[1], lines[2]].joined(separator: "\n") + "\n")
    ] {
      try place.write("journal", text)
      #expect(try Program.run("journal", "verify", place("journal")).code == 1, "\(what)")
    }
    try place.write("journal", lines[..<2].joined(separator: "\n") + "\n")
    #expect(try Program.run("journal", "verify", place("journal")).code == 0)
    #expect(try Program.run("journal", "verify", place("journal"), "--last", last).code == 1)
    // What a killed process left of a line goes, and the chain goes on.
    try place.write("state/journal.jsonl", journal + "{\"number\": 4, \"ti")
    for name in NightSequenceTests.feeds { try FileManager.default.removeItem(atPath: place("in/\(name).csv")) }
    #expect(try Self.night(place, "2026-06-11").code == 0)
    #expect(try Program.run("journal", "verify", place("state/journal.jsonl")).code == 0)
  }

  @Test func purgeRemovesWhatIsOld() throws {
    let place = try Self.makePlace()
    #expect(try Self.night(place).code == 0)
    let ids = try place.text("in/payments.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",")[0] }
    try place.write(
      "in/payments.csv",
      "op,pay_id,case_id,id_no,account_no,pay_date,amount\n" + ids.dropFirst(9).map { "D,\($0),,,,,\n" }.joined())
    for name in ["roll", "funeral", "register"] { try FileManager.default.removeItem(atPath: place("in/\(name).csv")) }
    #expect(try Self.night(place, "2026-06-11", "--accept shrunk:payments").code == 0)
    let over = try place.text("state/00000002/flags.csv").split(separator: "\n").count - 1
    #expect(over > 0)
    try place.write("in/payments.csv", "op,pay_id,case_id,id_no,account_no,pay_date,amount\n")
    #expect(try Self.night(place, "2026-06-12").code == 0)
    #expect(
      try Program.shell("mkdir \"$1/runs\" && cp -a \"$1/out\" \"$1/runs/a\" && mkdir \"$1/runs/b\"", place.path) == 0)
    func purge(_ day: String, _ more: String...) throws -> Program.Outcome {
      try Program.run(
        place.path, day, more.joined(separator: " "),
        shell: "exec \"$0\" purge \"$1/job.yml\" --state \"$1/state\" --runs \"$1/runs\" --as-of \"$2\" $3")
    }
    #expect(try purge("2026-06-20").output == "nothing to remove\n")
    #expect(try purge("2026-06-23", "--dry-run").output.contains("runs/a"))
    #expect(try place.names("runs") == ["a", "b"])
    let outcome = try purge("2026-06-23")
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("\(over) flags"))
    #expect(try place.names("runs").filter { !$0.hasPrefix(".") } == ["b"])
    #expect(try place.text("state/00000003/flags.csv").split(separator: "\n").count == 1)
    #expect(try Self.night(place, "2026-06-24", "--verify").code == 0)
    #expect(try Program.run("journal", "verify", place("state/journal.jsonl")).code == 0)
  }
}
