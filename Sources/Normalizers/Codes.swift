/// The reason codes of one value: what was repaired, why it is unusable, what looks suspicious.
///
/// One bit a code; the order of the bits is the order in which codes are written. A value is `invalid` when
/// any `E-` code is set, else `repaired` when any `R-` code is set, else `ok`; `W-` and `N-` codes change nothing.
public struct Codes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Every code's name, by bit.
  public static let names: [String] = [
    "R-SPACE", "R-EXCEL-TEXT", "R-QUOTE", "R-WIDTH", "R-SEP", "R-DOTZERO", "R-CASE", "R-LOOKALIKE", "R-ID15",
    "R-DISABLED-CARD", "R-DOT", "R-COMPAT", "R-PUA", "R-ANNOT", "R-FORMAT", "R-TIME", "R-SERIAL", "R-GROUP", "R-UNIT",
    "R-SIGN", "R-SCI", "R-FLOAT",
    "E-EMPTY", "E-LENGTH", "E-CHAR", "E-MASKED", "E-LOST", "E-SCI", "E-DIVISION", "E-DATE", "E-DATE-RANGE", "E-CHECK",
    "E-MULTI", "E-KIND", "E-PARTIAL", "E-YEAR2", "E-ORDER", "E-ZERO", "E-FORMAT", "E-PRECISION", "E-RANGE", "E-DECODE",
    "W-DIVISION", "W-SEQ", "W-OLD", "W-ZEROED", "W-LUHN", "W-PUA", "W-RELATIVE", "W-ALIAS", "W-PSEUDO", "W-SHORT",
    "W-LONG", "W-MOJIBAKE", "W-FUTURE", "W-SENTINEL",
    "N-HMT", "N-FOREIGN", "W-BIRTH", "W-SEX"
  ]

  public static let space = Codes(rawValue: 1 << 0)
  public static let excelText = Codes(rawValue: 1 << 1)
  public static let quote = Codes(rawValue: 1 << 2)
  public static let width = Codes(rawValue: 1 << 3)
  public static let separator = Codes(rawValue: 1 << 4)
  public static let dotZero = Codes(rawValue: 1 << 5)
  public static let letterCase = Codes(rawValue: 1 << 6)
  public static let lookalike = Codes(rawValue: 1 << 7)
  public static let id15 = Codes(rawValue: 1 << 8)
  public static let disabledCard = Codes(rawValue: 1 << 9)
  public static let dot = Codes(rawValue: 1 << 10)
  public static let compatibility = Codes(rawValue: 1 << 11)
  public static let privateUse = Codes(rawValue: 1 << 12)
  public static let annotation = Codes(rawValue: 1 << 13)
  public static let format = Codes(rawValue: 1 << 14)
  public static let time = Codes(rawValue: 1 << 15)
  public static let serial = Codes(rawValue: 1 << 16)
  public static let group = Codes(rawValue: 1 << 17)
  public static let unit = Codes(rawValue: 1 << 18)
  public static let sign = Codes(rawValue: 1 << 19)
  public static let scientific = Codes(rawValue: 1 << 20)
  public static let float = Codes(rawValue: 1 << 21)

  public static let empty = Codes(rawValue: 1 << 22)
  public static let length = Codes(rawValue: 1 << 23)
  public static let character = Codes(rawValue: 1 << 24)
  public static let masked = Codes(rawValue: 1 << 25)
  public static let lost = Codes(rawValue: 1 << 26)
  public static let scientificID = Codes(rawValue: 1 << 27)
  public static let division = Codes(rawValue: 1 << 28)
  public static let date = Codes(rawValue: 1 << 29)
  public static let dateRange = Codes(rawValue: 1 << 30)
  public static let check = Codes(rawValue: 1 << 31)
  public static let multiple = Codes(rawValue: 1 << 32)
  public static let kind = Codes(rawValue: 1 << 33)
  public static let partial = Codes(rawValue: 1 << 34)
  public static let year2 = Codes(rawValue: 1 << 35)
  public static let order = Codes(rawValue: 1 << 36)
  public static let zero = Codes(rawValue: 1 << 37)
  public static let badFormat = Codes(rawValue: 1 << 38)
  public static let precision = Codes(rawValue: 1 << 39)
  public static let range = Codes(rawValue: 1 << 40)
  public static let decode = Codes(rawValue: 1 << 41)

  public static let unusualDivision = Codes(rawValue: 1 << 42)
  public static let sequence = Codes(rawValue: 1 << 43)
  public static let old = Codes(rawValue: 1 << 44)
  public static let zeroed = Codes(rawValue: 1 << 45)
  public static let luhn = Codes(rawValue: 1 << 46)
  public static let unknownPrivateUse = Codes(rawValue: 1 << 47)
  public static let relative = Codes(rawValue: 1 << 48)
  public static let alias = Codes(rawValue: 1 << 49)
  public static let pseudo = Codes(rawValue: 1 << 50)
  public static let short = Codes(rawValue: 1 << 51)
  public static let long = Codes(rawValue: 1 << 52)
  public static let mojibake = Codes(rawValue: 1 << 53)
  public static let future = Codes(rawValue: 1 << 54)
  public static let sentinel = Codes(rawValue: 1 << 55)

  public static let hongKongMacaoTaiwan = Codes(rawValue: 1 << 56)
  public static let foreign = Codes(rawValue: 1 << 57)

  /// A day of birth and a sex that are not those of the identity number beside them.
  public static let otherBirth = Codes(rawValue: 1 << 58)
  public static let otherSex = Codes(rawValue: 1 << 59)

  /// All `R-` codes.
  public static let repairs = Codes(rawValue: (1 << 22) - 1)
  /// All `E-` codes.
  public static let errors = Codes(rawValue: ((1 << 42) - 1) & ~((1 << 22) - 1))

  /// True when a value of these codes has no canonical form.
  @inlinable @inline(__always)
  public var isInvalid: Bool { rawValue & 0x3FF_FFC0_0000 != 0 }

  /// True when the canonical form differs from the value as it stood.
  @inlinable @inline(__always)
  public var isRepaired: Bool { !isInvalid && rawValue & 0x3F_FFFF != 0 }

  /// The names of the codes that are set, in the order of the bits.
  public var list: [String] {
    Self.names.indices.filter { rawValue >> UInt64($0) & 1 == 1 }.map { Self.names[$0] }
  }
}
