/// The fixed-width form in which a value is compared, stored and hashed.
///
/// | type | words | meaning |
/// | --- | --- | --- |
/// | resident_id | 1 | `IDNumber.key` |
/// | date, month | 1 | days, months |
/// | money | 1 | hundredths of a yuan |
/// | number | 1 | millionths |
/// | person_name | 1 | 2 to 4 characters of three UTF-8 bytes: `PersonName.packed`; else XXH3 like a code |
/// | code | 1 | seeded XXH3 of the canonical bytes |
/// | account | 2 | `AccountNumber.high`, `AccountNumber.low` |
/// | text | 2 | up to 16 bytes: these; else the two halves of a seeded 128-bit XXH3, the lowest byte 0 |
///
/// The first word also says whether there is a value at all: `empty` and `invalid` are no values of any type.
package struct Cell {
  package static let empty = Int64.min
  package static let invalid = Int64.min + 1

  /// True for a word that stands for a value.
  @inlinable @inline(__always)
  package static func isUsable(_ word: Int64) -> Bool { word > invalid }

  /// A hash as a first word: the two words that mean "no value" are moved aside.
  @inlinable @inline(__always)
  package static func word(ofHash hash: UInt64) -> Int64 {
    let word = Int64(bitPattern: hash)
    return word > invalid ? word : word + 2
  }
}
