/// The words that mean "no value": empty, blanks, `NULL`, `无`, `#N/A` and their like.
package struct NullWord {
  /// True when the field is blank or a null word after width and case folding.
  @inlinable
  package static func isNull(_ field: borrowing Span<UInt8>) -> Bool {
    guard field.count > 0 else { return true }
    let first = field[0]
    // Digits and Han characters start nearly every field, and one look at them decides.
    if first >= 0x30 && first <= 0x39 { return false }
    if first >= 0xE4 && first <= 0xE9 {
      guard field.count >= 3 else { return false }
      let character = UInt32(first) << 16 | UInt32(field[1]) << 8 | UInt32(field[2])
      switch character {
      case 0xE697A0, 0xE7A9BA, 0xE69CAA, 0xE4B88D, 0xE69A82: return isNullSlowly(field)  // 无 空 未 不 暂
      default: return false
      }
    }
    let word = first < 0x80 ? (first < 0x40 ? starters.0 : starters.1) : (first < 0xC0 ? 0 : starters.2)
    guard word >> UInt64(first & 0x3F) & 1 == 1 else { return false }
    return isNullSlowly(field)
  }

  /// The same decision on decoded scalars, for every value.
  @inline(never)
  @usableFromInline
  package static func isNullSlowly(_ field: borrowing Span<UInt8>) -> Bool {
    var word: [Unicode.Scalar] = []
    var index = 0
    while index < field.count {
      guard let scalar = field.scalar(at: &index) else { return false }
      guard !scalar.isInvisible else { continue }
      guard word.count < longest else { return false }
      word.append(scalar.narrowed)
    }
    return matches(word)
  }

  /// True for no scalars at all and for a null word; widths are folded already.
  package static func matches(_ scalars: [Unicode.Scalar]) -> Bool {
    guard scalars.count <= longest else { return false }
    return scalars.isEmpty || words.contains { word in word.elementsEqual(scalars.lazy.map(\.capitalized)) }
  }

  // Bit n of the three words: a null word, or an invisible scalar in front of one, can start with byte n, n + 0x40, n
  // + 0xC0.
  // Below 0x40: 09-0D 20 # ( - . /   below 0x80: N \ n   from 0xC0 on: C2 CD D8 E1 E2 E3 EF F3
  @usableFromInline package static let starters: (UInt64, UInt64, UInt64) = (
    0x0000_E109_0000_3E00, 0x0000_4000_1000_4000, 0x0008_800E_0100_2004
  )

  private static let longest = 7
  private static let words: [[Unicode.Scalar]] = [
    "NULL", "(NULL)", "\\N", "N/A", "NAN", "NONE", "-", "--", "---", "\u{2014}", "/", "\\", ".", "无", "空", "未知", "不详",
    "暂无",
    "#N/A", "#REF!", "#VALUE!"
  ].map { Array($0.unicodeScalars) }
}
