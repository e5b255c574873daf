extension Codes {
  /// Appends the names of the codes that are set, in the order of the bits, with commas between.
  package func write(into output: inout [UInt8]) {
    var rest = rawValue
    while rest != 0 {
      if rest != rawValue { output.append(UInt8(ascii: ",")) }
      output.append(contentsOf: Self.names[rest.trailingZeroBitCount].utf8)
      rest &= rest &- 1
    }
  }
}
