import Testing

@testable import MatchEngine

/// Every variant of the scan against tables written by hand and a loop over bytes.
@Suite("Separator scan")
struct SeparatorScanTests {
  private struct Found: Equatable {
    var separators: [UInt32]
    var recordEnds: [UInt32]
  }

  private static let start = 64

  /// What a scan finds, positions counted from the text's first byte; nil where it does not decide.
  private func scan(_ bytes: [UInt8], _ variant: String) -> Found? {
    let text = FlatArray<UInt8>(repeating: 0, count: Self.start + bytes.count + SeparatorIndex.padding)
    defer { text.deallocate() }
    text.write(bytes, at: Self.start)
    let index = SeparatorIndex(capacity: bytes.count)
    guard index.scan(text, from: Self.start, to: Self.start + bytes.count, delimiter: 0x2C, variant: variant) else {
      return nil
    }
    return Found(
      separators: (0..<index.separatorCount).map { index.separators[$0 + 1] - UInt32(Self.start) },
      recordEnds: (0..<index.recordCount).map { index.recordEnds[$0 + 1] })
  }

  @Test(arguments: SeparatorIndex.variants)
  func byHand(variant: String) {
    let table: [(text: String, found: Found?)] = [
      ("", Found(separators: [], recordEnds: [])),
      ("a,b\nc,d\n", Found(separators: [1, 3, 5, 7], recordEnds: [2, 4])),
      ("a,\r\n,b\n", Found(separators: [1, 3, 4, 6], recordEnds: [2, 4])),
      ("a\rb\n", Found(separators: [1, 3], recordEnds: [1, 2])),
      ("\"a,b\",c\n", Found(separators: [5, 7], recordEnds: [2])),
      ("\"a\nb\",c\n", Found(separators: [5, 7], recordEnds: [2])),
      ("\"a\"\"b\",c\n", Found(separators: [6, 8], recordEnds: [2])),
      ("a\"b,c\n", nil), ("\"a\"b,c\n", nil)
    ]
    for row in table { #expect(scan(Array(row.text.utf8), variant) == row.found, "\(row.text)") }
  }

  @Test(arguments: SeparatorIndex.variants)
  func likeALoopOverBytes(variant: String) {
    var random = DamagedFields(seed: 16)
    for round in 0..<400 {
      // From one separator in two bytes to one in forty, so that a block has none, few and many.
      let rarity = 2 + round % 40
      let bytes = (0..<random.next(below: 700)).map { _ in
        random.next(below: rarity) > 0 ? UInt8(0x61) : random.next(below: 3) == 0 ? UInt8(0x0A) : UInt8(0x2C)
      }
      var expected = Found(separators: [], recordEnds: [])
      for (place, byte) in bytes.enumerated() where byte != 0x61 {
        expected.separators.append(UInt32(place))
        if byte == 0x0A { expected.recordEnds.append(UInt32(expected.separators.count)) }
      }
      #expect(scan(bytes, variant) == expected, "round \(round)")
    }
  }
}
