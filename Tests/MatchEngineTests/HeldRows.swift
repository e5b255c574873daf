import MatchEngine

/// Rows held for lookups: four words and one text each, by hand.
final class HeldRows {
  static let wordCount = 4
  /// The word of the first field in a stored row with two tables and texts.
  static let firstWord = RowLayout(tableCount: 2, cellWordCount: wordCount, textCount: 1).firstCellWord

  let store: RowStore
  let lanes: FlatArray<UInt32>
  private let budget = MemoryBudget(limit: 1 << 30)
  private var tables: [KeyTable] = []
  /// The fields of each table.
  private(set) var tableFields: [[Int]] = []

  init(_ rows: [[Int64]], names: [String] = []) {
    store = RowStore(
      layout: RowLayout(tableCount: 2, cellWordCount: Self.wordCount, textCount: 1), budget: budget,
      memory: TableMemory())
    lanes = FlatArray(uninitialized: CellEvaluator.capacity)
    let writer = TextStore.Writer(store.texts)
    for (index, words) in rows.enumerated() {
      let row = store.reserve(1)
      store.begin(row, ruleBits: 1)
      for word in 0..<Self.wordCount {
        store.setWord(self.word(word), of: row, to: word < words.count ? words[word] : Cell.empty)
      }
      let text = index < names.count ? Array(names[index].utf8) : []
      let bytes = FlatArray<UInt8>(repeating: 0, count: text.count)
      bytes.write(text, at: 0)
      store.setTexts(of: row, to: writer.begin(byteCount: text.count + 5))
      writer.put(bytes, from: 0, count: text.count)
      bytes.deallocate()
    }
    for lane in 0..<CellEvaluator.capacity { lanes[lane] = UInt32(lane) }
  }

  deinit { lanes.deallocate() }

  /// Where a field lies in a stored row.
  func word(_ field: Int) -> Int { store.layout.firstCellWord + field }

  /// Adds a table over fields of one word each; fields with `follows` are the second word of the one before.
  func addTable(_ fields: [Int], secondWords: Set<Int> = []) {
    let table = KeyTable(
      store: store, number: tables.count,
      keyWords: fields.map { KeyTable.KeyWord(word: word($0), isFirst: !secondWords.contains($0)) }, ruleBits: 1,
      hash: KeyHash(seed: 17), budget: budget, memory: TableMemory())
    table.prepare(expectsMostProbesToMiss: false)
    table.insert(0..<store.rowCount)
    tables.append(table)
    tableFields.append(fields)
  }

  var relation: CellRelation { CellRelation(store: store, tables: tables) }

  /// The rows as the subject's side, the first ones as lanes.
  func subjects(_ count: Int? = nil) -> CellEvaluator.Lanes {
    var result = CellEvaluator.Lanes(count: count ?? store.rowCount)
    let side = CellEvaluator.LaneSide(store: store, rows: lanes)
    result.sides = [side, side]
    return result
  }
}
