/// An identity number as a file has it.
enum IdentityText: Equatable {
  /// The 17 digits of a number; the check character follows from them.
  case number(UInt64)
  /// Something else that stands in the cell: damaged, masked, 15 digits.
  case text(String)
  case nothing
}
