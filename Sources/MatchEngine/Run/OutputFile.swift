/// A new file of a result, written through a buffer; it counts only when `settle` has returned.
package final class OutputFile {
  /// What `manifest.json` says of a finished file.
  package struct Finished: Hashable, Sendable {
    /// Relative to the output folder.
    package var path: String
    package var byteCount: Int
    package var digest: String

    package init(path: String, byteCount: Int, digest: String) {
      self.path = path
      self.byteCount = byteCount
      self.digest = digest
    }
  }

  /// Relative to the output folder.
  package let path: String
  private let descriptor: Descriptor
  private var buffer: [UInt8] = []
  private var written = FileDigest(seal: false)
  private let large: LargeFileWriter?

  private static let bufferByteCount = 256 << 10

  /// `isLarge` lets a thread of its own write the file past the system's cache.
  init(_ descriptor: Descriptor, path: String, isLarge: Bool = false) {
    self.descriptor = descriptor
    self.path = path
    large = isLarge ? LargeFileWriter(descriptor) : nil
    guard !isLarge else { return }
    buffer.reserveCapacity(Self.bufferByteCount)
  }

  package func append(_ bytes: Span<UInt8>) throws(RunError) {
    if let large { return try large.append(bytes) }
    if buffer.count + bytes.count > Self.bufferByteCount { try flush() }
    if bytes.count > Self.bufferByteCount {
      try write(bytes)
    } else {
      buffer.append(span: bytes)
    }
  }

  package func append(_ bytes: [UInt8]) throws(RunError) {
    try append(bytes.span)
  }

  package func append(_ text: String) throws(RunError) {
    try append(Array(text.utf8).span)
  }

  private func write(_ bytes: Span<UInt8>) throws(RunError) {
    try descriptor.write(bytes)
    written.append(bytes)
  }

  private func flush() throws(RunError) {
    // Taken out of the object while its bytes are borrowed.
    var full: [UInt8] = []
    swap(&full, &buffer)
    try write(full.span)
    full.removeAll(keepingCapacity: true)
    swap(&full, &buffer)
  }

  /// Syncs and closes a finished file; a failure of either is a failed run.
  func settle() throws(RunError) {
    try descriptor.synchronize()
    try descriptor.close()
  }

  /// Writes what is left; `settle` has to follow.
  func finish() throws(RunError) -> Finished {
    if let large {
      let (byteCount, digest) = try large.finish()
      return Finished(path: path, byteCount: byteCount, digest: digest)
    }
    try flush()
    return Finished(path: path, byteCount: written.byteCount, digest: written.digest)
  }
}
