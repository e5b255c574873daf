import Foundation
import MatchEngine
import Testing

@Suite struct RunOutputFolderTests {
  /// Writes a small result whose flags hold `text`.
  private func run(_ path: String, _ text: String, usesExchange: Bool = true) throws {
    let folder = try OutputFolder(at: path, usesExchange: usesExchange)
    try fill(folder, text)
    #expect(try folder.commit() == nil)
  }

  private func fill(_ folder: OutputFolder, _ text: String) throws {
    for name in ["flags.csv", "rejects/roll.csv", Timing.fileName] {
      let file = try folder.makeFile(name)
      try file.append(text)
      try folder.finish(file)
    }
    var manifest = Manifest(engineVersion: "1", jobName: "test", asOf: "2026-10-31", jobDigest: "")
    manifest.setFiles(folder.finished)
    let file = try folder.makeFile(Manifest.fileName)
    try file.append(manifest.json.document)
    try folder.finish(file)
  }

  private func refusal(_ path: String) -> String? {
    do {
      _ = try OutputFolder(at: path)
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: ["out", "out/", "./out", "名册"])
  func appearsWholeWithItsModes(name: String) throws {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place(name))
    try fill(folder, "one\n")
    let real = name == "名册" ? name : "out"
    #expect(!place.exists(real))
    #expect(try folder.commit() == nil)
    #expect(try place.names() == [real])
    #expect(try place.names(real) == ["flags.csv", "manifest.json", "rejects", "timing.json"])
    #expect(try place.text("\(real)/rejects/roll.csv") == "one\n")
    #expect(try place.mode(real) == 0o700)
    #expect(try place.mode("\(real)/rejects") == 0o700)
    #expect(try place.mode("\(real)/flags.csv") == 0o600)
    #expect(try place.mode("\(real)/manifest.json") == 0o600)
  }

  @Test(arguments: [true, false])
  func replacesAnEarlierRun(usesExchange: Bool) throws {
    let place = try RunTemporaryFolder()
    try run(place("out"), "one\n")
    try run(place("out"), "two\n", usesExchange: usesExchange)
    #expect(try place.names() == ["out"])
    #expect(try place.text("out/flags.csv") == "two\n")
  }

  @Test func fillsAnEmptyFolder() throws {
    let place = try RunTemporaryFolder()
    try place.makeFolder("out")
    try run(place("out"), "one\n")
    #expect(try place.names() == ["out"])
    #expect(try place.text("out/flags.csv") == "one\n")
  }

  @Test func refusesWhatNoRunWrote() throws {
    let place = try RunTemporaryFolder()
    try place.write("notes/a.txt", "mine")
    try place.write("file", "mine")
    try place.write("web/manifest.json", "{\"name\": \"app\"}")
    try place.makeFolder("target")
    try FileManager.default.createSymbolicLink(atPath: place("link"), withDestinationPath: place("target"))
    try run(place("earlier"), "one\n")
    try place.write("earlier/notes.txt", "mine")
    let before = try place.names()
    #expect(refusal(place("notes"))?.contains("it holds 'a.txt' and no manifest.json") == true)
    #expect(refusal(place("file"))?.contains("it is a file") == true)
    #expect(refusal(place("web"))?.contains("manifest.json is not one of an earlier run") == true)
    #expect(refusal(place("link"))?.contains("it is a link") == true)
    #expect(refusal(place("link/"))?.contains("it is a link") == true)
    #expect(refusal(place("earlier"))?.contains("it holds 'notes.txt', which no earlier run wrote") == true)
    #expect(refusal(place("absent/out")) == "\(place("absent")): no such folder")
    #expect(refusal("/")?.contains("root") == true)
    #expect(refusal("")?.contains("no name") == true)
    #expect(try place.names() == before)
    #expect(try place.text("notes/a.txt") == "mine")
    #expect(try place.text("earlier/flags.csv") == "one\n")
  }

