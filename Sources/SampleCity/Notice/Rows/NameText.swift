/// A person's name as a file has it.
enum NameText: Equatable {
  case name(Name)
  /// A name that the vocabulary does not put together: rare characters, a cut-off, an institution.
  case text(String)
  case nothing
}
