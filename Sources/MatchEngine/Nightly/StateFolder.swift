internal import Normalizers

/// The folder of the nightly state, locked for one night.
final class StateFolder {
  let path: String
  private let lock: OutputLock
  /// In ascending order.
  private(set) var numbers: [Int]

  /// Opens the folder, or makes it; throws who holds it when another night does.
  init(path given: String) throws(RunError) {
    var path = given
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
    let parent = path.contains("/") ? InputFiles.folder(of: path) : "."
    guard try SystemCall.status(of: parent, following: true)?.kind == .folder else { throw .isNoFolder(path: parent) }
    lock = try OutputLock(beside: path, shownAs: path)
    do throws(RunError) {
      if try SystemCall.status(of: path, following: false) == nil {
        let name = String(path.split(separator: "/").last ?? "")
        let folder = try Descriptor.folder(parent)
        _ = try folder.makeFolder(name, shownAs: path)
        try folder.synchronize()
      }
      guard try SystemCall.status(of: path, following: false)?.kind == .folder else {
        throw .stateRefused(path: path, reason: "it is no folder")
      }
      var numbers: [Int] = []
      for entry in try Descriptor.folder(path).entries() {
        if entry.name.utf8.count == 8, let number = Int(entry.name), number > 0 {
          numbers.append(number)
        } else if !entry.name.hasPrefix("."), entry.name != Journal.fileName {
          throw .stateRefused(
            path: path, reason: "it holds '\(entry.name.oneLine)'; name a folder that is absent, empty or a state")
        }
      }
      self.numbers = numbers.sorted()
    } catch {
      try lock.release()
      throw error
    }
  }

  /// Names that nights which were killed left behind.
  func leftovers() throws(RunError) -> [String] {
    try Descriptor.folder(path).entries().map(\.name).filter { $0.hasPrefix(".0") && $0.contains(".match-run-") }
  }

  /// Generation `number`; nil where there is none.
  func generation(_ number: Int) throws(RunError) -> Generation? {
    guard numbers.contains(number) else { return nil }
    // Files of the state stand in for sources, whose paths would be relative to another folder.
    let whole = try SystemCall.realPath(of: path)
    return try Generation(path: "\(whole)/\(Generation.folderName(number))", number: number)
  }

  /// A new generation, which appears whole or not at all.
  func makeFolder(_ number: Int) throws(RunError) -> OutputFolder {
    try OutputFolder(at: "\(path)/\(Generation.folderName(number))")
  }

  /// Removes all generations but `number` and the one before it.
  func keepLastTwo(_ number: Int) throws(RunError) {
    let folder = try Descriptor.folder(path)
    for old in numbers where old < number - 1 { try folder.removeTree(Generation.folderName(old)) }
    numbers = numbers.filter { $0 >= number - 1 && $0 != number } + [number]
  }

  func release() throws(RunError) { try lock.release() }
}
