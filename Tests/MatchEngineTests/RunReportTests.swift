import MatchEngine
import Testing

@Suite struct RunReportTests {
  private func text(_ rejects: Rejects) throws -> [String] {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place("out"))
    let file = try folder.makeFile("rejects/roll.csv")
    try rejects.write(to: file)
    try folder.finish(file)
    #expect(try folder.commit() == nil)
    return try place.text("out/rejects/roll.csv").split(separator: "\n").map(String.init)
  }

  @Test func rejectsAreSortedByPlaceAndCapped() throws {
    var first = RejectList(shownMax: 2)
    var second = RejectList(shownMax: 2)
    second.add(.init(file: 0, chunk: 0, line: 1, column: 0), code: "E-CHECK", value: "11010519491231002X")
    second.add(.init(file: 0, chunk: 0, line: 1, column: nil), code: "E-QUOTE", value: "")
    first.add(.init(file: 0, chunk: 1, line: 0, column: 1), code: "E-DATE", value: "=2026")
    first.add(.init(file: 0, chunk: 1, line: 5, column: 0), code: "E-CHECK", value: "abc")
    first.add(.init(file: 0, chunk: 1, line: 6, column: 0), code: "E-CHECK", value: "abcd")
    first.add(.init(file: 0, chunk: 1, line: 7, column: 0), code: "E-CHECK", value: "abcde")
    second.add(.init(file: 1, chunk: 0, line: 2, column: 0), code: "E-CHECK", value: "x")
    let rejects = Rejects(
      lists: [first, second], files: ["a.csv", "b.csv"], columns: [["id_no", "date"], ["date"]],
      chunkLines: [[1, 100], [1]])
    #expect(
      try text(rejects) == [
        "file,line,column,code,value",
        "a.csv,2,,E-QUOTE,",
        "a.csv,2,id_no,E-CHECK,110105********002X",
        "a.csv,100,date,E-DATE,'=***6",
        "a.csv,105,id_no,E-CHECK,a**"
      ])
    #expect(rejects.counts == ["E-CHECK": 5, "E-QUOTE": 1, "E-DATE": 1])
    #expect(rejects.notListed == ["E-CHECK": 3])
  }

  @Test func rejectsDoNotDependOnTheSplit() throws {
    func lists(workers: Int) -> [RejectList] {
      var lists = (0..<workers).map { _ in RejectList(shownMax: 40) }
      for chunk in 0..<30 {
        for line in 0..<5 {
          lists[chunk * 7 % workers].add(
            .init(file: 0, chunk: chunk, line: line, column: line % 2), code: line == 3 ? "E-DATE" : "E-CHECK",
            value: "v\(chunk)")
        }
      }
      return lists
    }
    let lines = (0..<30).map { $0 * 5 + 2 }
    let one = try text(Rejects(lists: lists(workers: 1), files: ["a"], columns: [["x", "y"]], chunkLines: [lines]))
    #expect(one.count == 1 + 40 + 30)
    #expect(one[40] == "a,41,x,E-CHECK,v*")
    for workers in [2, 3, 8] {
      let other = try text(
        Rejects(lists: lists(workers: workers), files: ["a"], columns: [["x", "y"]], chunkLines: [lines]))
      #expect(other == one)
    }
  }

  @Test func writesTheManifest() {
    var manifest = Manifest(engineVersion: "0.1.0", jobName: "test", asOf: "2026-10-31", jobDigest: "d0")
    var roll = Manifest.Source(name: "roll")
    roll.files = [.init(path: "roll.csv", byteCount: 12, digest: "d1", sha256: "s1")]
    roll.rowsRead = 3
    roll.rowsAccepted = 2
    roll.rowsRejected = ["E-QUOTE": 1]
    roll.skipped.empty = 1
    manifest.sources = [roll]
    var rule = Manifest.Rule(id: "DECEASED")
    rule.state = .unknown
    rule.reason = "funeral has no usable row"
    manifest.rules = [rule]
    manifest.setFiles([
      .init(path: "timing.json", byteCount: 1, digest: "t"),
      .init(path: "rejects/roll.csv", byteCount: 2, digest: "d3"),
      .init(path: "flags.csv", byteCount: 3, digest: "d2")
    ])
    #expect(
      manifest.json.document == """
        {
          "engine": "match-run",
          "engine_version": "0.1.0",
          "job": "test",
          "as_of": "2026-10-31",
          "job_digest": "d0",
          "site_key": null,
          "sources": {
            "roll": {
              "files": [
                {
                  "path": "roll.csv",
                  "bytes": 12,
                  "digest": "d1",
                  "sha256": "s1"
                }
              ],
              "rows_read": 3,
              "rows_accepted": 2,
              "rows_rejected": {
                "E-QUOTE": 1
              },
              "skipped": {
                "head": 0,
                "tail": 0,
                "repeated_header": 0,
                "empty": 1
              },
              "ragged": 0
            }
          },
          "rules": {
            "DECEASED": {
              "state": "UNKNOWN",
              "reason": "funeral has no usable row",
              "flags": 0,
              "evaluated": 0,
              "not_evaluated": {},
              "exemptions": {}
            }
          },
          "pack_differences": [],
          "warnings": [],
          "files": [
            {
              "path": "flags.csv",
              "bytes": 3,
              "digest": "d2"
            },
            {
              "path": "rejects/roll.csv",
              "bytes": 2,
              "digest": "d3"
            }
          ]
        }

        """)
  }

  @Test func aManifestWithLostRowsIsAContradiction() async {
    await #expect(processExitsWith: .failure) {
      var manifest = Manifest(engineVersion: "1", jobName: "", asOf: "", jobDigest: "")
      var roll = Manifest.Source(name: "roll")
      roll.rowsRead = 1
      manifest.sources = [roll]
      _ = manifest.json
    }
  }

  @Test func writesQualityWithoutCountsOfNames() {
    var quality = Quality()
    var roll = Quality.Source(name: "roll")
    roll.rows = 3
    var id = Quality.Field(name: "id_no", type: "resident_id", column: "身份证号")
    (id.rows, id.empty, id.valid) = (3, 1, 1)
    id.repaired = ["R-ID15": 1]
    id.invalid = ["E-CHECK": 1]
    var name = Quality.Field(name: "name", type: "person_name", column: "姓名")
    (name.rows, name.empty) = (3, 1)
    roll.fields = [id, name]
    roll.repeatedKeys = [.init(fields: ["id_no"], keys: 1, rows: 2, examples: ["110105********002X"])]
    quality.sources = [roll]
    #expect(
      quality.json.document == """
        {
          "sources": {
            "roll": {
              "rows": 3,
              "fields": {
                "id_no": {
                  "type": "resident_id",
                  "column": "身份证号",
                  "rows": 3,
                  "empty": 1,
                  "valid": 1,
                  "repaired": {
                    "R-ID15": 1
                  },
                  "invalid": {
                    "E-CHECK": 1
                  }
                },
                "name": {
                  "type": "person_name",
                  "column": "姓名",
                  "rows": 3,
                  "empty": 1,
                  "not_empty": 2
                }
              },
              "repeated_keys": [
                {
                  "fields": [
                    "id_no"
                  ],
                  "keys": 1,
                  "rows": 2,
                  "examples": [
                    "110105********002X"
                  ]
                }
              ],
              "rejects_not_listed": {}
            }
          }
        }

        """)
  }

  @Test func timingHasEveryPhase() {
    var timing = Timing(threads: 2, memoryByteCount: 1 << 30)
    timing.endPhase("plan")
    timing.endPhase("roll", byteCount: 12, rowCount: 3)
    #expect(timing.phases.map(\.name) == ["plan", "roll"])
    #expect(timing.phases.map(\.byteCount) == [0, 12])
    #expect(timing.phases.map(\.rowCount) == [0, 3])
    #expect(timing.json.document.contains("\"threads\": 2,\n  \"memory_budget_bytes\": 1073741824,"))
    #expect(ProcessState.peakResidentByteCount > 1 << 20)
  }

  @Test func aPhaseHasTheMostMemoryOfItsOwnTime() {
    var timing = Timing(threads: 1, memoryByteCount: 1 << 30)
    let size = 64 << 20
    do {
      let room = FlatArray<UInt8>(repeating: 1, count: size)
      timing.endPhase("large")
      room.deallocate()
    }
    timing.endPhase("still the look at its beginning")
    timing.endPhase("small")
    let peaks = timing.phases.map(\.anonymousByteCountMax)
    #expect(peaks[0] >= size)
    #expect(peaks[0] - peaks[2] > size / 2)
  }
}
