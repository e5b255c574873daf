internal import Synchronization

/// The values of a column of stored rows that take half a word each.
///
/// A number within 2^30 of zero stands for itself; everything else is an entry of a list, where few values are
/// expected to be different.
///
///     31      30                   0
///     ┌───┬──────────────────────┐
///     │ 0 │ value + 2^30         │
///     │ 1 │ number of the entry  │
///     └───┴──────────────────────┘
package final class NarrowColumn: Sendable {
  // SAFETY: pieces are put into the list under the lock, and entries are written before their number is given out. Who
  // reads one has its number from the lock or made it, or reads when the writing of rows is over.
  private let pieces: FlatArray<FlatArray<Int64>>
  private let state = Mutex(State())

  private struct Pair: Hashable {
    var first: Int64
    var second: Int64
  }

  private struct State {
    var known: [Pair: UInt32] = [:]
    var pieceCount = 0
    /// The end of the shared piece.
    var shared = 0
  }

  private static let reach: Int64 = 1 << 30
  private static let entryFlag: UInt32 = 1 << 31
  private static let entryBitCount = 12
  private static let pieceLimit = 1 << 19
  /// Beyond so many values each one has an entry of its own.
  private static let knownCountMax = 1 << 16

  package init() { pieces = FlatArray(uninitialized: Self.pieceLimit) }

  deinit {
    state.withLock { state in for number in 0..<state.pieceCount { pieces[number].deallocate() } }
    pieces.deallocate()
  }

  @inline(__always)
  package func value(_ code: UInt32, isSecond: Bool) -> Int64 {
    if code & Self.entryFlag == 0 { return isSecond ? 0 : Int64(code) - Self.reach }
    let entry = Int(code & ~Self.entryFlag)
    let piece = pieces[entry >> Self.entryBitCount]
    return piece[(entry & (1 << Self.entryBitCount - 1)) * 2 + (isSecond ? 1 : 0)]
  }

  private func makePiece(_ state: inout State) -> Int {
    precondition(state.pieceCount < Self.pieceLimit, "a narrow column is full")
    pieces[state.pieceCount] = FlatArray(uninitialized: 2 << Self.entryBitCount)
    state.pieceCount += 1
    return (state.pieceCount - 1) << Self.entryBitCount
  }

  private func put(_ pair: Pair, at entry: Int) -> UInt32 {
    let piece = pieces[entry >> Self.entryBitCount]
    let place = (entry & (1 << Self.entryBitCount - 1)) * 2
    piece[place] = pair.first
    piece[place + 1] = pair.second
    return UInt32(entry) | Self.entryFlag
  }

  /// One worker's end of the column.
  package final class Writer {
    private let column: NarrowColumn
    private let isWide: Bool
    /// Values met lately, by their hash: two words, then the codes.
    private let values: FlatArray<Int64>
    private let codes: FlatArray<UInt32>
    /// Entries of its own: the next, and the end.
    private var next = 0
    private var end = 0

    private static let cacheBitCount: UInt64 = 10

    package init(_ column: NarrowColumn, isWide: Bool) {
      self.column = column
      self.isWide = isWide
      values = FlatArray(repeating: 0, count: 2 << Int(Self.cacheBitCount))
      codes = FlatArray(repeating: 0, count: 1 << Int(Self.cacheBitCount))
    }

    deinit {
      values.deallocate()
      codes.deallocate()
    }

    @inline(__always)
    package func code(_ first: Int64, _ second: Int64) -> UInt32 {
      if !isWide, first >= -NarrowColumn.reach, first < NarrowColumn.reach {
        return UInt32(truncatingIfNeeded: first + NarrowColumn.reach)
      }
      let mixed =
        (UInt64(bitPattern: first) ^ UInt64(bitPattern: second) &* 0xD6E8_FEB8_6659_FD93)
        &* 0x9E37_79B9_7F4A_7C15
      let slot = Int(mixed >> (64 - Self.cacheBitCount))
      // Code 0 stands for a small number, so it marks a free slot.
      if codes[slot] != 0, values[slot * 2] == first, values[slot * 2 + 1] == second { return codes[slot] }
      let code = newCode(Pair(first: first, second: second))
      values[slot * 2] = first
      values[slot * 2 + 1] = second
      codes[slot] = code
      return code
    }

    private func newCode(_ pair: Pair) -> UInt32 {
      let known: UInt32? = column.state.withLock { state in
        if let known = state.known[pair] { return known }
        if state.known.count < NarrowColumn.knownCountMax {
          if state.shared & (1 << NarrowColumn.entryBitCount - 1) == 0 { state.shared = column.makePiece(&state) }
          let code = column.put(pair, at: state.shared)
          state.shared += 1
          state.known[pair] = code
          return code
        }
        if next == end {
          next = column.makePiece(&state)
          end = next + 1 << NarrowColumn.entryBitCount
        }
        return nil
      }
      if let known { return known }
      next += 1
      return column.put(pair, at: next - 1)
    }
  }
}
