import Foundation
import Testing

@testable import MatchEngine

/// The rows of a snapshot laid beside those of the night before, by the marks of their text.
@Suite struct RowListTests {
  /// The mark of text number `text`; every tenth one is that of an anchor.
  private static func mark(_ text: Int) -> UInt64 {
    let mark = RowMark.mark(ofHash: UInt64(text + 1) &* 0x9E37_79B9_7F4A_7C15)
    return text % 10 == 0 ? mark & 0x03FF_FFFF_FFFF_FFFF | 1 << 58 : mark | 1 << 63
  }

  /// A segment of `texts`, blocks of up to 700 rows.
  private static func segment(_ name: String, _ texts: [Int], in folder: OutputFolder) throws -> Segment.Entry {
    let writer = try SegmentWriter(name, header: ["text"], columnCount: 6, expecting: 0, in: folder)
    for start in stride(from: 0, to: texts.count, by: 700) {
      var rows = RowState.Gathered()
      rows.columnCount = 6
      for text in texts[start..<min(start + 700, texts.count)] {
        let line = Array("1,\(text)\n".utf8)
        rows.lines += line
        rows.ends.append(rows.lines.count)
        let mark = text % 3 == 0 ? RowMark.withdrawn(mark(text)) : mark(text)
        rows.words += [0, RowBlock.check(line.span), 0, 0, UInt32(mark >> 32), UInt32(truncatingIfNeeded: mark)]
      }
      var block = RowBlock(columnCount: 6)
      defer { block.deallocate() }
      block.take(rows, 0..<rows.ends.count)
      #expect(try writer.append(block) == start / 700)
    }
    return try writer.finish(in: folder)
  }

  /// A list of `texts`, in blocks of `blockCount` rows that are written last to first; every fifth text stands in a
  /// second segment.
  private static func list(
    _ texts: [Int], blockCount: Int = 50, _ place: RunTemporaryFolder, damaging at: Int? = nil
  ) throws -> RowList {
    let folder = try OutputFolder(at: place("list\(UInt32.random(in: 0 ... .max))"))
    let parts = [texts.filter { $0 % 5 != 0 }, texts.filter { $0 % 5 == 0 }]
    var entry = RowState.Entry(segments: [], rows: texts.count, gone: 0, columns: "")
    for (number, part) in parts.enumerated() {
      entry.segments.append(try segment("rows\(number)", part, in: folder))
    }
    var places: [RowPlace] = []
    var counts = [0, 0]
    for text in texts {
      let part = text % 5 == 0 ? 1 : 0
      places.append(RowPlace(segment: part, block: counts[part] / 700, row: counts[part] % 700))
      counts[part] += 1
    }
    let writer = RowListWriter(try folder.makeFile("rows.list"))
    for start in stride(from: 0, to: texts.count, by: blockCount).reversed() {
      var block = RowListWriter.Block()
      block.order = UInt64(start + 2)
      for row in start..<min(start + blockCount, texts.count) {
        block.append(places[row], count: 1)
        if RowMark.isAnchor(mark(texts[row])) { block.noteAnchor(mark(texts[row]), row: row - start) }
      }
      writer.append(block)
    }
    #expect(try writer.finish(in: folder) == texts.count)
    let path = "\(folder.scratchPath)/rows.list"
    if let at {
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      bytes[at < 0 ? bytes.count + at : at] ^= 1
      try bytes.write(to: URL(fileURLWithPath: path))
    }
    return try RowList(path: path, rows: try RowState(entry, source: "none", at: folder.scratchPath))
  }

  /// The numbers of `texts` in `list`, found in batches of `batchCount` rows.
  private static func places(
    _ texts: [Int], in list: RowList, order: UInt64 = 2, batchCount: Int = 64
  ) throws -> [Int] {
    var matcher = RowMatcher(list)
    defer { matcher.deallocate() }
    let marks = FlatArray<UInt64>(uninitialized: batchCount)
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
          guard places[row] >= 0 else { continue }
          // What is found can be read.
          let (place, known) = (matcher.place(places[row]), matcher.mark(places[row]))
          let text = texts[start + row]
          #expect(place.segment == (text % 5 == 0 ? 1 : 0))
          #expect(RowMark.isSame(known, mark(text)) && RowMark.isWithdrawn(known) == (text % 3 == 0))
          var line = RowState.Gathered()
          let stretch = RowState.Place(segment: place.segment, block: place.segmentRow.block)
          try list.rows.gather([place.segmentRow], of: stretch, into: &line, columns: nil)
          #expect(String(decoding: line.lines, as: UTF8.self) == "1,\(text)\n")
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
    var texts: [Int] = []
    for (segment, rows) in try list.left().enumerated() {
      #expect(rows == rows.sorted())
      for rows in try list.rows.gather(rows, of: segment, columns: [], threads: 1) {
        texts += String(decoding: rows.lines, as: UTF8.self).split(separator: "\n").compactMap { Int($0.dropFirst(2)) }
      }
    }
    #expect(texts.sorted() == [0, 1, 2] + Array(9...63) + Array(128...199))
  }

  /// Rows of a block that has no number yet get one; those of other blocks keep theirs.
  @Test func runsWaitForTheNumberOfTheirBlock() {
    var block = RowListWriter.Block()
    block.append(RowPlace(segment: 2, block: 7, row: 4), count: 3)
    block.append(RowPlace(segment: 2, block: 7, row: 7), count: 2)
    #expect(!block.isOpen)
    block.append(RowPlace(openRow: 0), count: 1)
    block.append(RowPlace(openRow: 1), count: 1)
    block.append(RowPlace(segment: 2, block: 7, row: 10), count: 1)
    #expect(block.isOpen && block.count == 8)
    block.close(3, block: 70_000)
    #expect(!block.isOpen)
    let runs = stride(from: 0, to: block.runs.count, by: 2).map { at in
      let place = RowPlace(number: block.runs[at])
      return [place.segment, place.segmentRow.block, place.row, Int(block.runs[at + 1])]
    }
    #expect(runs == [[2, 7, 4, 5], [3, 70_000, 0, 2], [2, 7, 10, 1]])
  }

  @Test func marksOfADeliveryAreOfSomeText() {
    for hash in [0, 1, 77 << 40, UInt64.max] {
      let mark = RowMark.mark(ofHash: hash)
      #expect(mark != 0 && !RowMark.isWithdrawn(mark))
      #expect(RowMark.isSame(RowMark.withdrawn(mark), mark) && RowMark.isWithdrawn(RowMark.withdrawn(mark)))
    }
  }

  /// 200 rows in 4 blocks, each of 20 runs; 20 anchors, a table of 4 entries, 24 bytes at the end.
  @Test(arguments: [0, 700, 1279, -1, -24, -30, -152, -460]) func aDamagedListIsRefused(at: Int) throws {
    let folder = try RunTemporaryFolder()
    #expect(throws: RunError.self) {
      let list = try Self.list(Array(0..<200), folder, damaging: at)
      _ = try list.left()
    }
  }
}
