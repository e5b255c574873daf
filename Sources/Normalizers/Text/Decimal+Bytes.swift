extension Array where Element == UInt8 {
  /// Appends a number that is not negative in decimal digits, with zeros in front up to `width`.
  package mutating func appendDecimal(_ number: Int, width: Int = 1) {
    var scale = 1
    var digits = 1
    while digits < width || number / scale >= 10 {
      scale *= 10
      digits += 1
    }
    while scale > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / scale % 10))
      scale /= 10
    }
  }
}
