extension Span<UInt8> {
  /// True when every byte is ASCII and none is NUL: eight bytes at a time, the last eight perhaps twice.
  @inline(__always)
  var isPrintableASCII: Bool {
    let count = count
    // SAFETY: every load lies inside the span: at most eight bytes before its end.
    return unsafe withUnsafeBufferPointer { bytes in
      guard count >= 8 else {
        for index in 0..<count where unsafe bytes[index] &- 1 >= 0x7F { return false }
        return true
      }
      let raw = unsafe UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
      var odd: UInt64 = 0
      var offset = 0
      while offset &+ 8 < count {
        let word = unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        // The borrow of a zero byte sets its top bit; so does a byte above 7F.
        odd |= word | (word &- 0x0101_0101_0101_0101)
        offset &+= 8
      }
      let last = unsafe raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      odd |= last | (last &- 0x0101_0101_0101_0101)
      return odd & 0x8080_8080_8080_8080 == 0
    }
  }
}
