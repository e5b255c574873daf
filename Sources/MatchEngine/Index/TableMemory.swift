internal import Glibc
internal import Synchronization

/// Memory for tables: pieces of 64 KiB, cut from stretches of address space whose pages take memory when they are first
/// touched.
///
/// A piece that was given back is handed out again before a new page is touched, since the system's clearing of a new
/// page costs more than most of what is done with it afterwards.
package final class TableMemory: Sendable {
  // SAFETY: a piece belongs to whoever took it until it is given back; the lists of pieces change under the lock.
  static let pieceByteCount = 1 << 16
  static let pieceWordCount = pieceByteCount / 8
  private static let stretchByteCount = 64 << 20
  private static let hugePageByteCount = 2 << 20

  @safe
  private struct Stretch {
    var start: UnsafeMutableRawPointer
    var byteCount: Int
    var used = 0
  }

  @safe
  private struct Run {
    var start: UnsafeMutableRawPointer
    var pieceCount: Int
  }

  @safe
  private struct State: @unchecked Sendable {
    // SAFETY: see `TableMemory`.
    var stretches: [Stretch] = []
    var free: [UnsafeMutablePointer<UInt64>] = unsafe []
    /// Two free pieces and more behind each other: what arrays were given back.
    var runs: [Run] = []

    /// A free piece, or nil where memory that nobody has used yet is needed.
    mutating func takeFree() -> UnsafeMutablePointer<UInt64>? {
      if let piece = unsafe free.popLast() { return unsafe piece }
      guard let run = runs.popLast() else { return nil }
      let last = unsafe run.start + (run.pieceCount - 1) * TableMemory.pieceByteCount
      unsafe giveBack(Run(start: run.start, pieceCount: run.pieceCount - 1))
      return unsafe last.assumingMemoryBound(to: UInt64.self)
    }

    /// The front of the shortest run that is long enough, so that tables made again and again, as for the parts of
    /// scratch files, do not touch new memory each time.
    mutating func takeRun(pieceCount: Int) -> UnsafeMutableRawPointer? {
      var best: Int?
      for (index, run) in runs.enumerated() where run.pieceCount >= pieceCount {
        if best.map({ run.pieceCount < runs[$0].pieceCount }) ?? true { best = index }
      }
      guard let best else { return nil }
      let run = runs.remove(at: best)
      if run.pieceCount > pieceCount {
        let rest = unsafe run.start + pieceCount * TableMemory.pieceByteCount
        unsafe giveBack(Run(start: rest, pieceCount: run.pieceCount - pieceCount))
      }
      return unsafe run.start
    }

    mutating func giveBack(_ run: Run) {
      if run.pieceCount == 1 {
        unsafe free.append(run.start.assumingMemoryBound(to: UInt64.self))
      } else {
        runs.append(run)
      }
    }

    /// Address space that nobody has used yet.
    mutating func cut(_ byteCount: Int) -> UnsafeMutableRawPointer {
      if let last = stretches.last, last.used + byteCount <= last.byteCount {
        stretches[stretches.count - 1].used += byteCount
        return unsafe last.start + last.used
      }
      let size = max(stretchByteCount, byteCount)
      let start = unsafe TableMemory.map(size, isFirst: stretches.isEmpty)
      unsafe stretches.append(Stretch(start: start, byteCount: size, used: byteCount))
      return unsafe start
    }
  }

  private let state = Mutex(State())

  package init() {}

  deinit {
    state.withLock { state in
      for stretch in state.stretches { unsafe munmap(stretch.start, stretch.byteCount) }
    }
  }

  /// A piece that begins at a cache line; its bytes are 0 when `isZeroed` holds, else arbitrary.
  func takePiece(isZeroed: Bool) -> UnsafeMutablePointer<UInt64> {
    let (piece, isNew) = unsafe state.withLock { state in
      if let used = unsafe state.takeFree() { return unsafe (used, false) }
      return unsafe (state.cut(Self.pieceByteCount).assumingMemoryBound(to: UInt64.self), true)
    }
    // New pages are 0 already.
    if isZeroed, !isNew { unsafe piece.initialize(repeating: 0, count: Self.pieceWordCount) }
    return unsafe piece
  }

  func giveBack(_ piece: UnsafeMutablePointer<UInt64>) {
    state.withLock { unsafe $0.free.append(piece) }
  }

  /// `count` elements of zero bytes, to be given back; pages of a large array are cleared by the threads that touch
  /// them first.
  func takeArray<Element>(of type: Element.Type, count: Int) -> FlatArray<Element> {
    let byteCount = count * MemoryLayout<Element>.stride
    if byteCount <= Self.pieceByteCount / 2 {
      let array = FlatArray<Element>(uninitialized: count)
      // SAFETY: the array has this many bytes; zero bytes are a value of all elements in use here.
      unsafe memset(array.base, 0, byteCount)
      return array
    }
    let pieceCount = Self.pieceCount(byteCount)
    if pieceCount == 1 {
      let start = unsafe UnsafeMutableRawPointer(takePiece(isZeroed: true))
      return unsafe FlatArray(base: start.assumingMemoryBound(to: Element.self), count: count)
    }
    let (start, isNew) = unsafe state.withLock { state in
      if let used = unsafe state.takeRun(pieceCount: pieceCount) { return unsafe (used, false) }
      return unsafe (state.cut(pieceCount * Self.pieceByteCount), true)
    }
    // SAFETY: the run has room for all bytes, and nobody else has it.
    if !isNew { unsafe memset(start, 0, byteCount) }
    return unsafe FlatArray(base: start.assumingMemoryBound(to: Element.self), count: count)
  }

  /// Takes back an array of `takeArray`; its memory serves as another array or as single pieces from now on.
  func giveBack<Element>(_ array: FlatArray<Element>) {
    let byteCount = array.count * MemoryLayout<Element>.stride
    if byteCount <= Self.pieceByteCount / 2 { return array.deallocate() }
    let run = unsafe Run(start: UnsafeMutableRawPointer(array.base), pieceCount: Self.pieceCount(byteCount))
    state.withLock { $0.giveBack(run) }
  }

  private static func pieceCount(_ byteCount: Int) -> Int { (byteCount + pieceByteCount - 1) / pieceByteCount }

  private static func map(_ byteCount: Int, isFirst: Bool) -> UnsafeMutableRawPointer {
    // SAFETY: a new mapping of its own that nobody else knows.
    let start = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      preconditionFailure("the system has no memory left")
    }
    // Huge pages spare most look-ups of addresses. Small jobs end within the first one, which therefore is none.
    // Where the system has no huge pages nothing changes, so the result does not matter.
    let skipped = isFirst ? hugePageByteCount : 0
    _ = unsafe madvise(start + skipped, byteCount - skipped, Int32(MADV_HUGEPAGE))
    return unsafe start
  }
}

extension FlatArray {
  /// An array over memory that somebody else owns.
  fileprivate init(base: UnsafeMutablePointer<Element>, count: Int) {
    unsafe self.base = base
    self.count = count
  }
}
