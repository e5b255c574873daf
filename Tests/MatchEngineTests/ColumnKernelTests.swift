import CKernels
import Normalizers
import Testing

@testable import MatchEngine

/// Every variant against the readings that know every rule, and against tables written by hand.
@Suite("Column kernels")
struct ColumnKernelTests {
  private static let today = KernelFields.today
  private static let limits = ColumnKernels.IDLimits(asOf: today)

  @Test func portableKernelsAreAlwaysThere() {
    #expect(KernelFields.variants.first == "portable")
    #expect(ColumnKernels(variant: "mmx") == nil)
  }

  @Test(arguments: KernelFields.variants)
  func identityNumbersAreThoseOfTheReference(variant: String) throws {
    var random = DamagedFields(seed: 11)
    var (plainCount, repairedCount) = (0, 0)
    for _ in 0..<30 {
      let fields = (0..<1000).map { _ in random.damaged(random.identityNumber()) }
      let column = try KernelFields(fields, variant)
      var endingInX = 0
      let damaged = column.left { rest in
        let found = column.kernels.residentIDs(column.batch, Self.limits, slot: 0, rest: rest)
        endingInX = found.endingInX
        return found.count
      }
      #expect(endingInX == fields.count { $0.count == 18 && ($0[17] == 0x58 || $0[17] == 0x78) })
      for (lane, field) in fields.enumerated() where !damaged.contains(lane) {
        let expected = IDNumber.packedSlowly(field.span, asOf: Self.today)
        #expect(expected == PackedID(key: UInt64(bitPattern: column.first(lane)), codes: []), "\(field)")
        plainCount += 1
      }

      var repairs = mr_id_repairs()
      let left = column.left { rest in
        let found = column.kernels.repairedIDs(column.batch, Self.limits, slot: 0, rest: rest, count: damaged.count)
        repairs = found.repairs
        return found.count
      }
      #expect(left.isSubset(of: damaged))
      var codes: [Codes] = []
      for lane in damaged.subtracting(left) {
        let field = fields[lane]
        let expected = IDNumber.packedSlowly(field.span, asOf: Self.today)
        #expect(expected.key == UInt64(bitPattern: column.first(lane)), "\(field)")
        #expect(expected.codes.isSubset(of: [.space, .width, .letterCase, .id15]), "\(field)")
        codes.append(expected.codes)
      }
      repairedCount += codes.count
      #expect(Int(repairs.numbers) == codes.count)
      #expect(Int(repairs.spaces) == codes.count { $0.contains(.space) })
      #expect(Int(repairs.widths) == codes.count { $0.contains(.width) })
      #expect(Int(repairs.letter_cases) == codes.count { $0.contains(.letterCase) })
      #expect(Int(repairs.fifteens) == codes.count { $0.contains(.id15) })
    }
    #expect(plainCount > 3000)
    #expect(repairedCount > 400 || variant != "avx512")
  }

  @Test(arguments: KernelFields.variants)
  func wellFormedNumbersAreDecided(variant: String) throws {
    let keys: [UInt64] = [
      11_010_119_000_101_001, 44_010_620_000_229_123, 31_011_520_241_231_999, 65_012_219_491_001_010
    ]
    let fields = keys.map { key in
      var field: [UInt8] = []
      IDNumber(key: key).write(into: &field)
      return field
    }
    let column = try KernelFields(fields, variant)
    let left = column.left { column.kernels.residentIDs(column.batch, Self.limits, slot: 0, rest: $0).count }
    // The first one is older than 120 years.
    #expect(left == [0])
    #expect((1..<4).map { column.first($0) } == keys[1...].map { Int64($0) })
  }

  @Test(arguments: KernelFields.variants)
  func numbersOfNoPlainPersonAreLeft(variant: String) throws {
    // No such day, a province that is none, a county 71, a division that ends in 00, the year to come, sequence 000.
    let keys: [UInt64] = [
      44_010_620_230_229_123, 16_010_120_000_101_123, 11_710_120_000_101_123, 11_010_020_000_101_123,
      11_010_120_270_101_123, 11_010_120_000_101_000
    ]
    let fields = keys.map { key in
      var field: [UInt8] = []
      IDNumber(key: key).write(into: &field)
      return field
    }
    let column = try KernelFields(fields, variant)
    let left = column.left { column.kernels.residentIDs(column.batch, Self.limits, slot: 0, rest: $0).count }
    #expect(left == Set(0..<6))
  }

  @Test(arguments: KernelFields.variants)
  func datesAreThoseOfTheReference(variant: String) throws {
    var random = DamagedFields(seed: 12)
    var count = 0
    for _ in 0..<15 {
      let fields = (0..<1000).map { _ in
        let (year, month, day) = (1840 + random.next(below: 370), random.next(below: 14), random.next(below: 33))
        let text = [String(year), month < 10 ? "0\(month)" : "\(month)", day < 10 ? "0\(day)" : "\(day)"]
        let field = Array(text.joined(separator: "-").utf8)
        return random.next(below: 3) == 0 ? random.damaged(field) : field
      }
      let column = try KernelFields(fields, variant)
      let left = column.left { column.kernels.dates(column.batch, asOf: Self.today.days, slot: 0, rest: $0) }
      for (lane, field) in fields.enumerated() {
        let expected = CalendarDate.packedSlowly(field.span, asOf: Self.today)
        if !left.contains(lane) {
          #expect(expected == PackedDate(days: Int32(column.first(lane)), codes: []), "\(field)")
          count += 1
        } else if field.count == 10, expected.codes == [], CalendarDate(days: expected.days).year >= 1850 {
          Issue.record("left over: \(field)")
        }
      }
    }
    #expect(count > 4000)
  }

