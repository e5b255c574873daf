import Glibc

/// Messages for the person at the terminal.
package struct StandardError {
  /// Writes `message` as one line; control characters in it are replaced.
  package static func write(_ message: String) {
    var line = String.UnicodeScalarView()
    for scalar in message.unicodeScalars {
      line.append(scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? "\u{FFFD}" : scalar)
    }
    let bytes = [UInt8]((String(line) + "\n").utf8)
    var written = 0
    while written < bytes.count {
      // SAFETY: the kernel reads at most the bytes of the array from `written` on.
      let count = unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe Glibc.write(STDERR_FILENO, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      // A message that nobody can take is given up; the exit code still tells.
      if count < 0 && errno != EINTR { return }
      written += max(count, 0)
    }
  }
}
