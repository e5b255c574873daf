/// A word of a closed list, up to three characters, in one number; the last scalar stands lowest, in 21 bits.
struct PersonNameWord: Equatable {
  let packed: UInt64

  /// Nil when `scalars` are too many for any word of the lists.
  init?(_ scalars: ArraySlice<PersonNameScalar>) {
    guard scalars.count <= 3 else { return nil }
    packed = scalars.reduce(0) { $0 << 21 | UInt64($1.value) }
  }
}
