/// A set of digests, made to be asked about very many that it does not hold.
///
/// A small filter, one look at one word, turns nearly all of these away; what passes it is looked up.
struct DigestSet {
  private let filter: FlatArray<UInt64>
  private let filterShift: UInt64
  /// Open addressing; 0 is an empty place.
  private let places: FlatArray<UInt32>
  private let placeShift: UInt64
  private var hasZero = false
  private(set) var isEmpty = true

  /// Room for `count` digests; freed by `deallocate`.
  init(count: Int) {
    // Sixteen bits of filter a digest, of which three are set, turn nearly all of the others away.
    let filterBits = Self.bits(count / 4 + 1)
    let placeBits = Self.bits(count * 2 + 1)
    filter = FlatArray(repeating: 0, count: 1 << filterBits)
    places = FlatArray(repeating: 0, count: 1 << placeBits)
    (filterShift, placeShift) = (UInt64(64 - filterBits), UInt64(64 - placeBits))
  }

  /// The least power of two that is not below `count`, at least 4, as its exponent.
  private static func bits(_ count: Int) -> Int {
    var bits = 2
    while 1 << bits < count { bits += 1 }
    return bits
  }

  func deallocate() {
    filter.deallocate()
    places.deallocate()
  }

  @inline(__always)
  private static func spread(_ digest: UInt32) -> UInt64 { UInt64(digest) &* 0x9E37_79B9_7F4A_7C15 }

  @inline(__always)
  private static func mask(_ spread: UInt64) -> UInt64 {
    1 &<< (spread &>> 20) | 1 &<< (spread &>> 26) | 1 &<< (spread &>> 32)
  }

  mutating func insert(_ digest: UInt32) {
    isEmpty = false
    let spread = Self.spread(digest)
    filter[Int(spread &>> filterShift)] |= Self.mask(spread)
    guard digest != 0 else {
      hasZero = true
      return
    }
    var place = Int(spread &>> placeShift)
    while places[place] != 0 {
      if places[place] == digest { return }
      place = (place + 1) & (places.count - 1)
    }
    places[place] = digest
  }

  /// True for every digest of the set, and for some others.
  @inline(__always)
  func mayContain(_ digest: UInt32) -> Bool {
    let spread = Self.spread(digest)
    let mask = Self.mask(spread)
    return filter[Int(spread &>> filterShift)] & mask == mask
  }

  @inline(never)
  func contains(_ digest: UInt32) -> Bool {
    guard digest != 0 else { return hasZero }
    var place = Int(Self.spread(digest) &>> placeShift)
    while places[place] != 0 {
      if places[place] == digest { return true }
      place = (place + 1) & (places.count - 1)
    }
    return false
  }

  /// Sets `hits` where a digest of `words`, from `start` on, is in the set; returns whether any is.
  func mark(_ words: FlatArray<UInt32>, from start: Int, count: Int, in hits: FlatArray<UInt8>) -> Bool {
    var isAny = false
    for row in 0..<count {
      let word = words[start + row]
      if mayContain(word), contains(word) {
        hits[row] = 1
        isAny = true
      }
    }
    return isAny
  }
}
