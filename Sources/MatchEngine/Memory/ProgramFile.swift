internal import Glibc

/// The file that this process runs.
enum ProgramFile {
  /// Its path, with links followed; nil where the system does not say.
  static var path: String? {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    // SAFETY: the call writes at most the buffer's length; the name is a constant with its terminating zero.
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return unsafe readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    guard count > 0, count < bytes.count else { return nil }
    return String(validating: bytes.prefix(count), as: UTF8.self)
  }
}
