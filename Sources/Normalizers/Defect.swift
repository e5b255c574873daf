/// Why a value has no canonical form: at least one `E-` code, with the warnings found beside it.
public struct Defect: Error, Hashable, Sendable {
  public let codes: Codes

  package init(codes: Codes) { self.codes = codes }
}
