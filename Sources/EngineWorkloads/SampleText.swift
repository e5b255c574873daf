/// Made-up rows of a roll as CSV in GB 18030: case, identity number, name, district, date, amount.
package struct SampleText {
  package private(set) var bytes: [UInt8] = []
  private var random = RandomSequence(seed: 18_030)

  /// Whole rows, `byteCount` bytes or a few more.
  package init(byteCount: Int) {
    bytes.reserveCapacity(byteCount + 256)
    while bytes.count < byteCount {
      put("DB")
      digits(8)
      put(",310101")
      digits(12)
      put(",")
      characters(random.next(in: 2...3))
      put(",")
      characters(random.next(in: 3...8))
      put(",2024-0\(random.next(in: 1...9))-15,\(random.next(in: 100...9999)).00\r\n")
    }
  }

  /// Line ends about `distance` bytes apart, with the beginning and the end of `text`.
  package static func lineBorders(in text: [UInt8], every distance: Int) -> [Int] {
    var borders = [0]
    while borders[borders.count - 1] < text.count {
      var border = min(borders[borders.count - 1] + distance, text.count)
      while border < text.count, text[border - 1] != UInt8(ascii: "\n") { border += 1 }
      borders.append(border)
    }
    return borders
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func digits(_ count: Int) {
    for _ in 0..<count { bytes.append(UInt8(ascii: "0") + UInt8(random.next(below: 10))) }
  }

  /// Characters of the first level of GB 2312, rows 16 to 54, which are full.
  private mutating func characters(_ count: Int) {
    for _ in 0..<count {
      bytes.append(UInt8(0xB0 + random.next(below: 39)))
      bytes.append(UInt8(0xA1 + random.next(below: 94)))
    }
  }
}
