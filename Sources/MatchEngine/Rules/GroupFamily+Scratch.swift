/// A worker's room.
extension GroupFamily {
  /// One worker's room for sorting a batch by shard.
  final class Scratch {
    let subKey: FlatArray<Int64> = FlatArray(repeating: 0, count: 64)
    let value: FlatArray<Int64> = FlatArray(repeating: 0, count: 8)
    let hashes: FlatArray<UInt64> = FlatArray(uninitialized: RecordBatch.capacity)
    let masks: FlatArray<UInt64> = FlatArray(uninitialized: RecordBatch.capacity)
    let sorted: FlatArray<UInt32> = FlatArray(uninitialized: RecordBatch.capacity)
    let all: FlatArray<UInt32> = FlatArray(uninitialized: RecordBatch.capacity)
    /// Records of one shard that one rule counts.
    let lanes: FlatArray<UInt32> = FlatArray(uninitialized: RecordBatch.capacity)
    /// By lane: the entry of the first key, and the group by all keys.
    let entries: FlatArray<UInt32> = FlatArray(uninitialized: RecordBatch.capacity)
    let groups: FlatArray<UInt32> = FlatArray(uninitialized: RecordBatch.capacity)
    /// Records whose value is not the first one of their group.
    let others: FlatArray<UInt32> = FlatArray(uninitialized: RecordBatch.capacity)
    let lookup = GroupEntries.Scratch()
    /// Rules under which a record of the batch has to be put aside, one bit each.
    let spilled: FlatArray<UInt64> = FlatArray(repeating: 0, count: RecordBatch.capacity)
    var hasSpilled = false
    /// What groups in memory would have to grow for.
    var lateValues: [LateTally] = []
    var lateMonths: [LateTally] = []
    let evaluator = CellEvaluator()
    /// Shards that another worker held.
    var busy = Array(repeating: 0, count: PartitionedSpill.partCount)
    /// What `prepareKnown` made for `addKnown`.
    var prepared: [Prepared] = []
    /// What `addKnown` leaves for later.
    var knownMonths: KnownMonths?
    /// Where the records of each shard begin in `sorted`.
    var starts = Array(repeating: 0, count: PartitionedSpill.partCount + 1)

    init() { for lane in 0..<RecordBatch.capacity { all[lane] = UInt32(lane) } }

    deinit {
      subKey.deallocate()
      value.deallocate()
      hashes.deallocate()
      masks.deallocate()
      sorted.deallocate()
      all.deallocate()
      lanes.deallocate()
      entries.deallocate()
      groups.deallocate()
      others.deallocate()
      spilled.deallocate()
    }
  }

  /// Where the records of each shard go in a list that is sorted by shard.
  struct Places {
    private var next: [64 of Int] = .init(repeating: 0)

    /// Shards at most: a power of two, which the masks below need, and no fewer than parts of a scratch file.
    static let shardCountMax = 64

    @inline(__always)
    mutating func count(_ shard: Int) { next[shard & 63] &+= 1 }

    /// Puts the places behind each other and notes in `scratch` where each shard begins.
    mutating func begin(_ shardCount: Int, _ scratch: Scratch) {
      var start = 0
      for shard in 0..<shardCount {
        scratch.starts[shard] = start
        let size = next[shard & 63]
        next[shard & 63] = start
        start += size
      }
      scratch.starts[shardCount] = start
    }

    @inline(__always)
    mutating func next(_ shard: Int) -> Int {
      let place = next[shard & 63]
      next[shard & 63] = place &+ 1
      return place
    }
  }
}
