/// How a file is compressed, told by its first bytes.
package enum Compression: String, CaseIterable, Sendable {
  case none, gzip, zstd

  /// The bytes at the start of a file that `init(start:)` needs.
  package static let prefixByteCount = 4

  /// The compression whose mark stands at the start of a file.
  package init(start: Span<UInt8>) {
    if start.count >= 2 && start[0] == 0x1F && start[1] == 0x8B {
      self = .gzip
    } else if start.count >= 4 && start[0] == 0x28 && start[1] == 0xB5 && start[2] == 0x2F && start[3] == 0xFD {
      self = .zstd
    } else if start.count >= 4 && start[0] & 0xF0 == 0x50 && start[1] == 0x2A && start[2] == 0x4D && start[3] == 0x18 {
      self = .zstd  // a skippable frame, with which some compressors begin
    } else {
      self = .none
    }
  }

  /// The compression that a file's name promises; a file that does not keep the promise is damaged.
  package init(name: String) {
    let lower = name.lowercased()
    self = lower.hasSuffix(".gz") ? .gzip : lower.hasSuffix(".zst") ? .zstd : .none
  }

  /// The compression of the file called `name` that begins with `start`.
  package init(name: String, start: Span<UInt8>) throws(RunError) {
    self.init(start: start)
    let promised = Compression(name: name)
    if promised != .none && self != promised {
      if start.count < Self.prefixByteCount { throw .cut(path: name, format: promised.rawValue) }
      throw .damaged(
        path: name, format: promised.rawValue, reason: "it does not begin with the mark of \(promised.rawValue)")
    }
  }
}
