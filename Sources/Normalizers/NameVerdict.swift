/// How two spellings of a name stand to each other.
public enum NameVerdict: String, Hashable, Sendable, CaseIterable {
  case same = "SAME"
  case dotVariant = "DOT_VARIANT"
  case spaceVariant = "SPACE_VARIANT"
  case widthVariant = "WIDTH_VARIANT"
  case variantCharacter = "VARIANT_CHARACTER"
  case placeholder = "PLACEHOLDER"
  case cut = "CUT"
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

  /// The verdict on two fields as they stand in their sources, UTF-8; nil when one of them is no name.
  public init?(_ left: borrowing Span<UInt8>, _ right: borrowing Span<UInt8>) {
    var (first, second): ([UInt8], [UInt8]) = ([], [])
    guard !PersonName.comparisonKey(left, into: &first).isInvalid,
      !PersonName.comparisonKey(right, into: &second).isInvalid
    else { return nil }
    self = first == second ? .same : .different
  }
}
