import CPlatform
import Glibc

/// The operating system's calls as the engine uses them: typed errors that name the path, interrupted calls tried
/// again.
///
/// All paths are UTF-8; every descriptor is closed on exec.
package struct SystemCall: Sendable {
  /// What the C library says about an errno, without its number.
  package static func message(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    // SAFETY: the buffer is as long as said and ends in a zero after the call; the POSIX form of strerror_r writes
    // into it.
    return unsafe buffer.withUnsafeMutableBufferPointer { text in
      guard let base = text.baseAddress, unsafe mr_error_text(number, base, text.count) == 0 else {
        return "error \(number)"
      }
      return unsafe String(cString: base)
    }
  }

  static func fail(_ action: String, _ path: String) -> RunError { .system(action: action, path: path, number: errno) }

  /// What `lstat` or `stat` tells of a path.
  package struct Status: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case regular, folder, link, other }
    package var kind: Kind
    package var byteCount: Int
    package var modifiedSeconds: Int
    package var modifiedNanoseconds: Int
    package var device: UInt64
    package var inode: UInt64
    /// The group or everybody may read or write it.
    package var isOpenToOthers: Bool

    init(_ status: stat) {
      kind =
        switch status.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
      byteCount = Int(status.st_size)
      modifiedSeconds = status.st_mtim.tv_sec
      modifiedNanoseconds = status.st_mtim.tv_nsec
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      isOpenToOthers = status.st_mode & 0o066 != 0
    }
  }

  /// The status of `path`, of the link itself unless `following`; nil when nothing is there.
  package static func status(of path: String, following: Bool) throws(RunError) -> Status? {
    var result = stat()
    // SAFETY: the path is a zero-terminated copy and `result` is writable during the call.
    let failed = unsafe following ? stat(path, &result) : lstat(path, &result)
    if failed == 0 { return Status(result) }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw fail("look at", path)
  }

  /// The absolute path without links, `.` and `..`.
  package static func realPath(of path: String) throws(RunError) -> String {
    // SAFETY: realpath returns a zero-terminated string of its own or null; it is copied, then freed once.
    guard let resolved = unsafe realpath(path, nil) else { throw fail("resolve", path) }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// True when this process may read `path`.
  package static func mayRead(_ path: String) throws(RunError) {
    // SAFETY: the path is a zero-terminated copy during the call.
    guard unsafe access(path, R_OK) == 0 else { throw fail("read", path) }
  }

  package static func rename(_ from: String, to: String) throws(RunError) {
    // SAFETY: both paths are zero-terminated copies during the call.
    guard unsafe Glibc.rename(from, to) == 0 else { throw fail("rename to \(to)", from) }
  }

  /// Exchanges two paths in one step; false where the file system cannot.
  package static func exchange(_ first: String, _ second: String) throws(RunError) -> Bool {
    // SAFETY: both paths are zero-terminated copies during the call.
    if unsafe mr_exchange_paths(first, second) == 0 { return true }
    if errno == EINVAL || errno == ENOSYS || errno == ENOTSUP { return false }
    throw fail("exchange with \(second)", first)
  }

  /// Removes a file or a link; nothing there is no error.
  package static func removeFile(_ path: String) throws(RunError) {
    // SAFETY: the path is a zero-terminated copy during the call.
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw fail("remove", path) }
  }
}

extension RunError {
  /// True when the reader of a pipe has closed it.
  package var isClosedPipe: Bool {
    if case .system(_, _, EPIPE) = self { true } else { false }
  }
}
