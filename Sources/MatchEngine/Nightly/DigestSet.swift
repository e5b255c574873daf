/// A set of digests that may hold some that were never put in, one in a few thousand, and lacks none that were.
struct DigestSet {
  private let bits: FlatArray<UInt64>
  private let shift: UInt32
  private(set) var isEmpty = true

  /// Room for `count` digests; freed by `deallocate`.
  init(count: Int) {
    var width: UInt32 = 10
    while width < 31, 1 << Int(width) < count * 64 { width += 1 }
    bits = FlatArray(repeating: 0, count: 1 << Int(width) / 64)
    shift = 32 - width
  }

  func deallocate() { bits.deallocate() }

  mutating func insert(_ digest: UInt32) {
    isEmpty = false
    set(digest >> shift)
    set((digest &* 0x9E37_79B1) >> shift)
  }

  private func set(_ bit: UInt32) { bits[Int(bit >> 6)] |= 1 << UInt64(bit & 63) }

  private func has(_ bit: UInt32) -> Bool { bits[Int(bit >> 6)] >> UInt64(bit & 63) & 1 == 1 }

  @inline(__always)
  func mayContain(_ digest: UInt32) -> Bool { has(digest >> shift) && has((digest &* 0x9E37_79B1) >> shift) }
}
