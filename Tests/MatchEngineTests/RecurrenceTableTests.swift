import MatchEngine
import Testing

/// What is known of records by a hash of their bytes; a cache, which may forget but never mistakes one for another.
@Suite struct RecurrenceTableTests {
  private let high = FlatArray<UInt64>(repeating: 0, count: RecordBatch.capacity)
  private let low = FlatArray<UInt64>(repeating: 0, count: RecordBatch.capacity)
  private let found = FlatArray<UInt64>(repeating: 0, count: RecordBatch.capacity)

  /// A table of `setCount` sets of four records.
  private func makeTable(setCount: Int) throws -> RecurrenceTable {
    try #require(
      RecurrenceTable(
        sourceByteCount: setCount * 64 * 40, budget: MemoryBudget(limit: .max), memory: TableMemory()))
  }

  /// The group that is known of a hash, or nil.
  private func group(_ table: RecurrenceTable, _ highHash: UInt64, _ lowHash: UInt64) -> UInt32? {
    high[0] = highHash
    low[0] = lowHash
    table.find(high: high, low: low, count: 1, into: found)
    return found[0] == 0 ? nil : RecurrenceTable.Payload(bits: found[0]).group
  }

  private func put(_ table: RecurrenceTable, _ high: UInt64, _ low: UInt64, group: Int) throws {
    table.put(high: high, low: low, try #require(RecurrenceTable.Payload(group: group, part: 3, signature: 7)))
  }

  @Test func aRecordIsFoundByBothHashesOnly() throws {
    let table = try makeTable(setCount: 256)
    try put(table, 0xABCD_0000_0000_1234, 99, group: 5)
    #expect(group(table, 0xABCD_0000_0000_1234, 99) == 5)
    #expect(group(table, 0xABCD_0000_0000_1234, 98) == nil)
    #expect(group(table, 0xABCD_0000_0000_1235, 99) == nil)
    #expect(group(table, 0x1BCD_0000_0000_1234, 99) == nil)
  }

  @Test func theOldestGroupOfASetIsForgottenFirst() throws {
    let table = try makeTable(setCount: 256)
    // The highest bits of the high hash choose the set: all of these share one.
    for (number, group) in [40, 10, 30, 20].enumerated() { try put(table, 0, UInt64(number), group: group) }
    try put(table, 0, 4, group: 50)
    #expect((0...4).map { group(table, 0, $0) } == [40, nil, 30, 20, 50])
    try put(table, 0, 5, group: 60)
    #expect((0...5).map { group(table, 0, $0) } == [40, nil, 30, nil, 50, 60])
  }

  @Test func theSameRecordTakesOnePlace() throws {
    let table = try makeTable(setCount: 256)
    for group in [1, 2, 3] { try put(table, 0, 7, group: group) }
    for number in 8...10 { try put(table, 0, UInt64(number), group: number) }
    #expect((7...10).map { group(table, 0, $0) } == [3, 8, 9, 10])
  }

  /// A large table begins with a quarter of its room, and finds what is put after it has grown.
  @Test func aTableThatGrowsGoesOn() throws {
    let table = try makeTable(setCount: 1 << 19)
    // One set of the first size, two and two together in the next.
    for number in 0..<8 { try put(table, UInt64(number) << 44, UInt64(number), group: number + 1) }
    #expect((0..<8).count { group(table, $0 << 44, $0) != nil } == 4)
    table.grow()
    for number in 0..<8 { try put(table, UInt64(number) << 44, UInt64(100 + number), group: number + 11) }
    #expect((0..<8).map { group(table, $0 << 44, 100 + $0) } == [11, 12, 13, 14, 15, 16, 17, 18])
  }
}
