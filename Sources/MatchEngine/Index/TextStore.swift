internal import CKernels
internal import Synchronization

/// The texts that evidence may need of stored rows, as they stood in their file.
///
/// A row's texts lie behind each other, each as a length (one byte; 255: four more bytes follow; 254: the row's cell
/// says it, and no bytes follow) and its bytes. A reference is the number of the piece in the upper 17 bits and half
/// the offset in the lower 15.
package final class TextStore: @unchecked Sendable {
  // SAFETY: the table of pieces only grows, under the lock; a writer fills only pieces of its own, and readers come
  // when writing is over.
  private static let pieceLimit = 1 << 17
  fileprivate static let offsetBitCount = 15

  private let table: FlatArray<FlatArray<UInt8>>
  private let pieceCount = Mutex<Int>(0)
  private let budget: MemoryBudget
  private let memory: TableMemory
  /// Where pieces lie beyond the first ones; nil: all lie in memory.
  fileprivate let scratch: TextScratch?
  /// By piece in the scratch file: its block.
  private let blocks: FlatArray<UInt32>

  /// Pieces that are kept in memory where there is a scratch file.
  private static let memoryPieceCount = 256

  package init(budget: MemoryBudget, memory: TableMemory, scratch: TextScratch? = nil) {
    self.budget = budget
    self.memory = memory
    self.scratch = scratch
    table = FlatArray(uninitialized: Self.pieceLimit)
    blocks = FlatArray(uninitialized: scratch == nil ? 0 : Self.pieceLimit)
  }

  deinit {
    removeAll()
    table.deallocate()
    blocks.deallocate()
  }

  /// Frees every text.
  package func removeAll() {
    pieceCount.withLock { count in
      for index in 0..<count {
        let piece = table[index]
        if piece.count == 0 { continue }
        budget.subtract(piece.count)
        if piece.count == TableMemory.pieceByteCount { piece.giveBack(to: memory) } else { piece.deallocate() }
      }
      count = 0
    }
  }

  /// Forgets every text; the only writer begins again in its piece.
  package func forgetAll() { round.add(1, ordering: .relaxed) }

  /// How often the texts were forgotten.
  fileprivate let round = Atomic<Int>(0)

  /// A piece for `byteCount` bytes or more; a row that fits into no usual piece has one of its own.
  fileprivate func makePiece(byteCount: Int) -> (index: Int, bytes: FlatArray<UInt8>) {
    pieceCount.withLock { count in
      precondition(count < Self.pieceLimit - 1, "text store is full")
      let bytes: FlatArray<UInt8> =
        byteCount > TableMemory.pieceByteCount ? FlatArray(uninitialized: byteCount) : FlatArray(pieceOf: memory)
      table[count] = bytes
      budget.add(bytes.count)
      count += 1
      return (count - 1, bytes)
    }
  }

  /// A piece of the scratch file, if that is where the next piece goes.
  fileprivate func makeScratchPiece() -> (index: Int, block: Int)? {
    guard let scratch else { return nil }
    return pieceCount.withLock { count in
      guard count >= Self.memoryPieceCount else { return nil }
      precondition(count < Self.pieceLimit - 1, "text store is full")
      let block = scratch.makeBlock()
      table[count] = nothing
      blocks[count] = UInt32(block)
      count += 1
      return (count - 1, block)
    }
  }

  /// Stands in the table for a piece in the scratch file.
  private var nothing: FlatArray<UInt8> { FlatArray(prefixOf: table[0], count: 0) }

  /// Stands in place of a reference where nothing of a row is kept: its cells say all.
  static let nothingKept = UInt32.max
  private static let longMark: UInt8 = 255
  private static let nothingMark: UInt8 = 254

  /// Length and start of the text that lies at `offset`.
  @inline(__always)
  private static func text(in bytes: FlatArray<UInt8>, at offset: Int) -> (start: Int, length: Int) {
    guard bytes[offset] == longMark else {
      return (offset + 1, bytes[offset] == nothingMark ? 0 : Int(bytes[offset]))
    }
    var length = 0
    for index in 1...4 { length |= Int(bytes[offset + index]) << ((index - 1) * 8) }
    return (offset + 5, length)
  }

  /// Fetches the texts of a row into the cache, for rows whose texts are wanted soon.
  @inline(__always)
  func prefetch(_ reference: UInt32) {
    let bytes = table[Int(reference >> UInt32(Self.offsetBitCount))]
    // SAFETY: a reference names a place inside its piece; a prefetch reads nothing.
    unsafe mr_prefetch(bytes.base + Int(reference & (1 << UInt32(Self.offsetBitCount) - 1)) * 2)
  }

  /// Appends text number `index` of the row to `output`; `window` holds what was read of the scratch file. False where
  /// it was not kept.
  package func append(
    _ index: Int, of reference: UInt32, to output: inout [UInt8], through window: TextWindow?
  ) -> Bool {
    let piece = Int(reference >> UInt32(Self.offsetBitCount))
    let bytes = table[piece]
    let offset = Int(reference & (1 << UInt32(Self.offsetBitCount) - 1)) * 2
    if bytes.count == 0 {
      return append(index, block: Int(blocks[piece]), offset, to: &output, through: window ?? TextWindow())
    }
    var at = offset
    for _ in 0..<index {
      let text = Self.text(in: bytes, at: at)
      at = text.start + text.length
    }
    if bytes[at] == Self.nothingMark { return false }
    let text = Self.text(in: bytes, at: at)
    bytes.append(from: text.start, count: text.length, to: &output)
    return true
  }

  private func append(
    _ index: Int, block: Int, _ offset: Int, to output: inout [UInt8], through window: TextWindow
  ) -> Bool {
    guard let scratch else { preconditionFailure("a piece that is not in memory is in the scratch file") }
    var at = offset
    for number in 0...index {
      window.hold(scratch, block: block, from: at, count: 5)
      let mark = window.byte(at: at)
      if mark == Self.nothingMark, number == index { return false }
      var (start, length) = (at + 1, mark == Self.nothingMark ? 0 : Int(mark))
      if mark == Self.longMark {
        length = (1...4).reduce(0) { $0 | Int(window.byte(at: at + $1)) << (($1 - 1) * 8) }
        start = at + 5
      }
      if number == index {
        window.hold(scratch, block: block, from: start, count: length)
        window.append(from: start, count: length, to: &output)
      }
      at = start + length
    }
    return true
  }

  /// One worker's end of the store.
  package final class Writer {
    private let store: TextStore
    private var piece = 0
    private var bytes: FlatArray<UInt8>
    private var used = 0
    private var round = 0
    /// The room in which pieces of the scratch file are filled, and the block of the one that is being filled.
    private var room: FlatArray<UInt8>?
    private var block: Int?

    package init(_ store: TextStore) {
      self.store = store
      bytes = FlatArray(uninitialized: 0)
      placeholder = bytes
    }

    /// Stands in until the first row; the only array this object owns.
    private let placeholder: FlatArray<UInt8>

    deinit {
      room?.deallocate()
      placeholder.deallocate()
    }

    /// Writes what waits for the scratch file; nothing is put afterwards.
    package func finish() {
      guard let block, let room else { return }
      store.scratch?.write(room, count: used, block: block)
      self.block = nil
    }

    private func makePiece(byteCount: Int) {
      finish()
      if byteCount <= TableMemory.pieceByteCount, let (index, block) = store.makeScratchPiece() {
        let room = room ?? FlatArray(uninitialized: TableMemory.pieceByteCount)
        self.room = room
        self.block = block
        (piece, bytes) = (index, room)
      } else {
        (piece, bytes) = store.makePiece(byteCount: byteCount)
      }
    }

    /// Begins a row whose texts take at most `byteCount` bytes together, lengths (five bytes each at most) included.
    @inline(__always)
    package func begin(byteCount: Int) -> UInt32 {
      let now = store.round.load(ordering: .relaxed)
      if now != round {
        round = now
        used = 0
      }
      used = (used + 1) & ~1
      // Only the first row of a piece of its own is within reach of a reference.
      let room = used == 0 ? bytes.count : min(bytes.count, TableMemory.pieceByteCount)
      if used + byteCount > room {
        makePiece(byteCount: byteCount)
        used = 0
      }
      return UInt32(truncatingIfNeeded: piece << TextStore.offsetBitCount | used / 2)
    }

    /// Puts the next text of the row begun last: `length` bytes of `text` from `start` on.
    @inline(__always)
    package func put(_ text: FlatArray<UInt8>, from start: Int, count length: Int) {
      if length < TextStore.nothingMark {
        bytes[used] = UInt8(truncatingIfNeeded: length)
        used += 1
      } else {
        bytes[used] = TextStore.longMark
        for index in 1...4 { bytes[used + index] = UInt8(truncatingIfNeeded: length >> ((index - 1) * 8)) }
        used += 5
      }
      bytes.copy(from: text, at: start, to: used, count: length)
      used += length
    }

    /// Puts a mark instead of the next text: the row's cell says it.
    @inline(__always)
    func putNothing() {
      bytes[used] = TextStore.nothingMark
      used += 1
    }
  }
}

extension FlatArray<UInt8> {
  /// A piece of `memory`, to be given back to it.
  fileprivate init(pieceOf memory: TableMemory) {
    // SAFETY: a piece has this many bytes, and any bytes are elements.
    let start = unsafe UnsafeMutableRawPointer(memory.takePiece(isZeroed: false))
    unsafe base = start.assumingMemoryBound(to: UInt8.self)
    count = TableMemory.pieceByteCount
  }

  /// The first elements of another array.
  fileprivate init(prefixOf other: FlatArray<UInt8>, count: Int) {
    precondition(count <= other.count)
    unsafe base = other.base
    self.count = count
  }

  fileprivate func giveBack(to memory: TableMemory) {
    // SAFETY: the array was made of a piece.
    unsafe memory.giveBack(UnsafeMutableRawPointer(base).assumingMemoryBound(to: UInt64.self))
  }
}
