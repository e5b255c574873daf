import Glibc

/// The bytes of a file or of standard input, in order.
package final class FileBytes: ByteSource {
  /// Why a file could not be opened or read; the exit code is 3.
  package struct Failure: Error, Hashable, CustomStringConvertible {
    package var path: String
    package var reason: String

    package var description: String { "\(path): \(reason)" }
  }

  private let descriptor: Int32
  private let path: String
  private let stretchByteCount = 256 << 10

  /// Opens `path`; `-` is standard input.
  package init(path: String) throws(Failure) {
    self.path = path == "-" ? "standard input" : path
    if path == "-" {
      descriptor = STDIN_FILENO
    } else {
      // SAFETY: the path is a zero-terminated copy during the call.
      descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
      guard descriptor >= 0 else { throw Failure(path: path, reason: "cannot open: \(Self.reason(errno))") }
    }
    var status = stat()
    // SAFETY: `status` is writable during the call.
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      if path != "-" { close(descriptor) }
      throw Failure(path: self.path, reason: "is a folder; name a file")
    }
  }

  deinit {
    if descriptor != STDIN_FILENO { close(descriptor) }
  }

  package func read(into buffer: inout [UInt8]) throws -> Int {
    var failure: Int32 = 0
    // SAFETY: the kernel writes at most `capacity` bytes of the new storage, and says how many.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: stretchByteCount) { storage, count in
      var got = -1
      repeat {
        got = unsafe Glibc.read(descriptor, storage.baseAddress, storage.count)
      } while got < 0 && errno == EINTR
      if got < 0 { failure = errno }
      count = max(got, 0)
    }
    guard failure == 0 else { throw Failure(path: path, reason: "cannot read: \(Self.reason(failure))") }
    buffer.append(contentsOf: bytes)
    return bytes.count
  }

  static func reason(_ number: Int32) -> String {
    // SAFETY: the text is copied at once; strerror's texts for known numbers are constants.
    unsafe String(cString: strerror(number))
  }
}