  @Test func refusesASecondRunAndNamesTheFirst() throws {
    let place = try RunTemporaryFolder()
    let first = try OutputFolder(at: place("out"))
    #expect(
      refusal(place("out"))
        == "\(place("out")): another run (process \(ProcessInfo.processInfo.processIdentifier)) is writing"
        + " this output folder"
    )
    try run(place("other"), "one\n")
    try fill(first, "first\n")
    #expect(try first.commit() == nil)
    #expect(try place.names() == ["other", "out"])
    #expect(refusal(place("out")) == nil)
  }

  @Test func anAbandonedRunLeavesTheOldOne() throws {
    let place = try RunTemporaryFolder()
    try run(place("out"), "one\n")
    let folder = try OutputFolder(at: place("out"))
    try fill(folder, "two\n")
    try folder.abandon()
    #expect(try place.names() == ["out"])
    #expect(try place.text("out/flags.csv") == "one\n")
  }

  @Test func clearsWhatKilledRunsLeft() throws {
    let place = try RunTemporaryFolder()
    try place.write(".out.match-run-123-0123abcd/rejects/roll.csv", "half")
    try place.write(".out.match-run.lock", "123\n")
    try place.write(".out.match-run-notes", "mine")
    try place.write(".out.match-run-123-0123abcdef/x", "another name")
    try place.write(".other.match-run-123-0123abcd/flags.csv", "another run")
    try run(place("out"), "one\n")
    #expect(
      try place.names() == [
        ".other.match-run-123-0123abcd", ".out.match-run-123-0123abcdef", ".out.match-run-notes", "out"
      ])
  }

  /// Every state that the replacement by two renames can be killed in ends with one whole set.
  @Test(
    arguments: [
      (["out": "one", ".out.match-run-new": "two"], "one"),
      ([".out.match-run-old": "one", ".out.match-run-new": "two"], "two"),
      (["out": "two", ".out.match-run-old": "one"], "two"),
      ([".out.match-run-old": "one"], "one")
    ] as [([String: String], String)])
  func mendsAReplacementThatWasKilled(state: [String: String], kept: String) throws {
    let place = try RunTemporaryFolder()
    for (name, text) in state {
      try run(place("made"), text)
      try FileManager.default.moveItem(atPath: place("made"), toPath: place(name))
    }
    try OutputFolder(at: place("out")).abandon()
    #expect(try place.names() == ["out"])
    #expect(try place.text("out/flags.csv") == kept)
  }

  @Test func followsNoLinkOutOfTheFolder() throws {
    let place = try RunTemporaryFolder()
    try place.write("precious/data.csv", "mine")
    try place.makeFolder(".out.match-run-123-0123abcd")
    try FileManager.default.createSymbolicLink(
      atPath: place(".out.match-run-123-0123abcd/rejects"), withDestinationPath: place("precious"))
    try run(place("out"), "one\n")
    #expect(try place.text("precious/data.csv") == "mine")
    let folder = try OutputFolder(at: place("out"))
    for name in ["../x", "a/b/c/d", "a/../c", "", "..", "rejects/", "/x"] {
      #expect(throws: RunError.self) { try folder.makeFile(name) }
    }
    _ = try folder.makeFile("twice.csv")
    #expect(throws: RunError.system(action: "create", path: "\(place("out"))/twice.csv", number: EEXIST)) {
      try folder.makeFile("twice.csv")
    }
    try folder.abandon()
  }

  @Test func spillFilesHaveNoNameAndKeepTheirBytes() throws {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place("out"))
    let spill = try folder.makeSpillFile()
    try spill.append(([1, 2, 3] as [UInt8]).span)
    try spill.append(([4, 5] as [UInt8]).span)
    let scratch = try #require(try place.names().first { $0.hasPrefix(".out.match-run-") })
    #expect(try place.names(scratch) == [])
    var bytes = [UInt8](repeating: 0, count: 8)
    var span = bytes.mutableSpan
    #expect(try spill.read(into: &span, at: 2) == 3)
    #expect(bytes.prefix(3) == [3, 4, 5])
    try folder.abandon()
  }

  @Test func aFullDiskNamesTheFile() throws {
    let full = try Descriptor.reading("/dev/null")
    #expect(throws: RunError.system(action: "write", path: "/dev/null", number: EBADF)) {
      try full.write(([1] as [UInt8]).span)
    }
  }

  @Test func longFilesPassTheBuffer() throws {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place("out"))
    let file = try folder.makeFile("flags.csv")
    for _ in 0..<10 {
      try file.append([UInt8](repeating: 65, count: 100_000))
      try file.append([UInt8](repeating: 66, count: 300_000))
    }
    let finished = try folder.finish(file)
    #expect(finished.byteCount == 4_000_000)
    let manifest = try folder.makeFile("manifest.json")
    try folder.finish(manifest)
    #expect(try folder.commit() == nil)
    let bytes = Array(try place.text("out/flags.csv").utf8)
    #expect(bytes.count == 4_000_000)
    #expect(bytes.filter { $0 == 65 }.count == 1_000_000)
    #expect(bytes[99_999] == 65 && bytes[100_000] == 66 && bytes[399_999] == 66 && bytes[400_000] == 65)
  }
}
