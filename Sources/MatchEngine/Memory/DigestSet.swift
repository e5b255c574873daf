internal import CKernels

/// A set of digests, made to be asked about very many that it does not hold.
///
/// A small filter, one look at one word, turns nearly all of these away; what passes it is looked up.
struct DigestSet {
  private let filter: FlatArray<UInt32>
  private let filterShift: UInt32
  /// Open addressing; 0 is an empty place.
  private let places: FlatArray<UInt32>
  private let placeShift: UInt64
  private var hasZero = false
  private(set) var isEmpty = true

  /// Room for `count` digests; freed by `deallocate`.
  init(count: Int) {
    // Sixteen bits of filter a digest, of which three are set, turn nearly all of the others away.
    let filterBits = min(Self.bits(count / 2 + 1), 31)
    let placeBits = Self.bits(count * 2 + 1)
    filter = FlatArray(repeating: 0, count: 1 << filterBits)
    places = FlatArray(repeating: 0, count: 1 << placeBits)
    (filterShift, placeShift) = (UInt32(32 - filterBits), UInt64(64 - placeBits))
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
  private func place(of digest: UInt32) -> Int { Int((UInt64(digest) &* 0x9E37_79B9_7F4A_7C15) &>> placeShift) }

  mutating func insert(_ digest: UInt32) {
    isEmpty = false
    // SAFETY: the filter has as many words as the shift says.
    unsafe mr_filter_insert(filter.base, filterShift, digest)
    guard digest != 0 else {
      hasZero = true
      return
    }
    var place = place(of: digest)
    while places[place] != 0 {
      if places[place] == digest { return }
      place = (place + 1) & (places.count - 1)
    }
    places[place] = digest
  }

  /// Lists in `lanes` the digests of `words`, from `start` on, that may be in the set: all that are, and some others.
  func candidates(_ words: FlatArray<UInt32>, from start: Int, count: Int, into lanes: FlatArray<UInt32>) -> Int {
    precondition(start >= 0 && count >= 0 && start + count <= words.count && count <= lanes.count)
    // SAFETY: as in `insert`; words and lanes were just checked.
    return unsafe mr_filter(words.base + start, count, filter.base, filterShift, lanes.base)
  }

  /// The same by a variant of the filter, for tests; nil where the processor lacks it.
  func candidates(_ words: FlatArray<UInt32>, count: Int, into lanes: FlatArray<UInt32>, variant: String) -> Int? {
    precondition(count <= words.count && count <= lanes.count)
    var isSupported: Int32 = 0
    // SAFETY: as above.
    let found = unsafe mr_filter_with(
      variant, &isSupported, words.base, count, filter.base, filterShift, lanes.base)
    return isSupported == 1 ? found : nil
  }

  @inline(never)
  func contains(_ digest: UInt32) -> Bool {
    guard digest != 0 else { return hasZero }
    var place = place(of: digest)
    while places[place] != 0 {
      if places[place] == digest { return true }
      place = (place + 1) & (places.count - 1)
    }
    return false
  }

  /// Sets `hits` where a digest of `words`, from `start` on, is in the set; returns whether any is. `lanes` is room.
  func mark(
    _ words: FlatArray<UInt32>, from start: Int, count: Int, in hits: FlatArray<UInt8>, lanes: FlatArray<UInt32>
  ) -> Bool {
    var isAny = false
    for index in 0..<candidates(words, from: start, count: count, into: lanes) {
      let row = Int(lanes[index])
      if contains(words[start + row]) {
        hits[row] = 1
        isAny = true
      }
    }
    return isAny
  }
}
