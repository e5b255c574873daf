internal import Synchronization

/// Writes in which order the rows of a snapshot were delivered, for the next night to compare; any number of workers
/// may add blocks.
///
/// `rows/NAME.list`: blocks in any order, then the anchors, then a table that says where each block stands and in which
/// order they were delivered, then the numbers of blocks and anchors and the digest of anchors and table; all numbers
/// least byte first, 8 bytes each.
///
///     block     ┌──────────────────────┬───────┐
///               │ segment, block, row  │ count │   for every run of rows that stand in a segment one after the other
///               └──────────────────────┴───────┘
///     anchors   ┌──────┬───────────────┐
///               │ mark │ block, row    │           for every anchor: the block of the list, and its row in it
///               └──────┴───────────────┘
///     table     ┌───────┬───────┬──────┬──────┐
///               │ order │ rows  │ runs │ XXH3 │    for every block
///               └───────┴───────┴──────┴──────┘
final class RowListWriter: Sendable {
  /// Rows of one stretch of a delivery, in its order.
  struct Block {
    /// First row and number of each run, one after the other.
    fileprivate(set) var runs: [UInt64] = []
    /// Marks and rows of anchors.
    fileprivate(set) var anchors: [(mark: UInt64, row: Int)] = []
    private(set) var count = 0
    /// Of its first row in the delivery: file, line.
    var order: UInt64 = 0
    /// Some rows stand in a block of a segment that has no number yet.
    private(set) var isOpen = false

    /// Adds rows that stand one after the other, from `place` on.
    @inline(__always)
    mutating func append(_ place: RowPlace, count more: Int) {
      let last = runs.count - 2
      if last >= 0, runs[last] &+ runs[last + 1] == place.number {
        runs[last + 1] += UInt64(more)
      } else {
        runs.append(place.number)
        runs.append(UInt64(more))
      }
      if place.isOpen { isOpen = true }
      count += more
    }

    /// Notes that row `row` of the block has the mark of an anchor.
    mutating func noteAnchor(_ mark: UInt64, row: Int) { anchors.append((mark, row)) }

    /// Gives the block without a number the number `block` of segment `segment`.
    mutating func close(_ segment: Int, block: Int) {
      guard isOpen else { return }
      for at in stride(from: 0, to: runs.count, by: 2) {
        let place = RowPlace(number: runs[at])
        if place.isOpen { runs[at] = RowPlace(segment: segment, block: block, row: place.row).number }
      }
      isOpen = false
    }
  }

  private struct State: @unchecked Sendable {
    // SAFETY: used under the lock alone.
    let file: OutputFile
    var rowCount = 0
    var blockCount = 0
    var table: [UInt8] = []
    var anchors: [UInt8] = []
    var failure: RunError?
  }

  private let state: Mutex<State>

  init(_ file: OutputFile) { state = Mutex(State(file: file)) }

  /// Adds a block, all of whose rows have places. An error is kept for `finish`.
  func append(_ block: Block) {
    guard block.count > 0 else { return }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(block.runs.count * 8)
    for word in block.runs { bytes.append(littleEndian: word) }
    let digest = RowList.digest(bytes.span)
    state.withLock { state in
      guard state.failure == nil else { return }
      do throws(RunError) { try state.file.append(bytes) } catch { state.failure = error }
      for number in [block.order, UInt64(block.count), UInt64(block.runs.count / 2), digest] {
        state.table.append(littleEndian: number)
      }
      for anchor in block.anchors {
        state.anchors.append(littleEndian: anchor.mark)
        state.anchors.append(littleEndian: UInt64(state.blockCount) << 32 | UInt64(anchor.row))
      }
      state.rowCount += block.count
      state.blockCount += 1
    }
  }

  /// Ends the file; returns how many rows it names.
  func finish(in folder: OutputFolder) throws(RunError) -> Int {
    let state = state.withLock { $0 }
    if let failure = state.failure { throw failure }
    let end = state.anchors + state.table
    var trailer: [UInt8] = []
    trailer.append(littleEndian: UInt64(state.blockCount))
    trailer.append(littleEndian: UInt64(state.anchors.count / 16))
    trailer.append(littleEndian: RowList.digest(end.span))
    try state.file.append(end)
    try state.file.append(trailer)
    try folder.finish(state.file)
    return state.rowCount
  }
}

/// Where a row stands in the state.
struct RowPlace {
  //  63            48 47                             16 15             0
  //  ┌────────────────┬────────────────────────────────┬────────────────┐
  //  │ segment        │ block                          │ row            │
  //  └────────────────┴────────────────────────────────┴────────────────┘
  let number: UInt64

  init(number: UInt64) { self.number = number }

  init(segment: Int, _ row: Segment.Row) { number = UInt64(segment) << 48 | row.number }

  init(segment: Int, block: Int, row: Int) { self.init(segment: segment, Segment.Row(block: block, row: row)) }

  /// A row of a block that has no number yet.
  init(openRow row: Int) { self.init(segment: Self.openSegment, block: 0, row: row) }

  private static let openSegment = 0xFFFF

  var segment: Int { Int(number >> 48) }
  var row: Int { Int(number & 0xFFFF) }
  var segmentRow: Segment.Row { Segment.Row(number: number & 0xFFFF_FFFF_FFFF) }
  var isOpen: Bool { segment == Self.openSegment }
}

/// What the state keeps of the text of a row of a snapshot, to know it again without reading its values.
///
///     63                                1   0
///     ┌─────────────────────────────────┬───┐
///     │ hash of the record as it stands │ w │   w: the row says of itself that it is taken back
///     └─────────────────────────────────┴───┘
enum RowMark {
  @inline(__always)
  static func mark(ofHash hash: UInt64) -> UInt64 { max(2, hash & ~1) }

  @inline(__always)
  static func isWithdrawn(_ mark: UInt64) -> Bool { mark & 1 == 1 }

  @inline(__always)
  static func withdrawn(_ mark: UInt64) -> UInt64 { mark | 1 }

  /// The marks of all records of a batch, which is of `file`.
  static func mark(_ batch: RecordBatch, _ file: SourceFile, seed: UInt64, into marks: FlatArray<UInt64>) {
    XXH3.hash64(batch, columnCount: file.columnCount, seed: seed, into: marks)
    let words = marks.mutableColumn(at: 0)
    for lane in 0..<batch.count { words.set(lane, mark(ofHash: words[lane])) }
  }

  /// True where `known`, of an earlier night, is of the same text as `mark`, whose lowest bit is 0.
  @inline(__always)
  static func isSame(_ known: UInt64, _ mark: UInt64) -> Bool { known & ~1 == mark }

  /// About one row in 64, chosen by its text alone: by these the place of a stretch is found again.
  @inline(__always)
  static func isAnchor(_ mark: UInt64) -> Bool { mark >> 58 == 1 }
}
