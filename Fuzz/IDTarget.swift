/// Identity numbers: the fast reading against the reference.
struct FuzzTarget {
  static func run(_ input: [UInt8]) {
    Normalizing.check(.id, input)
    // The day that counts as today decides at the edges; the first two bytes move it.
    var asOf = Normalizing.asOf
    if input.count > 2 { asOf = CalendarDate(days: Int32(input[0]) * 256 + Int32(input[1])) }
    for field in [input, Array(input.dropFirst(2))] {
      let fast = IDNumber.packed(field.span, asOf: asOf)
      let slow = IDNumber.packedSlowly(field.span, asOf: asOf)
      require(fast == slow, "the two readings differ")
      require((fast.key == 0) == fast.codes.isInvalid, "a key stands for a valid number")
    }
  }
}
