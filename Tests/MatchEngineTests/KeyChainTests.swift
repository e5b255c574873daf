import MatchEngine
import Testing

/// The rows of one key, of which a probe may leave out those behind the first.
@Suite("Rows of one key")
struct KeyChainTests {
  @Test(arguments: [(false, 100 * 50), (true, 100)])
  func aProbeStopsWhereItIsToldTo(isFirstEnough: Bool, pairCount: Int) {
    let (budget, memory) = (MemoryBudget(limit: .max), TableMemory())
    let layout = RowLayout(tableCount: 1, cellWordCount: 1, textCount: 0)
    let store = RowStore(layout: layout, budget: budget, memory: memory)
    for _ in 0..<50 {
      let row = store.reserve(1)
      store.begin(row, ruleBits: 1)
      store.setWord(layout.firstCellWord, of: row, to: 4711)
    }
    let table = KeyTable(
      store: store, number: 0, keyWords: [.init(word: layout.firstCellWord, isFirst: true)], ruleBits: 1,
      hash: KeyHash(seed: 3), budget: budget, memory: memory)
    table.prepare(expectsMostProbesToMiss: false)
    table.insert(0..<50)
    let cells = FlatArray<Int64>(repeating: 4711, count: RecordBatch.capacity)
    let lanes = FlatArray<UInt32>(repeating: 0, count: 100)
    defer {
      cells.deallocate()
      lanes.deallocate()
    }
    for lane in 0..<100 { lanes[lane] = UInt32(lane) }
    let pairs = PairBuffer()
    var (found, firsts) = (0, 0)
    table.probe(
      cells, columns: [0], lanes: lanes, laneCount: 100, scratch: KeyTable.Scratch(capacity: RecordBatch.capacity),
      pairs: pairs,
      isEnough: { _, _, isFirst in
        firsts += isFirst ? 1 : 0
        return isFirstEnough
      },
      full: {
        found += pairs.count
        pairs.removeAll()
      })
    #expect(found + pairs.count == pairCount)
    #expect(firsts == 100)
  }
}
