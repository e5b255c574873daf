/// Rows by month of groups that are known, on their way to the shards: one worker's.
///
/// Nobody waits for an answer when they are counted, so they are put off until a shard has many, and until no other
/// worker is at it.
package final class KnownMonths {
  private static let capacity = 4 * RecordBatch.capacity
  /// With more of a shard it is asked for; with more than `many` it is waited for, so that a batch always finds room.
  private static let enough = RecordBatch.capacity
  private static let many = capacity - RecordBatch.capacity

  /// Shard s has the tallies from s * `capacity` on.
  package let tallies: FlatArray<MonthTally>
  private let counts: FlatArray<Int>

  package init(shardCount: Int) {
    tallies = FlatArray(uninitialized: shardCount * Self.capacity)
    counts = FlatArray(repeating: 0, count: shardCount)
  }

  deinit {
    tallies.deallocate()
    counts.deallocate()
  }

  /// Notes a row; at most a batch of them between two calls of `forEachShard`.
  @inline(__always)
  package func add(_ tally: MonthTally, toShard shard: Int) {
    let count = counts[shard]
    tallies[shard &* Self.capacity &+ count] = tally
    counts[shard] = count &+ 1
  }

  /// Calls `body` with every shard that has enough rows, or with all that have any when no more come, and their range
  /// of `tallies`; where `body` says that it did not count them, they stay.
  package func forEachShard(isLast: Bool, _ body: (_ shard: Int, _ range: Range<Int>, _ isUrgent: Bool) -> Bool) {
    for shard in 0..<counts.count where counts[shard] > (isLast ? 0 : Self.enough) {
      let start = shard * Self.capacity
      if body(shard, start..<start + counts[shard], isLast || counts[shard] > Self.many) { counts[shard] = 0 }
    }
  }
}
