import Foundation
import MatchEngine
import Testing

/// What holds for every run, shown on a synthetic city.
@Suite struct InvariantTests {
  private func options(threads: Int = 2, chunk: Int = 1 << 20, memory: Int = 1 << 30) -> RunOptions {
    var options = RunOptions()
    options.threads = threads
    options.chunkByteCount = chunk
    options.memoryByteCount = memory
    options.isQuiet = true
    return options
  }

  private func run(_ place: RunPlace, _ options: RunOptions) throws -> Int32 {
    try JobRun.run(jobFile: place("job.yml"), out: place("out"), options: options).exitCode
  }

  /// A small part of the city: the first lines of every file, with the total below the funeral feed.
  private func makeSmallCity(lines: Int) throws -> RunPlace {
    let place = try RunPlace()
    try place.makeCity()
    for name in try place.names() where name.hasSuffix(".csv") {
      let all = try place.bytes(name).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let kept = all.count > lines + 3 ? Array(all.prefix(lines)) + all.suffix(2) : all
      try place.write(name, Array(kept.joined(separator: [UInt8(ascii: "\n")])))
    }
    return place
  }

  /// Counted by an outside reader of CSV.
  private static let recordCounts = [
    "roll": 2_962, "funeral": 228, "judicial": 100, "household": 5_014, "payments": 3_866, "custodians": 16
  ]

  @Test func everyRecordIsCountedAsTheSlowReaderCountsIt() throws {
    let place = try RunPlace()
    try place.makeCity()
    #expect(try run(place, options()) == 0)
    let sources = try place.manifest()["sources"]
    let files = [
      "roll": ["roll"], "funeral": ["funeral"], "judicial": ["judicial"], "household": ["household"],
      "payments": ["payments-202608", "payments-202609", "payments-202610"], "custodians": ["custodians"]
    ]
    for (name, files) in files {
      var counts: [String: Int] = [:]
      for file in files {
        var table = TableReader(try RecordReader(FileBytes(path: place("\(file).csv"))))
        while let row = try table.next() {
          counts["rows_read", default: 0] += 1
          if row == .record { counts["rows_accepted", default: 0] += 1 }
        }
        counts["ragged", default: 0] += table.raggedCount
        counts["head", default: 0] += table.skipped.head
        counts["tail", default: 0] += table.skipped.tail
        counts["repeated_header", default: 0] += table.skipped.repeatedHeader
        counts["empty", default: 0] += table.skipped.empty
      }
      let source = sources[name]
      for (key, count) in counts {
        let isSkipped = ["head", "tail", "repeated_header", "empty"].contains(key)
        #expect((isSkipped ? source["skipped"] : source)[key].int == count, "\(name): \(key)")
      }
      #expect(counts["rows_read"] == Self.recordCounts[name])
    }
  }

  @Test func threadsChunksAndMemoryChangeNoByte() throws {
    let place = try makeSmallCity(lines: 150)
    #expect(try run(place, options(threads: 1)) == 0)
    let expected = try place.results()
    #expect(expected.count == 10)
    for threads in [1, 2, 3, 8] {
      for chunk in [64, 1000, 1 << 20] {
        for memory in [1, 1 << 20, 1 << 30] {
          #expect(try run(place, options(threads: threads, chunk: chunk, memory: memory)) == 0)
          #expect(try place.results() == expected, "\(threads) threads, chunks of \(chunk), memory \(memory)")
        }
      }
    }
  }

  /// The longer feed has 66 MB, about twice the memory of the whole run over the shorter one, so that keeping its rows
  /// or its text would show. Peak memory is what the system saw at any time, not at the end of a phase.
  @Test func aLongerFeedTakesNoMoreMemory() throws {
    let place = try RunPlace()
    try place.write("job.yml", InvariantJob.rollAndFeed)
    try place.write("roll.csv", "case_id,id_no\nC1,110101199003070118\nC2,110101198505152020\n")
    var peaks: [Int] = []
    for count in [300_000, 3_000_000] {
      let line = """
        cd "$1" && { printf 'cert_no,id_no\nF1,110101199003070118\n'; yes 'F2,110101197912010033' | head -n "$2"; } \
          > feed.csv && timeout -s KILL 60 "$0" run job.yml --out out --threads 2 --chunk-size 64K --quiet
        """
      #expect(try Program.shell(line, place.path, "\(count)") == 0)
      #expect(try place.manifest()["sources"]["feed"]["rows_read"].int == count + 1)
      #expect(try place.manifest()["rules"]["FOUND"]["flags"].int == 1)
      peaks.append(try #require(try place.members("out/timing.json")["peak_memory_bytes"].int))
    }
    #expect(Double(peaks[1]) < 1.5 * Double(peaks[0]), "\(peaks)")
  }

  /// A register that no line of the engine knows, and rules over it, are lines of a job file.
  @Test func aNewFeedAndANewRuleAreData() throws {
    let place = try RunPlace()
    try place.write("job.yml", InvariantJob.ferryPasses)
    try place.write("roll.csv", "case_id,id_no\nC1,110101199003070118\nC2,110101198505152020\n")
    try place.write(
      "ferry.csv",
      """
      渡轮季票号,持票人证件,票价,起用日
      P1,110101199003070118,1200.00,2026-05-01
      P2,110101199003070118,1300.00,2026-06-01
      P3,110101198505152020,80.00,2026-06-01
      P4,110101199003070118,1250.00,2026-12-01

      """)
    #expect(try run(place, options()) == 0)
    let rules = try place.manifest()["rules"]
    #expect(rules["COSTLY_PASS"]["flags"].int == 2)
    #expect(rules["MANY_PASSES"]["flags"].int == 1)
    let flags = try place.text("out/flags.csv")
    #expect(flags.contains("P1") && flags.contains("P2") && !flags.contains("P3"))
  }
}
