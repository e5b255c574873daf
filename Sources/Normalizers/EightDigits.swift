/// Eight decimal digits in one word, the first digit in the lowest byte, each byte a value 0 to 9.
@usableFromInline
package struct EightDigits {
  @usableFromInline package let values: UInt64

  /// Takes digit values; bytes that stand for no digit are 0.
  @inlinable @inline(__always)
  package init(values: UInt64) { self.values = values }

  /// Takes eight ASCII characters, digits or not.
  @inlinable @inline(__always)
  package init(ascii word: UInt64) { values = word ^ 0x3030_3030_3030_3030 }

  /// The digits of a number below 100,000,000.
  @inlinable @inline(__always)
  package init(number: UInt64) {
    // Four digits to each half, then two to each quarter, then one to each byte. The products are exact divisions by
    // 100 and by 10 for all values that can stand there.
    let halves = number / 10_000 | (number % 10_000) << 32
    let hundreds = (halves &* 5243) >> 19 & 0x0000_007F_0000_007F
    let quarters = hundreds | (halves &- hundreds &* 100) << 16
    let tens = (quarters &* 103) >> 10 & 0x000F_000F_000F_000F
    values = tens | (quarters &- tens &* 10) << 8
  }

  /// The eight digits as ASCII characters.
  @inlinable @inline(__always)
  package var ascii: UInt64 { values | 0x3030_3030_3030_3030 }

  /// True when each byte is a digit.
  @inlinable @inline(__always)
  package var areDigits: Bool { ((values &+ 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080 == 0 }

  /// The four numbers of two digits, the first in the lowest sixteen bits.
  @inlinable @inline(__always)
  package var pairs: UInt64 { (values &* 10 &+ values >> 8) & 0x00FF_00FF_00FF_00FF }

  /// The eight digits as one number.
  @inlinable @inline(__always)
  package var number: UInt64 {
    let pairs = pairs
    let even = (pairs & 0x0000_00FF_0000_00FF) &* (100 + 1_000_000 << 32)
    let odd = (pairs >> 16 & 0x0000_00FF_0000_00FF) &* (1 + 10_000 << 32)
    return (even &+ odd) >> 32
  }

  /// The sum of digit i times 2^(7 - i), which is what the check character of ISO 7064 MOD 11-2 needs.
  @inlinable @inline(__always)
  package var binaryWeighted: UInt64 {
    let doubled = (values << 1 &+ values >> 8) & 0x00FF_00FF_00FF_00FF
    return (doubled &* 0x0040_0010_0004_0001) >> 48
  }

  /// The Luhn sum of eight digits whose last one is not doubled.
  @inlinable @inline(__always)
  package var luhnSum: UInt64 {
    let doubling = values & 0x00FF_00FF_00FF_00FF
    let carries = ((doubling &+ 0x007B_007B_007B_007B) & 0x0080_0080_0080_0080) >> 7
    let sums = values &+ doubling &- carries &* 9
    return (sums &* 0x0101_0101_0101_0101) >> 56
  }
}
