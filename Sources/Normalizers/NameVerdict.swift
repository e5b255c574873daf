/// How two spellings of a name stand to each other.
///
/// All but `different` are spellings that one person's name is known to have in registers, banks and courts; what they
/// do not say is that both are the same person. The verdict does not depend on which name comes first.
public enum NameVerdict: String, Hashable, Sendable, CaseIterable {
  /// The same characters; at most width or case of letters, quotes or blanks around them differ.
  case same = "SAME"
  /// Another middle dot, none, or other punctuation between the parts.
  case dotVariant = "DOT_VARIANT"
  /// Blanks between characters.
  case spaceVariant = "SPACE_VARIANT"
  /// Full-width and plain forms of brackets and punctuation.
  case widthVariant = "WIDTH_VARIANT"
  /// Traditional and simplified characters, old and new glyphs, Ü and YU.
  case variantCharacter = "VARIANT_CHARACTER"
  /// A sign such as `?` or `□` in place of one character that old character sets lack.
  case placeholder = "PLACEHOLDER"
  /// The end is missing, as behind the last column of a narrow field.
  case cut = "CUT"
  /// A remark in brackets, or 已故 in front, on one side.
  case annotated = "ANNOTATED"
  case different = "DIFFERENT"

  /// Its place among all cases.
  package var number: Int {
    switch self {
    case .same: 0
    case .dotVariant: 1
    case .spaceVariant: 2
    case .widthVariant: 3
    case .variantCharacter: 4
    case .placeholder: 5
    case .cut: 6
    case .annotated: 7
    case .different: 8
    }
  }

  /// The verdict on two fields as they stand in their sources, UTF-8.
  ///
  /// Nil where one of them is no name, or is damaged in a way that leaves open what it was.
  public init?(_ left: borrowing Span<UInt8>, _ right: borrowing Span<UInt8>) {
    if PersonName.isPlain(left), PersonName.isPlain(right), let verdict = Self.ofPlain(left, right) {
      self = verdict
      return
    }
    guard let verdict = NameComparison(left, right).verdict else { return nil }
    self = verdict
  }

  /// The verdict on two names of ideographs of three bytes each; nil where the names have to be judged first.
  private static func ofPlain(_ left: borrowing Span<UInt8>, _ right: borrowing Span<UInt8>) -> NameVerdict? {
    let shared = min(left.count, right.count)
    var verdict = NameVerdict.same
    var offset = 0
    while offset < shared {
      let (a, b) = (UTF8Step(in: left, at: offset).scalar, UTF8Step(in: right, at: offset).scalar)
      if a != b {
        verdict = NameComparison.folded(a) == NameComparison.folded(b) ? .variantCharacter : .different
        if verdict == .different { break }
      }
      offset += 3
    }
    if left.count == right.count, verdict != .different { return verdict }
    // Who is named by a relation, and misread names, are no matter of single characters.
    if PersonName.mayDeserveWarning(left) || PersonName.mayDeserveWarning(right) { return nil }
    return verdict != .different && shared >= 3 * NameComparison.leastFieldWidth ? .cut : .different
  }
}
