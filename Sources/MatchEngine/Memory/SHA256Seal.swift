import Crypto

/// SHA-256 of bytes that come in order, for `--seal`.
struct SHA256Seal: Sendable {
  private var hash = SHA256()

  mutating func append(_ bytes: Span<UInt8>) {
    // SAFETY: the buffer is valid during the closure, and the hash reads it before it returns.
    unsafe bytes.withUnsafeBufferPointer { unsafe hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
  }

  func finish() -> String {
    // SAFETY: the digest's bytes are copied while the buffer is valid.
    unsafe hash.finalize().withUnsafeBytes { unsafe Array($0) }.hexadecimal
  }
}
