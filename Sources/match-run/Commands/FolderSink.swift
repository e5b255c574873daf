import MatchEngine
import SampleCity

/// Writes the files of a city to a folder, each under another name until it is complete.
struct FolderSink: CitySink {
  private let folder: Descriptor
  private var files = Set<String>()
  private var current: (name: String, file: Descriptor)?

  /// `truth.json` is written last and marks a folder as made by this program.
  private static let marker = "truth.json"
  private static let markerText = "\"generator\": \"match-run generate\""
  private static let markerByteCountMax = 1 << 16
  private static let partialSuffix = ".partial"

  /// Opens the folder at `path`, made if it is absent; one that holds anything not written by this program is refused.
  init(path: String) throws {
    guard try SystemCall.status(of: path, following: true) != nil else {
      folder = try Self.makeFolder(path)
      return
    }
    folder = try Descriptor.folder(SystemCall.realPath(of: path), name: path)
    let names = try folder.entries().map(\.name)
    for name in names where name.hasSuffix(Self.partialSuffix) { try folder.unlink(name) }
    let isEmpty = names.allSatisfy { $0.hasSuffix(Self.partialSuffix) }
    guard try isEmpty || (names.contains(Self.marker) && Self.isOurs(path)) else {
      throw RunError.outputRefused(
        path: path,
        reason: "it is not empty and 'match-run generate' did not write it; name a new or an empty folder")
    }
  }

  private static func makeFolder(_ path: String) throws -> Descriptor {
    var name = Substring(path)
    while name.count > 1 && name.hasSuffix("/") { name.removeLast() }
    var parent = "."
    if let slash = name.lastIndex(of: "/") {
      parent = slash == name.startIndex ? "/" : String(name[..<slash])
      name = name[name.index(after: slash)...]
    }
    return try Descriptor.folder(SystemCall.realPath(of: parent), name: parent).makeFolder(String(name), shownAs: path)
  }

  private static func isOurs(_ path: String) throws -> Bool {
    do {
      let text = try WholeFile.read(path: "\(path)/\(marker)", byteCountMax: markerByteCountMax)
      return String(decoding: text, as: UTF8.self).contains(markerText)
    } catch {
      throw RunError.outputRefused(path: "\(path)/\(marker)", reason: error.reason)
    }
  }

  mutating func begin(_ name: String) throws {
    current = (name, try folder.makeFile(name + Self.partialSuffix))
  }

  mutating func write(_ chunk: [UInt8]) throws {
    try current?.file.write(chunk.span)
  }

  mutating func end() throws {
    guard let (name, file) = current else { return }
    try file.close()
    try SystemCall.rename(file.path, to: "\(folder.path)/\(name)")
    files.insert(name)
    current = nil
  }

  /// Removes payments of months that an earlier, larger city had here: the job's pattern would read them.
  func close() throws {
    for entry in try folder.entries() where !files.contains(entry.name) {
      if entry.name.hasPrefix("payments-") && entry.name.hasSuffix(".csv") { try folder.unlink(entry.name) }
    }
  }
}
