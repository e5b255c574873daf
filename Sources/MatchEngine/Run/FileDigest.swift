/// Length and digests of a file's bytes, which come in order.
package struct FileDigest: Sendable {
  package private(set) var byteCount = 0
  private var blocks = BlockDigest()
  private var seal: SHA256Seal?

  /// `seal` adds a SHA-256.
  package init(seal: Bool) {
    self.seal = seal ? SHA256Seal() : nil
  }

  package mutating func append(_ bytes: Span<UInt8>) {
    byteCount += bytes.count
    blocks.append(bytes)
    seal?.append(bytes)
  }

  /// XXH3-128 over blocks, 32 hexadecimal digits.
  package var digest: String { blocks.finish().hexadecimal }

  /// SHA-256 in 64 hexadecimal digits, where it was asked for.
  package var sha256: String? { seal?.finish() }

  /// Reads a whole file from its start.
  package init(of file: Descriptor, seal: Bool) throws(RunError) {
    self.init(seal: seal)
    var buffer = [UInt8](repeating: 0, count: BlockDigest.blockByteCount)
    while true {
      var span = buffer.mutableSpan
      let count = try file.read(into: &span, at: byteCount)
      if count == 0 { return }
      append(buffer.span.extracting(0..<count))
    }
  }
}
