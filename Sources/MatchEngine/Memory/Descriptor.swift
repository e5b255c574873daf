import CPlatform
import Glibc

/// An open file, folder or stream; closed when it goes out of use, or earlier by `close()`, which also tells a late
/// write error.
package final class Descriptor: Sendable {
  package let number: Int32
  /// The name that errors show.
  package let path: String
  private let isOwned: Bool
  private let isClosed = OneWaySwitch()

  /// Takes over `number`; an unowned descriptor (0, 1, 2) is never closed.
  init(number: Int32, path: String, isOwned: Bool = true) {
    self.number = number
    self.path = path
    self.isOwned = isOwned
  }

  deinit {
    if isOwned && !isClosed.value { _ = Glibc.close(number) }
  }

  package static var standardInput: Descriptor { Descriptor(number: 0, path: "standard input", isOwned: false) }

  /// Opens `path` to be read; `name` is what errors show.
  package static func reading(_ path: String, name: String? = nil) throws(RunError) -> Descriptor {
    try open(path, flags: O_RDONLY, name: name ?? path)
  }

  /// Opens a folder that is no link; `name` is what errors show.
  package static func folder(_ path: String, name: String? = nil) throws(RunError) -> Descriptor {
    try open(path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, name: name ?? path)
  }

  /// Opens a file to be locked, made where it is absent with mode 0600; no link is followed.
  package static func locking(_ path: String) throws(RunError) -> Descriptor {
    try open(path, flags: O_RDWR | O_CREAT | O_NOFOLLOW, name: path)
  }

  private static func open(_ path: String, flags: Int32, name: String) throws(RunError) -> Descriptor {
    while true {
      // SAFETY: the path is a zero-terminated copy during the call.
      let number = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOCTTY, mode_t(0o600))
      if number >= 0 { return Descriptor(number: number, path: name) }
      if errno != EINTR { throw .system(action: "open", path: name, number: errno) }
    }
  }

  /// Makes a new file of mode 0600 in this folder; anything that is there already, also a link, is an error.
  package func makeFile(_ name: String) throws(RunError) -> Descriptor {
    let full = "\(path)/\(name)"
    while true {
      // SAFETY: the name is a zero-terminated copy during the call.
      let made = unsafe openat(number, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o600))
      if made >= 0 {
        let file = Descriptor(number: made, path: full)
        guard fchmod(made, 0o600) == 0 else { throw SystemCall.fail("set the mode of", full) }
        return file
      }
      if errno != EINTR { throw SystemCall.fail("create", full) }
    }
  }

  /// Makes a new folder of mode 0700 in this folder and opens it; errors show `shownAs`, which is the path in this
  /// folder unless said.
  package func makeFolder(_ name: String, shownAs: String? = nil) throws(RunError) -> Descriptor {
    let full = shownAs ?? "\(path)/\(name)"
    // SAFETY: the name is a zero-terminated copy during both calls.
    guard unsafe mkdirat(number, name, 0o700) == 0, unsafe fchmodat(number, name, 0o700, 0) == 0 else {
      throw SystemCall.fail("create", full)
    }
    return try openFolder(name, shownAs: full)
  }

  /// Opens a folder in this folder; no link is followed.
  package func openFolder(_ name: String, shownAs: String? = nil) throws(RunError) -> Descriptor {
    let full = shownAs ?? "\(path)/\(name)"
    // SAFETY: the name is a zero-terminated copy during the call.
    let opened = unsafe openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard opened >= 0 else { throw SystemCall.fail("open", full) }
    return Descriptor(number: opened, path: full)
  }

  /// Gives the file at `path` the name `name` in this folder as well; false where the file system cannot.
  package func link(_ path: String, as name: String) throws(RunError) -> Bool {
    // SAFETY: both names are zero-terminated copies during the call.
    if unsafe linkat(AT_FDCWD, path, number, name, 0) == 0 { return true }
    if [EXDEV, EPERM, ENOTSUP, EMLINK].contains(errno) { return false }
    throw SystemCall.fail("link", path)
  }

  /// Removes the file `name` from this folder.
  package func unlink(_ name: String) throws(RunError) {
    // SAFETY: the name is a zero-terminated copy during the call.
    guard unsafe unlinkat(number, name, 0) == 0 else { throw SystemCall.fail("remove", "\(path)/\(name)") }
  }

  package func status() throws(RunError) -> SystemCall.Status {
    var result = stat()
    // SAFETY: `result` is writable during the call.
    guard unsafe fstat(number, &result) == 0 else { throw SystemCall.fail("look at", path) }
    return SystemCall.Status(result)
  }

  /// Takes the exclusive lock on the open file without waiting; false when another process holds it.
  package func lock() throws(RunError) -> Bool {
    while mr_lock(number) != 0 {
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR { throw SystemCall.fail("lock", path) }
    }
    return true
  }

  package func synchronize() throws(RunError) {
    while fsync(number) != 0 {
      if errno != EINTR { throw SystemCall.fail("sync", path) }
    }
  }

  /// Writes past the system's cache from now on, or not; false where the file system cannot.
  package func setDirect(_ isDirect: Bool) -> Bool { mr_set_direct(number, isDirect ? 1 : 0) == 0 }

  package func truncate(to size: Int = 0) throws(RunError) {
    while ftruncate(number, off_t(size)) != 0 {
      if errno != EINTR { throw SystemCall.fail("truncate", path) }
    }
  }

  /// Closes now; a write error that the system reports late is thrown.
  package func close() throws(RunError) {
    guard isOwned, isClosed.raise() else { return }
    // After EINTR Linux has closed the descriptor, so the call is not tried again.
    if Glibc.close(number) != 0 && errno != EINTR { throw SystemCall.fail("close", path) }
  }
}
