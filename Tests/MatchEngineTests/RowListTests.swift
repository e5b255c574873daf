import Foundation
import Testing

@testable import MatchEngine

/// The rows of a snapshot laid beside those of the night before, by the marks of their text.
@Suite struct RowListTests {
  /// The mark of text number `text`; every tenth one is that of an anchor.
  private static func mark(_ text: Int) -> UInt32 {
    let mark = RowMark.mark(ofHash: UInt64(text + 1) &* 0x9E37_79B9_7F4A_7C15)
    return text % 10 == 0 ? mark & 0x03FF_FFFF | 1 << 26 : mark | 1 << 31
  }

  /// A list of `texts`, of whose rows and people the digests are the text's number, in blocks of `blockCount` rows that
  /// are written last to first.
  private static func list(_ texts: [Int], blockCount: Int = 50, _ place: RunTemporaryFolder) throws -> RowList {
    let folder = try OutputFolder(at: place("list\(UInt32.random(in: 0 ... .max))"))
    let writer = RowListWriter(try folder.makeFile("rows"))
    var block = RowListWriter.Block()
    defer { block.deallocate() }
    for start in stride(from: 0, to: texts.count, by: blockCount).reversed() {
      block.removeAll()
      for text in texts[start..<min(start + blockCount, texts.count)] {
        let at = block.add(1)
        (block.rows[at], block.people[at], block.marks[at]) = (UInt64(text), UInt32(text), mark(text))
      }
      writer.append(block, order: UInt64(start + 2))
    }
    #expect(try writer.finish(in: folder) == texts.count)
    return try RowList(path: "\(folder.scratchPath)/rows", threads: 2)
  }

  /// The places of `texts` in `list`, found in batches of `batchCount` rows.
  private static func places(
    _ texts: [Int], in list: RowList, order: UInt64 = 2, batchCount: Int = 64
  ) throws -> [Int] {
    var matcher = RowMatcher(list)
    defer { matcher.deallocate() }
    let marks = FlatArray<UInt32>(uninitialized: batchCount)
    let places = FlatArray<Int>(uninitialized: batchCount)
    defer {
      marks.deallocate()
      places.deallocate()
    }
    var found: [Int] = []
    matcher.begin(order: order)
    for start in stride(from: 0, to: texts.count, by: batchCount) {
      let count = min(batchCount, texts.count - start)
      for row in 0..<count { marks[row] = mark(texts[start + row]) }
      var row = 0
      while row < count {
        let next = try matcher.find(marks, row..<count, into: places)
        try #require(next > row && next <= count)
        for row in row..<next {
          found.append(places[row])
          // What is found can be read.
          if places[row] >= 0 { #expect(matcher.known.rows[places[row] - matcher.knownStart] == texts[start + row]) }
        }
        row = next
      }
    }
    return found
  }

  private struct Case: CustomStringConvertible {
    var description: String
    /// Stretches of texts: as they stood before, and as they stand now.
    var before: [Range<Int>]
    var now: [Range<Int>]
    /// At least so many rows are found.
    var found: Int

    init(_ description: String, before: [Range<Int>], now: [Range<Int>], found: Int) {
      (self.description, self.before, self.now, self.found) = (description, before, now, found)
    }
  }

  private static let cases: [Case] = [
    Case("the same", before: [0..<500], now: [0..<500], found: 500),
    Case("some changed", before: [0..<500], now: [0..<7, 1007..<1008, 8..<300, 1300..<1305, 305..<500], found: 494),
    Case("some went and came", before: [0..<500], now: [0..<11, 12..<31, 2031..<2033, 31..<90, 96..<500], found: 493),
    Case("a thousand came in front", before: [0..<500], now: [3000..<4000, 0..<500], found: 490),
    Case("the first half went", before: [0..<2000], now: [1000..<2000], found: 960),
    Case("halves change places", before: [0..<2000], now: [1000..<2000, 0..<1000], found: 1950),
    Case("nothing is left", before: [0..<300], now: [5000..<5300], found: 0),
    Case("nothing was there", before: [], now: [0..<100], found: 0),
    Case("one row", before: [4..<5], now: [4..<5], found: 1)
  ]

  @Test(arguments: cases.indices) func findsRowsWhereTheyStood(number: Int) throws {
    let folder = try RunTemporaryFolder()
    let row = Self.cases[number]
    let (before, now) = (row.before.flatMap(Array.init), row.now.flatMap(Array.init))
    for batchCount in [64, 7] {
      let list = try Self.list(before, folder)
      #expect(list.count == before.count)
      let places = try Self.places(now, in: list, batchCount: batchCount)
      #expect(places.count == now.count)
      for (text, place) in zip(now, places) where place >= 0 { #expect(before[place] == text, "\(row)") }
      #expect(places.count { $0 >= 0 } >= row.found, "\(row)")
    }
  }

  @Test func rowsInAnyOrderAreFoundRightOrNotAtAll() throws {
    let folder = try RunTemporaryFolder()
    let before = Array(0..<3000)
    var now = before
    var state: UInt64 = 9
    for index in now.indices.reversed() {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      now.swapAt(index, Int(state >> 33) % (index + 1))
    }
    let places = try Self.places(now, in: try Self.list(before, folder))
    for (text, place) in zip(now, places) where place >= 0 { #expect(before[place] == text) }
  }

  @Test func aRowIsTakenOnce() throws {
    let folder = try RunTemporaryFolder()
    let list = try Self.list(Array(0..<200), folder)
    #expect(list.take(3, count: 4) == 0)
    #expect(list.take(5, count: 4) == 0b0011)
    #expect(list.take(64, count: 64) == 0)
    #expect(list.take(127, count: 1) == 1)
    let left = try list.left(threads: 2).map(\.person)
    #expect(left == [0, 1, 2] + Array(9...63) + Array(128...199))
  }

  @Test func whatIsNotUsableTodayIsNeverKnown() {
    #expect(!RowMark.isSame(RowMark.never, RowMark.mark(ofHash: 0)))
    #expect(RowMark.isSame(RowMark.withdrawn(RowMark.mark(ofHash: 77 << 40)), RowMark.mark(ofHash: 77 << 40)))
    #expect(RowMark.isWithdrawn(RowMark.withdrawn(RowMark.mark(ofHash: 77 << 40))))
    #expect(!RowMark.isWithdrawn(RowMark.mark(ofHash: UInt64.max)))
  }

  @Test(arguments: [0, 900, 1700, 2500, 3210, 3250, 3260]) func aDamagedListIsRefused(at: Int) throws {
    let folder = try RunTemporaryFolder()
    let output = try OutputFolder(at: folder("list"))
    let writer = RowListWriter(try output.makeFile("rows"))
    var block = RowListWriter.Block()
    defer { block.deallocate() }
    for text in 0..<200 {
      let at = block.add(1)
      (block.rows[at], block.people[at], block.marks[at]) = (UInt64(text), UInt32(text), Self.mark(text))
    }
    writer.append(block, order: 2)
    #expect(try writer.finish(in: output) == 200)
    let path = "\(output.scratchPath)/rows"
    // 200 rows of 16 bytes, one entry of 48, 16 bytes at the end.
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes.count == 3264)
    bytes[at] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(throws: RunError.self) {
      let list = try RowList(path: path, threads: 1)
      _ = try list.left(threads: 1)
    }
    try bytes.prefix(3000).write(to: URL(fileURLWithPath: path))
    #expect(throws: RunError.self) { try RowList(path: path, threads: 1) }
  }
}
