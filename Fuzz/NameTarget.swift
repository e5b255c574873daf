/// Names in both strengths, and texts.
struct FuzzTarget {
  static func run(_ input: [UInt8]) {
    let name = Normalizing.check(.name, input)
    let key = Normalizing.check(.nameKey, input)
    require(name.codes == key.codes, "the key has the codes of the canonical form")
    if PersonName.isPlain(input.span) {
      require(!name.codes.isInvalid && name.canonical == input, "a plain name is its own canonical form")
    }
    if !name.codes.isInvalid {
      var keyOfCanonical: [UInt8] = []
      _ = PersonName.comparisonKey(name.canonical.span, into: &keyOfCanonical)
      require(keyOfCanonical == key.canonical, "the key follows from the canonical form")
    }
    let text = Normalizing.check(.text, input)
    let isWellFormed = String(validating: input, as: UTF8.self) != nil && !input.contains(0)
    require(text.codes.isInvalid != isWellFormed, "a text is invalid exactly when it cannot be decoded")
    require(
      text.canonical == Array(String(decoding: input, as: UTF8.self).utf8), "malformed pieces become U+FFFD")
    require(NullWord.isNull(input.span) == NullWord.isNullSlowly(input.span), "the two null tests differ")
  }
}
