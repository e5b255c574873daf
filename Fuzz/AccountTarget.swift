/// Account numbers: the fast reading against the reference.
struct FuzzTarget {
  static func run(_ input: [UInt8]) {
    Normalizing.check(.account, input)
    require(AccountNumber.packed(input.span) == AccountNumber.packedSlowly(input.span), "the two readings differ")
  }
}
