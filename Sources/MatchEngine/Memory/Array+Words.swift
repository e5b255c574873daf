internal import Glibc

/// The bytes of an array, read eight at a time.
@safe
struct ByteWords {
  // SAFETY: lives only inside `withWords`, during which the array's bytes stay where they are.
  fileprivate let bytes: UnsafeBufferPointer<UInt8>

  fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe self.bytes = bytes }

  /// Up to eight bytes from `start` to `end`, the first in the highest place; 0 where there are none.
  @inline(__always)
  func bigEndian(at start: Int, end: Int) -> UInt64 {
    guard start < end else { return 0 }
    let count = unsafe bytes.count
    precondition(start >= 0 && end <= count)
    if start + 8 <= count {
      // SAFETY: the eight bytes are inside the array.
      let stored = unsafe UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + start).loadUnaligned(as: UInt64.self)
      let word = UInt64(bigEndian: stored)
      return end - start >= 8 ? word : word & ~(UInt64.max >> UInt64((end - start) * 8))
    }
    var word: UInt64 = 0
    for index in 0..<min(8, end - start) { word |= unsafe UInt64(bytes[start + index]) << UInt64(56 - index * 8) }
    return word
  }
}

extension [UInt8] {
  func withWords<Result>(_ body: (ByteWords) throws -> Result) rethrows -> Result {
    try unsafe withUnsafeBufferPointer { try body(unsafe ByteWords($0)) }
  }

  /// True when the bytes of `range` come before those of `otherRange` of `other`, compared as bytes.
  func precedes(_ range: Range<Int>, _ other: [UInt8], _ otherRange: Range<Int>) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    precondition(otherRange.lowerBound >= 0 && otherRange.upperBound <= other.count)
    let order = unsafe withUnsafeBufferPointer { left in
      unsafe other.withUnsafeBufferPointer { right -> Int32 in
        guard let a = left.baseAddress, let b = right.baseAddress else { return 0 }
        // SAFETY: memcmp reads as many bytes as both ranges have, and both are inside their arrays.
        return unsafe memcmp(a + range.lowerBound, b + otherRange.lowerBound, Swift.min(range.count, otherRange.count))
      }
    }
    return order != 0 ? order < 0 : range.count < otherRange.count
  }
}
