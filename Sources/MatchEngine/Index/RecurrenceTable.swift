internal import CKernels
internal import Synchronization

/// Remembers by a hash of 128 bits what was found out about records, for all workers of a pass.
///
/// A record is forgotten when others need its place, the one whose group is oldest first: the table is a cache, and
/// only time depends on what it holds. It begins small, since a small one stays in the processor's caches, and grows
/// when records come that are not in it.
///
///     set: one cache line of four entries
///     ┌──────────────────────┬──────────────────────┐
///     │ low hash ⊕ payload   │ payload              │  × 4
///     └──────────────────────┴──────────────────────┘
///     payload
///     63      62       57 56         41 40        33 32       27 26             0
///     ┌──────┬───────────┬─────────────┬────────────┬───────────┬───────────────┐
///     │ used │ 0         │ high hash   │ signature  │ part      │ group         │
///     └──────┴───────────┴─────────────┴────────────┴───────────┴───────────────┘
///
/// The set is chosen by the high hash, so about a hundred bits of it are compared. Two workers may write one entry at
/// once; a mixture of both is found by no hash, since each word vouches for the other.
package final class RecurrenceTable: @unchecked Sendable {
  // SAFETY: words are read and written by atomic operations.
  private let words: FlatArray<UInt64>
  /// Sets in use; pages behind them were never touched and take no memory.
  private let setCount: Atomic<Int>
  private let setLimit: Int
  private let memory: TableMemory
  private let budget: MemoryBudget

  private static let wordsPerSet = 8
  private static let byteCountMax = 56 << 20
  private static let byteCountMin = 1 << 14
  private static let setCountMin = 1 << 16
  private static let used = UInt64(1) << 63
  /// Sets that are fetched before they are looked at.
  private static let ahead = 128

  /// What is kept of a record.
  package struct Payload {
    package var bits: UInt64

    package init(bits: UInt64) { self.bits = bits }

    /// Nil where the numbers do not fit.
    package init?(group: Int, part: Int, signature: Int) {
      guard group < 1 << 27, part < 1 << 6, signature < 1 << 8 else { return nil }
      bits = UInt64(group) | UInt64(part) << 27 | UInt64(signature) << 33
    }

    package var group: UInt32 { UInt32(truncatingIfNeeded: bits & 0x7FF_FFFF) }
    package var part: UInt64 { bits >> 27 & 63 }
    package var signature: Int { Int(bits >> 33 & 0xFF) }
  }

  /// Nil where the budget has no room for a table that is worth it; `byteCount` is the size of the source.
  package init?(sourceByteCount byteCount: Int, budget: MemoryBudget, memory: TableMemory) {
    // A record has some hundred bytes and recurs about ten times.
    let wanted = max(Self.byteCountMin, min(byteCount / 40, Self.byteCountMax))
    guard wanted <= budget.limit / 16 else { return nil }
    setLimit = wanted / (Self.wordsPerSet * 8)
    setCount = Atomic(min(setLimit, max(Self.setCountMin, setLimit / 4)))
    words = memory.takeArray(of: UInt64.self, count: setLimit * Self.wordsPerSet)
    self.memory = memory
    self.budget = budget
    budget.add(words.count * 8)
  }

  deinit {
    budget.subtract(words.count * 8)
    memory.giveBack(words)
  }

  /// Uses more of the table, where there is more; most of what it holds is looked for elsewhere from then on, and so is
  /// forgotten.
  package func grow() {
    let count = setCount.load(ordering: .relaxed)
    // Of two workers that ask at once only one is heard.
    _ = setCount.compareExchange(expected: count, desired: min(count * 4, setLimit), ordering: .relaxed)
  }

  @inline(__always)
  private func set(_ high: UInt64, of count: Int) -> UnsafeMutablePointer<UInt64> {
    // SAFETY: a slot is below the number of sets, which never gets larger than the room for them.
    unsafe words.base + KeyHash.slot(high, of: count) &* Self.wordsPerSet
  }

  @inline(__always)
  private static func stamp(_ high: UInt64) -> UInt64 { used | (high & 0xFFFF) << 41 }

  /// Puts what is known of each of the first `count` hashes into `payloads`, 0 where nothing is.
  package func find(
    high: FlatArray<UInt64>, low: FlatArray<UInt64>, count: Int, into payloads: FlatArray<UInt64>
  ) {
    let (high, low) = (high.mutableColumn(at: 0), low.mutableColumn(at: 0))
    let payloads = payloads.mutableColumn(at: 0)
    let sets = setCount.load(ordering: .relaxed)
    for lane in 0..<min(Self.ahead, count) { unsafe mr_prefetch(set(high[lane], of: sets)) }
    for lane in 0..<count {
      if lane &+ Self.ahead < count { unsafe mr_prefetch(set(high[lane &+ Self.ahead], of: sets)) }
      let entries = unsafe set(high[lane], of: sets)
      let (wanted, stamp) = (low[lane], Self.stamp(high[lane]))
      var known: UInt64 = 0
      for entry in 0..<Self.wordsPerSet / 2 {
        // SAFETY: a set has this many entries of two words.
        let payload = unsafe mr_load(entries + (entry &* 2 &+ 1))
        let isWanted =
          unsafe mr_load(entries + entry &* 2) ^ payload == wanted && payload & Self.stampMask == stamp
        known = isWanted ? payload : known
      }
      payloads.set(lane, known)
    }
  }

  private static let stampMask = used | 0xFFFF << 41

  /// Fetches the place of a record for `put`.
  @inline(__always)
  package func prefetch(high: UInt64) {
    unsafe mr_prefetch_write(set(high, of: setCount.load(ordering: .relaxed)))
  }

  /// Keeps what was found out about a record.
  package func put(high: UInt64, low: UInt64, _ payload: Payload) {
    let entries = unsafe set(high, of: setCount.load(ordering: .relaxed))
    let bits = payload.bits | Self.stamp(high)
    var (place, oldest) = (0, UInt32.max)
    for entry in 0..<Self.wordsPerSet / 2 {
      let other = unsafe mr_load(entries + (entry &* 2 &+ 1))
      // A free place, or that of the same record, which another worker met at the same time.
      if unsafe other == 0 || mr_load(entries + entry &* 2) ^ other == low {
        place = entry
        break
      }
      // Groups are numbered as they come: whoever has not come for longest has probably stopped coming.
      let group = Payload(bits: other).group
      if group < oldest { (place, oldest) = (entry, group) }
    }
    unsafe mr_store(entries + (place &* 2 &+ 1), bits)
    unsafe mr_store(entries + place &* 2, low ^ bits)
  }
}
