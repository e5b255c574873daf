/// A person's name as registers, banks and courts write it.
///
/// Two strengths: the canonical form (kind `name`) makes spellings of the same characters equal and nothing else; the
/// comparison key (kind `name-key`) also ignores script variants, dots and Latin punctuation. Names that agree only
/// in the key differ weakly.
public struct PersonName {
  /// Appends the canonical form in UTF-8; nothing when invalid.
  ///
  /// Blanks go, full-width and compatibility forms, private use, dots and Latin case are brought to one spelling,
  /// annotations such as （已故） are dropped. Invalid are masked, lost and undecodable characters, digits and null words.
  public static func canonical(_ field: borrowing Span<UInt8>, into output: inout [UInt8]) -> Codes {
    if isPlain(field), !mayDeserveWarning(field) {
      output.append(copying: field)
      return []
    }
    if MisreadText.isLatinMisreading(field) {
      output.append(copying: field)
      return .mojibake
    }
    let draft = PersonNameDraft(field)
    let codes = draft.verdict
    if codes.isInvalid { return codes }
    for scalar in draft.scalars { output.append(utf8: scalar.value) }
    return codes
  }

  /// Appends the comparison key in UTF-8; nothing when invalid.
  ///
  /// The codes are those of the canonical form.
  public static func comparisonKey(_ field: borrowing Span<UInt8>, into output: inout [UInt8]) -> Codes {
    var name: [UInt8] = []
    let codes = canonical(field, into: &name)
    if codes.isInvalid { return codes }
    appendKey(ofCanonical: name.span, to: &output)
    return codes
  }

  /// True when a plain name (`isPlain`) may name a relative, be a pseudonym or be misread, so that it has to be judged.
  static func mayDeserveWarning(_ field: borrowing Span<UInt8>) -> Bool {
    let codes = MisreadText.gbkCodes
    var last: UInt32 = 0
    for offset in stride(from: 0, to: field.count, by: 3) {
      last =
        UInt32(field[offset] & 0x0F) << 12 | UInt32(field[offset + 1] & 0x3F) << 6 | UInt32(field[offset + 2] & 0x3F)
      if offset == 0, last == 0x65E0 || last == 0x5F03 { return true }
      if MisreadText.isRare(codes[Int(last)]) { return true }
    }
    return PersonNameDraft.relativeEnds.contains(UInt64(last))
  }
}
