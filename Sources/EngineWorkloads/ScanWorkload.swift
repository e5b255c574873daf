import MatchEngine
import Normalizers

/// Finding the separators of delimited text, a chunk at a time.
public final class ScanWorkload {
  public let byteCount: Int
  private let text: FlatArray<UInt8>
  private let index: SeparatorIndex
  private let stretch: Int
  private static let leadByteCount = 64

  /// Rows of six fields, repeated until there are `byteCount` bytes, indexed `stretch` bytes at a time.
  public init(byteCount: Int, stretch: Int = 1 << 20) {
    let rows = SampleText(byteCount: min(byteCount, 1 << 20)).bytes
    self.stretch = stretch
    self.byteCount = byteCount / rows.count * rows.count
    text = FlatArray(repeating: 0, count: Self.leadByteCount + self.byteCount + SeparatorIndex.padding)
    for start in stride(from: 0, to: self.byteCount, by: rows.count) {
      text.write(rows, at: Self.leadByteCount + start)
    }
    index = SeparatorIndex(capacity: stretch)
  }

  deinit { text.deallocate() }

  /// Returns how many separators there are.
  public func run() -> Int {
    var count = 0
    for start in stride(from: Self.leadByteCount, to: Self.leadByteCount + byteCount, by: stretch) {
      let end = min(start + stretch, Self.leadByteCount + byteCount)
      guard index.scan(text, from: start, to: end, delimiter: UInt8(ascii: ",")) else {
        preconditionFailure("the text has no quotes")
      }
      count += index.separatorCount
    }
    return count
  }

  /// The floor: the same bytes looked at once, and added up.
  public func runFloor() -> Int {
    let bytes = text.span(from: Self.leadByteCount, count: byteCount)
    var sum: UInt8 = 0
    for place in bytes.indices { sum &+= bytes[place] }
    return Int(sum)
  }
}
