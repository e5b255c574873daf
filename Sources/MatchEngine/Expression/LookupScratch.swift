/// Room for one lookup at a time; each nesting depth has its own.
final class LookupScratch {
  /// A value that a lane has seen.
  struct Seen {
    var lane: UInt32
    var first: Int64
    var second: Int64

    static func precedes(_ left: Seen, _ right: Seen) -> Bool {
      (left.lane, left.first, left.second) < (right.lane, right.first, right.second)
    }
  }

  let pairs = PairBuffer()
  let probe = KeyTable.Scratch(capacity: CellEvaluator.capacity)
  /// Lanes with a usable key.
  let lanes = FlatArray<UInt32>(uninitialized: CellEvaluator.capacity)
  private(set) var keys = FlatArray<Int64>(uninitialized: 0)
  /// Values of `count distinct`, each lane's and value's at least once.
  private var seen: [Seen] = []
  private var seenLimit = 0

  deinit {
    lanes.deallocate()
    keys.deallocate()
  }

  /// Makes room for the words of keys, a column of lanes each.
  func prepareKeys(wordCount: Int) {
    let count = wordCount * CellEvaluator.capacity
    guard keys.count < count else { return }
    keys.deallocate()
    keys = FlatArray(uninitialized: count)
  }

  // MARK: Distinct values

  func forgetSeen() {
    seen.removeAll(keepingCapacity: true)
    seenLimit = 1 << 14
  }

  /// Notes a value; repeated ones go when there are many, so that memory follows the distinct values.
  func see(_ value: Seen) {
    seen.append(value)
    guard seen.count >= seenLimit else { return }
    removeRepeated()
    seenLimit = max(seenLimit, seen.count * 2)
  }

  /// Calls `body` with the lane of every distinct value, once each.
  func forEachDistinct(_ body: (Int) -> Void) {
    removeRepeated()
    for value in seen { body(Int(value.lane)) }
  }

  private func removeRepeated() {
    seen.sort(by: Seen.precedes)
    var kept = 0
    for index in seen.indices where index == 0 || Seen.precedes(seen[kept - 1], seen[index]) {
      seen[kept] = seen[index]
      kept += 1
    }
    seen.removeSubrange(kept...)
  }
}
