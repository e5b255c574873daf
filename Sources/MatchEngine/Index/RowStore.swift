internal import CKernels
internal import Synchronization

/// What a stored row holds, in words of eight bytes.
///
///     ┌──────────────────────────────┬──────────────────────┬───────────────┬───────────────────┐
///     │ rule bits (low) marks (high) │ next row, 2 a word   │ cells         │ text reference    │
///     └──────────────────────────────┴──────────────────────┴───────────────┴───────────────────┘
///       word 0                         one half a table       planned         when texts are kept
package struct RowLayout: Sendable, Hashable {
  /// Key tables over the store; each chains rows of one key through a half word of its own.
  package var tableCount: Int
  /// Words of all cells.
  package var cellWordCount: Int
  /// Texts kept a row.
  package var textCount: Int

  package init(tableCount: Int, cellWordCount: Int, textCount: Int) {
    self.tableCount = tableCount
    self.cellWordCount = cellWordCount
    self.textCount = textCount
  }

  package var firstCellWord: Int { 1 + (tableCount + 1) / 2 }
  package var textWord: Int { firstCellWord + cellWordCount }
  package var wordCount: Int { textWord + (textCount > 0 ? 1 : 0) }
}

/// Rows of one source, in segments that never move; a row number says where a row is.
package final class RowStore: @unchecked Sendable {
  // SAFETY: row numbers are given out once each; whoever got one writes that row, and others read it only after the
  // pass
  // is over. Marks are set by atomic operations.
  static let segmentByteCount = 4 << 20
  static let segmentLimit = 1 << 18

  /// Rows of a segment: a power of two, so that a row number says where the row is.
  private let segmentShift: Int
  private var segmentRowCount: Int { 1 << segmentShift }

  package let layout: RowLayout
  package let texts: TextStore
  private let budget: MemoryBudget
  private let segments: FlatArray<FlatArray<UInt64>>
  private let count = Atomic<Int>(0)
  private let segmentCount = Mutex<Int>(0)

  package init(layout: RowLayout, budget: MemoryBudget) {
    self.layout = layout
    self.budget = budget
    texts = TextStore(budget: budget)
    let rowCount = Self.segmentByteCount / (layout.wordCount * 8)
    segmentShift = Int.bitWidth - 1 - max(rowCount, 1).leadingZeroBitCount
    segments = FlatArray(uninitialized: Self.segmentLimit)
  }

  deinit {
    removeAll()
    segments.deallocate()
  }

  package var rowCount: Int { count.load(ordering: .acquiring) }

  /// Frees every row and its texts.
  package func removeAll() {
    segmentCount.withLock { made in
      for index in 0..<made {
        budget.subtract(segments[index].count * 8)
        segments[index].deallocate()
      }
      made = 0
    }
    count.store(0, ordering: .releasing)
    texts.removeAll()
  }

  /// Forgets every row and keeps the room for new ones.
  package func removeRows() {
    count.store(0, ordering: .releasing)
    texts.forgetAll()
  }

  /// Gives out the numbers of `rows` new rows, consecutive; returns the first.
  package func reserve(_ rows: Int) -> Int {
    let first = count.add(rows, ordering: .acquiringAndReleasing).oldValue
    let needed = (first + rows + segmentRowCount - 1) >> segmentShift
    precondition(needed <= Self.segmentLimit, "row store is full")
    segmentCount.withLock { made in
      while made < needed {
        segments[made] = FlatArray(uninitialized: segmentRowCount * layout.wordCount, isReadAtRandom: true)
        budget.add(segments[made].count * 8)
        made += 1
      }
    }
    return first
  }

  /// The words of a row.
  @inline(__always)
  func words(_ row: Int) -> UnsafeMutablePointer<UInt64> {
    // SAFETY: `row` was given out by `reserve`, which made its segment first; the offset stays inside it.
    unsafe segments[row >> segmentShift].base + (row & (segmentRowCount - 1)) * layout.wordCount
  }

  @inline(__always)
  package func word(_ index: Int, of row: Int) -> Int64 {
    unsafe Int64(bitPattern: words(row)[index])
  }

  @inline(__always)
  package func setWord(_ index: Int, of row: Int, to value: Int64) {
    unsafe words(row)[index] = UInt64(bitPattern: value)
  }

  /// The rules whose conditions on this row hold, one bit each.
  @inline(__always)
  package func ruleBits(of row: Int) -> UInt32 {
    unsafe UInt32(truncatingIfNeeded: words(row)[0])
  }

  /// Starts a row: its rule bits, no marks, no chains.
  @inline(__always)
  package func begin(_ row: Int, ruleBits: UInt32) {
    let words = unsafe words(row)
    for index in 0..<layout.firstCellWord { unsafe words[index] = 0 }
    unsafe words[0] = UInt64(ruleBits)
  }

  /// Starts `count` rows from `first` on, with the bits of their lanes.
  package func begin(_ first: Int, count: Int, lanes: FlatArray<UInt32>, ruleBits: FlatArray<UInt32>) {
    let (lanes, bits) = (lanes.mutableColumn(at: 0), ruleBits.mutableColumn(at: 0))
    for index in 0..<count { begin(first &+ index, ruleBits: bits[Int(lanes[index])]) }
  }

  /// Sets word `word` of `count` rows from `first` on to the words of their lanes.
  package func fill(word: Int, from first: Int, count: Int, _ column: LaneColumn<Int64>, lanes: FlatArray<UInt32>) {
    precondition(word < layout.wordCount && first + count <= rowCount)
    let (lanes, stride) = (lanes.mutableColumn(at: 0), layout.wordCount)
    var index = 0
    while index < count {
      // Rows of one segment lie behind each other.
      let row = first + index
      let end = min(count, index + segmentRowCount - (row & (segmentRowCount - 1)))
      var at = unsafe words(row) + word
      while index < end {
        unsafe at.pointee = UInt64(bitPattern: column[Int(lanes[index])])
        unsafe at += stride
        index &+= 1
      }
    }
  }

  /// Bits set by `mark`.
  @inline(__always)
  package func marks(of row: Int) -> UInt32 {
    unsafe UInt32(truncatingIfNeeded: words(row)[0] >> 32)
  }

  /// Sets marks of a row; several workers may do so at once.
  @inline(__always)
  package func mark(_ row: Int, _ bits: UInt32) {
    let words = unsafe words(row)
    guard unsafe UInt32(truncatingIfNeeded: mr_load(words) >> 32) & bits != bits else { return }
    unsafe mr_or(words, UInt64(bits) << 32)
  }

  /// The row after `row` in the chain of table `table`, or nil.
  @inline(__always)
  func next(of row: Int, table: Int) -> Int? {
    let half = unsafe words(row)[1 + table >> 1] >> UInt64((table & 1) * 32)
    let next = Int(UInt32(truncatingIfNeeded: half))
    return next == 0 ? nil : next - 1
  }

  /// Chains `row` before `next`; only the thread that inserts `row` into `table` calls this.
  @inline(__always)
  func setNext(of row: Int, table: Int, to next: Int) {
    let word = unsafe words(row) + (1 + table >> 1)
    let shift = UInt64((table & 1) * 32)
    // The other half belongs to another table, which is built at another time.
    unsafe word.pointee = word.pointee & ~(0xFFFF_FFFF << shift) | UInt64(next) << shift
  }

  /// Appends kept text `index` of a row.
  package func appendText(_ index: Int, of row: Int, to output: inout [UInt8]) {
    texts.append(index, of: UInt64(bitPattern: word(layout.textWord, of: row)), to: &output)
  }
}
