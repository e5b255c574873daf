import Crypto

/// HMAC-SHA256 (RFC 2104, FIPS 180-4): a hash that nobody can compute, or try out, without the key.
struct KeyedHash: Sendable {
  private let key: SymmetricKey

  init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

  /// The 32 bytes for `message`.
  func code(of message: [UInt8]) -> [UInt8] {
    var hash = HMAC<SHA256>(key: key)
    hash.update(data: message)
    return Array(hash.finalize())
  }
}

extension SHA256Seal {
  /// The 32 bytes of SHA-256 for `message`.
  static func bytes(of message: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: message)) }
}
