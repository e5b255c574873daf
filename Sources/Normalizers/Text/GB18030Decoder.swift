/// Decodes GB 18030-2022, and its subsets GBK and GB 2312, to UTF-8.
///
/// The 24 codes that editions map differently (facts: GB 18030-2022 against 2005) give the standard character from two
/// bytes and from four. Private-use codes give private-use characters. Malformed are: 80, FF, a lead byte without a
/// trail byte behind it, and four bytes without a character. Only the first byte of such a place is replaced; reading
/// goes on behind it.
public struct GB18030Decoder: Sendable {
  /// UTF-8 of the two-byte codes: the row is lead − 81, the column trail − 40.
  ///
  ///     31       24 23                    0
  ///     ┌──────────┬──────────────────────┐
  ///     │ 2 or 3   │ UTF-8, first lowest  │   0: no such code, or a scalar beyond FFFF
  ///     └──────────┴──────────────────────┘
  let twoBytes: [UInt32]
  /// Runs of the four-byte codes below 90308130, ascending.
  let fourByteRuns: [FourByteRun]

  struct FourByteRun {
    let index: UInt32
    let scalar: UInt32
  }

  static let columnCount = 192

  /// Makes a decoder; the first one of a process builds the tables (half a millisecond), all share them.
  public init() { self = Self.shared }

  private static let shared = GB18030Decoder(table: GB18030Table.self)

  private init(table: GB18030Table.Type) {
    var twoBytes = [UInt32](repeating: 0, count: 126 * Self.columnCount)
    var place = 0
    for scalar in HexadecimalGroups(table.twoBytes, digitCount: 4) {
      let trailIndex = place % 190
      let column = trailIndex < 63 ? trailIndex : trailIndex + 1
      twoBytes[place / 190 * Self.columnCount + column] = Self.entry(scalar)
      place += 1
    }
    precondition(place == 126 * 190, "the two-byte table has 190 codes for each of 126 leads")
    self.twoBytes = twoBytes
    fourByteRuns = HexadecimalGroups(table.fourByteRuns, digitCount: 8).map {
      FourByteRun(index: $0 >> 16, scalar: $0 & 0xFFFF)
    }
  }

  private static func entry(_ scalar: UInt32) -> UInt32 {
    if scalar == 0 { return 0 }
    if scalar < 0x800 { return 2 << 24 | (0x80 | scalar & 0x3F) << 8 | 0xC0 | scalar >> 6 }
    return 3 << 24 | (0x80 | scalar & 0x3F) << 16 | (0x80 | scalar >> 6 & 0x3F) << 8 | 0xE0 | scalar >> 12
  }

  /// Appends UTF-8; each malformed byte gives one U+FFFD. Returns the number of malformed bytes.
  ///
  /// `bytes` is a whole stretch: no character continues behind it.
  public func decode(_ bytes: borrowing Span<UInt8>, into output: inout [UInt8]) -> Int {
    decode(bytes, into: &output) { _ in nil }
  }

  /// The same; `malformed` is called for each malformed byte with the number of bytes appended before it, and gives the
  /// byte that takes the place of U+FFFD.
  package func decode(
    _ bytes: borrowing Span<UInt8>, into output: inout [UInt8], malformed note: (_ written: Int) -> UInt8?
  ) -> Int {
    let start = output.count
    output.append(contentsOf: repeatElement(0, count: 3 * bytes.count))
    var room = output.mutableSpan
    let (written, malformed) = decode(bytes, into: &room, from: start, malformed: note)
    output.removeLast(3 * bytes.count - written)
    return malformed
  }

  /// A character that is no two-byte code of `twoBytes`, or a malformed byte.
  struct Step {
    /// U+FFFD when malformed.
    let scalar: UInt32
    let byteCount: Int
    let isMalformed: Bool

    static let malformed = Step(scalar: 0xFFFD, byteCount: 1, isMalformed: true)
  }

  /// Reads one character at `offset`, which lies inside `bytes`; any character at all, but not in a hurry.
  func step(in bytes: borrowing Span<UInt8>, at offset: Int) -> Step {
    let lead = bytes[offset]
    if lead < 0x80 { return Step(scalar: UInt32(lead), byteCount: 1, isMalformed: false) }
    guard lead != 0x80, lead != 0xFF, offset + 1 < bytes.count else { return .malformed }
    let second = bytes[offset + 1]
    if second >= 0x40 { return twoByteStep(lead: lead, trail: second) }
    guard second >= 0x30, second <= 0x39, offset + 3 < bytes.count else { return .malformed }
    let third = bytes[offset + 2]
    let fourth = bytes[offset + 3]
    guard third >= 0x81, third <= 0xFE, fourth >= 0x30, fourth <= 0x39 else { return .malformed }
    let high = UInt32(lead - 0x81) * 10 + UInt32(second - 0x30)
    let low = UInt32(third - 0x81) * 10 + UInt32(fourth - 0x30)
    guard let scalar = scalar(ofLinearIndex: high * 1260 + low) else { return .malformed }
    return Step(scalar: scalar, byteCount: 4, isMalformed: false)
  }

  private func twoByteStep(lead: UInt8, trail: UInt8) -> Step {
    guard trail != 0x7F, trail != 0xFF else { return .malformed }
    let row = Int(lead - 0x81)
    let entry = twoBytes[row * Self.columnCount + Int(trail - 0x40)]
    if entry == 0 {
      let place = row * 190 + Int(trail) - (trail < 0x7F ? 0x40 : 0x41)
      for (index, scalar) in GB18030Table.beyondBMP where index == place {
        return Step(scalar: scalar, byteCount: 2, isMalformed: false)
      }
      return .malformed
    }
    let scalar =
      entry >> 24 == 2
      ? (entry & 0x1F) << 6 | entry >> 8 & 0x3F
      : (entry & 0x0F) << 12 | (entry >> 8 & 0x3F) << 6 | entry >> 16 & 0x3F
    return Step(scalar: scalar, byteCount: 2, isMalformed: false)
  }

  /// The scalar of a four-byte code by its place after 81308130; nil where the standard has none.
  private func scalar(ofLinearIndex index: UInt32) -> UInt32? {
    if index >= 189_000 {
      let scalar = index - 189_000 + 0x10000
      return scalar <= 0x10FFFF ? scalar : nil
    }
    if index >= 39_420 { return nil }
    var low = 0
    var high = fourByteRuns.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if fourByteRuns[middle].index <= index { low = middle } else { high = middle }
    }
    return fourByteRuns[low].scalar + index - fourByteRuns[low].index
  }
}
