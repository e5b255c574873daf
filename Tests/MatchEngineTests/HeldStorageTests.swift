import MatchEngine
import Testing

/// Rows that settled rules hold keep what they are given, however little room it takes.
@Suite struct HeldStorageTests {
  static let limit: Int64 = 1 << 30

  @Test(arguments: [0, 1, -1, limit - 1, limit, -limit, -limit - 1, .max, Cell.empty, Cell.invalid])
  func aNarrowValueComesBack(value: Int64) {
    let column = NarrowColumn()
    let writer = NarrowColumn.Writer(column, isWide: false)
    _ = writer.code(77_000_000_000, 0)
    let code = writer.code(value, 0)
    #expect(column.value(code, isSecond: false) == value)
    #expect(column.value(writer.code(value, 0), isSecond: false) == value)
  }

  @Test func valuesOfTwoWordsKeepBoth() {
    let column = NarrowColumn()
    let writers = [NarrowColumn.Writer(column, isWide: true), NarrowColumn.Writer(column, isWide: true)]
    let pairs: [(Int64, Int64)] = [(1, 2), (1, 3), (2, 1), (Cell.empty, 0), (0, 0)]
    for (first, second) in pairs {
      let codes = writers.map { $0.code(first, second) }
      #expect(codes[0] == codes[1])
      #expect(column.value(codes[0], isSecond: false) == first)
      #expect(column.value(codes[0], isSecond: true) == second)
    }
  }

  @Test func moreDifferentValuesThanAreRememberedComeBack() {
    let column = NarrowColumn()
    let writer = NarrowColumn.Writer(column, isWide: true)
    let codes = (0..<70_000).map { writer.code(Int64($0) * 3, Int64($0) * 5) }
    let wrong = codes.indices.filter {
      column.value(codes[$0], isSecond: false) != Int64($0) * 3
        || column.value(codes[$0], isSecond: true) != Int64($0) * 5
    }
    #expect(wrong == [])
  }

  @Test func textsComeBackFromTheScratchFile() throws {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place("out"))
    let scratch = TextScratch(try folder.makeSpillFile())
    let store = RowStore(
      layout: RowLayout(tableCount: 0, cellWordCount: 1, textCount: 2), budget: MemoryBudget(limit: .max),
      memory: TableMemory(), scratch: scratch)
    let writer = TextStore.Writer(store.texts)
    // Most rows are short, some longer than what is read at once, and one longer than any piece.
    func texts(_ row: Int) -> [[UInt8]] {
      let length = row == 1_500 ? 70_000 : row % 3 == 0 ? 20_000 : row % 200
      return [Array(repeating: UInt8(row % 251), count: length), Array("row \(row)".utf8)]
    }
    let bytes = FlatArray<UInt8>(uninitialized: 70_000)
    defer { bytes.deallocate() }
    for row in 0..<3_000 {
      #expect(store.reserve(1) == row)
      store.begin(row, ruleBits: 1)
      store.setTexts(of: row, to: writer.begin(byteCount: texts(row).reduce(0) { $0 + $1.count + 5 }))
      for text in texts(row) {
        bytes.write(text, at: 0)
        writer.put(bytes, from: 0, count: text.count)
      }
    }
    writer.finish()
    // In order, through one window; backwards, so that the window never holds what is asked for; and without one.
    let window = TextWindow()
    for (rows, window) in [(Array(0..<3_000), window), ((0..<3_000).reversed(), window), (Array(0..<3_000), nil)] {
      var wrong: [Int] = []
      for row in rows {
        for (index, text) in texts(row).enumerated() {
          var shown: [UInt8] = []
          store.appendText(index, of: row, to: &shown, through: window)
          if shown != text { wrong.append(row) }
        }
      }
      #expect(wrong == [])
    }
    try scratch.check()
    try folder.abandon()
  }
}
