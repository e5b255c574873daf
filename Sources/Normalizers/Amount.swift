/// An amount of money in yuan, exact to the cent.
public struct Amount: Hashable, Comparable, Sendable {
  /// 1/100 yuan; the absolute value is below 10^15.
  public let cents: Int64

  @inlinable
  public init(cents: Int64) { self.cents = cents }

  /// Reads a field as it stands in the source, UTF-8; throws the codes that say why it is no amount.
  public init(parsing field: borrowing Span<UInt8>) throws(Defect) {
    let packed = Self.packed(field)
    guard !packed.codes.isInvalid else { throw Defect(codes: packed.codes) }
    self.init(cents: packed.cents)
  }

  @inlinable
  public static func < (left: Amount, right: Amount) -> Bool { left.cents < right.cents }

  /// Appends the amount in yuan with two places, no separators, `-` in front when negative.
  public func write(into output: inout [UInt8]) {
    if cents < 0 { output.append(UInt8(ascii: "-")) }
    let magnitude = Int(cents.magnitude)
    output.appendDecimal(magnitude / 100)
    output.append(UInt8(ascii: "."))
    output.appendDecimal(magnitude % 100, width: 2)
  }
}

extension Amount: CustomStringConvertible {
  public var description: String {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
