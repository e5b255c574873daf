extension PersonName {
  /// Appends the key of a canonical form: simplified characters, without blanks, dots and Latin punctuation.
  ///
  /// Ü behind L or N becomes YU, and so do the V of the whole words LV and NV (GB/T 28039-2011 writes YU; keyboards
  /// write V).
  static func appendKey(ofCanonical name: borrowing Span<UInt8>, to output: inout [UInt8]) {
    var offset = 0
    /// The Latin letters directly before, as far as they matter: the last one, and how many there are.
    var before: UInt32 = 0
    var wordLength = 0
    while offset < name.count {
      let step = UTF8Step(in: name, at: offset)
      offset += step.byteCount
      let scalar = PersonNameScalar(step.scalar)
      let followsLorN = before == 0x4C || before == 0x4E
      let isLatin = scalar.isLatinLetter || scalar.isMark
      if followsLorN, step.scalar == 0xDC || step.scalar == 0x56 && wordLength == 1 && endsWord(name, at: offset) {
        output.append(0x59)
        output.append(0x55)
      } else if !isDropped(step.scalar) {
        let simplified = ScalarMap.simplified[step.scalar]
        output.append(utf8: simplified == 0 ? step.scalar : simplified)
      }
      before = isLatin ? step.scalar : 0
      wordLength = isLatin ? wordLength + 1 : 0
    }
  }

  private static func endsWord(_ name: borrowing Span<UInt8>, at offset: Int) -> Bool {
    guard offset < name.count else { return true }
    let next = PersonNameScalar(UTF8Step(in: name, at: offset).scalar)
    return !next.isLatinLetter && !next.isMark
  }

  /// Blank, ' , - . ’ and every sign for the middle dot: beside punctuation it is not brought to U+00B7.
  static func isDropped(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x20, 0x27, 0x2C, 0x2D, 0x2E, 0x2019: true
    default: PersonNameScalar(scalar).isMiddleDot
    }
  }
}
