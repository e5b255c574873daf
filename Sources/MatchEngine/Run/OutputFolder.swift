internal import Dispatch
internal import Glibc
internal import Synchronization

/// The folder of a run's results, which appears whole or not at all.
///
/// Everything is built in a hidden scratch folder beside it, synced, and put in its place by one rename or exchange:
///
///     PARENT/NAME                              what a reader sees: the old run or the new one, whole
///     PARENT/.NAME.match-run.lock              held while a run works on NAME; its text is the process number
///     PARENT/.NAME.match-run-PID-XXXXXXXX      being built; after the exchange the old run, about to be removed
///     PARENT/.NAME.match-run-new, …-old        only where the file system cannot exchange, see `commit`
///
/// What a killed run left of these is cleared, or put in its place, by the next run with the same NAME.
package final class OutputFolder {
  /// As given by the user, without slashes at its end; errors show it.
  package let path: String
  /// The absolute folder that holds the results' folder.
  let parent: String
  let name: String
  /// False makes `commit` go the way of file systems that cannot exchange two paths.
  let usesExchange: Bool
  let parentFolder: Descriptor
  private let lock: OutputLock
  let scratchName: String
  private var scratch: Descriptor?
  private var subfolders: [String: Descriptor] = [:]
  private let spillCount = Atomic<Int>(0)
  /// The files finished so far, in the order in which they were finished.
  package private(set) var finished: [OutputFile.Finished] = []
  /// Those that are not synced yet.
  private var unsettled: [OutputFile] = []

  /// Locks the place, mends and clears what killed runs left, refuses a folder that no run wrote, and makes the
  /// scratch folder.
  package init(at path: String, usesExchange: Bool = true) throws(RunError) {
    self.path = Self.withoutSlashesAtEnd(path)
    (parent, name) = try Self.resolve(self.path)
    self.usesExchange = usesExchange
    parentFolder = try Descriptor.folder(parent)
    lock = try OutputLock(beside: "\(parent)/\(name)", shownAs: self.path)
    let random = String(UInt32.random(in: .min ... .max), radix: 16)
    scratchName =
      ".\(name).match-run-\(ProcessState.number)-\(String(repeating: "0", count: 8 - random.count))\(random)"
    do throws(RunError) {
      try mend()
      _ = try inspect()
      try clearLeftovers()
      SignalWatch.shared.add(.tree("\(parent)/\(scratchName)"))
      scratch = try parentFolder.makeFolder(scratchName, shownAs: self.path)
    } catch {
      SignalWatch.shared.remove(.tree("\(parent)/\(scratchName)"))
      try lock.release()
      throw error
    }
  }

  private static func withoutSlashesAtEnd(_ path: String) -> String {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// The real parent folder and the name in it; a link is left as it is, so that `inspect` refuses it.
  private static func resolve(_ path: String) throws(RunError) -> (parent: String, name: String) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .outputRefused(path: path, reason: "it has no name")
    }
    var full = path
    let last = path.split(separator: "/").last.map(String.init) ?? ""
    if last.isEmpty || last == "." || last == ".." { full = try SystemCall.realPath(of: path) }
    guard let name = full.split(separator: "/").last.map(String.init) else {
      throw .outputRefused(path: path, reason: "it is the root of the file system")
    }
    let before = String(full.dropLast(name.count))
    let folder = before.isEmpty ? "." : before
    guard let status = try SystemCall.status(of: folder, following: true) else {
      throw .isNoFolder(path: folder == "/" ? folder : withoutSlashesAtEnd(folder))
    }
    guard status.kind == .folder else { throw .isNoFolder(path: withoutSlashesAtEnd(folder)) }
    let real = try SystemCall.realPath(of: folder)
    return (real == "/" ? "" : real, name)
  }

  private func open() -> Descriptor {
    guard let scratch else { preconditionFailure("the output folder was committed or abandoned before") }
    return scratch
  }

  private func subfolder(_ path: [String]) throws(RunError) -> Descriptor {
    guard let name = path.last else { return open() }
    let key = path.joined(separator: "/")
    if let folder = subfolders[key] { return folder }
    let folder = try subfolder(Array(path.dropLast())).makeFolder(name)
    subfolders[key] = folder
    return folder
  }

  /// Where the results are built; a library that needs a folder for nameless parts of a file is given this one.
  var scratchPath: String { "\(parent)/\(scratchName)" }

  /// Syncs a folder and lets go of it when all of its files are finished; nothing can be added to it afterwards.
  func closeFolder(_ path: String) throws(RunError) {
    try subfolders.removeValue(forKey: path)?.synchronize()
  }

  /// Begins a new file; `path` is a name, or up to two folders and a name (`by_district/310101/leads.csv`).
  ///
  /// `expecting` says how many bytes will come, more or less.
  package func makeFile(_ path: String, expecting byteCount: Int = 0) throws(RunError) -> OutputFile {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (1...3).contains(parts.count), parts.allSatisfy({ !["", ".", ".."].contains($0) && !$0.utf8.contains(0) })
    else {
      throw .outputRefused(path: "\(self.path)/\(path)", reason: "the name is not a plain file name")
    }
    let folder = try subfolder(Array(parts.dropLast()))
    return OutputFile(
      try folder.makeFile(parts[parts.count - 1]), path: path, isLarge: byteCount >= Self.largeByteCount)
  }

  /// Files of so many bytes are written past the system's cache.
  private static let largeByteCount = 32 << 20

  /// Ends a file and notes it for the manifest; `commit` syncs it.
  @discardableResult
  package func finish(_ file: OutputFile) throws(RunError) -> OutputFile.Finished {
    let result = try file.finish()
    finished.append(result)
    unsettled.append(file)
    return result
  }

  /// Syncs and closes all finished files, several at once: one write of the file system's journal serves them together.
  private func settleFiles() throws(RunError) {
    let failures = Mutex<[Int: RunError]>([:])
    let files = Files(list: unsettled)
    unsettled = []
    DispatchQueue.concurrentPerform(iterations: files.list.count) { number in
      do throws(RunError) {
        try files.list[number].settle()
      } catch {
        failures.withLock { $0[number] = error }
      }
    }
    if let first = failures.withLock({ $0.min { $0.key < $1.key }?.value }) { throw first }
  }

  private struct Files: @unchecked Sendable {
    // SAFETY: each file is settled by one thread.
    let list: [OutputFile]
  }

  /// A new nameless file for rows that do not fit into memory; the space is free again when it is closed or the
  /// process ends. Any number of threads may make one.
  package func makeSpillFile() throws(RunError) -> SpillFile {
    let name = ".spill-\(spillCount.add(1, ordering: .relaxed).oldValue)"
    let file = try open().makeFile(name)
    try open().unlink(name)
    return SpillFile(file)
  }

  /// Takes a finished file back.
  func discard(_ path: String) throws(RunError) {
    let parts = path.split(separator: "/").map(String.init)
    try subfolder(Array(parts.dropLast())).unlink(parts[parts.count - 1])
    finished.removeAll { $0.path == path }
    unsettled.removeAll { $0.path == path }
  }

  /// A new file beside the results, which does not belong to them: to be removed before they are put in their place.
  func makeScratch(_ name: String) throws(RunError) -> Descriptor { try open().makeFile(name) }

  func removeScratch(_ name: String) throws(RunError) { try open().unlink(name) }

  /// Throws where a file whose name begins with `prefix` stands beside the results, as a library may leave one.
  func refuse(prefix: String) throws(RunError) {
    for entry in try open().entries() where entry.name.hasPrefix(prefix) {
      throw .system(action: "remove the temporary file", path: "\(scratchPath)/\(entry.name)", number: EIO)
    }
  }

  /// Gives the results a file of earlier results, which nobody changes, under the name `path`; copies it where the file
  /// system has no second names.
  func link(_ source: String, as path: String, digest: String) throws(RunError) {
    let parts = path.split(separator: "/").map(String.init)
    let folder = try subfolder(Array(parts.dropLast()))
    let file = try Descriptor.reading(source)
    guard try folder.link(source, as: parts[parts.count - 1]) else {
      let copy = try makeFile(path)
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      var offset = 0
      while true {
        var room = bytes.mutableSpan
        let count = try file.read(into: &room, at: offset)
        if count == 0 { break }
        try copy.append(bytes.span.extracting(0..<count))
        offset += count
      }
      try finish(copy)
      return
    }
    finished.append(OutputFile.Finished(path: path, byteCount: try file.status().byteCount, digest: digest))
  }

  /// Puts the results in their place; when it throws, those that were there before stand there still.
  ///
  /// What could not be cleared up behind them is returned: the results stand, and the next run clears it.
  package func commit() throws(RunError) -> RunError? {
    let scratch = open()
    try settleFiles()
    // Inner folders before those that hold them.
    for name in subfolders.keys.sorted().reversed() { try subfolders[name]?.synchronize() }
    subfolders = [:]
    try scratch.synchronize()
    try SignalWatch.shared.delayingStops { () throws(RunError) in try replace() }
    self.scratch = nil
    var leftover: RunError?
    do throws(RunError) { try clearLeftovers() } catch { leftover = error }
    SignalWatch.shared.remove(.tree("\(parent)/\(scratchName)"))
    do throws(RunError) { try lock.release() } catch { leftover = leftover ?? error }
    return leftover
  }

  /// Removes everything that the run wrote and frees the lock; the results that were there before stay.
  package func abandon() throws(RunError) {
    guard scratch != nil else { return }
    subfolders = [:]
    unsettled = []
    scratch = nil
    try parentFolder.removeTree(scratchName)
    SignalWatch.shared.remove(.tree("\(parent)/\(scratchName)"))
    try lock.release()
  }
}
