/// A short word of a closed list in one number: up to seven ASCII characters, or up to three of any kind.
///
///     63  62       42       21        0
///     ┌───┬────────┬────────┬─────────┐
///     │ 0 │ scalar │ scalar │ scalar  │   the last scalar lowest
///     ├───┼────────┴────────┴─────────┤
///     │ 1 │ up to seven bytes         │   ASCII, the last lowest
///     └───┴───────────────────────────┘
struct PersonNameWord: Equatable {
  let packed: UInt64

  /// Nil when `scalars` are too many for any word of the lists.
  init?(_ scalars: ArraySlice<PersonNameScalar>) {
    var isASCII = scalars.count <= 7
    var ascii: UInt64 = 1 << 63
    var wide: UInt64 = 0
    for scalar in scalars {
      isASCII = isASCII && scalar.value < 0x80
      if isASCII {
        ascii = ascii & ~(1 << 63) << 8 | 1 << 63 | UInt64(scalar.value)
      } else if scalars.count > 3 {
        return nil
      }
      wide = wide << 21 | UInt64(scalar.value)
    }
    guard isASCII || scalars.count <= 3 else { return nil }
    packed = isASCII ? ascii : wide
  }
}