  @Test(arguments: KernelFields.variants)
  func datesByHand(variant: String) throws {
    let table: [(text: String, days: Int64?)] = [
      ("1970-01-02", 1), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2024-12-31", 20_088), ("1850-01-01", -43_829),
      ("2026-02-01", 20_485), ("2026-02-02", nil), ("1970-01-01", nil), ("1900-02-29", nil), ("1900-01-01", nil),
      ("2024-13-01", nil), ("2024-04-31", nil), ("1849-12-31", nil), ("2024/01/01", nil), ("", nil), ("2024-1-001", nil)
    ]
    let column = try KernelFields(table.map { Array($0.text.utf8) }, variant)
    let left = column.left { column.kernels.dates(column.batch, asOf: Self.today.days, slot: 0, rest: $0) }
    for (lane, row) in table.enumerated() {
      #expect((left.contains(lane) ? nil : column.first(lane)) == row.days, "\(row.text)")
    }
  }

  @Test(arguments: KernelFields.variants)
  func amountsAreThoseOfTheReference(variant: String) throws {
    var random = DamagedFields(seed: 13)
    var count = 0
    for _ in 0..<15 {
      let fields = (0..<1000).map { _ in
        let digits = String(repeating: "7", count: random.next(below: 11)) + String(random.next(below: 100))
        let field = Array((digits + "." + String(10 + random.next(below: 90))).utf8)
        return random.next(below: 2) == 0 ? random.damaged(field) : field
      }
      let column = try KernelFields(fields, variant)
      let left = column.left { column.kernels.amounts(column.batch, slot: 0, rest: $0) }
      for (lane, field) in fields.enumerated() where !left.contains(lane) {
        let expected = Amount.packedSlowly(field.span)
        #expect(expected == PackedAmount(cents: column.first(lane), codes: []), "\(field)")
        count += 1
      }
    }
    #expect(count > 4000)
  }

  @Test(arguments: KernelFields.variants)
  func amountsByHand(variant: String) throws {
    let table: [(text: String, cents: Int64?)] = [
      ("0.05", 5), ("1.23", 123), ("12.34", 1234), ("9999.99", 999_999), ("12345.67", 1_234_567),
      ("123456.78", 12_345_678), ("1234567890.12", 123_456_789_012), ("12345678901.23", nil), ("01.23", nil),
      ("00012345.67", nil), (".12", nil), ("1.2", nil), ("12", nil), ("-1.23", nil), ("1,234.56", nil), ("", nil),
      ("12.3a", nil), ("1 234.56", nil)
    ]
    let column = try KernelFields(table.map { Array($0.text.utf8) }, variant)
    let left = column.left { column.kernels.amounts(column.batch, slot: 0, rest: $0) }
    for (lane, row) in table.enumerated() {
      #expect((left.contains(lane) ? nil : column.first(lane)) == row.cents, "\(row.text)")
    }
  }

