import Foundation
import MatchEngine
import Testing

/// Runs every job under `Jobs/` and compares what it leaves with the folder's `expected/`, worked out by hand.
///
/// A folder holds `job.yml` (or `job.path`, which names one elsewhere), the input files, `about.txt` and in
/// `expected/`: `flags.csv`, and where it matters `exit`, `manifest.txt` (lines that occur in manifest.json) and
/// `rejects-SOURCE.csv`.
@Suite struct JobFolderTests {
  /// How a run is cut up; none of it may change what comes out.
  struct Setting: Hashable, CustomStringConvertible {
    var threads: Int
    var chunkByteCount: Int?
    var memoryByteCount: Int?

    var description: String {
      "threads \(threads), chunks \(chunkByteCount.map(String.init) ?? "default"), "
        + "memory \(memoryByteCount.map(String.init) ?? "default")"
    }
  }

  static let settings = [
    Setting(threads: 1), Setting(threads: 2, chunkByteCount: 64), Setting(threads: 8, chunkByteCount: 1000),
    Setting(threads: 1, chunkByteCount: 64, memoryByteCount: 1),
    Setting(threads: 3, chunkByteCount: 1000, memoryByteCount: 1), Setting(threads: 2, memoryByteCount: 1)
  ]

  static let jobs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Jobs")

  static var folders: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: jobs.path).filter { !$0.hasPrefix(".") }.sorted()
    }
  }

  @Test func everyFolderSaysWhatItIsAbout() throws {
    let silent = try Self.folders.filter { name in
      let about = Self.jobs.appendingPathComponent("\(name)/about.txt")
      guard FileManager.default.fileExists(atPath: about.path) else { return true }
      return Self.lines(try Self.text(of: about)).count != 1
    }
    #expect(silent == [])
  }

  @Test(arguments: try folders) func leavesWhatIsExpected(folder name: String) throws {
    let folder = Self.jobs.appendingPathComponent(name)
    let expected = folder.appendingPathComponent("expected")
    let files = try FileManager.default.contentsOfDirectory(atPath: expected.path).sorted()
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("job-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: scratch) } }

    #expect(files.contains("flags.csv"))
    for (number, setting) in Self.settings.enumerated() {
      let out = scratch.appendingPathComponent("\(number)")
      let exitCode = try Self.run(folder, into: out, setting)
      var expectedExit: Int32? = 0
      for file in files {
        let wanted = try Self.text(of: expected.appendingPathComponent(file))
        switch file {
        case "exit":
          expectedExit = Int32(wanted.trimmingCharacters(in: .whitespacesAndNewlines))
        case "manifest.txt":
          let present = Set(Self.lines(try Self.text(of: out.appendingPathComponent("manifest.json"))))
          #expect(Self.lines(wanted).filter { !present.contains($0) } == [], "manifest.json, \(setting)")
        case let rejects where rejects.hasPrefix("rejects-"):
          let path = "rejects/\(rejects.dropFirst("rejects-".count))"
          #expect(try Self.text(of: out.appendingPathComponent(path)) == wanted, "\(path), \(setting)")
        default:
          #expect(try Self.text(of: out.appendingPathComponent(file)) == wanted, "\(file), \(setting)")
        }
      }
      #expect(exitCode == expectedExit, "exit code, \(setting)")
    }
  }

  private static func run(_ folder: URL, into out: URL, _ setting: Setting) throws -> Int32 {
    var options = RunOptions()
    options.threads = setting.threads
    if let bytes = setting.chunkByteCount { options.chunkByteCount = bytes }
    if let bytes = setting.memoryByteCount { options.memoryByteCount = bytes }
    options.isQuiet = true
    var job = folder.appendingPathComponent("job.yml")
    let pointer = folder.appendingPathComponent("job.path")
    if FileManager.default.fileExists(atPath: pointer.path) {
      let path = try text(of: pointer).trimmingCharacters(in: .whitespacesAndNewlines)
      job = folder.appendingPathComponent(path).standardizedFileURL
      options.inputFolder = folder.path
    }
    return try JobRun.run(jobFile: job.path, out: out.path, options: options).exitCode
  }

  private static func text(of file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}
