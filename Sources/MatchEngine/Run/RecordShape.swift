/// What may be shown of a whole record: its quotes and punctuation, with every letter and digit as `*`.
///
/// A record holds names and numbers in any place, so that the ends of it, which `Mask` shows, may be a whole name.
struct RecordShape {
  static func bytes(_ record: borrowing Span<UInt8>) -> [UInt8] {
    var shape: [UInt8] = []
    shape.reserveCapacity(record.count)
    for index in record.indices {
      switch record[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        shape.append(UInt8(ascii: "*"))
      // One for each character: the bytes that go on with one are left out.
      case 0xC0...0xFF: shape.append(UInt8(ascii: "*"))
      case 0x80...0xBF: break
      default: shape.append(record[index])
      }
    }
    return shape
  }
}
