extension GB18030Decoder {
  /// Decodes into raw room: `output.count` is at least `3 * bytes.count`.
  ///
  /// Returns the number of bytes written and of malformed input bytes; each of these became one U+FFFD.
  package func decode(
    _ bytes: borrowing Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) -> (written: Int, malformed: Int) {
    decode(bytes, into: &output, from: 0) { _ in nil }
  }

  /// The same into the room behind the first `start` bytes of `output`.
  ///
  /// `malformed` is called for each malformed byte with the number of bytes written before it, and gives the byte that
  /// takes the place of U+FFFD.
  func decode(
    _ bytes: borrowing Span<UInt8>, into output: inout MutableSpan<UInt8>, from start: Int,
    malformed note: (_ written: Int) -> UInt8?
  ) -> (written: Int, malformed: Int) {
    let count = bytes.count
    precondition(
      start >= 0 && output.count - start >= 3 * count, "the room for UTF-8 is three times the GB 18030 bytes")
    // SAFETY: the three pointers are used inside the closures only. No step writes more than three bytes for each
    // byte it reads (ASCII 1 for 1, two-byte codes 3 for 2, four-byte codes 4 for 4, malformed 3 for 1), so
    // `target <= 3 * source` always holds. Wider stores end inside the room: with eight bytes left to read, at least 24
    // are left to write; with two left, at least six. Loads of eight bytes happen with eight left, of two with two
    // left.
    return unsafe bytes.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { room in
        unsafe twoBytes.withUnsafeBufferPointer { table in
          guard count > 0, let input = input.baseAddress, let base = room.baseAddress, let table = table.baseAddress
          else { return (0, 0) }
          let rawInput = unsafe UnsafeRawPointer(input)
          let rawRoom = unsafe UnsafeMutableRawPointer(base) + start
          var source = 0
          var target = 0
          var malformed = 0
          while source < count {
            while source &+ 8 <= count {
              let word = unsafe rawInput.loadUnaligned(fromByteOffset: source, as: UInt64.self)
              unsafe rawRoom.storeBytes(of: word, toByteOffset: target, as: UInt64.self)
              let high = word & 0x8080_8080_8080_8080
              let asciiCount = high.trailingZeroBitCount &>> 3
              source &+= asciiCount
              target &+= asciiCount
              if high != 0 { break }
            }
            while source &+ 2 <= count {
              let row = unsafe input[source] &- 0x81
              let column = unsafe input[source &+ 1] &- 0x40
              if row >= 126 || column >= 192 { break }
              let entry = unsafe table[Int(row) &* Self.columnCount &+ Int(column)]
              if entry == 0 { break }
              unsafe rawRoom.storeBytes(of: entry, toByteOffset: target, as: UInt32.self)
              source &+= 2
              target &+= Int(entry &>> 24)
            }
            if source == count { break }
            let first = unsafe input[source]
            if first < 0x80 {
              if source &+ 8 <= count { continue }
              unsafe rawRoom.storeBytes(of: first, toByteOffset: target, as: UInt8.self)
              source &+= 1
              target &+= 1
              continue
            }
            let step = step(in: bytes, at: source)
            source &+= step.byteCount
            if step.isMalformed {
              malformed &+= 1
              if let byte = note(target) {
                unsafe rawRoom.storeBytes(of: byte, toByteOffset: target, as: UInt8.self)
                target &+= 1
                continue
              }
            }
            target &+= unsafe Self.store(step.scalar, at: rawRoom + target)
          }
          return (target, malformed)
        }
      }
    }
  }

  /// Writes `scalar` as UTF-8 and returns its length; four bytes of room for a scalar beyond FFFF, three for others.
  private static func store(_ scalar: UInt32, at place: UnsafeMutableRawPointer) -> Int {
    let tail = UInt8(0x80 | scalar & 0x3F)
    let middle = UInt8(0x80 | scalar >> 6 & 0x3F)
    // SAFETY: the caller has the room named above.
    if scalar < 0x80 {
      unsafe place.storeBytes(of: UInt8(scalar), as: UInt8.self)
      return 1
    }
    if scalar < 0x800 {
      unsafe place.storeBytes(of: UInt8(0xC0 | scalar >> 6), as: UInt8.self)
      unsafe place.storeBytes(of: tail, toByteOffset: 1, as: UInt8.self)
      return 2
    }
    if scalar < 0x10000 {
      unsafe place.storeBytes(of: UInt8(0xE0 | scalar >> 12), as: UInt8.self)
      unsafe place.storeBytes(of: middle, toByteOffset: 1, as: UInt8.self)
      unsafe place.storeBytes(of: tail, toByteOffset: 2, as: UInt8.self)
      return 3
    }
    unsafe place.storeBytes(of: UInt8(0xF0 | scalar >> 18), as: UInt8.self)
    unsafe place.storeBytes(of: UInt8(0x80 | scalar >> 12 & 0x3F), toByteOffset: 1, as: UInt8.self)
    unsafe place.storeBytes(of: middle, toByteOffset: 2, as: UInt8.self)
    unsafe place.storeBytes(of: tail, toByteOffset: 3, as: UInt8.self)
    return 4
  }
}
