import Glibc

/// Listing and removing what stands in a folder.
extension Descriptor {
  /// A name in a folder; `isUTF8` is false when bytes had to be replaced, so that the name opens nothing.
  package struct Entry: Sendable {
    package var name: String
    package var isUTF8: Bool
  }

  /// The names in this folder without `.` and `..`, in the order of their bytes.
  package func entries() throws(RunError) -> [Entry] {
    try rawEntries().map { bytes in
      let name = String(decoding: bytes, as: UTF8.self)
      return Entry(name: name, isUTF8: Array(name.utf8) == bytes)
    }
  }

  private func rawEntries() throws(RunError) -> [[UInt8]] {
    // SAFETY: the second descriptor is owned by the stream, which is closed once; names are copied before the next
    // call.
    let second = unsafe openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard second >= 0 else { throw SystemCall.fail("list", path) }
    guard let stream = unsafe fdopendir(second) else {
      let error = SystemCall.fail("list", path)
      _ = Glibc.close(second)
      throw error
    }
    defer { _ = unsafe closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        guard errno == 0 else { throw SystemCall.fail("list", path) }
        break
      }
      let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
      let start = unsafe UnsafeRawPointer(entry) + offset
      let length = unsafe strlen(start.assumingMemoryBound(to: CChar.self))
      let name = unsafe Array(UnsafeRawBufferPointer(start: start, count: length))
      if name != [46] && name != [46, 46] { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Removes the folder `name` of this folder with all that is in it, following no link; nothing there is no error.
  package func removeTree(_ name: String) throws(RunError) {
    try removeTree(Array(name.utf8))
  }

  private func removeTree(_ name: [UInt8]) throws(RunError) {
    let shown = "\(path)/\(String(decoding: name, as: UTF8.self))"
    // SAFETY: the name is an array with its terminating zero, alive during each call.
    let text = (name + [0]).map { CChar(bitPattern: $0) }
    if unsafe unlinkat(number, text, 0) == 0 || errno == ENOENT { return }
    guard errno == EISDIR || errno == EPERM else { throw SystemCall.fail("remove", shown) }
    let opened = unsafe openat(number, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard opened >= 0 else { throw SystemCall.fail("remove", shown) }
    let folder = Descriptor(number: opened, path: shown)
    for entry in try folder.rawEntries() { try folder.removeTree(entry) }
    guard unsafe unlinkat(number, text, AT_REMOVEDIR) == 0 || errno == ENOENT else {
      throw SystemCall.fail("remove", shown)
    }
  }
}
