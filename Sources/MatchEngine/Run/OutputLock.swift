/// The lock that keeps a second run off an output folder; the system frees it when the process ends, however it ends.
final class OutputLock {
  private let file: Descriptor
  private let path: String

  /// Locks `place`; throws who holds it when another process does. `shownAs` is the name in errors.
  init(beside place: String, shownAs shown: String) throws(RunError) {
    let parts = place.split(separator: "/", omittingEmptySubsequences: false)
    path = parts.dropLast().map { $0 + "/" }.joined() + "." + (parts.last.map(String.init) ?? "") + ".match-run.lock"
    while true {
      let file = try Descriptor.locking(path)
      guard try file.lock() else { throw .outputLocked(path: shown, holder: try Self.holder(file)) }
      // The run that held it may have removed the file between our opening and our locking: then this lock guards
      // nothing.
      let named = try SystemCall.status(of: path, following: false)
      if try named?.inode == file.status().inode {
        self.file = file
        break
      }
    }
    try file.truncate()
    try file.write(Array("\(ProcessState.number)\n".utf8).span)
    SignalWatch.shared.add(.file(path))
  }

  /// The process number in the lock file, where it was written already.
  private static func holder(_ file: Descriptor) throws(RunError) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 32)
    var span = bytes.mutableSpan
    let count = try file.read(into: &span, at: 0)
    return Int(String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self))
  }

  /// Removes the lock file, then frees the lock.
  func release() throws(RunError) {
    try SystemCall.removeFile(path)
    SignalWatch.shared.remove(.file(path))
    try file.close()
  }
}
