/// Remembers the cells of the last codes that were read: a column of codes has few different values.
///
/// Texts of up to sixteen bytes; a text is compared whole, so a hit is exact.
@safe
struct CodeCache {
  private struct Key: BitwiseCopyable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var count: Int = -1
  }

  private static let size = 16
  private let keys = FlatArray<Key>(repeating: Key(), count: size)
  private let words = FlatArray<Int64>(repeating: 0, count: size)

  func deallocate() {
    keys.deallocate()
    words.deallocate()
  }

  /// The cell of `text`; `make` works it out and says whether it may be remembered.
  @inline(__always)
  func word(_ text: borrowing Span<UInt8>, _ make: (borrowing Span<UInt8>) -> (word: Int64, isPlain: Bool)) -> Int64 {
    let count = text.count
    guard count > 0, count <= 16 else { return make(text).word }
    var key = Key()
    key.count = count
    // SAFETY: the loads stay inside the text: two overlapping words of eight bytes, of four, or single bytes.
    unsafe text.withUnsafeBufferPointer { bytes in
      let raw = unsafe UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
      if count >= 8 {
        key.low = unsafe raw.loadUnaligned(as: UInt64.self)
        key.high = unsafe raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      } else if count >= 4 {
        key.low = unsafe UInt64(raw.loadUnaligned(as: UInt32.self))
        key.high = unsafe UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
      } else {
        for index in 0..<count { key.low = unsafe key.low &<< 8 | UInt64(bytes[index]) }
      }
    }
    let mixed = (key.low ^ (key.high &<< 7)) &* 0x9E37_79B9_7F4A_7C15
    let slot = Int(truncatingIfNeeded: mixed &>> 60)
    let known = unsafe keys.base[slot]
    if known.low == key.low, known.high == key.high, known.count == count { return unsafe words.base[slot] }
    let made = make(text)
    if made.isPlain {
      unsafe keys.base[slot] = key
      unsafe words.base[slot] = made.word
    }
    return made.word
  }
}
