/// An identity number that passed every check of its kind (GB 11643-1999, GA 2102-2023, 2017 foreigners' card).
///
/// Eighteen characters for citizens, residents from Hong Kong, Macao and Taiwan, and the foreigners' card of 2023;
/// fifteen
/// for the foreigners' card of 2017. The check character is not kept: it follows from the seventeen digits.
public struct IDNumber: Hashable, Sendable {
  // 63    57 56                                             0
  // ┌───────┬───────────────────────────────────────────────┐
  // │ kind  │ 0: seventeen digits as one number, below 10^17 │
  // │       │ 1: three letters in base 26, times 10^12,      │
  // │       │    plus twelve digits                          │
  // └───────┴───────────────────────────────────────────────┘
  /// The number in 58 bits; never 0, equal exactly when the canonical forms are equal.
  public let key: UInt64

  /// Takes back a key that came from an identity number.
  @inlinable
  public init(key: UInt64) { self.key = key }

  /// Reads a field as it stands in the source, UTF-8, and repairs what can be repaired without guessing.
  ///
  /// `asOf` is the day that counts as today. Throws the codes that say why there is no canonical form.
  public init(parsing field: borrowing Span<UInt8>, asOf: CalendarDate) throws(Defect) {
    let packed = Self.packed(field, asOf: asOf)
    guard packed.key != 0 else { throw Defect(codes: packed.codes) }
    self.init(key: packed.key)
  }

  /// True for the fifteen characters of the foreigners' card of 2017.
  public var isLetteredCard: Bool { key >> Self.kindShift == Self.letteredKind }

  /// The day of birth; nil for the foreigners' card of 2017, which leaves the century open.
  public var birthDate: CalendarDate? {
    guard !isLetteredCard else { return nil }
    let date = Int(key / 1000 % 100_000_000)
    return CalendarDate(year: date / 10_000, month: date / 100 % 100, day: date % 100)
  }

  /// True when the sequence is odd, which stands for male; nil for the foreigners' card of 2017.
  public var isMale: Bool? { isLetteredCard ? nil : key & 1 == 1 }

  /// Appends the canonical form, 18 or 15 ASCII characters.
  public func write(into output: inout [UInt8]) {
    guard let characters = eighteenCharacters else { return writeLettered(into: &output) }
    output.append(copying: characters.span)
  }

  /// The canonical form of a number of eighteen characters; nil for a card that begins with letters.
  package var eighteenCharacters: [18 of UInt8]? {
    guard !isLetteredCard else { return nil }
    let (first, rest) = (EightDigits(number: key / 1_000_000_000), key % 1_000_000_000)
    let (second, last) = (EightDigits(number: rest / 10), rest % 10)
    // Digit i weighs 2^(17 - i); 2^10 leaves 1 when it is divided by 11.
    let sum = first.binaryWeighted + second.binaryWeighted << 2 + last << 1
    var characters: [18 of UInt8] = .init(repeating: 0)
    for index in 0..<8 {
      characters[index] = UInt8(truncatingIfNeeded: first.ascii >> UInt64(index * 8))
      characters[index + 8] = UInt8(truncatingIfNeeded: second.ascii >> UInt64(index * 8))
    }
    characters[16] = UInt8(ascii: "0") + UInt8(last)
    characters[17] = Self.checkCharacter(sum: UInt32(sum))
    return characters
  }

  private func writeLettered(into output: inout [UInt8]) {
    let packed = key & (1 << Self.kindShift - 1)
    let letters = packed / 1_000_000_000_000
    output.append(UInt8(ascii: "A") + UInt8(letters / 676 % 26))
    output.append(UInt8(ascii: "A") + UInt8(letters / 26 % 26))
    output.append(UInt8(ascii: "A") + UInt8(letters % 26))
    output.appendDecimal(Int(packed % 1_000_000_000_000), width: 12)
  }

  /// The check character of seventeen digits, ISO 7064 MOD 11-2: digit i weighs 2^(17 - i).
  package static func checkCharacter(body: UInt64) -> UInt8 {
    var rest = body
    var weight: UInt64 = 2
    var sum: UInt64 = 0
    while rest > 0 {
      sum += rest % 10 * weight
      weight = weight * 2 % 11
      rest /= 10
    }
    return checkCharacter(sum: UInt32(sum))
  }

  /// The check character that goes with a sum of weighted digits.
  private static func checkCharacter(sum: UInt32) -> UInt8 {
    let check = (12 - sum % 11) % 11
    return check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(check)
  }

  @usableFromInline package static let kindShift: UInt64 = 57
  @usableFromInline package static let letteredKind: UInt64 = 1
}

extension IDNumber: CustomStringConvertible {
  /// The canonical form.
  public var description: String {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
