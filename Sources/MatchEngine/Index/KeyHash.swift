/// The hash that orders key tables: seeded anew in every run, so nobody can choose keys that collide.
///
/// No output depends on it.
@usableFromInline
package struct KeyHash: Sendable {
  @usableFromInline let seed: UInt64

  package init(seed: UInt64) { self.seed = seed }

  /// One word into the hash of the words before it: a 64 by 64 bit product, both halves kept.
  @inlinable @inline(__always)
  package func combine(_ hash: UInt64, _ word: Int64) -> UInt64 {
    let product = (hash ^ UInt64(bitPattern: word)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    let folded = product.high ^ product.low
    return folded &* 0xD6E8_FEB8_6659_FD93
  }

  @inlinable @inline(__always)
  package var start: UInt64 { seed }

  /// The slot of a hash in a table of any size: the product's high half.
  @inlinable @inline(__always)
  package static func slot(_ hash: UInt64, of count: Int) -> Int {
    Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }
}
