/// Collects the records of a file as UTF-8, and writes a few percent of the values as damaged as real files have them.
///
/// A value that is not `mayBeLost` is only damaged in ways that the normalisers repair.
struct RowWriter {
  var bytes: [UInt8] = []
  /// Records so far, without header and total.
  private(set) var count = 0
  /// Draws the damage of the next values.
  var damage = SplitMix64(state: 0)
  let vocabulary: Vocabulary
  private let lineEnd: String
  /// Spellings of the middle dot that the encoding of the file has.
  private let dots: [String]
  private var isFirst = true

  init(vocabulary: Vocabulary, isGB18030: Bool) {
    self.vocabulary = vocabulary
    lineEnd = isGB18030 ? "\r\n" : "\n"
    dots = isGB18030 ? [vocabulary.wideDot] : ["・", "•", vocabulary.wideDot]
  }

  // MARK: Records

  /// A line that is no record: title, header, total.
  mutating func line(_ text: String) {
    put(text)
    put(lineEnd)
  }

  mutating func endRecord() {
    put(lineEnd)
    isFirst = true
    count += 1
  }

  private mutating func startField() {
    if isFirst { isFirst = false } else { bytes.append(UInt8(ascii: ",")) }
  }

  // MARK: Plain fields

  mutating func text(_ text: String) {
    startField()
    put(text)
  }

  mutating func number(_ value: Int) {
    startField()
    digits(UInt64(value), width: 0)
  }

  /// A letter code and one or two zero-filled numbers.
  mutating func code(_ prefix: String, _ number: Int, width: Int) {
    startField()
    put(prefix)
    digits(UInt64(number), width: width)
  }

  mutating func code(_ prefix: String, _ area: Int, width areaWidth: Int, _ number: Int, width: Int) {
    code(prefix, area, width: areaWidth)
    digits(UInt64(number), width: width)
  }

  mutating func caseNumber(_ household: Household) {
    code("JZ", vocabulary.districts[household.district].code, width: 6, household.index, width: 7)
  }

  // MARK: Fields with damage

  /// A word of a closed list; blanks around it in 1 % of the rows.
  mutating func word(_ word: String) {
    startField()
    let kind = damage.next(below: 200)
    if kind == 0 { put(" ") }
    put(word)
    if kind == 1 { put(" ") }
  }

  mutating func date(_ days: Int?) {
    startField()
    guard let days else { return }
    let date = CivilDate(days: days)
    switch damage.next(below: 200) {
    case 0, 1: put(date, separators: ("/", "/", ""), padded: false)
    case 2, 3: put(date, separators: ("", "", ""))
    case 4: put(date, separators: (vocabulary.year, vocabulary.month, vocabulary.day), padded: false)
    case 5: put(date, separators: (".", ".", ""), padded: false)
    case 6: put(date, separators: ("-", "-", " 00:00:00"))
    // The day number of spreadsheets, 1900 system.
    case 7 where days > 20_000: digits(UInt64(days + 25_569), width: 0)
    default: put(date, separators: ("-", "-", ""))
    }
  }

  mutating func amount(_ hundredths: Int) {
    startField()
    let (yuan, rest) = (hundredths / 100, hundredths % 100)
    let isGrouped = yuan >= 1000 && yuan < 1_000_000
    switch damage.next(below: 200) {
    case 0...1 where isGrouped:
      put("\"")
      digits(UInt64(yuan / 1000), width: 0)
      put(",")
      digits(UInt64(yuan % 1000), width: 3)
      decimals(rest)
      put("\"")
    case 2:
      put(vocabulary.yuanSign)
      digits(UInt64(yuan), width: 0)
      decimals(rest)
    case 3:
      digits(UInt64(yuan), width: 0)
      decimals(rest)
      put(vocabulary.yuan)
    case 4 where rest == 0: digits(UInt64(yuan), width: 0)
    default:
      digits(UInt64(yuan), width: 0)
      decimals(rest)
    }
  }

  /// An identity number of these 17 digits.
  mutating func identity(_ number: UInt64, mayBeLost: Bool) {
    startField()
    let kind = damage.next(below: 500)
    guard kind < 24 else { return identity(number) }
    let check = IdentityNumbers.checkCharacter(of: number)
    let century = number / 10_000_000_000 % 10 == 1 && number / 1_000_000_000 % 10 == 9
    switch kind {
    case 0..<4 where century:
      digits(number / 100_000_000_000, width: 6)
      digits(number % 1_000_000_000, width: 9)
    case 0..<7:
      wideDigits(number, width: 17)
      wideDigit(check)
    case 7..<10 where check == UInt8(ascii: "X"):
      digits(number, width: 17)
      put("x")
    case 7..<11:
      digits(number / 100_000_000_000, width: 6)
      put(" ")
      digits(number / 1000 % 100_000_000, width: 8)
      put(" ")
      digits(number % 1000, width: 3)
      bytes.append(check)
    case 11..<14:
      put(kind == 11 ? vocabulary.wideBlank : " ")
      identity(number)
      put(kind == 12 ? " " : "")
    case 14..<16:
      identity(number)
      put(kind == 14 ? "\t" : vocabulary.wideBlank)
    case 16..<18:
      put("'")
      identity(number)
    case 18..<20:
      put("=\"")
      identity(number)
      put("\"")
    case 20...21 where mayBeLost: scientificIdentity(number)
    case 22 where mayBeLost:
      digits(number, width: 17)
      bytes.append(check == UInt8(ascii: "X") ? UInt8(ascii: "0") : UInt8(ascii: "0") + (check - 47) % 10)
    case 23 where mayBeLost: break
    default: identity(number)
    }
  }

  /// What a spreadsheet leaves of an identity number: `3.10101E+17`.
  mutating func scientific(_ number: UInt64) {
    startField()
    scientificIdentity(number)
  }

  /// `isVaried` damages the name in any case.
  mutating func name(_ name: Name, mayBeLost: Bool, isVaried: Bool = false) {
    startField()
    let kind = damage.next(below: isVaried ? 14 : 400)
    guard kind < 16 else { return put(name) }
    switch kind {
    case 0..<6 where name.form == .long: put(name, between: dots[kind % dots.count])
    case 0..<4 where name.form == .short: put(name, between: kind % 2 == 0 ? " " : vocabulary.wideBlank)
    case 0..<4: put(name, between: " ")
    case 4..<8:
      put(name)
      put(" ")
    case 8..<11:
      put(name)
      put(vocabulary.wideBlank)
    case 11, 12:
      put(" ")
      put(name)
    case 13:
      put(name)
      put(vocabulary.headOfHouseholdNote)
    case 14 where mayBeLost && name.form != .long:
      vocabulary.surnames.append(name.family, to: &bytes)
      put("*")
    case 15 where mayBeLost && name.form != .long:
      vocabulary.surnames.append(name.family, to: &bytes)
      put("?")
    default: put(name)
    }
  }

  /// A bank card number.
  mutating func account(_ account: AccountNumber, mayBeLost: Bool) {
    startField()
    switch damage.next(below: 200) {
    case 0, 1:
      let (front, last) = account.value.quotientAndRemainder(dividingBy: 1000)
      for place in 0..<4 {
        digits(front / [1_000_000_000_000, 100_000_000, 10_000, 1][place] % 10_000, width: 4)
        put(" ")
      }
      digits(last, width: 3)
    case 2:
      put("'")
      digits(account.value, width: 0)
    case 3:
      digits(account.value, width: 0)
      put(" ")
    case 4 where mayBeLost: put("6.21700E+18")
    default: digits(account.value, width: 0)
    }
  }
}
