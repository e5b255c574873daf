/// Standard output with a buffer.
///
/// A reader that has closed the pipe is no failure: `isClosed` tells the caller to stop.
package struct StandardOutput: ~Copyable {
  /// Bytes that are not written yet; append here, then call `flushIfFull`.
  package var buffer: [UInt8] = []
  package private(set) var isClosed = false

  private let stream = Descriptor(number: 1, path: "standard output", isOwned: false)
  private let fullByteCount = 256 << 10

  /// A closed pipe then shows as an error of `write` instead of ending the process.
  package init() {
    ProcessState.ignoreWriteSignals()
    buffer.reserveCapacity(fullByteCount * 2)
  }

  package mutating func flushIfFull() throws(RunError) {
    if buffer.count >= fullByteCount { try flush() }
  }

  package mutating func flush() throws(RunError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    guard !isClosed else { return }
    do throws(RunError) {
      try stream.write(buffer.span)
    } catch {
      guard error.isClosedPipe else { throw error }
      isClosed = true
    }
  }
}
