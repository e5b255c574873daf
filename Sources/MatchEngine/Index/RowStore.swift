internal import CKernels
internal import Synchronization

/// What a stored row holds, in words of eight bytes and, in front, half words of four.
///
///     ┌────────────┬───────┬──────────────────────┬────────────────┬──────────────┬─────────┐
///     │ rule bits  │ marks │ next row             │ text reference │ narrow cells │ cells   │
///     └────────────┴───────┴──────────────────────┴────────────────┴──────────────┴─────────┘
///       half 0       half 1  one half a table       when texts are   one half each  whole
///                                                   kept                            words
package struct RowLayout: Sendable, Hashable {
  /// Key tables over the store; each chains rows of one key through a half word of its own.
  package var tableCount: Int
  /// Words of all cells.
  package var cellWordCount: Int
  /// Texts kept a row.
  package var textCount: Int
  /// Cells of half a word.
  package var narrowCount: Int
  /// By text: the cell that may say it; nil where none does.
  package private(set) var textCells: [TextCell?]

  package init(tableCount: Int, cellWordCount: Int, textCount: Int, narrowCount: Int = 0) {
    self.narrowCount = narrowCount
    textCells = Array(repeating: nil, count: textCount)
    self.tableCount = tableCount
    self.cellWordCount = cellWordCount
    self.textCount = textCount
  }

  /// The half word of the text reference.
  var textHalf: Int { 2 + tableCount }
  var firstNarrowHalf: Int { textHalf + (textCount > 0 ? 1 : 0) }
  package var firstCellWord: Int { (firstNarrowHalf + narrowCount + 1) / 2 }

  /// Texts need not be kept where the cell of their field says them; `cell` gives word and type of a text's cell.
  package mutating func findTextCells(_ cell: (_ text: Int) -> (word: Int, type: FieldType)?) {
    for text in textCells.indices { textCells[text] = cell(text).flatMap { TextCell(word: $0.word, type: $0.type) } }
  }

  /// What stands for the first word of a narrow cell where words are named; the second follows.
  static func narrowWord(_ number: Int) -> Int { firstNarrowWord + number * 2 }
  static let firstNarrowWord = 1 << 20

  package var wordCount: Int {
    let used = firstCellWord + cellWordCount
    // With one word more, no row lies across two cache lines of eight words.
    return used == 3 || used == 7 ? used + 1 : used
  }
}

/// Rows of one source, in pieces that never move; a row number says where a row is.
package final class RowStore: @unchecked Sendable {
  // SAFETY: row numbers are given out once each; whoever got one writes that row, and others read it only after the
  // pass
  // is over. Marks are set by atomic operations.
  static let pieceLimit = 1 << 20

  package let layout: RowLayout
  package let texts: TextStore
  /// Of the narrow cells.
  let narrow: [NarrowColumn]
  private let budget: MemoryBudget
  private var pieces: PiecedRecords
  private let count = Atomic<Int>(0)
  private let lock = Mutex<Void>(())

  /// Texts go to `scratch` when they are many; nil: all stay in memory.
  package init(layout: RowLayout, budget: MemoryBudget, memory: TableMemory, scratch: TextScratch? = nil) {
    self.layout = layout
    self.budget = budget
    narrow = (0..<layout.narrowCount).map { _ in NarrowColumn() }
    texts = TextStore(budget: budget, memory: memory, scratch: scratch)
    pieces = PiecedRecords(stride: layout.wordCount, memory: memory, pieceLimit: Self.pieceLimit)
  }

  deinit {
    removeAll()
    pieces.deallocate()
  }

  package var rowCount: Int { count.load(ordering: .acquiring) }

  /// Frees every row and its texts.
  package func removeAll() {
    lock.withLock { _ in
      budget.subtract(pieces.byteCount)
      pieces.removeAll()
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
    lock.withLock { _ in
      let first = count.load(ordering: .relaxed)
      while pieces.capacity < first + rows {
        pieces.grow(isZeroed: false)
        budget.add(TableMemory.pieceByteCount)
      }
      count.store(first + rows, ordering: .releasing)
      return first
    }
  }

  /// The words of a row.
  @inline(__always)
  func words(_ row: Int) -> UnsafeMutablePointer<UInt64> {
    // `row` was given out by `reserve`, which took its piece first.
    unsafe pieces.words(row)
  }

  /// For loops over many rows, while none is added.
  @inline(__always)
  var view: PiecedRecords.View { pieces.view }

  @inline(__always)
  package func word(_ index: Int, of row: Int) -> Int64 {
    if index >= RowLayout.firstNarrowWord { return narrowWord(index, of: row) }
    return unsafe Int64(bitPattern: words(row)[index])
  }

  private func narrowWord(_ index: Int, of row: Int) -> Int64 {
    let number = (index - RowLayout.firstNarrowWord) >> 1
    let half = layout.firstNarrowHalf + number
    let code = unsafe UInt32(truncatingIfNeeded: words(row)[half >> 1] >> UInt64((half & 1) * 32))
    return narrow[number].value(code, isSecond: index & 1 == 1)
  }

  /// Gathers word `index` of the first `count` of `rows`.
  package func gather(_ index: Int, of rows: FlatArray<UInt32>, count: Int, into result: FlatArray<Int64>) {
    precondition(count <= rows.count && count <= result.count)
    // SAFETY: the arrays have `count` elements; row numbers were given out by `reserve`.
    let (view, rows, result) = unsafe (pieces.view, rows.base, result.base)
    let ahead = 64
    guard index >= RowLayout.firstNarrowWord else {
      for lane in 0..<count {
        if lane &+ ahead < count { unsafe mr_prefetch(view.words(Int(rows[lane &+ ahead])) + index) }
        unsafe result[lane] = Int64(bitPattern: view.words(Int(rows[lane]))[index])
      }
      return
    }
    let number = (index - RowLayout.firstNarrowWord) >> 1
    let half = layout.firstNarrowHalf + number
    let (word, shift) = (half >> 1, UInt64((half & 1) * 32))
    let (column, isSecond) = (narrow[number], index & 1 == 1)
    for lane in 0..<count {
      if lane &+ ahead < count { unsafe mr_prefetch(view.words(Int(rows[lane &+ ahead])) + word) }
      let code = unsafe UInt32(truncatingIfNeeded: view.words(Int(rows[lane]))[word] &>> shift)
      unsafe result[lane] = column.value(code, isSecond: isSecond)
    }
  }

  /// Sets narrow cell `number` of `count` rows from `first` on to the values of their lanes; called after `begin`.
  func fillNarrow(
    _ number: Int, from first: Int, count: Int, _ column: LaneColumn<Int64>, _ second: LaneColumn<Int64>?,
    lanes: FlatArray<UInt32>, _ writer: NarrowColumn.Writer
  ) {
    precondition(number < layout.narrowCount && first + count <= rowCount && count <= lanes.count)
    let half = layout.firstNarrowHalf + number
    let (word, shift) = (half >> 1, UInt64((half & 1) * 32))
    for index in 0..<count {
      let lane = Int(lanes[index])
      let code = writer.code(column[lane], second.map { $0[lane] } ?? 0)
      unsafe words(first + index)[word] |= UInt64(code) << shift
    }
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
      // Rows of one piece lie behind each other.
      let row = first + index
      let end = min(count, index + (pieces.piece(of: row) + 1) * pieces.perPiece - row)
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
}
