import MatchEngine
import Testing

/// The hash that orders tables depends on a seed, so that nobody can choose keys that collide.
@Suite("Hash of keys")
struct KeyHashTests {
  /// Keys that without a seed would all begin their search in the same sixty-fourth of a table.
  private static let colliding: [Int64] = {
    let unseeded = KeyHash(seed: 0)
    return (0..<400_000).lazy.map { 6_217_000_000_000_000_000 + $0 * 7919 }
      .filter { unseeded.combine(unseeded.start, $0) >> 58 == 0 }
  }()

  private func largestShare(_ hash: KeyHash, shift: UInt64) -> Int {
    var counts: [Int: Int] = [:]
    for key in Self.colliding { counts[Int(hash.combine(hash.start, key) >> shift & 63), default: 0] += 1 }
    return counts.values.max() ?? 0
  }

  @Test func keysChosenToCollideAreSpreadByASeed() {
    let count = Self.colliding.count
    #expect(count > 5_000)
    #expect(largestShare(KeyHash(seed: 0), shift: 58) == count)
    for seed: UInt64 in [1, 2, 0xFFFF_FFFF_FFFF_FFFF, 0x0123_4567_89AB_CDEF, 1 << 63, 0xD6E8_FEB8_6659_FD93] {
      // Of 64 places each has about 98; bits 32 to 37 choose the part of a scratch file and the shard.
      for shift: UInt64 in [58, 32] { #expect(largestShare(KeyHash(seed: seed), shift: shift) < count / 16) }
    }
  }
}
