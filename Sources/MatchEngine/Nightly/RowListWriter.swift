internal import Synchronization

/// Writes the rows of a snapshot as the next night will compare them; any number of workers may add blocks.
///
/// `rows/NAME.rows`: blocks in any order, then a table that says where each stands and in which order they were
/// delivered, then the number of blocks and the digest of the table; all numbers least byte first.
///
///     block     ┌──────────────────┬───────────────────┬──────────────────┐
///               │ rows, 8 bytes    │ people, 4 bytes   │ marks, 4 bytes   │   each
///               └──────────────────┴───────────────────┴──────────────────┘
///     table     ┌───────┬───────┬───────┬────────────────────────────────┐
///               │ order │ count │ start │ XXH3 of rows, of people, marks │   8 bytes each, for every block
///               └───────┴───────┴───────┴────────────────────────────────┘
final class RowListWriter: Sendable {
  /// Rows of one stretch of a delivery, in its order.
  struct Block {
    //  63                             32 31                              0
    //  ┌────────────────────────────────┬────────────────────────────────┐
    //  │ digest of the key, or of half  │ digest of all values           │
    //  │ of all where there is none     │                                │
    //  └────────────────────────────────┴────────────────────────────────┘
    private(set) var rows: FlatArray<UInt64>
    /// Digests of the people whom the rows are about.
    private(set) var people: FlatArray<UInt32>
    /// Of the text as it was delivered: see `RowMark`.
    private(set) var marks: FlatArray<UInt32>
    private(set) var count = 0

    init() {
      rows = FlatArray(uninitialized: 1 << 14)
      people = FlatArray(uninitialized: 1 << 14)
      marks = FlatArray(uninitialized: 1 << 14)
    }

    func deallocate() {
      rows.deallocate()
      people.deallocate()
      marks.deallocate()
    }

    mutating func removeAll() { count = 0 }

    mutating func removeFirst(_ length: Int) {
      count -= length
      rows.move(from: length, to: 0, count: count)
      people.move(from: length, to: 0, count: count)
      marks.move(from: length, to: 0, count: count)
    }

    /// Makes room for `more` rows behind the others, which are the caller's to set; returns the place of the first.
    mutating func add(_ more: Int) -> Int {
      let first = count
      if count + more > rows.count {
        let size = max(rows.count * 2, count + more)
        rows = Self.enlarged(rows, to: size, keeping: count)
        people = Self.enlarged(people, to: size, keeping: count)
        marks = Self.enlarged(marks, to: size, keeping: count)
      }
      count += more
      return first
    }

    private static func enlarged<Word>(_ array: FlatArray<Word>, to size: Int, keeping kept: Int) -> FlatArray<Word> {
      let larger = FlatArray<Word>(uninitialized: size)
      larger.copy(from: array, at: 0, to: 0, count: kept)
      array.deallocate()
      return larger
    }
  }

  private struct State: @unchecked Sendable {
    // SAFETY: used under the lock alone.
    let file: OutputFile
    var byteCount = 0
    var rowCount = 0
    var blockCount = 0
    var table: [UInt8] = []
    var failure: RunError?
  }

  private let state: Mutex<State>

  init(_ file: OutputFile) { state = Mutex(State(file: file)) }

  /// Adds a block; `order` tells where it stands in the delivery. An error is kept for `finish`.
  func append(_ block: Block, order: UInt64) {
    guard block.count > 0 else { return }
    let rows = block.rows.bytes(from: 0, count: block.count)
    let people = block.people.bytes(from: 0, count: block.count)
    let marks = block.marks.bytes(from: 0, count: block.count)
    let digests = [RowList.digest(rows), RowList.digest(people), RowList.digest(marks)]
    state.withLock { state in
      guard state.failure == nil else { return }
      do throws(RunError) {
        try state.file.append(rows)
        try state.file.append(people)
        try state.file.append(marks)
      } catch {
        state.failure = error
      }
      for number in [order, UInt64(block.count), UInt64(state.byteCount)] + digests {
        state.table.append(littleEndian: number)
      }
      state.byteCount += block.count * RowList.rowByteCount
      state.rowCount += block.count
      state.blockCount += 1
    }
  }

  /// Ends the file; returns how many rows it holds.
  func finish(in folder: OutputFolder) throws(RunError) -> Int {
    let state = state.withLock { $0 }
    if let failure = state.failure { throw failure }
    var end = state.table
    end.append(littleEndian: UInt64(state.blockCount))
    end.append(littleEndian: RowList.digest(state.table.span))
    try state.file.append(end)
    try folder.finish(state.file)
    return state.rowCount
  }
}

/// What the state keeps of the text of a row, to know it again without reading its values.
///
///     31                                1   0
///     ┌─────────────────────────────────┬───┐
///     │ hash of the record as it stands │ w │   w: the row says of itself that it is taken back
///     └─────────────────────────────────┴───┘
struct RowMark {
  /// Of a row that is to be read again every night, since what is not usable today may be usable tomorrow.
  static let never: UInt32 = 0

  @inline(__always)
  static func mark(ofHash hash: UInt64) -> UInt32 {
    let mark = UInt32(truncatingIfNeeded: hash >> 32) & ~1
    return mark == never ? 2 : mark
  }

  @inline(__always)
  static func isWithdrawn(_ mark: UInt32) -> Bool { mark & 1 == 1 }

  @inline(__always)
  static func withdrawn(_ mark: UInt32) -> UInt32 { mark | 1 }

  /// True where `known`, of an earlier night, is of the same text as `mark`, whose lowest bit is 0.
  @inline(__always)
  static func isSame(_ known: UInt32, _ mark: UInt32) -> Bool { known & ~1 == mark }

  /// About one row in 64, chosen by its text alone: by these the place of a stretch is found again.
  @inline(__always)
  static func isAnchor(_ mark: UInt32) -> Bool { mark >> 26 == 1 }
}
