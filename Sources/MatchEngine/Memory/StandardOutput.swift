import Glibc

/// Standard output with a buffer of its own.
///
/// A reader that has closed the pipe is no failure: `isClosed` tells the caller to stop.
package struct StandardOutput: ~Copyable {
  /// Bytes that are not written yet; append here, then call `flushIfFull`.
  package var buffer: [UInt8] = []
  package private(set) var isClosed = false
  private let stretchByteCount = 256 << 10

  package init() {
    // A closed pipe then shows as EPIPE instead of ending the process.
    _ = signal(SIGPIPE, SIG_IGN)
    buffer.reserveCapacity(stretchByteCount * 2)
  }

  package mutating func flushIfFull() throws(FileBytes.Failure) {
    if buffer.count >= stretchByteCount { try flush() }
  }

  package mutating func flush() throws(FileBytes.Failure) {
    var written = 0
    while written < buffer.count, !isClosed {
      // SAFETY: the kernel reads at most the bytes of the buffer from `written` on.
      let count = unsafe buffer.withUnsafeBufferPointer { bytes in
        unsafe write(STDOUT_FILENO, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      if count >= 0 {
        written += count
      } else if errno == EPIPE {
        isClosed = true
      } else if errno != EINTR {
        throw FileBytes.Failure(path: "standard output", reason: "cannot write: \(FileBytes.reason(errno))")
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
