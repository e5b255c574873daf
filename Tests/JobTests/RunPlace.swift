import Foundation
import SampleCity
import Testing

/// A folder for the inputs and results of one test, removed when the test is over.
final class RunPlace: Sendable {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("match-run-job-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(path)") }
  }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: self(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func makeHandle(_ name: String) throws -> FileHandle {
    try write(name, "")
    return try FileHandle(forWritingTo: URL(fileURLWithPath: self(name)))
  }

  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: self(name)))) }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// The names in a folder, hidden ones too.
  func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: self(folder)).sorted()
  }

  /// Every file below a folder but `timing.json`, by path.
  func results(_ folder: String = "out") throws -> [String: [UInt8]] {
    var results: [String: [UInt8]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: self(folder)) where name != "timing.json" {
      if try Self.isFile(self("\(folder)/\(name)")) { results[name] = try bytes("\(folder)/\(name)") }
    }
    return results
  }

  static func isFile(_ path: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    return try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeRegular
  }

  func manifest(_ folder: String = "out") throws -> Members { try members("\(folder)/manifest.json") }

  func members(_ name: String) throws -> Members {
    Members(try JSONSerialization.jsonObject(with: Data(try bytes(name))))
  }

  /// Writes a synthetic city whose job has streamed rules only.
  func makeCity() throws { try copyFiles(of: Self.streamedCity.get().path) }

  /// Written once for all tests.
  private static let streamedCity = Result { () throws -> RunPlace in
    let place = try RunPlace()
    var files = CityFiles(place: place)
    try SampleCity(scale: 1, seed: 7).write(to: &files)
    return place
  }

  /// Copies the committed synthetic city, whose job has the rules of the notice.
  func copyNoticeCity() throws { try copyFiles(of: Self.city) }

  private func copyFiles(of folder: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: self(name))
    }
  }

  private struct CityFiles: CitySink {
    let place: RunPlace
    private var name = ""
    private var bytes: [UInt8] = []

    init(place: RunPlace) { self.place = place }

    mutating func begin(_ name: String) { (self.name, bytes) = (name, []) }
    mutating func write(_ chunk: [UInt8]) { bytes += chunk }
    mutating func end() throws { try place.write(name, bytes) }
  }

  static var city: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
      + "/sample-data"
  }
}

/// A value of a JSON file, looked up by name.
struct Members {
  let value: Any?

  init(_ value: Any?) { self.value = value }

  subscript(_ name: String) -> Members { Members((value as? [String: Any])?[name]) }

  var int: Int? { (value as? NSNumber)?.intValue }
  var string: String? { value as? String }
  var counts: [String: Int] { value as? [String: Int] ?? [:] }
  var list: [Members] { (value as? [Any] ?? []).map(Members.init) }
}
