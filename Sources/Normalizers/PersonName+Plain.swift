extension PersonName {
  /// True when the field is its own canonical form, with no code but perhaps warnings; false means: ask `canonical`.
  ///
  /// True only for 2 to 50 ideographs of U+4E00–9FFF without a masked character (某), without a second character 故
  /// (已故, 亡故 before a name), and not one of the null words 未知, 不详, 暂无.
  @inlinable @inline(__always)
  package static func isPlain(_ field: borrowing Span<UInt8>) -> Bool {
    let count = field.count
    // Two to four characters go one way: a branch on their number would be guessed wrong for every fourth name.
    let twoToFour: UInt32 = 1 << 6 | 1 << 9 | 1 << 12
    guard count < 16, twoToFour &>> UInt32(truncatingIfNeeded: count) & 1 == 1 else { return isPlainAndLong(field) }
    let first = PlainPair(low: field.fourBytes(at: 0), high: field.fourBytes(at: 2))
    let last = PlainPair(low: field.fourBytes(at: count &- 6), high: field.fourBytes(at: count &- 4))
    return first.isPlain && last.isPlain && !first.isMarkerEnd && !(first.isNullWord && count == 6)
  }

  /// The characters of a plain name of two to four, the first in the lowest sixteen bits; 0 for any other field.
  @inlinable @inline(__always)
  package static func packedPlain(_ field: borrowing Span<UInt8>) -> UInt64 {
    let count = field.count
    let twoToFour: UInt32 = 1 << 6 | 1 << 9 | 1 << 12
    guard count < 16, twoToFour &>> UInt32(truncatingIfNeeded: count) & 1 == 1 else { return 0 }
    let first = PlainPair(low: field.fourBytes(at: 0), high: field.fourBytes(at: 2))
    let last = PlainPair(low: field.fourBytes(at: count &- 6), high: field.fourBytes(at: count &- 4))
    guard first.isPlain, last.isPlain, !first.isMarkerEnd, !(first.isNullWord && count == 6) else { return 0 }
    return first.packed(with: last, byteCount: count)
  }

  /// The characters of a canonical name of two to four characters of U+0800 to U+FFFF, packed as by `packedPlain`; 0
  /// for any other name.
  package static func packed(_ canonical: borrowing Span<UInt8>) -> UInt64 {
    let count = canonical.count
    guard count == 6 || count == 9 || count == 12 else { return 0 }
    let first = PlainPair(low: canonical.fourBytes(at: 0), high: canonical.fourBytes(at: 2))
    let last = PlainPair(low: canonical.fourBytes(at: count - 6), high: canonical.fourBytes(at: count - 4))
    return first.isWellFormed && last.isWellFormed ? first.packed(with: last, byteCount: count) : 0
  }

  /// `isPlain` for five characters or more.
  @inlinable @inline(never)
  static func isPlainAndLong(_ field: borrowing Span<UInt8>) -> Bool {
    let count = field.count
    guard count >= 15, count <= 150, count % 3 == 0 else { return false }
    let first = PlainPair(low: field.fourBytes(at: 0), high: field.fourBytes(at: 2))
    guard first.isPlain, !first.isMarkerEnd else { return false }
    var offset = count % 6
    while offset < count {
      guard PlainPair(low: field.fourBytes(at: offset), high: field.fourBytes(at: offset &+ 2)).isPlain else {
        return false
      }
      offset &+= 6
    }
    return true
  }
}

/// Two characters of three UTF-8 bytes each, side by side in one word.
///
///     63        48        32        16         0
///     ┌─────────┬─────────┬─────────┬─────────┐
///     │    0    │ second  │    0    │  first  │   16-bit code points
///     └─────────┴─────────┴─────────┴─────────┘
@usableFromInline
struct PlainPair {
  @usableFromInline let codePoints: UInt64
  @usableFromInline let isWellFormed: Bool

  /// Six bytes of UTF-8, the first lowest: `low` is the bytes 0–3, `high` the bytes 2–5.
  @inlinable @inline(__always)
  init(low: UInt32, high: UInt32) {
    let utf8 = UInt64(low) | UInt64(high) &<< 16
    isWellFormed = utf8 & 0xC0C0_F0C0_C0F0 == 0x8080_E080_80E0
    // The second character moves to bit 32, then the payload bits of both move at once.
    let lanes = (utf8 & 0xFF_FFFF) | (utf8 & 0xFFFF_FF00_0000) &<< 8
    let top = (lanes & 0x0000_000F_0000_000F) &<< 12
    let middle = (lanes & 0x0000_3F00_0000_3F00) &>> 2
    let bottom = (lanes & 0x003F_0000_003F_0000) &>> 16
    codePoints = top | middle | bottom
  }

  /// Both are of U+4E00–9FFF and none is 某.
  @inlinable @inline(__always)
  var isPlain: Bool {
    let atLeast4E00 = codePoints &+ 0x0000_B200_0000_B200
    let atLeastA000 = codePoints &+ 0x0000_6000_0000_6000
    let isNot67D0 = (codePoints ^ 0x0000_67D0_0000_67D0) &+ 0x0000_FFFF_0000_FFFF
    let bits: UInt64 = 0x0001_0000_0001_0000
    return isWellFormed && (atLeast4E00 & isNot67D0 & ~atLeastA000) & bits == bits
  }

  /// The characters of a name of so many bytes that begins with this pair and ends with `last`, side by side.
  @inlinable @inline(__always)
  func packed(with last: PlainPair, byteCount: Int) -> UInt64 {
    let front = (codePoints | codePoints &>> 16) & 0xFFFF_FFFF
    let back = (last.codePoints | last.codePoints &>> 16) & 0xFFFF_FFFF
    // Of three characters the pairs share one, of two both: shifts by 16 and 33.
    let shared = UInt64(truncatingIfNeeded: ((12 &- byteCount) &* 11) &>> 1)
    return front | (back &>> shared) &<< 32
  }

  /// The second is 故.
  @inlinable @inline(__always)
  var isMarkerEnd: Bool { codePoints &>> 32 == 0x6545 }

  /// 未知, 不详 or 暂无.
  @inlinable @inline(__always)
  var isNullWord: Bool {
    codePoints == 0x0000_77E5_0000_672A || codePoints == 0x0000_8BE6_0000_4E0D || codePoints == 0x0000_65E0_0000_6682
  }
}
