/// The kinds of values that have a canonical form; the raw value is the word on the command line and in job files.
public enum NormalizerKind: String, CaseIterable, Sendable {
  case id, name
  case nameKey = "name-key"
  case date, month, amount, account, text

  /// Appends the canonical form of one field, UTF-8, and says what was done to it.
  ///
  /// An invalid value appends nothing; but kind `text` appends what could be decoded, with U+FFFD for the rest.
  /// `asOf` is the day that counts as today.
  public func normalize(_ field: borrowing Span<UInt8>, asOf: CalendarDate, into output: inout [UInt8]) -> Codes {
    let codes: Codes
    switch self {
    case .name: return PersonName.canonical(field, into: &output)
    case .nameKey: return PersonName.comparisonKey(field, into: &output)
    case .text: return TextValue.decode(field, into: &output)
    case .id:
      let packed = IDNumber.packed(field, asOf: asOf)
      codes = packed.codes
      if codes.isRepaired { IDNumber(key: packed.key).write(into: &output) }
    case .date:
      let packed = CalendarDate.packed(field, asOf: asOf)
      codes = packed.codes
      if codes.isRepaired { CalendarDate(days: packed.days).write(into: &output) }
    case .month:
      let packed = CalendarMonth.packed(field, asOf: asOf)
      codes = packed.codes
      if codes.isRepaired { CalendarMonth(months: packed.months).write(into: &output) }
    case .amount:
      let packed = Amount.packed(field)
      codes = packed.codes
      if codes.isRepaired { Amount(cents: packed.cents).write(into: &output) }
    case .account:
      let packed = AccountNumber.packed(field)
      codes = packed.codes
      if codes.isRepaired { AccountNumber(low: packed.low, high: packed.high).write(into: &output) }
    }
    // A value without a repair is its own canonical form.
    if !codes.isInvalid, !codes.isRepaired { output.append(copying: field) }
    return codes
  }
}
