import Normalizers

/// Made-up values of one kind, one behind the other, each followed by a line feed.
package struct SampleValues {
  package private(set) var bytes: [UInt8] = []
  /// Where each value begins, and the end of all; the line feed before the next one is not part of a value.
  package private(set) var starts: [Int32] = [0]
  private var random: RandomSequence

  package init(_ kind: SampleKind, count: Int, seed: UInt64 = 20_261_031) {
    random = RandomSequence(seed: seed)
    bytes.reserveCapacity(count * 20)
    starts.reserveCapacity(count + 1)
    for _ in 0..<count {
      append(kind)
      bytes.append(UInt8(ascii: "\n"))
      starts.append(Int32(bytes.count))
    }
  }

  package var count: Int { starts.count - 1 }

  private mutating func append(_ kind: SampleKind) {
    switch kind {
    case .cleanIDs: appendID(identity())
    case .damagedIDs: if random.next(below: 100) < 8 { appendDamagedID() } else { appendID(identity()) }
    case .names: if random.next(below: 100) < 5 { appendDamagedName() } else { appendName() }
    case .dates: appendDate("-", "-")
    case .mixedDates: if random.next(below: 100) < 5 { appendOtherDate() } else { appendDate("-", "-") }
    case .amounts: appendAmount()
    case .mixedAmounts: if random.next(below: 100) < 5 { appendOtherAmount() } else { appendAmount() }
    case .accounts: appendAccount()
    }
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func digits(_ value: Int, width: Int = 1) {
    let text = String(value)
    for _ in 0..<max(0, width - text.utf8.count) { bytes.append(UInt8(ascii: "0")) }
    put(text)
  }

  // MARK: Identity numbers

  /// Districts of GB/T 2260 that every table of divisions lists.
  private static let divisions = [
    110_101, 110_102, 110_105, 110_108, 120_101, 120_102, 130_102, 210_102, 310_101, 310_104, 310_105, 320_102, 330_102,
    370_102, 410_102, 420_102, 430_102, 440_103, 500_103, 510_104, 530_102, 610_102
  ]

  /// Seventeen digits that pass every check: a mainland division, a day of birth, a sequence.
  private mutating func identity() -> Int {
    let division = Self.divisions[random.next(below: Self.divisions.count)]
    let birth = random.next(in: 1930...2020) * 10_000 + random.next(in: 1...12) * 100 + random.next(in: 1...28)
    return (division * 100_000_000 + birth) * 1000 + random.next(in: 1...999)
  }

  private mutating func appendID(_ number: Int) {
    digits(number, width: 17)
    bytes.append(IDNumber.checkCharacter(body: UInt64(number)))
  }

  /// One damage of those that feeds of offices show, in about their proportions.
  private mutating func appendDamagedID() {
    let number = identity()
    let start = bytes.count
    switch random.next(below: 24) {
    case 0..<4:
      digits(number / 100_000_000_000, width: 6)
      digits(number % 1_000_000_000, width: 9)
    case 4..<7:
      appendID(number)
      let narrow = bytes[start...]
      bytes.removeLast(18)
      for character in narrow { bytes += [0xEF, 0xBC, character + 0x60] }  // U+FF01 stands for U+0021
    case 7..<11:
      appendID(number)
      if bytes[start + 17] == UInt8(ascii: "X") {
        bytes[start + 17] = UInt8(ascii: "x")
      } else {
        bytes.insert(UInt8(ascii: " "), at: start + 14)
        bytes.insert(UInt8(ascii: " "), at: start + 6)
      }
    case 11..<14:
      put(" ")
      appendID(number)
    case 14..<16:
      appendID(number)
      put("\t")
    case 16..<18:
      put("'")
      appendID(number)
    case 18..<20:
      put("=\"")
      appendID(number)
      put("\"")
    case 20, 21:
      digits(number / 10_000_000_000_000_000)
      put(".")
      digits(number / 100_000_000_000 % 100_000, width: 5)
      put("E+17")
    case 22:
      digits(number, width: 17)
      let check = IDNumber.checkCharacter(body: UInt64(number))
      bytes.append(check == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0"))
    default: break
    }
  }

  // MARK: Names

  private static let surnames = Array("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余")
  private static let given = Array(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文斌鑫宇浩凯丹萍云飞鹏辉波宁亮雪琴晨阳春生海燕龙")

  private mutating func appendName(between separator: String = "") {
    put(String(Self.surnames[random.next(below: Self.surnames.count)]))
    put(separator)
    for _ in 0..<(random.next(below: 5) == 0 ? 1 : 2) { put(String(Self.given[random.next(below: Self.given.count)])) }
  }

  private mutating func appendDamagedName() {
    switch random.next(below: 10) {
    case 0, 1: appendName(between: " ")
    case 2: appendName(between: "\u{3000}")
    case 3, 4:
      appendName()
      put(" ")
    case 5, 6:
      appendName()
      put("\u{3000}")
    case 7:
      appendName()
      put("（户主）")
    case 8: appendName(between: "·")
    default: put("未知")
    }
  }

  // MARK: Dates, amounts, accounts

  private mutating func appendDate(_ first: String, _ second: String, _ end: String = "", width: Int = 2) {
    digits(random.next(in: 1995...2026))
    put(first)
    digits(random.next(in: 1...9), width: width)
    put(second)
    digits(random.next(in: 1...28), width: width)
    put(end)
  }

  private mutating func appendOtherDate() {
    switch random.next(below: 6) {
    case 0, 1: appendDate("/", "/", width: 1)
    case 2: appendDate("", "")
    case 3: appendDate("年", "月", "日", width: 1)
    case 4: appendDate(".", ".", width: 1)
    default: appendDate("-", "-", " 00:00:00")
    }
  }

  private mutating func appendAmount() {
    let yuan = random.next(below: 10) == 0 ? random.next(in: 1000...99_999) : random.next(in: 50...999)
    digits(yuan)
    put(".")
    digits(random.next(below: 100), width: 2)
  }

  private mutating func appendOtherAmount() {
    switch random.next(below: 4) {
    case 0:
      digits(random.next(in: 1...99))
      put(",")
      digits(random.next(below: 1000), width: 3)
      put(".00")
    case 1:
      put("￥")
      appendAmount()
    case 2:
      appendAmount()
      put("元")
    default: digits(random.next(in: 1...9999))
    }
  }

  /// Nineteen digits of a bank card; the last one makes the Luhn sum (ISO/IEC 7812-1) come out.
  private mutating func appendAccount() {
    let start = bytes.count
    digits([621_700, 622_848, 621_226, 621_661][random.next(below: 4)])
    digits(random.next(below: 1_000_000), width: 6)
    digits(random.next(below: 1_000_000), width: 6)
    var sum = 0
    for place in 0..<18 {
      let digit = Int(bytes[start + place] & 0x0F)
      let doubled = digit * 2
      sum += place % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled
    }
    digits((10 - sum % 10) % 10)
  }
}
