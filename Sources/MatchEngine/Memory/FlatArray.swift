internal import Glibc

/// A fixed-size array in flat memory: a pointer and a count, copied freely, freed by its owner.
///
/// Subscripts check their bounds. The owner calls `deallocate()` once, when nobody uses a copy any more; every owner
/// in this package is a `final class` that does so in its `deinit`.
@safe
package struct FlatArray<Element: BitwiseCopyable>: BitwiseCopyable, @unchecked Sendable {
  // SAFETY: the pointer is valid for `count` elements until `deallocate()`; what two threads do with one array is
  // settled by its owner (each worker has its own, or it is read-only, or access is atomic).
  @usableFromInline let base: UnsafeMutablePointer<Element>
  package let count: Int

  /// `count` elements of `value`, starting at a cache line.
  package init(repeating value: Element, count: Int, isReadAtRandom: Bool = false) {
    self.init(uninitialized: count, isReadAtRandom: isReadAtRandom)
    // SAFETY: the memory was just allocated with room for `count` elements.
    unsafe base.initialize(repeating: value, count: count)
  }

  /// `count` elements whose content is arbitrary until written; pages nobody touches take no memory.
  ///
  /// `isReadAtRandom` asks for huge pages: they spare the processor most look-ups of addresses, and take memory in
  /// larger pieces.
  package init(uninitialized count: Int, isReadAtRandom: Bool = false) {
    var byteCount = Swift.max(count, 1) * MemoryLayout<Element>.stride
    let isLarge = isReadAtRandom && byteCount >= Self.hugePageByteCount / 2
    if isLarge {
      byteCount = (byteCount + Self.hugePageByteCount - 1) / Self.hugePageByteCount * Self.hugePageByteCount
    }
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: isLarge ? Self.hugePageByteCount : 64)
    // Where the system has none to give, nothing changes, so the result does not matter.
    if isLarge { _ = unsafe madvise(raw, byteCount, Int32(MADV_HUGEPAGE)) }
    // SAFETY: the memory was just allocated; `Element` is bitwise copyable, so any bytes may be overwritten.
    unsafe base = raw.bindMemory(to: Element.self, capacity: Swift.max(count, 1))
    self.count = count
  }

  /// A view of memory that somebody else owns and keeps; `deallocate()` is never called for it.
  init(mapped base: UnsafeMutablePointer<Element>, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  private static var hugePageByteCount: Int { 2 << 20 }

  package func deallocate() {
    unsafe base.deallocate()
  }

  @inlinable @inline(__always)
  package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return unsafe base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count)
      unsafe base[index] = newValue
    }
  }

  @inlinable @inline(__always)
  @_lifetime(borrow self)
  package func span(from start: Int, count length: Int) -> Span<Element> {
    precondition(start >= 0 && length >= 0 && start + length <= count)
    let span = unsafe Span(_unsafeStart: base + start, count: length)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  @inlinable @inline(__always)
  @_lifetime(borrow self)
  package func mutableSpan(from start: Int, count length: Int) -> MutableSpan<Element> {
    precondition(start >= 0 && length >= 0 && start + length <= count)
    let span = unsafe MutableSpan(_unsafeStart: base + start, count: length)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Moves `length` elements inside the array; the stretches may overlap.
  package func move(from source: Int, to target: Int, count length: Int) {
    precondition(source >= 0 && target >= 0 && length >= 0 && source + length <= count && target + length <= count)
    // SAFETY: both stretches lie inside the array.
    unsafe (base + target).update(from: base + source, count: length)
  }

  package func fill(_ value: Element, from start: Int, count length: Int) {
    precondition(start >= 0 && length >= 0 && start + length <= count)
    unsafe (base + start).update(repeating: value, count: length)
  }

  package func copy(from other: FlatArray<Element>, at source: Int, to target: Int, count length: Int) {
    precondition(source >= 0 && length >= 0 && source + length <= other.count)
    precondition(target >= 0 && target + length <= count)
    unsafe (base + target).update(from: other.base + source, count: length)
  }
}

/// One batch-long column of a flat array, whose lanes are all inside it.
@safe
package struct LaneColumn<Element: BitwiseCopyable> {
  // SAFETY: `RecordBatch.capacity` elements follow, as was checked when the column was made; every lane number in this
  // package is below that.
  @usableFromInline let base: UnsafeMutablePointer<Element>

  fileprivate init(base: UnsafeMutablePointer<Element>) { unsafe self.base = base }

  @inlinable @inline(__always)
  package func set(_ lane: Int, _ value: Element) { unsafe base[lane] = value }

  @inlinable @inline(__always)
  package subscript(_ lane: Int) -> Element { unsafe base[lane] }
}

extension FlatArray {
  /// The column of `RecordBatch.capacity` elements from `start` on.
  @inline(__always)
  package func mutableColumn(at start: Int) -> LaneColumn<Element> {
    precondition(start >= 0 && start + RecordBatch.capacity <= count)
    return unsafe LaneColumn(base: base + start)
  }
}

extension FlatArray where Element == UInt8 {
  /// Copies the bytes of `source` to `target`.
  package func write(_ source: Span<UInt8>, at target: Int) {
    precondition(target >= 0 && target + source.count <= count)
    unsafe source.withUnsafeBufferPointer { from in
      guard let start = from.baseAddress else { return }
      // SAFETY: `source.count` bytes fit behind `target`, as just checked.
      unsafe (base + target).update(from: start, count: from.count)
    }
  }

  /// Copies the bytes of `source` to `target`.
  package func write(_ source: [UInt8], at target: Int) {
    precondition(target >= 0 && target + source.count <= count)
    unsafe source.withUnsafeBufferPointer { from in
      guard let start = from.baseAddress else { return }
      // SAFETY: `source.count` bytes fit behind `target`, as just checked.
      unsafe (base + target).update(from: start, count: from.count)
    }
  }

  /// Appends a stretch of the array to `output`.
  package func append(from start: Int, count length: Int, to output: inout [UInt8]) {
    precondition(start >= 0 && length >= 0 && start + length <= count)
    unsafe output.append(contentsOf: UnsafeBufferPointer(start: base + start, count: length))
  }

  /// The first byte above 7F among the first `limit`.
  package func firstNonASCII(count limit: Int) -> Int? {
    precondition(limit <= count)
    var index = 0
    while index + 8 <= limit {
      // SAFETY: eight bytes from `index` on are inside the array.
      let word = unsafe UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { break }
      index += 8
    }
    while index < limit {
      if unsafe base[index] >= 0x80 { return index }
      index += 1
    }
    return nil
  }

  /// The first `byte` at or after `start`, before `end`.
  package func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int? {
    precondition(start >= 0 && end <= count)
    guard start < end else { return nil }
    // SAFETY: memchr looks at `end - start` bytes, all inside the array.
    guard let found = unsafe memchr(base + start, Int32(byte), end - start) else { return nil }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
