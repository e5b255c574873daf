/// What holds for every kind of value, whatever the field.
struct Normalizing {
  static let asOf = CalendarDate(days: 20_485)  // 2026-02-01

  /// Normalises `field` and checks the contract; returns codes and canonical form.
  @discardableResult
  static func check(_ kind: NormalizerKind, _ field: [UInt8]) -> (codes: Codes, canonical: [UInt8]) {
    var canonical: [UInt8] = []
    let codes = kind.normalize(field.span, asOf: asOf, into: &canonical)
    if codes.isInvalid {
      require(kind == .text || canonical.isEmpty, "an invalid value has no canonical form")
      require(!codes.isRepaired, "an invalid value is not repaired")
      return (codes, canonical)
    }
    require(TextValue.isWellFormed(canonical.span), "a canonical form is well-formed UTF-8 without NUL")
    if kind != .nameKey {
      require(codes.isRepaired == (canonical != field), "repaired exactly when something changed")
    }
    // A comparison key is no name: what it drops may have kept letters apart.
    if kind == .nameKey { return (codes, canonical) }
    var again: [UInt8] = []
    let codesAgain = kind.normalize(canonical.span, asOf: asOf, into: &again)
    require(again == canonical, "a canonical form is a fixed point")
    require(!codesAgain.isInvalid, "a canonical form is valid")
    require(!codesAgain.isRepaired, "a canonical form needs no repair")
    return (codes, canonical)
  }
}
