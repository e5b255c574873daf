import MatchEngine

/// Looking keys up in a table of stored rows, a batch at a time; every other key is there.
public final class ProbeWorkload {
  public let probeCount: Int
  private let store: RowStore
  private let table: KeyTable
  private let probes: FlatArray<Int64>
  private let lanes = FlatArray<UInt32>(repeating: 0, count: RecordBatch.capacity)
  private let scratch = KeyTable.Scratch(capacity: RecordBatch.capacity)
  private let pairs = PairBuffer()
  /// As many words as the table has keys, for the floor.
  private let words: FlatArray<Int64>

  /// A table of `keyCount` keys, and probes in batches.
  public init(keyCount: Int, probeCount: Int) {
    let (budget, memory) = (MemoryBudget(limit: .max), TableMemory())
    let layout = RowLayout(tableCount: 1, cellWordCount: 1, textCount: 0)
    let word = layout.firstCellWord
    store = RowStore(layout: layout, budget: budget, memory: memory)
    for number in 0..<keyCount {
      let row = store.reserve(1)
      store.begin(row, ruleBits: 1)
      store.setWord(word, of: row, to: Self.key(number))
    }
    table = KeyTable(
      store: store, number: 0, keyWords: [KeyTable.KeyWord(word: word, isFirst: true)], ruleBits: 1,
      hash: KeyHash(seed: 20_261_031), budget: budget, memory: memory)
    table.prepare(expectsMostProbesToMiss: true)
    table.insert(0..<keyCount)
    self.probeCount = probeCount / RecordBatch.capacity * RecordBatch.capacity
    probes = FlatArray(uninitialized: self.probeCount)
    words = FlatArray(repeating: 1, count: keyCount)
    var random = RandomSequence(seed: 7)
    for place in 0..<self.probeCount { probes[place] = Self.key(random.next(below: keyCount) + place % 2 * keyCount) }
    for lane in 0..<RecordBatch.capacity { lanes[lane] = UInt32(lane) }
  }

  deinit {
    probes.deallocate()
    lanes.deallocate()
    words.deallocate()
  }

  /// As far apart as identity numbers are.
  private static func key(_ number: Int) -> Int64 { 31_010_119_000_101_001 + Int64(number) * 37 }

  /// Returns how many pairs were found.
  public func run() -> Int {
    var found = 0
    for start in stride(from: 0, to: probeCount, by: RecordBatch.capacity) {
      pairs.removeAll()
      table.probe(
        probes, columns: [start], lanes: lanes, laneCount: RecordBatch.capacity, scratch: scratch, pairs: pairs,
        full: {
          found += pairs.count
          pairs.removeAll()
        })
      found += pairs.count
    }
    return found
  }

  /// The floor: one word read at random for each probe, among as many words as there are keys.
  public func runFloor() -> Int {
    var sum: Int64 = 0
    let (probes, words) = (probes.span(from: 0, count: probeCount), words.span(from: 0, count: words.count))
    let count = UInt64(words.count)
    for place in probes.indices {
      // Keys follow each other in steps, so a product of one spreads them over all words.
      let mixed = UInt64(bitPattern: probes[place]) &* 0x9E37_79B9_7F4A_7C15
      sum &+= words[Int(mixed.multipliedFullWidth(by: count).high)]
    }
    return Int(sum)
  }
}
