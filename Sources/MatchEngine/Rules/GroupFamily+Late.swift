internal import Synchronization

/// What came when memory was used up, for groups that are in memory: counted when the pass is over.
extension GroupFamily {
  /// Adds the different values of a part that were put aside; `forgetValues` comes before, and any number of threads
  /// may add parts at once.
  func addValues(of spill: PartitionedSpill, part: Int) throws(RunError) {
    let known = GroupEntries(
      keyWordCount: LateTally.wordCount, stateWordCount: 0, hash: hash, budget: budget, memory: memory)
    try LateTally.forEach(in: spill, part: part) { key in
      guard known.findOrAdd(key, hash: known.hash(key)).isNew else { return }
      let (shard, group) = (shards[Int(key[0])], Int(key[1]))
      let (rule, aggregate) = (Int(key[2]) >> 16, Int(key[2]) & 0xFFFF)
      shard.useSoon { shard in
        switch shard.groups[rule] {
        case .direct(let layout): Self.countValue(of: group, in: shard.entries, layout.offsets[aggregate])
        case .sub(let entries, let layout, _): Self.countValue(of: group, in: entries, layout.offsets[aggregate])
        case .counters: preconditionFailure("months have no values")
        }
      }
    }
  }

  /// Frees the values that tell whether one is new: none comes any more.
  func forgetValues() {
    for shard in shards { shard.forgetValues() }
  }

  /// One more different value behind the group's word `index`, whose lowest bit says something else.
  static func countValue(of group: Int, in entries: GroupEntries, _ index: Int) {
    entries.setState(index, of: group, to: entries.state(index, of: group) + 2)
  }

  /// Calls `body` for every group of an entry and a month of the shard of which rows were put aside, with the count of
  /// all of its rows; the counters forget these groups.
  func takeMonths(
    ofRule rule: Int, shard number: Int, _ counters: MonthCounters, from spill: PartitionedSpill,
    _ body: (_ entry: Int, _ month: Int64, _ count: Int) -> Void
  ) throws(RunError) {
    for part in stride(from: number, to: PartitionedSpill.partCount, by: shardCount) {
      let late = GroupEntries(keyWordCount: 2, stateWordCount: 1, hash: hash, budget: budget, memory: memory)
      try LateTally.forEach(in: spill, part: part) { key in
        guard key[0] == Int64(rule) else { return }
        let (entry, month) = (key[1], key[2])
        let found = late.findOrAdd(entry, month, hash: hash.combine(late.hash(entry), month)).entry
        late.setState(0, of: found, to: late.state(0, of: found) + 1)
      }
      for index in 0..<late.count {
        let (entry, month) = (Int(late.word(0, of: index)), late.word(1, of: index))
        body(entry, month, counters.take(entry, month: month) + Int(late.state(0, of: index)))
      }
    }
  }
}
