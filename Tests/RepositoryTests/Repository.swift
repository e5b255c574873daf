import Foundation

/// The files of this repository: those that are committed, and new ones that git would not ignore.
struct Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Paths from the root, sorted; without files that are deleted in the working tree.
  let files: [String]
  /// Paths that git has in its index, ignored or not.
  let tracked: [String]

  init() throws {
    tracked = try Self.list(["--cached"])
    files = Set(tracked + (try Self.list(["--others", "--exclude-standard"]))).sorted()
      .filter { FileManager.default.fileExists(atPath: Self.root + "/" + $0) }
  }

  private static func list(_ options: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // A clone may belong to another user than the one who tests it.
    process.arguments = ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z"] + options
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure.git(status: process.terminationStatus) }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\0").map(String.init)
  }

  enum Failure: Error {
    case git(status: Int32)
    case notText(path: String)
  }

  func files(in folder: String, ending suffix: String = "") -> [String] {
    files.filter { $0.hasPrefix(folder + "/") && $0.hasSuffix(suffix) }
  }

  func exists(_ path: String) -> Bool {
    let path = path.hasSuffix("/") ? String(path.dropLast()) : path
    return files.contains(path) || files.contains { $0.hasPrefix(path + "/") }
  }

  func byteCount(of path: String) throws -> Int {
    try Data(contentsOf: URL(fileURLWithPath: Self.root + "/" + path)).count
  }

  func text(of path: String) throws -> String {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.root + "/" + path))
    guard let text = String(data: bytes, encoding: .utf8) else { throw Failure.notText(path: path) }
    return text
  }

  /// The lines of a file with their places, as `path:line`.
  func lines(of path: String) throws -> [(place: String, text: Substring)] {
    try text(of: path).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { ("\(path):\($0 + 1)", $1) }
  }

  /// Everything that people wrote: code, scripts, rules and documents; no data.
  var writtenFiles: [String] {
    files.filter { path in
      let name = path.split(separator: "/").last ?? ""
      return path.hasPrefix("scripts/") || path.hasPrefix(".ci/") || !name.contains(".")
        || [".swift", ".c", ".h", ".inc", ".md", ".yml", ".json", ".py", ".sh"].contains { name.hasSuffix($0) }
    }
  }
}
