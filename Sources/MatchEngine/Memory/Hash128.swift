/// A hash value of 128 bits.
package struct Hash128: Hashable, Sendable, BitwiseCopyable {
  package var high: UInt64
  package var low: UInt64

  @inlinable @inline(__always)
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The canonical form of xxHash: sixteen bytes, most significant first.
  package var canonicalBytes: [UInt8] {
    [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
  }

  /// The canonical bytes in 32 lower-case hexadecimal digits.
  package var hexadecimal: String { canonicalBytes.hexadecimal }
}

extension [UInt8] {
  /// Two lower-case hexadecimal digits a byte.
  package var hexadecimal: String {
    let digits: [Character] = Array<Character>("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
