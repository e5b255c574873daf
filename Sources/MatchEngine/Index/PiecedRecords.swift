/// Records of a fixed number of words that are added at the end and never move, in pieces of a `TableMemory`.
///
/// Copied freely, freed by its owner. Used by one thread at a time, unless it was made for a number of pieces that it
/// will not exceed: then records may be used while another thread adds a piece.
@safe
struct PiecedRecords {
  // SAFETY: piece p holds the records from p * `perPiece` on; records below `capacity` lie in pieces that were taken.
  private let memory: TableMemory
  let stride: Int
  /// Records of a piece.
  let perPiece: Int
  /// 2^64 / `perPiece`, rounded up: the high half of its product with a record number below 2^32 is the piece's number.
  private let reciprocal: UInt64
  private var pieces: FlatArray<UnsafeMutablePointer<UInt64>>
  private let isFixed: Bool
  private(set) var pieceCount = 0

  init(stride: Int, memory: TableMemory, pieceLimit: Int? = nil) {
    precondition(stride > 0 && stride <= TableMemory.pieceWordCount, "a record fits into a piece")
    self.memory = memory
    self.stride = stride
    perPiece = TableMemory.pieceWordCount / stride
    reciprocal = UInt64.max / UInt64(perPiece) + 1
    isFixed = pieceLimit != nil
    unsafe pieces = FlatArray(uninitialized: pieceLimit ?? 16)
  }

  /// Gives every piece back.
  mutating func removeAll() {
    for index in 0..<pieceCount { unsafe memory.giveBack(pieces[index]) }
    pieceCount = 0
  }

  func deallocate() { unsafe pieces.deallocate() }

  /// Records that there is room for.
  var capacity: Int { pieceCount * perPiece }

  /// Bytes of all pieces.
  var byteCount: Int { pieceCount * TableMemory.pieceByteCount }

  /// Adds a piece; the words of its records are 0 when `isZeroed` holds, else arbitrary.
  mutating func grow(isZeroed: Bool) {
    if unsafe pieceCount == pieces.count {
      precondition(!isFixed, "a table is full")
      let more = unsafe FlatArray<UnsafeMutablePointer<UInt64>>(uninitialized: pieceCount * 2)
      unsafe more.copy(from: pieces, at: 0, to: 0, count: pieceCount)
      unsafe pieces.deallocate()
      unsafe pieces = more
    }
    unsafe pieces[pieceCount] = memory.takePiece(isZeroed: isZeroed)
    pieceCount += 1
  }

  /// The words of a record.
  @inline(__always)
  func words(_ record: Int) -> UnsafeMutablePointer<UInt64> {
    let piece = self.piece(of: record)
    return unsafe pieces.base[piece] + (record &- piece &* perPiece) &* stride
  }

  @inline(__always)
  func piece(of record: Int) -> Int {
    Int(truncatingIfNeeded: UInt64(truncatingIfNeeded: record).multipliedFullWidth(by: reciprocal).high)
  }
}
