internal import Glibc

/// A small file read as a whole, such as a job file.
package enum WholeFile {
  /// Why a file could not be read, in words that continue "FILE: ".
  package struct Unreadable: Error, Hashable, Sendable {
    package var reason: String

    /// There is no file of this name.
    static let missing = Unreadable(reason: WholeFile.reason(ENOENT))
  }

  /// The bytes of the file at `path`; at most `byteCountMax + 1` of them, so that a longer file shows.
  package static func read(path: String, byteCountMax: Int) throws(Unreadable) -> [UInt8] {
    // SAFETY: the path is a null-terminated copy that lives during the call.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Unreadable(reason: reason(errno)) }
    defer { close(descriptor) }

    var bytes = [UInt8](repeating: 0, count: byteCountMax + 1)
    var count = 0
    while count < bytes.count {
      let start = count
      // SAFETY: `read` writes at most the bytes between `start` and the end of the buffer.
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
      }
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw Unreadable(reason: reason(errno))
      }
      count += got
    }
    bytes.removeSubrange(count...)
    return bytes
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT, ENOTDIR: "there is no such file"
    case EISDIR: "this is a folder, not a file"
    case EACCES, EPERM: "the file may not be read"
    default: "the file cannot be read (error \(code))"
    }
  }
}
