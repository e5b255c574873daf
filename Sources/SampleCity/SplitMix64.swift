/// The splitmix64 sequence: a counter, mixed; every household has a stream of its own, so nothing needs to be kept.
struct SplitMix64 {
  private var state: UInt64

  init(state: UInt64) { self.state = state }

  /// The stream of one purpose for one thing of the city: same seed, stream and number, same sequence.
  init(seed: UInt64, stream: Stream, number: Int) {
    state = Self.mixed(seed ^ Self.mixed(UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(stream.rawValue)))
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A number in `0 ..< bound`; the bias of the multiplication is below one in 2^32 for bounds of this module.
  mutating func next(below bound: Int) -> Int {
    Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(bound)) >> 32)
  }

  mutating func next(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + next(below: range.upperBound - range.lowerBound + 1)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// What a stream is drawn for; equal numbers in different streams give unrelated sequences.
  enum Stream: UInt8 {
    case people = 1, fate, caseFile, block, leader, outsider, identity, payment, funeralRow, order
    case rollDamage = 32, funeralDamage, judicialDamage, registerDamage, paymentDamage, custodianDamage
    case formerNameDamage
    case noticeDamage, trap
  }
}
