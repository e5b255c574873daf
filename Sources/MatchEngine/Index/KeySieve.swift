internal import CKernels

/// Says of a key whether it may be among those that were put in: never no for one that was, seldom yes for another.
///
/// Any number of threads put keys in at once; asking comes afterwards.
final class KeySieve: Sendable {
  // SAFETY: words are set by atomic operations while keys are put in and only read afterwards.
  private let words: FlatArray<UInt64>
  private let hash: KeyHash
  private let memory: TableMemory

  private static let wordCountMax = 1 << 22

  /// `keyCount` is what is expected; more keys make more mistakes.
  init(keyCount: Int, hash: KeyHash, memory: TableMemory) {
    self.hash = hash
    self.memory = memory
    // Sixteen bits a key and more.
    words = memory.takeArray(of: UInt64.self, count: max(1024, min(keyCount / 4, Self.wordCountMax)))
  }

  /// The keys that are in `other` now.
  init(copying other: KeySieve) {
    hash = other.hash
    memory = other.memory
    words = memory.takeArray(of: UInt64.self, count: other.words.count)
    words.copy(from: other.words, at: 0, to: 0, count: words.count)
  }

  deinit { memory.giveBack(words) }

  @inline(__always)
  private static func bits(_ hash: UInt64) -> UInt64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63)
  }

  @inline(__always)
  private func hash(_ column: LaneColumn<Int64>, _ second: LaneColumn<Int64>?, _ lane: Int) -> UInt64 {
    let first = hash.combine(hash.start, column[lane])
    return second.map { hash.combine(first, $0[lane]) } ?? first
  }

  /// Puts the usable keys of `count` of the lanes in; `second` is the second word of keys that have two.
  func add(
    _ column: LaneColumn<Int64>, _ second: LaneColumn<Int64>?, lanes: FlatArray<UInt32>, count: Int
  ) {
    precondition(count <= lanes.count)
    let lanes = lanes.mutableColumn(at: 0)
    for index in 0..<count {
      let place = KeyHash.slot(hash(column, second, Int(lanes[index])), of: words.count)
      unsafe mr_prefetch_write(words.base + place)
    }
    for index in 0..<count {
      let lane = Int(lanes[index])
      guard Cell.isUsable(column[lane]) else { continue }
      let hash = hash(column, second, lane)
      let bits = Self.bits(hash)
      // SAFETY: a slot is below the number of words.
      let place = unsafe words.base + KeyHash.slot(hash, of: words.count)
      if unsafe mr_load(place) & bits != bits { unsafe mr_or(place, bits) }
    }
  }

  /// Sets `passed` to 1 for the first `count` lanes whose key may be in; others stay as they are.
  func test(
    _ column: LaneColumn<Int64>, _ second: LaneColumn<Int64>?, count: Int, into passed: LaneColumn<UInt8>
  ) {
    for lane in 0..<count {
      let place = KeyHash.slot(hash(column, second, lane), of: words.count)
      unsafe mr_prefetch(words.base + place)
    }
    for lane in 0..<count {
      let hash = hash(column, second, lane)
      let bits = Self.bits(hash)
      let word = words[KeyHash.slot(hash, of: words.count)]
      if word & bits == bits, Cell.isUsable(column[lane]) { passed.set(lane, 1) }
    }
  }
}
