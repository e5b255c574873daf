import MatchEngine

/// Counting records in groups, a batch at a time.
public final class AggregationWorkload {
  public let recordCount: Int
  private let groupCount: Int
  private let keys: FlatArray<Int64>
  private let hash = KeyHash(seed: 20_261_031)
  private let lanes = FlatArray<UInt32>(repeating: 0, count: RecordBatch.capacity)
  private let first = FlatArray<Int64>(repeating: 0, count: RecordBatch.capacity)
  private let hashes = FlatArray<UInt64>(repeating: 0, count: RecordBatch.capacity)
  private let entries = FlatArray<UInt32>(repeating: 0, count: RecordBatch.capacity)
  private let others = FlatArray<UInt32>(repeating: 0, count: RecordBatch.capacity)
  private let scratch = GroupEntries.Scratch()
  private let counters: FlatArray<Int64>

  /// Records of `groupCount` groups, in no order.
  public init(groupCount: Int, recordCount: Int) {
    self.groupCount = groupCount
    self.recordCount = recordCount / RecordBatch.capacity * RecordBatch.capacity
    keys = FlatArray(uninitialized: self.recordCount)
    counters = FlatArray(repeating: 0, count: groupCount)
    var random = RandomSequence(seed: 7)
    for place in 0..<self.recordCount {
      keys[place] = 6_217_000_000_000_000_000 + Int64(random.next(below: groupCount)) * 7919
    }
    for lane in 0..<RecordBatch.capacity { lanes[lane] = UInt32(lane) }
  }

  deinit {
    for array in [keys, first, counters] { array.deallocate() }
    for array in [lanes, entries, others] { array.deallocate() }
    hashes.deallocate()
  }

  /// Returns how many groups there are.
  public func run() -> Int {
    let groups = GroupEntries(
      keyWordCount: 1, stateWordCount: 1, hash: hash, budget: MemoryBudget(limit: .max), memory: TableMemory())
    for start in stride(from: 0, to: recordCount, by: RecordBatch.capacity) {
      first.copy(from: keys, at: start, to: 0, count: RecordBatch.capacity)
      for lane in 0..<RecordBatch.capacity { hashes[lane] = groups.hash(first[lane]) }
      let batch = GroupEntries.Keys(
        lanes: lanes, range: 0..<RecordBatch.capacity, first: first, second: nil, hashes: hashes)
      let newCount = groups.find(batch, into: entries, others: others, scratch: scratch)
      for place in 0..<newCount {
        let lane = Int(others[place])
        entries[lane] = UInt32(groups.findOrAdd(first[lane], 0, hash: hashes[lane]).entry)
      }
      groups.increment(0, groups: entries, lanes: lanes, laneCount: RecordBatch.capacity)
    }
    return groups.count
  }

  /// The floor: one counter raised at random for each record, among as many as there are groups.
  public func runFloor() -> Int {
    let count = UInt64(groupCount)
    for place in 0..<recordCount {
      let mixed = UInt64(bitPattern: keys[place]) &* 0x9E37_79B9_7F4A_7C15
      counters[Int(mixed.multipliedFullWidth(by: count).high)] += 1
    }
    return Int(counters[0])
  }
}
