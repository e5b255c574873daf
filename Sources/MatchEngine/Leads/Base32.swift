/// Letters A–Z and digits 2–7 for five bits each (RFC 4648, section 6), without padding.
struct Base32 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  /// The first `count` digits of `bytes`, all of them unless said; missing bits of the last digit are zero.
  static func text(_ bytes: [UInt8], count: Int? = nil) -> String {
    let all = (bytes.count * 8 + 4) / 5
    let count = count ?? all
    precondition(count <= all, "there are not so many bits")
    var text: [UInt8] = []
    text.reserveCapacity(count)
    for digit in 0..<count {
      var value = 0
      for bit in digit * 5..<digit * 5 + 5 {
        let isSet = bit / 8 < bytes.count && bytes[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1
        value = value * 2 + (isSet ? 1 : 0)
      }
      text.append(digits[value])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the first `count` digits of `bytes`, all of whose bits are there.
  static func append(_ bytes: [UInt8], count: Int, to text: inout [UInt8]) {
    precondition(count * 5 <= bytes.count * 8, "there are not so many bits")
    for digit in 0..<count {
      let (byte, bit) = (digit * 5 / 8, digit * 5 % 8)
      let pair = Int(bytes[byte]) << 8 | (byte + 1 < bytes.count ? Int(bytes[byte + 1]) : 0)
      text.append(digits[pair >> (11 - bit) & 31])
    }
  }

  /// The bytes of `text`; nil for another character, or bits behind the last byte that are not zero.
  static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits = 0
    var bitCount = 0
    for character in text.utf8 {
      guard let value = digits.firstIndex(of: character) else { return nil }
      bits = bits << 5 | value
      bitCount += 5
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
        bits &= 1 << bitCount - 1
      }
    }
    return bitCount < 5 && bits == 0 ? bytes : nil
  }
}
