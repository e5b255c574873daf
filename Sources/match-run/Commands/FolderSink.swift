import Foundation
import SampleCity

/// Writes the files of a city to a folder, each under another name until it is complete.
struct FolderSink: CitySink {
  private let folder: URL
  private var files = Set<String>()
  private var current: (name: String, handle: FileHandle)?

  /// `truth.json` is written last and marks a folder as made by this program.
  private static let marker = "truth.json"
  private static let partialSuffix = ".partial"

  init(folder: URL) { self.folder = folder }

  struct NotOurs: LocalizedError {
    var errorDescription: String? {
      "the folder is not empty and was not written by 'match-run generate'; give a new or an empty one"
    }
  }

  /// Makes the folder, or checks that the one there may be written to.
  func open() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    guard !names.isEmpty, !names.allSatisfy({ $0.hasSuffix(Self.partialSuffix) }) else { return }
    let marker = folder.appendingPathComponent(Self.marker)
    guard names.contains(Self.marker),
      try String(contentsOf: marker, encoding: .utf8).contains("\"generator\": \"match-run generate\"")
    else { throw NotOurs() }
  }

  mutating func begin(_ name: String) throws {
    let partial = url(name + Self.partialSuffix)
    try Data().write(to: partial)
    current = (name, try FileHandle(forWritingTo: partial))
  }

  mutating func write(_ chunk: [UInt8]) throws {
    try current?.handle.write(contentsOf: chunk)
  }

  mutating func end() throws {
    guard let (name, handle) = current else { return }
    try handle.close()
    current = nil
    files.insert(name)
    // Foundation moves onto nothing that is there.
    if FileManager.default.fileExists(atPath: url(name).path) { try FileManager.default.removeItem(at: url(name)) }
    try FileManager.default.moveItem(at: url(name + Self.partialSuffix), to: url(name))
  }

  /// Removes payments of months that an earlier, larger city had here: the job's pattern would read them.
  func close() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name.hasPrefix("payments-") && name.hasSuffix(".csv") && !files.contains(name) {
      try FileManager.default.removeItem(at: url(name))
    }
  }

  private func url(_ name: String) -> URL { folder.appendingPathComponent(name) }
}
