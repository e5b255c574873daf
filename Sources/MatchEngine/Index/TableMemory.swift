internal import Glibc
internal import Synchronization

/// Memory for tables that grow: pieces of 64 KiB, cut from stretches of address space whose pages take memory when they
/// are first touched.
///
/// A piece that was given back is handed out again before a new page is touched, since new pages cost more than all
/// that is done with them afterwards.
package final class TableMemory: Sendable {
  // SAFETY: a piece belongs to whoever took it until it is given back; the lists of pieces change under the lock.
  static let pieceByteCount = 1 << 16
  static let pieceWordCount = pieceByteCount / 8
  private static let stretchByteCount = 64 << 20
  private static let hugePageByteCount = 2 << 20

  @safe
  private struct State: @unchecked Sendable {
    // SAFETY: see `TableMemory`.
    var stretches: [UnsafeMutableRawPointer] = unsafe []
    var used = stretchByteCount
    var free: [UnsafeMutablePointer<UInt64>] = unsafe []
  }

  private let state = Mutex(State())

  package init() {}

  deinit {
    state.withLock { state in
      for unsafe stretch in unsafe state.stretches { unsafe munmap(stretch, Self.stretchByteCount) }
    }
  }

  /// A piece of memory that begins at a cache line; its bytes are 0 when `isZeroed` holds, else arbitrary.
  func takePiece(isZeroed: Bool) -> UnsafeMutablePointer<UInt64> {
    let (piece, isNew) = unsafe state.withLock { state in
      if let used = unsafe state.free.popLast() { return unsafe (used, false) }
      if state.used == Self.stretchByteCount {
        unsafe state.stretches.append(Self.makeStretch())
        state.used = 0
      }
      let piece = unsafe state.stretches[state.stretches.count - 1] + state.used
      state.used += Self.pieceByteCount
      return unsafe (piece.assumingMemoryBound(to: UInt64.self), true)
    }
    // New pages are 0 already.
    if isZeroed, !isNew { unsafe piece.initialize(repeating: 0, count: Self.pieceWordCount) }
    return unsafe piece
  }

  func giveBack(_ piece: UnsafeMutablePointer<UInt64>) {
    state.withLock { unsafe $0.free.append(piece) }
  }

  private static func makeStretch() -> UnsafeMutableRawPointer {
    let stretch = unsafe map(stretchByteCount)
    // Small jobs end within the first pages; the others take memory in larger steps, which spares most look-ups of
    // addresses. Where the system has no huge pages nothing changes, so the result does not matter.
    let start = (hugePageByteCount - Int(bitPattern: stretch)) & (hugePageByteCount - 1)
    _ = unsafe madvise(
      stretch + start + hugePageByteCount, stretchByteCount - start - hugePageByteCount, Int32(MADV_HUGEPAGE))
    return unsafe stretch
  }

  fileprivate static func map(_ byteCount: Int) -> UnsafeMutableRawPointer {
    // SAFETY: a new mapping of its own that nobody else knows.
    let start = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      preconditionFailure("the system has no memory left")
    }
    return unsafe start
  }
}

extension FlatArray {
  /// `count` elements of zero bytes, straight from the system: pages nobody touches take no memory, and those that
  /// several threads touch are cleared by these threads.
  ///
  /// Freed by `unmap`.
  init(mapped count: Int) {
    let byteCount = Self.mappedByteCount(count)
    let start = unsafe TableMemory.map(byteCount)
    if byteCount >= 4 << 20 { _ = unsafe madvise(start, byteCount, Int32(MADV_HUGEPAGE)) }
    // SAFETY: the mapping has room for `count` elements, for all of which zero bytes are a value.
    unsafe base = start.bindMemory(to: Element.self, capacity: Swift.max(count, 1))
    self.count = count
  }

  /// Frees an array that `init(mapped:)` made.
  func unmap() {
    // SAFETY: the mapping began at `base` and had this length.
    unsafe munmap(base, Self.mappedByteCount(count))
  }

  private static func mappedByteCount(_ count: Int) -> Int {
    (Swift.max(count, 1) * MemoryLayout<Element>.stride + 4095) & ~4095
  }
}
