import Foundation
import Testing

@testable import MatchEngine

/// What nights keep on disk, piece by piece.
@Suite struct NightStorageTests {
  private struct Numbers {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(limit))
    }
  }

  @Test func setOfDigestsHoldsWhatWasPutInAndNothingElse() {
    var numbers = Numbers(state: 5)
    let inside = Set((0..<5000).map { _ in UInt32(numbers.next(below: 1 << 20)) } + [0, 1, UInt32.max])
    var set = DigestSet(count: inside.count)
    defer { set.deallocate() }
    #expect(set.isEmpty)
    for digest in inside { set.insert(digest) }
    for digest in inside { set.insert(digest) }
    let digests = (0..<1 << 20).map { UInt32($0) } + [UInt32.max, UInt32.max - 1]
    for digest in digests { #expect(set.contains(digest) == inside.contains(digest)) }
    let words = FlatArray<UInt32>(uninitialized: digests.count)
    let lanes = FlatArray<UInt32>(uninitialized: digests.count)
    defer {
      words.deallocate()
      lanes.deallocate()
    }
    for (place, digest) in digests.enumerated() { words[place] = digest }
    var first: [UInt32]?
    for variant in ["portable", "sse2", "avx2", "avx512"] {
      guard let count = set.candidates(words, count: digests.count, into: lanes, variant: variant) else { continue }
      let passed = (0..<count).map { lanes[$0] }
      #expect(inside.subtracting(passed.map { digests[Int($0)] }).isEmpty, "\(variant)")
      // The filter is worth its room, and each variant the same one.
      #expect(passed.count < inside.count + digests.count / 30)
      #expect(passed == first ?? passed, "\(variant)")
      first = passed
    }
    #expect(first != nil)
    let count = set.candidates(words, from: 7, count: 1000, into: lanes)
    #expect((0..<count).map { lanes[$0] + 7 } == first?.filter { 7..<1007 ~= $0 })
  }

  @Test(arguments: [0, 1, 4095, 4096, 4097, 1 << 20, (1 << 20) + 4096, (2 << 20) - 1, 5 << 20, (5 << 20) + 77])
  func largeFileIsWhatWasAppended(byteCount: Int) throws {
    let folder = try RunTemporaryFolder()
    var numbers = Numbers(state: UInt64(byteCount))
    let bytes = (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: numbers.next(below: 256)) }
    let file = try Descriptor.folder(folder.path).makeFile("large")
    let writer = LargeFileWriter(file, bufferByteCount: 1 << 20, bufferCount: 2)
    var at = 0
    while at < byteCount {
      let count = min(byteCount - at, 1 + numbers.next(below: numbers.next(below: 4) == 0 ? 3 << 20 : 5000))
      try writer.append(bytes.span.extracting(at..<at + count))
      at += count
    }
    let finished = try writer.finish()
    #expect(finished.byteCount == byteCount)
    #expect(Array(try Data(contentsOf: URL(fileURLWithPath: folder("large")))) == bytes)
    var digest = BlockDigest()
    digest.append(bytes.span)
    #expect(finished.digest == digest.finish().hexadecimal)
  }

  @Test func largeFileTellsThatItCouldNotBeWritten() throws {
    let folder = try RunTemporaryFolder()
    try folder.write("closed", "")
    // Opened to be read only.
    let writer = LargeFileWriter(try Descriptor.reading(folder("closed")), bufferByteCount: 1 << 20, bufferCount: 2)
    try writer.append([1, 2, 3].span)
    #expect(throws: RunError.self) { try writer.finish() }
  }

  // MARK: - Flags

  private static func flags(_ count: Int, seed: UInt64) -> FlagRecords {
    var numbers = Numbers(state: seed)
    var texts: [(rule: Int, text: String)] = []
    for _ in 0..<count {
      let (rule, name) = (numbers.next(below: 3), numbers.next(below: max(1, count / 3)))
      texts.append((rule, "case\(name)\0\(name % 7)\0evidence\(name % 11)\0\(numbers.next(below: 2))\0\0"))
    }
    texts.sort { $0.rule != $1.rule ? $0.rule < $1.rule : $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
    var flags = FlagRecords(rules: ["A", "B", "C"])
    for (rule, text) in texts { flags.add(rule: rule, Array(text.utf8).span) }
    return flags
  }

  private static func names(of flags: FlagRecords) -> [FlagName] { (0..<flags.count).map { FlagName(flags, $0) } }

  @Test(arguments: [0, 1, 255, 256, 257, 1500])
  func keptFlagsAreCountedWhereTheyLie(count: Int) throws {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place("out"))
    let flags = Self.flags(count, seed: 3)
    let file = try folder.makeFile(FlagRecords.fileName)
    try flags.writeKept(to: file)
    try folder.finish(file)
    let kept = try KeptFlags(path: "\(folder.scratchPath)/\(FlagRecords.fileName)", rules: flags.rules)
    #expect(kept.count == count)
    let all = try kept.all()
    #expect(all.flags.bytes == flags.flags.bytes)
    #expect(Self.names(of: all) == Self.names(of: flags))
    // Some that are there and some that are not.
    let wanted = Self.flags(max(40, count / 5), seed: 8)
    var starts = FlagBuffer()
    var expected: [Int] = []
    let there = Self.names(of: flags).reduce(into: [FlagName: Int]()) { $0[$1, default: 0] += 1 }
    var last: FlagName?
    for (index, name) in Self.names(of: wanted).enumerated() where name != last {
      last = name
      let rule = Int(wanted.flags.entries[index].rule)
      starts.add(rule: rule, wanted.flags.bytes.span.extracting(wanted.start(of: index)))
      expected.append(there[name] ?? 0)
    }
    #expect(try kept.counts(startingWith: starts) == expected)
    #expect(flags.counts(startingWith: starts) == expected)
    #expect(count < 255 || expected.contains { $0 > 1 })
    try folder.abandon()
  }

  @Test func keptFlagsThatWereDamagedAreRefused() throws {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place("out"))
    let flags = Self.flags(2000, seed: 4)
    let file = try folder.makeFile(FlagRecords.fileName)
    try flags.writeKept(to: file)
    try folder.finish(file)
    let path = "\(folder.scratchPath)/\(FlagRecords.fileName)"
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    var numbers = Numbers(state: 9)
    for _ in 0..<60 {
      var damaged = bytes
      damaged[numbers.next(below: bytes.count)] ^= 1
      try place.write("damaged", damaged)
      #expect(throws: RunError.self) { try KeptFlags(path: place("damaged"), rules: flags.rules).all() }
    }
    #expect(throws: RunError.self) {
      try place.write("damaged", Array(bytes.dropLast(20)))
      _ = try KeptFlags(path: place("damaged"), rules: flags.rules)
    }
    try folder.abandon()
  }

  @Test func numbersOfFlagsAreThoseOfTheirNames() throws {
    let hash = KeyedHash(key: [1, 2, 3])
    let (went, came) = (Self.flags(900, seed: 1), Self.flags(900, seed: 2))
    let (old, new) = went.difference(from: came)
    let counted = Self.flags(700, seed: 6)
    let numbers = try FlagNumbers(NightBook.Difference(went: old, came: new), hash) { starts in
      zip(old.counts(startingWith: starts), counted.counts(startingWith: starts)).map { $0 + $1 }
    }
    var expected: [String] = []
    for name in Set(Self.names(of: old) + Self.names(of: new)) {
      let (goes, comes) = (Self.names(of: old).count { $0 == name }, Self.names(of: new).count { $0 == name })
      let before = goes + Self.names(of: counted).count { $0 == name }
      let after = before - goes + comes
      for copy in min(before, after)..<max(before, after) {
        expected.append("\(name.rule) \(name.digits(copy: copy, hash)) \(after > before)")
      }
    }
    let made = numbers.entries.map { "\(numbers.rule($0)) \(numbers.digits($0)) \($0.isNew)" }
    #expect(made == expected.sorted())
    #expect(made.count > 500)
  }

  // MARK: - Rows

  /// A segment of many rows reads the same whether its files are mapped or read in parts.
  @Test func rowsAreReadAlikeFromSmallAndLargeFiles() throws {
    let place = try RunTemporaryFolder()
    let folder = try OutputFolder(at: place("out"))
    let columnCount = 7
    var numbers = Numbers(state: 12)
    var rows = RowState.Gathered()
    rows.columnCount = columnCount
    for row in 0..<20_000 {
      let line = "1,\(row),\(String(repeating: "x", count: numbers.next(below: 60)))\n"
      rows.lines += Array(line.utf8)
      rows.ends.append(rows.lines.count)
      rows.words += [0, RowBlock.check(Array(line.utf8).span)]
      for _ in 2..<columnCount { rows.words.append(UInt32(numbers.next(below: 1 << 31))) }
    }
    let writer = try SegmentWriter(
      "rows", header: ["a", "b"], columnCount: columnCount, expecting: 0, in: folder)
    var block = RowBlock(columnCount: columnCount)
    defer { block.deallocate() }
    for start in stride(from: 0, to: rows.ends.count, by: RowBlock.capacity) {
      block.removeAll()
      block.take(rows, start..<min(start + RowBlock.capacity, rows.ends.count))
      _ = try writer.append(block)
    }
    let entry = try writer.finish(in: folder)
    for limit in [StateFile.mappedByteCountMax, 0] {
      let segment = try Segment(entry, at: folder.scratchPath, mappedByteCountMax: limit)
      #expect(try segment.header() == ["a", "b"])
      let scratch = RowScratch()
      for share in [1, 3, 700, 4000] {
        for (number, block) in segment.blocks.enumerated() {
          let wanted = (0..<block.rows).filter { _ in numbers.next(below: share) == 0 }
          guard !wanted.isEmpty else { continue }
          var output = RowState.Gathered()
          let places = wanted.map { Segment.Row(block: number, row: $0) }
          try segment.read(places[...], of: number, columns: [4, 6], into: &output, scratch)
          #expect(output.ends.count == wanted.count)
          for (index, row) in wanted.enumerated() {
            let all = number * RowBlock.capacity + row
            #expect(output.lines[output.line(index)] == rows.lines[rows.line(all)])
            for column in [1, 4, 6] {
              #expect(output.words[index * columnCount + column] == rows.words[all * columnCount + column])
            }
          }
          let words = try segment.columns(number, checking: [2, 3, 6], scratch)
          for column in [2, 3, 6] {
            let all = number * RowBlock.capacity + 5
            #expect(words[column * block.rows + 5] == rows.words[all * columnCount + column])
          }
        }
      }
    }
    try folder.abandon()
  }
}
