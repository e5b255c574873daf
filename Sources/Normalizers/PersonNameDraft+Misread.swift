extension PersonNameDraft {
  /// True when the name looks like UTF-8 that was read as GBK (鐜嬫槑): its GBK bytes are UTF-8 of Han characters.
  ///
  /// Names of common characters only are left alone, since some of them have such bytes by chance.
  var isMisreadUTF8: Bool {
    let codes = MisreadText.gbkCodes
    var hasRareCharacter = false
    for scalar in scalars {
      guard scalar.value < 0x10000, codes[Int(scalar.value)] != 0 else { return false }
      hasRareCharacter = hasRareCharacter || MisreadText.isRare(codes[Int(scalar.value)])
    }
    guard hasRareCharacter else { return false }
    let bytes = scalars.flatMap { [UInt8(codes[Int($0.value)] >> 8), UInt8(codes[Int($0.value)] & 0xFF)] }
    return MisreadText.isUTF8OfHan(bytes)
  }
}