  @Test(arguments: KernelFields.variants)
  func accountsAreThoseOfTheReference(variant: String) throws {
    var random = DamagedFields(seed: 14)
    var count = 0
    for _ in 0..<15 {
      let fields = (0..<1000).map { _ in
        let zeros = random.next(below: 8) == 0
        let field = (0..<(6 + random.next(below: 16))).map { place in
          place == 0 ? 0x36 : place == 1 ? 0x32 : zeros && place >= 15 ? 0x30 : UInt8(0x30 + random.next(below: 10))
        }
        return random.next(below: 2) == 0 ? random.damaged(field) : field
      }
      let column = try KernelFields(fields, variant)
      var (luhn, zeroed) = (0, 0)
      let warnings = FlatArray<UInt8>(repeating: 9, count: RecordBatch.capacity)
      defer { warnings.deallocate() }
      let left = column.left { rest in
        let found = column.kernels.accounts(column.batch, slot: 0, rest: rest, warnings: warnings)
        (luhn, zeroed) = (found.luhn, found.zeroed)
        return found.count
      }
      for (lane, field) in fields.enumerated() where !left.contains(lane) {
        let expected = AccountNumber.packedSlowly(field.span)
        #expect(expected.high == UInt64(bitPattern: column.first(lane)), "\(field)")
        #expect(expected.low == UInt64(bitPattern: column.second(lane)), "\(field)")
        #expect(expected.codes.isSubset(of: [.luhn, .zeroed]), "\(field)")
        luhn -= expected.codes.contains(.luhn) ? 1 : 0
        zeroed -= expected.codes.contains(.zeroed) ? 1 : 0
        let bits = (expected.codes.contains(.luhn) ? 1 : 0) + (expected.codes.contains(.zeroed) ? 2 : 0)
        #expect(Int(warnings[lane]) == bits, "\(field)")
        count += 1
      }
      for lane in left { #expect(warnings[lane] == 0) }
      #expect(luhn == 0 && zeroed == 0)
      let plain = fields.indices.filter { lane in
        8...19 ~= fields[lane].count && fields[lane].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
      }
      #expect(left.isDisjoint(with: plain))
    }
    #expect(count > 4000)
  }

  @Test(arguments: KernelFields.variants)
  func namesByHand(variant: String) throws {
    // 王 738B, 五 4E94, 张 5F20, 三 4E09, 丰 4E30, 欧 6B27, 阳 9633
    let table: [(text: String, word: Int64?)] = [
      ("王五", 0x4E94_738B), ("张三丰", 0x4E30_4E09_5F20), ("欧阳三丰", 0x4E30_4E09_9633_6B27),
      ("王五王五", 0x4E94_738B_4E94_738B), ("王", nil), ("欧阳王五张", nil), ("", nil), ("王 五", nil), ("王五 ", nil),
      ("王某", nil), ("王故", nil), ("未知", nil), ("不详", nil), ("暂无", nil), ("未知王", 0x738B_77E5_672A), ("王\u{3400}", nil),
      ("王\u{A000}", nil), ("abcdef", nil), ("ééé", nil), ("王·五", nil)
    ]
    let column = try KernelFields(table.map { Array($0.text.utf8) }, variant)
    let left = column.left { column.kernels.names(column.batch, slot: 0, rest: $0) }
    let maker = CellMaker(asOf: Self.today, seed: 5)
    for (lane, row) in table.enumerated() {
      #expect((left.contains(lane) ? nil : column.first(lane)) == row.word, "\(row.text)")
      let longer = maker.name(Array(row.text.utf8).span)
      if let word = row.word { #expect(longer == CellMaker.Words(first: word), "\(row.text)") }
    }
    // What is left without its blanks has the word of the plain name.
    let spaced = maker.name(Array(" 王 五".utf8).span)
    #expect(spaced == CellMaker.Words(first: 0x4E94_738B, codes: .space))
    let annotated = maker.name(Array("王五（已故）".utf8).span)
    #expect(annotated.first == 0x4E94_738B)
  }

  @Test(arguments: KernelFields.variants)
  func textsByHand(variant: String) throws {
    let table: [(text: String, words: [Int64]?)] = [
      ("A", [0x41, 0]), ("A\u{7F}", [0x7F41, 0]), ("ABCDEFGH", [0x4847_4645_4443_4241, 0]),
      ("ABCDEFGHI", [0x4847_4645_4443_4241, 0x49]),
      ("0123456789abcdef", [0x3736_3534_3332_3130, 0x6665_6463_6261_3938]), ("0123456789abcdefg", nil), ("", nil),
      (" A", nil), ("甲", nil), ("A甲", nil), ("ABCDEFGH\u{0}", nil), ("A\u{0}B", nil), ("ABCDEFGHé", nil)
    ]
    let column = try KernelFields(table.map { Array($0.text.utf8) }, variant)
    let left = column.left { column.kernels.texts(column.batch, slot: 0, rest: $0) }
    for (lane, row) in table.enumerated() {
      #expect((left.contains(lane) ? nil : [column.first(lane), column.second(lane)]) == row.words, "\(row.text)")
    }
  }

  /// The longer way has to give the words that the kernel gives.
  @Test func textsHaveTheSameWordsOnBothWays() {
    let maker = CellMaker(asOf: Self.today, seed: 5)
    let (short, long) = (Array("ABCDEFGHI".utf8), Array("0123456789abcdefg".utf8))
    let (packed, hashed) = (maker.textValue(short.span), maker.textValue(long.span))
    #expect([packed.first, packed.second] == [0x4847_4645_4443_4241, 0x49])
    #expect(hashed.first & 0xFF == 0)
  }

  @Test(arguments: KernelFields.variants)
  func whatMayBeEmptyIsListed(variant: String) throws {
    var random = DamagedFields(seed: 15)
    let words = ["", " ", "NULL", "null", "N/A", "#N/A", "-", "无", "未知", "不详", "暂无", "空", "\u{3000}", "王五", "310", "x"]
    let fields =
      words.map { Array($0.utf8) } + (0..<1000).map { _ in random.damaged(Array(words[random.next(below: 16)].utf8)) }
    let column = try KernelFields(fields, variant)
    for areNullWordsEmpty in [true, false] {
      let listed = column.left {
        column.kernels.mayBeEmpty(column.batch, areNullWordsEmpty: areNullWordsEmpty, rest: $0)
      }
      for (lane, field) in fields.enumerated() {
        let isEmpty = areNullWordsEmpty ? NullWord.isNullSlowly(field.span) : CellMaker.isBlank(field.span)
        #expect(!isEmpty || listed.contains(lane), "\(field)")
      }
      // 王五, 310 and x begin no such word.
      #expect(listed.isDisjoint(with: [13, 14, 15]))
    }
  }
}
