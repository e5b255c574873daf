/// What a field of dates comes to.
@usableFromInline
package struct PackedDate: Hashable, Sendable {
  /// Days since 1970-01-01; 0 when `codes` is invalid.
  @usableFromInline package let days: Int32
  @usableFromInline package let codes: Codes

  @inlinable @inline(__always)
  package init(days: Int32, codes: Codes) {
    self.days = days
    self.codes = codes
  }
}

extension CalendarDate {
  /// Reads one field as it stands in the source, UTF-8; `asOf` is the day behind which a date lies in the future.
  ///
  /// `YYYY-MM-DD` from 1850 to 2200 without anything to warn of is decided here, the rest by `packedSlowly`.
  @inlinable
  package static func packed(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedDate {
    guard field.count == 10 else { return packedSlowly(field, asOf: asOf) }
    let bytes = field.rawBytes
    let front = bytes.word(at: 0)
    let back = bytes.word(at: 2)
    let digits = EightDigits(
      ascii: front & 0xFFFF_FFFF | front >> 8 & 0x0000_FFFF_0000_0000 | back & 0xFFFF_0000_0000_0000)
    guard digits.areDigits, front & 0xFF00_00FF_0000_0000 == 0x2D00_002D_0000_0000 else {
      return packedSlowly(field, asOf: asOf)
    }
    let pairs = digits.pairs
    let year = Int(truncatingIfNeeded: (pairs & 0xFF) &* 100 &+ (pairs >> 16 & 0xFF))
    let month = Int(truncatingIfNeeded: pairs >> 32 & 0xFF)
    let day = Int(truncatingIfNeeded: pairs >> 48)
    // 1 January and the last days of December are the defaults of systems.
    guard year >= 1850, year <= 2200, month >= 1, month <= 12, day >= 1,
      day <= dayCount(year: year, month: month), month &+ day != 2, month &+ day < 42
    else { return packedSlowly(field, asOf: asOf) }
    let days = days(year: year, month: month, day: day)
    return PackedDate(days: days, codes: days > asOf.days ? .future : [])
  }

  /// Reads a field as it stands in the source, UTF-8; throws the codes that say why it is no date.
  public init(parsing field: borrowing Span<UInt8>, asOf: CalendarDate) throws(Defect) {
    let packed = Self.packed(field, asOf: asOf)
    guard !packed.codes.isInvalid else { throw Defect(codes: packed.codes) }
    self.init(days: packed.days)
  }

  /// The reference reading of every form.
  @usableFromInline
  @inline(never)
  package static func packedSlowly(_ field: borrowing Span<UInt8>, asOf: CalendarDate) -> PackedDate {
    DateReading(field).date(asOf: asOf)
  }
}
