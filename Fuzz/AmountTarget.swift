/// Amounts: the fast reading against the reference.
struct FuzzTarget {
  static func run(_ input: [UInt8]) {
    Normalizing.check(.amount, input)
    require(Amount.packed(input.span) == Amount.packedSlowly(input.span), "the two readings differ")
  }
}
