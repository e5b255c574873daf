/// The numbers of a text of hexadecimal digits (capitals), each of a fixed number of digits; other characters are
/// skipped.
struct HexadecimalGroups: Sequence, IteratorProtocol {
  private var digits: String.UTF8View.Iterator
  private let digitCount: Int

  init(_ text: String, digitCount: Int) {
    digits = text.utf8.makeIterator()
    self.digitCount = digitCount
  }

  mutating func next() -> UInt32? {
    var value: UInt32 = 0
    var left = digitCount
    while left > 0 {
      guard let byte = digits.next() else { return nil }
      let digit = byte &- UInt8(ascii: "0")
      let letter = byte &- UInt8(ascii: "A")
      if digit <= 9 {
        value = value << 4 | UInt32(digit)
      } else if letter <= 5 {
        value = value << 4 | UInt32(letter + 10)
      } else {
        continue
      }
      left -= 1
    }
    return value
  }
}
