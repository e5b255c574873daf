internal import Synchronization

/// The texts that evidence may need of stored rows, as they stood in their file.
///
/// A row's texts lie behind each other, each as a length (one byte; 255: four more bytes follow) and its bytes.
/// A reference is the segment in the high half and the offset in the low half of a word.
package final class TextStore: @unchecked Sendable {
  // SAFETY: the table of segments only grows, under the lock; a writer fills only segments of its own, and readers come
  // when writing is over.
  static let segmentByteCount = 1 << 18
  static let segmentLimit = 1 << 18

  private let table: FlatArray<FlatArray<UInt8>>
  private let segmentCount = Mutex<Int>(0)
  private let budget: MemoryBudget

  package init(budget: MemoryBudget) {
    self.budget = budget
    table = FlatArray(uninitialized: Self.segmentLimit)
  }

  deinit {
    removeAll()
    table.deallocate()
  }

  /// Frees every text.
  package func removeAll() {
    segmentCount.withLock { count in
      for index in 0..<count {
        budget.subtract(table[index].count)
        table[index].deallocate()
      }
      count = 0
    }
  }

  /// Forgets every text; the only writer begins again in its segment.
  package func forgetAll() { round.add(1, ordering: .relaxed) }

  /// How often the texts were forgotten.
  fileprivate let round = Atomic<Int>(0)

  fileprivate func makeSegment(byteCount: Int) -> (index: Int, bytes: FlatArray<UInt8>) {
    segmentCount.withLock { count in
      precondition(count < Self.segmentLimit, "text store is full")
      let bytes = FlatArray<UInt8>(uninitialized: byteCount)
      table[count] = bytes
      budget.add(byteCount)
      count += 1
      return (count - 1, bytes)
    }
  }

  /// Length and start of the text that lies at `offset`.
  @inline(__always)
  private static func text(in bytes: FlatArray<UInt8>, at offset: Int) -> (start: Int, length: Int) {
    let short = Int(bytes[offset])
    guard short == 255 else { return (offset + 1, short) }
    var length = 0
    for index in 1...4 { length |= Int(bytes[offset + index]) << ((index - 1) * 8) }
    return (offset + 5, length)
  }

  /// Appends text number `index` of the row to `output`.
  package func append(_ index: Int, of reference: UInt64, to output: inout [UInt8]) {
    let bytes = table[Int(reference >> 32)]
    var text = Self.text(in: bytes, at: Int(reference & 0xFFFF_FFFF))
    for _ in 0..<index { text = Self.text(in: bytes, at: text.start + text.length) }
    bytes.append(from: text.start, count: text.length, to: &output)
  }

  /// One worker's end of the store.
  package final class Writer {
    private let store: TextStore
    private var segment = 0
    private var bytes: FlatArray<UInt8>
    private var used = 0
    private var round = 0

    package init(_ store: TextStore) {
      self.store = store
      bytes = FlatArray(uninitialized: 0)
      placeholder = bytes
    }

    /// Stands in until the first row; the only array this object owns.
    private let placeholder: FlatArray<UInt8>

    deinit { placeholder.deallocate() }

    /// Begins a row whose texts take at most `byteCount` bytes together, lengths (five bytes each at most) included.
    @inline(__always)
    package func begin(byteCount: Int) -> UInt64 {
      let now = store.round.load(ordering: .relaxed)
      if now != round {
        round = now
        used = 0
      }
      if used + byteCount > bytes.count || bytes.count == 0 {
        (segment, bytes) = store.makeSegment(byteCount: max(TextStore.segmentByteCount, byteCount))
        used = 0
      }
      return UInt64(segment) << 32 | UInt64(used)
    }

    /// Puts the next text of the row begun last: `length` bytes of `text` from `start` on.
    @inline(__always)
    package func put(_ text: FlatArray<UInt8>, from start: Int, count length: Int) {
      if length < 255 {
        bytes[used] = UInt8(truncatingIfNeeded: length)
        used += 1
      } else {
        bytes[used] = 255
        for index in 1...4 { bytes[used + index] = UInt8(truncatingIfNeeded: length >> ((index - 1) * 8)) }
        used += 5
      }
      bytes.copy(from: text, at: start, to: used, count: length)
      used += length
    }
  }
}
