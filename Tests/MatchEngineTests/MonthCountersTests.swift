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
    counters.countWhatFits(entries, months: months, lanes: lanes, laneCount: after) { lane in
      late.append("\(entries[lane]) \(months[lane])")
    }
    #expect(late == ["4 24312", "0 24313", "700 24312", "700 24312"])
    #expect(counters.take(4, month: 24_312) == 3)
    #expect(counters.take(0, month: 24_313) == 0)
    #expect(counters.take(700, month: 24_312) == 0)
    #expect(found(counters) { _ in true } == ["0 24312 2", "1 24312 6", "2 24312 3", "3 24312 3"])
  }

  private func found(_ counters: MonthCounters, _ isWanted: (Int) -> Bool) -> [String] {
    var lines: [String] = []
    counters.forEach(isWanted: isWanted) { entry, month, count in lines.append("\(entry) \(month) \(count)") }
    return lines.sorted()
  }
}
