/// What a field of amounts comes to.
@usableFromInline
package struct PackedAmount: Hashable, Sendable {
  /// 1/100 yuan; 0 when `codes` is invalid.
  @usableFromInline package let cents: Int64
  @usableFromInline package let codes: Codes

  @inlinable @inline(__always)
  package init(cents: Int64, codes: Codes) {
    self.cents = cents
    self.codes = codes
  }
}

extension Amount {
  /// Reads one field as it stands in the source, UTF-8.
  ///
  /// One to ten digits, a point and two digits are decided here, plain integers and one place in `packedPlain`, the
  /// rest by
  /// `packedSlowly`.
  @inlinable
  package static func packed(_ field: borrowing Span<UInt8>) -> PackedAmount {
    let count = field.count
    guard count >= 4, count <= 13 else { return packedPlain(field) }
    // The last eight characters; with fewer, moved to the end of the word behind zeros.
    let word: UInt64
    var digits: UInt64
    var front: UInt64 = 0
    if count >= 8 {
      word = field.eightBytes(at: count &- 8)
      digits = word ^ 0x3030_3030_3030_3030
      // Digits before the last eight, moved to the end of their word.
      let lead = EightDigits(values: (field.eightBytes(at: 0) ^ 0x3030_3030_3030_3030) << UInt64((16 &- count) &* 8))
      guard lead.areDigits else { return packedPlain(field) }
      front = lead.number
    } else {
      let shift = UInt64((8 &- count) &* 8)
      word = UInt64(field.fourBytes(at: count &- 4)) << 32 | UInt64(field.fourBytes(at: 0)) << shift & 0xFFFF_FFFF
      digits = (word ^ 0x3030_3030_3030_3030) & ~0 << shift
    }
    guard word >> 40 & 0xFF == 0x2E, count == 4 || field[0] != 0x30 else { return packedPlain(field) }
    digits = digits & 0xFFFF_0000_0000_0000 | digits << 8 & 0x0000_FFFF_FFFF_FF00
    let back = EightDigits(values: digits)
    guard back.areDigits else { return packedPlain(field) }
    return PackedAmount(cents: Int64(bitPattern: front &* 10_000_000 &+ back.number), codes: [])
  }

  /// The other plain forms without allocation: `-`, digits without a zero in front, at most two places.
  @usableFromInline
  @inline(never)
  package static func packedPlain(_ field: borrowing Span<UInt8>) -> PackedAmount {
    guard 1...14 ~= field.count else { return packedSlowly(field) }
    let isNegative = field[0] == UInt8(ascii: "-")
    let start = isNegative ? 1 : 0
    guard start < field.count else { return packedSlowly(field) }
    let isZeroFirst = field[start] == 0x30 && field.count > 1
    if isZeroFirst, start + 1 == field.count || field[start + 1] != 0x2E { return packedSlowly(field) }
    var value: Int64 = 0
    var places: Int?
    for index in start..<field.count {
      let byte = field[index]
      if byte == 0x2E, places == nil, index > start {
        places = 0
      } else if byte &- 0x30 <= 9 {
        value = value * 10 + Int64(byte - 0x30)
        if let read = places { places = read + 1 }
      } else {
        return packedSlowly(field)
      }
    }
    guard value != 0 || !isNegative else { return packedSlowly(field) }
    let sign: Int64 = isNegative ? -1 : 1
    switch places {
    case nil where field.count - start <= 12: return PackedAmount(cents: sign * value * 100, codes: .format)
    case 1: return PackedAmount(cents: sign * value * 10, codes: .format)
    case 2: return PackedAmount(cents: sign * value, codes: [])
    default: return packedSlowly(field)
    }
  }

  /// The reference reading of every form.
  package static func packedSlowly(_ field: borrowing Span<UInt8>) -> PackedAmount {
    AmountReading(field).amount
  }
}
