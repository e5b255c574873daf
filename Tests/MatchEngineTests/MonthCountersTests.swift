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

  private func found(_ counters: MonthCounters, _ isWanted: (Int) -> Bool) -> [String] {
    var lines: [String] = []
    counters.forEach(isWanted: isWanted) { entry, month, count in lines.append("\(entry) \(month) \(count)") }
    return lines.sorted()
  }
}
