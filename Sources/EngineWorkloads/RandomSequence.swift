/// The splitmix64 sequence: the same seed gives the same values on every machine.
struct RandomSequence {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A number in `0 ..< bound`; `bound` is far below 2^32.
  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((((mixed ^ (mixed >> 31)) >> 32) &* UInt64(bound)) >> 32)
  }

  mutating func next(in range: ClosedRange<Int>) -> Int { range.lowerBound + next(below: range.count) }
}
