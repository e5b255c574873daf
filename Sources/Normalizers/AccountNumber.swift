/// A bank account or card number: 8 to 32 digits, leading zeros included.
public struct AccountNumber: Hashable, Sendable {
  // high: 63        58 57         43 42                     0      low: 63                  0
  //       ┌───────────┬─────────────┬───────────────────────┬───────────────────────────────┐
  //       │ length    │ unused      │ the digits as one number, below 10^32 < 2^107         │
  //       └───────────┴─────────────┴───────────────────────┴───────────────────────────────┘
  public let low: UInt64
  public let high: UInt64

  /// Takes back the two words of an account number.
  @inlinable
  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// Reads a field as it stands in the source, UTF-8; throws the codes that say why it is no account number.
  public init(parsing field: borrowing Span<UInt8>) throws(Defect) {
    let packed = Self.packed(field)
    guard !packed.codes.isInvalid else { throw Defect(codes: packed.codes) }
    self.init(low: packed.low, high: packed.high)
  }

  /// The number of digits.
  public var digitCount: Int { Int(high >> Self.lengthShift) }

  /// Appends the digits.
  public func write(into output: inout [UInt8]) {
    let scale = 10_000_000_000_000_000 as UInt128
    let value = UInt128(high & (1 << Self.lengthShift - 1)) << 64 | UInt128(low)
    let front = Int(value / scale)
    let back = Int(value % scale)
    if digitCount > 16 {
      output.appendDecimal(front, width: digitCount - 16)
      output.appendDecimal(back, width: 16)
    } else {
      output.appendDecimal(back, width: digitCount)
    }
  }

  @usableFromInline package static let lengthShift: UInt64 = 58
}

extension AccountNumber: CustomStringConvertible {
  public var description: String {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
