import Crypto

/// HMAC-SHA256 (RFC 2104, FIPS 180-4): a hash that nobody can compute, or try out, without the key.
struct KeyedHash: Sendable {
  private let key: SymmetricKey
  /// What has to be done with the key is done once.
  private let begun: HMAC<SHA256>

  init(key: [UInt8]) { self.init(SymmetricKey(data: key)) }

  private init(_ key: SymmetricKey) {
    self.key = key
    begun = HMAC<SHA256>(key: key)
  }

  /// The same for another thread, which shares nothing with this one that both would count references of.
  func separate() -> KeyedHash { KeyedHash(key) }

  /// The 32 bytes for `message`.
  func code(of message: [UInt8]) -> [UInt8] {
    var hash = begun
    hash.update(data: message)
    return Array(hash.finalize())
  }
}

extension SHA256Seal {
  /// The 32 bytes of SHA-256 for `message`.
  static func bytes(of message: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: message)) }
}
