package import Normalizers

/// Makes cells of field texts, with the seeds and the day of one run.
package struct CellMaker: Sendable {
  package let asOf: CalendarDate
  /// Seeds the hashes of names, codes and texts; two runs differ, no output does.
  package let seed: UInt64

  package init(asOf: CalendarDate, seed: UInt64) {
    self.asOf = asOf
    self.seed = seed
  }

  /// The words of a value; `second` is used by types of two words only.
  package struct Words: Hashable, Sendable {
    package var first: Int64
    package var second: Int64 = 0
    package var codes: Codes = []

    @inlinable @inline(__always)
    package init(first: Int64, second: Int64 = 0, codes: Codes = []) {
      self.first = first
      self.second = second
      self.codes = codes
    }

    /// The bytes of a text of up to sixteen, zeros behind them; no text holds a NUL, so neither word is ever one that
    /// means "no value".
    package init(packing text: borrowing Span<UInt8>) {
      var (low, high): (UInt64, UInt64) = (0, 0)
      for index in 0..<text.count {
        let byte = UInt64(text[index]) << UInt64(index % 8 * 8)
        if index < 8 { low |= byte } else { high |= byte }
      }
      self.init(first: Int64(bitPattern: low), second: Int64(bitPattern: high))
    }

    /// No value, and why.
    @inlinable @inline(__always)
    package init(missing codes: Codes) {
      first = codes.contains(.empty) ? Cell.empty : Cell.invalid
      second = 0
      self.codes = codes
    }
  }

  /// The words of `text` as a value of `type`.
  package func words(_ text: borrowing Span<UInt8>, as type: FieldType) -> Words {
    switch type {
    case .residentID: residentID(text)
    case .personName: name(text)
    case .account: account(text)
    case .date: date(text)
    case .month: month(text)
    case .money: money(text)
    case .text: textValue(text)
    case .code: code(text)
    case .number: number(text)
    }
  }

  @inline(__always)
  package func residentID(_ text: borrowing Span<UInt8>) -> Words {
    let packed = IDNumber.packed(text, asOf: asOf)
    if packed.key == 0 { return Words(missing: packed.codes) }
    return Words(first: Int64(bitPattern: packed.key), codes: packed.codes)
  }

  @inline(__always)
  package func date(_ text: borrowing Span<UInt8>) -> Words {
    let packed = CalendarDate.packed(text, asOf: asOf)
    if packed.codes.isInvalid { return Words(missing: packed.codes) }
    return Words(first: Int64(packed.days), codes: packed.codes)
  }

  @inline(__always)
  package func month(_ text: borrowing Span<UInt8>) -> Words {
    let packed = CalendarMonth.packed(text, asOf: asOf)
    if packed.codes.isInvalid { return Words(missing: packed.codes) }
    return Words(first: Int64(packed.months), codes: packed.codes)
  }

  @inline(__always)
  package func money(_ text: borrowing Span<UInt8>) -> Words {
    let packed = Amount.packed(text)
    if packed.codes.isInvalid { return Words(missing: packed.codes) }
    return Words(first: packed.cents, codes: packed.codes)
  }

  @inline(__always)
  package func account(_ text: borrowing Span<UInt8>) -> Words {
    let packed = AccountNumber.packed(text)
    if packed.codes.isInvalid { return Words(missing: packed.codes) }
    return Words(first: Int64(bitPattern: packed.high), second: Int64(bitPattern: packed.low), codes: packed.codes)
  }

  @inline(__always)
  package func name(_ text: borrowing Span<UInt8>) -> Words {
    let packed = PersonName.packedPlain(text)
    return packed != 0 ? Words(first: Int64(bitPattern: packed)) : nameSlowly(text)
  }

  @inline(never)
  private func nameSlowly(_ text: borrowing Span<UInt8>) -> Words {
    if PersonName.isPlain(text) { return Words(first: nameWord(text)) }
    if let words = nameWithoutBlanks(text) { return words }
    var canonical: [UInt8] = []
    let codes = PersonName.canonical(text, into: &canonical)
    if codes.isInvalid { return Words(missing: codes) }
    return Words(first: nameWord(canonical.span), codes: codes)
  }

  /// The word of a canonical name: its characters where four have room, else a hash.
  private func nameWord(_ canonical: borrowing Span<UInt8>) -> Int64 {
    let packed = PersonName.packed(canonical)
    return packed != 0 ? Int64(bitPattern: packed) : Cell.word(ofHash: XXH3.hash64(canonical, seed: seed))
  }

  /// A name that is plain but for blanks, the most frequent damage: its canonical form is what is left without them.
  private func nameWithoutBlanks(_ text: borrowing Span<UInt8>) -> Words? {
    var kept = BytesWithoutBlanks()
    guard kept.take(text) else { return nil }
    let plain = kept.span
    guard PersonName.isPlain(plain) else { return nil }
    return Words(first: nameWord(plain), codes: .space)
  }

  /// Appends the canonical form of a name that is plain but for blanks; false, and nothing is appended, for another.
  package static func appendWithoutBlanks(_ text: borrowing Span<UInt8>, to output: inout [UInt8]) -> Bool {
    var kept = BytesWithoutBlanks()
    guard kept.take(text) else { return false }
    let plain = kept.span
    guard PersonName.isPlain(plain) else { return false }
    output.append(copying: plain)
    return true
  }

  /// Up to 60 bytes of a text without U+0020 and U+3000.
  private struct BytesWithoutBlanks {
    private var kept: [60 of UInt8] = .init(repeating: 0)
    private var count = 0

    /// False for a longer text.
    mutating func take(_ text: borrowing Span<UInt8>) -> Bool {
      guard text.count <= 60 else { return false }
      var index = 0
      while index < text.count {
        let byte = text[index]
        if byte == 0x20 {
          index += 1
        } else if byte == 0xE3, index + 2 < text.count, text[index + 1] == 0x80, text[index + 2] == 0x80 {
          index += 3  // U+3000
        } else {
          kept[count] = byte
          count += 1
          index += 1
        }
      }
      return true
    }

    var span: Span<UInt8> {
      @_lifetime(borrow self)
      borrowing get { kept.span.extracting(0..<count) }
    }
  }

  /// Text is compared as it stands; blanks alone are empty.
  @inline(__always)
  package func textValue(_ text: borrowing Span<UInt8>) -> Words {
    if text.isEmpty { return Words(missing: .empty) }
    let first = text[0]
    if first <= 0x20 || first >= 0xC2, Self.isBlank(text) { return Words(missing: .empty) }
    guard text.isPrintableASCII || TextValue.isWellFormed(text) else { return Words(missing: .decode) }
    if text.count <= 16 { return Words(packing: text) }
    let hash = XXH3.hash128(text, seed: seed)
    // The lowest byte of a packed text is its first character, so that a hash never equals one.
    let high = Int64(bitPattern: hash.high & ~0xFF)
    return Words(first: high == Cell.empty ? 0x100 : high, second: Int64(bitPattern: hash.low))
  }

  /// A code is compared without the blanks around it.
  @inline(__always)
  package func code(_ text: borrowing Span<UInt8>) -> Words {
    if NullWord.isNull(text) { return Words(missing: .empty) }
    let range = Self.trimmed(text)
    let code = text.extracting(range)
    guard code.isPrintableASCII || TextValue.isWellFormed(code) else { return Words(missing: .decode) }
    return Words(
      first: Cell.word(ofHash: XXH3.hash64(code, seed: seed)), codes: range.count == text.count ? [] : .space)
  }

  package func number(_ text: borrowing Span<UInt8>) -> Words {
    if NullWord.isNull(text) { return Words(missing: .empty) }
    let range = Self.trimmed(text)
    guard let millionths = DecimalNumber.millionths(text.extracting(range)) else {
      return Words(missing: TextValue.isWellFormed(text) ? .badFormat : .decode)
    }
    return Words(first: millionths, codes: range.count == text.count ? [] : .space)
  }

  /// The text between outer blanks: ASCII control characters and blanks, U+00A0, U+3000, U+FEFF.
  @inline(__always)
  package static func trimmed(_ text: borrowing Span<UInt8>) -> Range<Int> {
    let count = text.count
    guard count > 0 else { return 0..<0 }
    let (first, last) = (text[0], text[count - 1])
    // Only these bytes can begin or end a blank.
    if first > 0x20, first != 0xC2, first != 0xE3, first != 0xEF, last > 0x20, last < 0x80 { return 0..<count }
    return trimmedSlowly(text)
  }

  @inline(never)
  private static func trimmedSlowly(_ text: borrowing Span<UInt8>) -> Range<Int> {
    var (start, end) = (0, text.count)
    while start < end {
      let length = blankLength(text, at: start, end: end)
      if length == 0 { break }
      start += length
    }
    while start < end {
      if text[end - 1] <= 0x20 {
        end -= 1
      } else if end - start >= 2, blankLength(text, at: end - 2, end: end) == 2 {
        end -= 2
      } else if end - start >= 3, blankLength(text, at: end - 3, end: end) == 3 {
        end -= 3
      } else {
        break
      }
    }
    return start..<end
  }

  private static func blankLength(_ text: borrowing Span<UInt8>, at index: Int, end: Int) -> Int {
    let byte = text[index]
    if byte <= 0x20 { return 1 }
    if byte == 0xC2, index + 1 < end, text[index + 1] == 0xA0 { return 2 }
    guard index + 2 < end else { return 0 }
    let (second, third) = (text[index + 1], text[index + 2])
    if byte == 0xE3, second == 0x80, third == 0x80 { return 3 }
    return byte == 0xEF && second == 0xBB && third == 0xBF ? 3 : 0
  }

  package static func isBlank(_ text: borrowing Span<UInt8>) -> Bool { trimmed(text).isEmpty }
}
