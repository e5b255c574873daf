import MatchEngine
import Testing

/// Counts by entry and month, in two bits as long as they are below 3.
@Suite struct MonthCountersTests {
  @Test func smallAndLargeCountsAreBothExact() {
    // Entries of three pages; how often each is counted in 2026-01 and in 2026-02.
    let rows: [(entry: UInt32, month: Int64, times: Int)] = [
      (0, 24_312, 1), (1, 24_312, 2), (2, 24_312, 3), (255, 24_312, 4), (256, 24_312, 17), (700, 24_312, 1),
      (0, 24_313, 300), (700, 24_313, 2)
    ]
    let counters = MonthCounters(hash: KeyHash(seed: 1), budget: MemoryBudget(limit: .max), memory: TableMemory())
    let entries = FlatArray<UInt32>(repeating: 0, count: RecordBatch.capacity)
    let months = FlatArray<Int64>(repeating: 0, count: RecordBatch.capacity)
    let lanes = FlatArray<UInt32>(repeating: 0, count: RecordBatch.capacity)
    defer {
      entries.deallocate()
      months.deallocate()
      lanes.deallocate()
    }
    var count = 0
    for row in rows {
      for _ in 0..<row.times {
        entries[count] = row.entry
        months[count] = row.month
        lanes[count] = UInt32(count)
        count += 1
      }
    }
    counters.count(entries, months: months, lanes: lanes, laneCount: count)

    #expect(
      found(counters) { _ in true } == [
        "0 24312 1", "0 24313 300", "1 24312 2", "2 24312 3", "255 24312 4", "256 24312 17", "700 24312 1",
        "700 24313 2"
      ])
    // Counts of 3 and more are always told; the caller asks whether it wants them.
    #expect(
      found(counters) { $0 == 2 } == [
        "0 24313 300", "1 24312 2", "2 24312 3", "255 24312 4", "256 24312 17", "700 24313 2"
      ])
    #expect(found(counters) { _ in false } == ["0 24313 300", "2 24312 3", "255 24312 4", "256 24312 17"])
  }

  /// Once there is no room, what has a counter is counted there, and the rest is told by lane.
  @Test func withoutRoomOnlyWhatHasACounterIsCounted() {
    let counters = MonthCounters(hash: KeyHash(seed: 1), budget: MemoryBudget(limit: .max), memory: TableMemory())
    let entries = FlatArray<UInt32>(repeating: 0, count: RecordBatch.capacity)
    let months = FlatArray<Int64>(repeating: 0, count: RecordBatch.capacity)
    let lanes = FlatArray<UInt32>(repeating: 0, count: RecordBatch.capacity)
    defer {
      entries.deallocate()
      months.deallocate()
      lanes.deallocate()
    }
    func fill(_ rows: [(entry: UInt32, month: Int64, times: Int)]) -> Int {
      var count = 0
      for row in rows {
        for _ in 0..<row.times {
          (entries[count], months[count], lanes[count]) = (row.entry, row.month, UInt32(count))
          count += 1
        }
      }
      return count
    }
    let before = fill([(0, 24_312, 1), (1, 24_312, 5), (2, 24_312, 2)])
    counters.count(entries, months: months, lanes: lanes, laneCount: before)
    // 3 gets exactly 3; 4 gets one more than fits; 0 has no counter in the next month, 700 none at all.
    let after = fill([
      (0, 24_312, 1), (1, 24_312, 1), (2, 24_312, 1), (3, 24_312, 3), (4, 24_312, 4), (0, 24_313, 1), (700, 24_312, 2)
    ])
    var late: [String] = []
    for lane in 0..<after where !counters.countWhatFits(Int(entries[lane]), month: months[lane]) {
      late.append("\(entries[lane]) \(months[lane])")
    }
    #expect(late == ["4 24312", "0 24313", "700 24312", "700 24312"])
    #expect(counters.take(4, month: 24_312) == 3)
    #expect(counters.take(0, month: 24_313) == 0)
    #expect(counters.take(700, month: 24_312) == 0)
    #expect(found(counters) { _ in true } == ["0 24312 2", "1 24312 6", "2 24312 3", "3 24312 3"])
  }

  /// Rows of known groups, more than a batch of them, of so many months that the counters take new memory on the way.
  @Test func talliesAreCountedLikeLanes() throws {
    let counters = MonthCounters(hash: KeyHash(seed: 1), budget: MemoryBudget(limit: .max), memory: TableMemory())
    let (blockCount, monthCount) = (64, 300)
    let tallies = FlatArray<MonthTally>(
      repeating: try tally(0, 24_312), count: 1 + blockCount * monthCount + 3)
    defer { tallies.deallocate() }
    var count = 1
    for month in 0..<monthCount {
      for block in 0..<blockCount {
        tallies[count] = try tally(block * 256 + 7, 24_000 + Int64(month))
        count += 1
      }
    }
    for index in count..<tallies.count { tallies[index] = try tally(263, 24_100) }
    // The first is left out.
    counters.count(tallies, 1..<tallies.count)
    let lines = found(counters) { _ in true }
    #expect(lines.count == blockCount * monthCount)
    #expect(lines.filter { !$0.hasSuffix(" 1") } == ["263 24100 4"])
    #expect(lines.contains("7 24000 1") && lines.contains("16135 24299 1") && !lines.contains("0 24312 1"))
  }

  @Test func aTallyHoldsEntryPartAndMonth() throws {
    let largest = try tally(1 << 27 - 1, 9999 * 12 + 11, part: 63)
    #expect(largest.entry == 134_217_727 && largest.part == 63 && largest.month == 119_999)
    let smallest = try tally(0, 1850 * 12, part: 0)
    #expect(smallest.entry == 0 && smallest.part == 0 && smallest.month == 22_200)
  }

  private func tally(_ entry: Int, _ month: Int64, part: Int = 1) throws -> MonthTally {
    // The signature is no part of a tally.
    let known = try #require(RecurrenceTable.Payload(group: entry, part: part, signature: 255))
    return MonthTally(known, month: month)
  }

  /// Two shards of three batches; one of them is held by somebody else for a while.
  @Test func knownMonthsWaitUntilAShardIsFree() throws {
    let known = KnownMonths(shardCount: 3)
    var counted: [[Int64]] = [[], [], []]
    var asked: [String] = []
    func take(isHeld: Bool, isLast: Bool = false) {
      known.forEachShard(isLast: isLast) { shard, range, isUrgent in
        asked.append("\(shard) \(range.count) \(isUrgent)")
        if isHeld, !isUrgent { return false }
        for index in range { counted[shard].append(known.tallies[index].month) }
        return true
      }
    }
    for batch in 0..<4 {
      for row in 0..<1000 { known.add(try tally(5, Int64(batch * 1000 + row)), toShard: row < 999 ? 0 : 2) }
      take(isHeld: true)
    }
    // 999, then 1,998 of which more than a batch is enough, and beyond three batches the shard is waited for.
    #expect(asked == ["0 1998 false", "0 2997 false", "0 3996 true"])
    #expect(counted[0].count == 3996 && counted[2].isEmpty)
    asked = []
    take(isHeld: false)
    #expect(asked.isEmpty)
    take(isHeld: false, isLast: true)
    #expect(asked == ["2 4 true"])
    #expect(counted[0] == (0..<4000).map(Int64.init).filter { $0 % 1000 != 999 })
    #expect(counted[2] == [999, 1999, 2999, 3999])
    asked = []
    take(isHeld: false, isLast: true)
    #expect(asked.isEmpty)
  }

  private func found(_ counters: MonthCounters, _ isWanted: (Int) -> Bool) -> [String] {
    var lines: [String] = []
    counters.forEach(isWanted: isWanted) { entry, month, count in lines.append("\(entry) \(month) \(count)") }
    return lines.sorted()
  }
}
