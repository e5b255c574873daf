/// Counts words, most of them in a small table instead of a dictionary; one worker's own.
final class GroupCounter {
  private let words: FlatArray<Int64>
  private let counts: FlatArray<Int>

  private static let bitCount = 10

  init() {
    words = FlatArray(repeating: 0, count: 1 << Self.bitCount)
    counts = FlatArray(repeating: 0, count: 1 << Self.bitCount)
  }

  deinit {
    words.deallocate()
    counts.deallocate()
  }

  /// Counts `word`; another word in its place goes to `totals`.
  @inline(__always)
  func add(_ word: Int64, to totals: inout [Int64: Int]) {
    let slot = Int((UInt64(bitPattern: word) &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - Self.bitCount))
    if words[slot] != word {
      if counts[slot] > 0 { totals[words[slot], default: 0] += counts[slot] }
      words[slot] = word
      counts[slot] = 0
    }
    counts[slot] += 1
  }

  /// Adds what is still in the table to `totals`.
  func flush(into totals: inout [Int64: Int]) {
    for slot in 0..<counts.count where counts[slot] > 0 {
      totals[words[slot], default: 0] += counts[slot]
      counts[slot] = 0
    }
  }
}
