internal import Glibc

/// The GB 18030 decoder against the C library's.
struct FuzzTarget {
  static func run(_ input: [UInt8]) {
    var output: [UInt8] = []
    let malformed = GB18030Decoder().decode(input.span, into: &output)
    let reference = Iconv.shared.decode(input)
    require(output == reference.text, "the decoders differ")
    require(malformed == reference.malformed, "the counts of malformed bytes differ")
  }
}

/// glibc's GB 18030, a character at a time, each malformed byte as U+FFFD.
final class Iconv: @unchecked Sendable {
  // SAFETY: libFuzzer calls its target from one thread.
  static let shared = Iconv()

  // SAFETY: opened once, used until the process ends.
  private let descriptor = unsafe iconv_open("UTF-8", "GB18030")

  /// Four-byte codes that glibc 2.36 leaves without a character, because 2022 moved theirs to two-byte codes; here both
  /// codes give it. There is no other difference.
  private static let decided: [[UInt8]: [UInt8]] = {
    var decided: [[UInt8]: [UInt8]] = [:]
    for (first, count, scalar) in [(0x8431_8236, 10, 0xFE10), (0x8235_9037, 8, 0x9FB4)] as [(UInt32, Int, UInt32)] {
      var code = (0..<4).map { UInt8(first >> (24 - 8 * UInt32($0)) & 0xFF) }
      for step in 0..<UInt32(count) {
        decided[code] = [
          UInt8(0xE0 | (scalar + step) >> 12), UInt8(0x80 | (scalar + step) >> 6 & 0x3F),
          UInt8(0x80 | (scalar + step) & 0x3F)
        ]
        code[3] += 1
        if code[3] > 0x39 {
          code[3] = 0x30
          code[2] += 1
        }
      }
    }
    return decided
  }()

  func decode(_ input: [UInt8]) -> (text: [UInt8], malformed: Int) {
    var text: [UInt8] = []
    var malformed = 0
    var at = 0
    while at < input.count {
      guard let (character, byteCount) = character(in: input, at: at) else {
        text += [0xEF, 0xBF, 0xBD]
        malformed += 1
        at += 1
        continue
      }
      text += character
      at += byteCount
    }
    return (text, malformed)
  }

  /// The character that begins at `offset`: one, two or four bytes.
  private func character(in input: [UInt8], at offset: Int) -> (utf8: [UInt8], byteCount: Int)? {
    for byteCount in [1, 2, 4] where offset + byteCount <= input.count {
      let bytes = Array(input[offset..<offset + byteCount])
      if let known = Self.decided[bytes] { return (known, byteCount) }
      if let utf8 = converted(bytes) { return (utf8, byteCount) }
    }
    return nil
  }

  private func converted(_ bytes: [UInt8]) -> [UInt8]? {
    var source = bytes.map { CChar(bitPattern: $0) }
    var target = [CChar](repeating: 0, count: 16)
    var (left, room) = (source.count, target.count)
    // SAFETY: both buffers live during the call, and `left` and `room` are their lengths.
    let result = unsafe source.withUnsafeMutableBufferPointer { from in
      unsafe target.withUnsafeMutableBufferPointer { to in
        var (start, end) = (from.baseAddress, to.baseAddress)
        _ = unsafe iconv(descriptor, nil, nil, nil, nil)
        return unsafe iconv(descriptor, &start, &left, &end, &room)
      }
    }
    guard result != .max, left == 0, room < target.count else { return nil }
    return target.prefix(target.count - room).map { UInt8(bitPattern: $0) }
  }
}
