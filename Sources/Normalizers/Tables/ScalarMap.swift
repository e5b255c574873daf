/// A map from Unicode scalars to scalars in two flat stages; most scalars map to nothing.
struct ScalarMap: Sendable {
  /// Place in `targets` of each block of 128 scalars; 0 is the empty block.
  private var blocks = [UInt16](repeating: 0, count: 0x110000 >> 7)
  private var targets = [UInt32](repeating: 0, count: 128)

  /// `hexadecimalPairs`: scalar and target, five digits each; other characters between the pairs are skipped.
  init(hexadecimalPairs text: String) {
    var digits = HexadecimalGroups(text, digitCount: 5)
    while let scalar = digits.next(), let target = digits.next() { set(scalar, target) }
  }

  /// `characterPairs`: a character and its target one after the other; line ends between the pairs are skipped.
  init(characterPairs text: String) {
    var scalar: UInt32 = 0
    for character in text.unicodeScalars where character != "\n" {
      if scalar == 0 {
        scalar = character.value
      } else {
        set(scalar, character.value)
        scalar = 0
      }
    }
  }

  private mutating func set(_ scalar: UInt32, _ target: UInt32) {
    let block = Int(scalar >> 7)
    if blocks[block] == 0 {
      blocks[block] = UInt16(targets.count >> 7)
      targets.append(contentsOf: repeatElement(0, count: 128))
    }
    targets[Int(blocks[block]) << 7 | Int(scalar & 0x7F)] = target
  }

  /// The target of `scalar`, a value up to 10FFFF; 0 when it has none.
  subscript(scalar: UInt32) -> UInt32 { targets[Int(blocks[Int(scalar >> 7)]) << 7 | Int(scalar & 0x7F)] }
}
