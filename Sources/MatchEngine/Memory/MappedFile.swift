import Glibc

/// A file of the state in memory, as it stands: pages that nobody looks at are not read.
///
/// Only for files that the engine wrote, that are never changed, and whose folder is locked: a file that is cut while
/// it is looked at ends the process. Inputs are read instead.
final class MappedFile: @unchecked Sendable {
  // SAFETY: the pages are mapped to be read, until the object goes; nobody writes them.
  let path: String
  let bytes: FlatArray<UInt8>

  init(path: String) throws(RunError) {
    self.path = path
    let file = try Descriptor.reading(path)
    let count = try file.status().byteCount
    guard count > 0 else {
      bytes = FlatArray(uninitialized: 0)
      return
    }
    // SAFETY: a new mapping of the whole file, taken back in `deinit`.
    let start = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, file.number, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else { throw SystemCall.fail("map", path) }
    bytes = unsafe FlatArray(mapped: start.assumingMemoryBound(to: UInt8.self), count: count)
  }

  deinit {
    if bytes.count > 0 { unsafe munmap(bytes.base, bytes.count) } else { bytes.deallocate() }
  }

  /// `length` words of four bytes from byte `start` on, which is a multiple of four; valid while the object is.
  func words(at start: Int, count length: Int) -> FlatArray<UInt32> {
    precondition(start >= 0 && length >= 0 && start % 4 == 0 && start + length * 4 <= bytes.count)
    // SAFETY: the words lie inside the mapping, which begins at a page.
    return unsafe FlatArray(
      mapped: UnsafeMutableRawPointer(bytes.base + start).assumingMemoryBound(to: UInt32.self), count: length)
  }
}
