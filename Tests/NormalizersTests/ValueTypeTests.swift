import Normalizers
import Testing

struct ValueTypeTests {
  @Test
  func keysOfIdentityNumbersAreReversibleAndDistinct() throws {
    let texts = ["11010519491231002X", "440524188001010014", "932682198501010017", "CAN110081080302", "ZZZ999999123199"]
    var keys: Set<UInt64> = []
    for text in texts {
      let number = try IDNumber(parsing: Array(text.utf8).span, asOf: Vector.today)
      #expect(IDNumber(key: number.key).description == text)
      #expect(number.key >> 58 == 0)
      keys.insert(number.key)
    }
    #expect(keys.count == texts.count)
    #expect(!keys.contains(0))
    #expect(try IDNumber(parsing: Array("110105491231002".utf8).span, asOf: Vector.today).key == 11_010_519_491_231_002)
  }

  @Test
  func eightDigitsAreTheDigitsOfANumber() {
    let cases: [(number: UInt64, digits: String)] = [
      (0, "00000000"), (7, "00000007"), (99, "00000099"), (100, "00000100"), (9_999, "00009999"),
      (10_000, "00010000"), (12_345_678, "12345678"), (90_807_060, "90807060"), (99_999_999, "99999999")
    ]
    for (number, digits) in cases {
      let ascii = EightDigits(number: number).ascii
      #expect((0..<8).map { UInt8(truncatingIfNeeded: ascii >> UInt64($0 * 8)) } == Array(digits.utf8))
    }
  }

  @Test
  func identityNumbersTellBirthAndSex() throws {
    let woman = try IDNumber(parsing: Array("11010519491231002X".utf8).span, asOf: Vector.today)
    #expect(woman.birthDate == CalendarDate(year: 1949, month: 12, day: 31))
    #expect(woman.isMale == false)
    let man = try IDNumber(parsing: Array("932682198501010017".utf8).span, asOf: Vector.today)
    #expect(man.isMale == true)
    let card = try IDNumber(parsing: Array("CAN110081080302".utf8).span, asOf: Vector.today)
    #expect(card.birthDate == nil)
    #expect(card.isMale == nil)
  }

  @Test
  func aFailedParseTellsTheCodes() {
    #expect(throws: Defect(codes: .check)) {
      try IDNumber(parsing: Array("11010519491231003X".utf8).span, asOf: Vector.today)
    }
    #expect(throws: Defect(codes: .precision)) { try Amount(parsing: Array("1.005".utf8).span) }
    #expect(throws: Defect(codes: .length)) { try AccountNumber(parsing: Array("1234567".utf8).span) }
    #expect(throws: Defect(codes: .partial)) {
      try CalendarMonth(parsing: Array("2026".utf8).span, asOf: Vector.today)
    }
  }

  @Test(arguments: [
    "00000000", "00001234", "6217001234567890122", "12345678901234567", "99999999999999999999999999999999"
  ])
  func accountNumbersKeepTheirLength(text: String) throws {
    let number = try AccountNumber(parsing: Array(text.utf8).span)
    #expect(AccountNumber(low: number.low, high: number.high).description == text)
    #expect(number.digitCount == text.utf8.count)
  }

  @Test
  func accountNumbersOfDifferentLengthDiffer() throws {
    let short = try AccountNumber(parsing: Array("12345678".utf8).span)
    let long = try AccountNumber(parsing: Array("012345678".utf8).span)
    #expect(short != long)
  }

  @Test(arguments: [
    (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (130_000, "1300.00"), (999_999_999_999_999, "9999999999999.99")
  ])
  func amountsAreWrittenWithTwoPlaces(cents: Int64, text: String) {
    #expect(Amount(cents: cents).description == text)
  }
}
