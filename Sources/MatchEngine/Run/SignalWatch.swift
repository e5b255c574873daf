import Synchronization

/// Ends the process at once when it is told to stop, and removes what the run has written so far.
///
/// A thread of its own waits for SIGHUP, SIGINT and SIGTERM, so stopping does not depend on what the workers do.
package final class SignalWatch: Sendable {
  package static let shared = SignalWatch()

  /// What is removed when the process is told to stop.
  package enum Leftover: Hashable, Sendable {
    case tree(String)
    case file(String)
  }

  private let leftovers = Mutex<[Leftover]>([])

  /// Makes standard streams and signals safe and starts to wait; called once, before any file is opened.
  package func start() throws(RunError) {
    try ProcessState.openStandardStreams()
    ProcessState.ignoreWriteSignals()
    try ProcessState.waitForStop { signal in self.stop(signal) }
  }

  func add(_ leftover: Leftover) {
    leftovers.withLock { $0.append(leftover) }
  }

  func remove(_ leftover: Leftover) {
    leftovers.withLock { list in list.removeAll { $0 == leftover } }
  }

  /// Runs the short step that puts results in their place; a signal takes effect when it is over.
  func delayingStops(_ step: () throws(RunError) -> Void) throws(RunError) {
    try leftovers.withLock { _ throws(RunError) in try step() }
  }

  /// Ends the process with `code`; waits for ever when it is already stopping, so that the signal's exit code counts.
  package func exit(_ code: Int32) -> Never {
    leftovers.withLock { _ in ProcessState.exit(code) }
  }

  private func stop(_ signal: Int32) -> Never {
    leftovers.withLock { list in
      // Workers may still add files to a folder while it is emptied; they find it gone soon.
      for _ in 0..<100 {
        list.removeAll { isRemoved($0) }
        if list.isEmpty { break }
      }
      ProcessState.exit(128 + signal)
    }
  }

  private func isRemoved(_ leftover: Leftover) -> Bool {
    do throws(RunError) {
      switch leftover {
      case .file(let path): try SystemCall.removeFile(path)
      case .tree(let path):
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let folder = try Descriptor.folder(parts.dropLast().map { $0 + "/" }.joined())
        try folder.removeTree(parts.last.map(String.init) ?? "")
      }
      return true
    } catch {
      return false
    }
  }
}
