/// Collects the records of a file as UTF-8; outside planted situations a few percent of the values are written as
/// real files have them.
struct RecordWriter {
  var bytes: [UInt8] = []
  /// Records so far, without header and total.
  private(set) var count = 0
  /// Draws the damage of the next values.
  var damage = SplitMix64(state: 0)
  /// No value of the next records is damaged.
  var isClean = true
  /// The next records are about people who are nowhere on the roll: their numbers may be beyond repair.
  var isStranger = false
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

  /// Ends a record that readers reject.
  mutating func endRecord(damaged damage: Member.RowDamage) {
    switch damage {
    case .none: break
    case .tooManyColumns: bytes.append(contentsOf: repeatElement(UInt8(ascii: ","), count: 1 << 14))
    case .openQuote: put(",\"")
    }
    endRecord()
  }

  private mutating func startField() {
    if isFirst { isFirst = false } else { bytes.append(UInt8(ascii: ",")) }
  }

  /// A number below `bound` that chooses the damage of a value, or nil if it has none.
  private mutating func draw(_ bound: Int, damaged: Int) -> Int? {
    guard !isClean else { return nil }
    let kind = damage.next(below: bound)
    return kind < damaged ? kind : nil
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func digits(_ value: Int, width: Int) { bytes.append(digits: UInt64(value), width: width) }

  // MARK: Plain fields

  mutating func text(_ text: String) {
    startField()
    put(text)
  }

  mutating func nothing() { startField() }

  mutating func number(_ value: Int?) {
    startField()
    if let value { digits(value, width: 0) }
  }

  /// A letter code and a zero-filled number.
  mutating func code(_ prefix: String, _ number: Int, width: Int) {
    startField()
    put(prefix)
    digits(number, width: width)
  }

  mutating func caseNumber(_ number: CaseNumber?) {
    startField()
    guard let number else { return }
    put("DB")
    digits(number.district, width: 6)
    digits(number.serial, width: 8)
  }

  mutating func payment(_ id: PaymentRow.ID?) {
    startField()
    guard let id else { return }
    put("FF")
    digits(id.month.year * 100 + id.month.monthOfYear, width: 6)
    digits(id.household * 10 + id.place, width: 9)
  }

  mutating func month(_ month: Month) {
    startField()
    digits(month.year, width: 4)
    put("-")
    digits(month.monthOfYear, width: 2)
  }

  /// The payments of a district in a month.
  mutating func batch(_ month: Month, _ district: Int) {
    startField()
    digits(month.year % 100 * 100 + month.monthOfYear, width: 4)
    put("-")
    digits(district % 1000, width: 3)
  }

  mutating func district(_ code: Int?) { number(code) }

  // MARK: Fields with damage

  /// A word of a closed list; blanks around it in 1 % of the rows.
  mutating func word(_ word: String) {
    startField()
    let kind = word.isEmpty ? nil : draw(200, damaged: 2)
    if kind == 0 { put(" ") }
    put(word)
    if kind == 1 { put(" ") }
  }

  mutating func date(_ days: Int?) {
    startField()
    guard let days else { return }
    let date = CivilDate(days: days)
    switch draw(200, damaged: 8) {
    case 0, 1: put(date, separators: ("/", "/", ""), padded: false)
    case 2, 3: put(date, separators: ("", "", ""))
    case 4: put(date, separators: (vocabulary.year, vocabulary.month, vocabulary.day), padded: false)
    case 5: put(date, separators: (".", ".", ""), padded: false)
    case 6: put(date, separators: ("-", "-", " 00:00:00"))
    // The day number of spreadsheets, 1900 system.
    case 7 where days > 20_000: digits(days + 25_569, width: 0)
    default: put(date, separators: ("-", "-", ""))
    }
  }

  private mutating func put(_ date: CivilDate, separators: (String, String, String), padded: Bool = true) {
    digits(date.year, width: 4)
    put(separators.0)
    digits(date.month, width: padded ? 2 : 0)
    put(separators.1)
    digits(date.day, width: padded ? 2 : 0)
    put(separators.2)
  }

  /// `hundredths` of a yuan. Not in quotes where `isQuotable` is false.
  mutating func money(_ hundredths: Int, isQuotable: Bool = true) {
    startField()
    if hundredths < 0 { put("-") }
    let (yuan, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
    let kind = hundredths > 0 ? draw(200, damaged: 5) : nil
    switch kind {
    case 0, 1:
      guard isQuotable, yuan >= 1000, yuan < 1_000_000 else { return plain(yuan, rest) }
      put("\"")
      digits(yuan / 1000, width: 0)
      put(",")
      digits(yuan % 1000, width: 3)
      put(".")
      digits(rest, width: 2)
      put("\"")
    case 2:
      put(vocabulary.yuanSign)
      plain(yuan, rest)
    case 3:
      plain(yuan, rest)
      put(vocabulary.yuan)
    case 4 where rest == 0: digits(yuan, width: 0)
    default: plain(yuan, rest)
    }
  }

  private mutating func plain(_ yuan: Int, _ rest: Int) {
    digits(yuan, width: 0)
    put(".")
    digits(rest, width: 2)
  }

  /// An identity number. Of people on the roll none is cut to 15 digits or beyond repair.
  mutating func identity(_ text: IdentityText) {
    startField()
    switch text {
    case .nothing: break
    case .text(let text): put(text)
    case .number(let number): identity(number)
    }
  }

  private mutating func identity(_ number: UInt64) {
    guard let kind = draw(500, damaged: 18) else { return bytes.append(identity: number) }
    let check = IdentityNumbers.checkCharacter(of: number)
    switch kind {
    case 0..<3:
      var plain: [UInt8] = []
      plain.append(identity: number)
      for digit in plain {
        vocabulary.wideDigits.append(digit == UInt8(ascii: "X") ? 10 : Int(digit - UInt8(ascii: "0")), to: &bytes)
      }
    case 3..<6 where check == UInt8(ascii: "X"):
      bytes.append(digits: number, width: 17)
      put("x")
    case 6..<9:
      put(kind == 6 ? vocabulary.wideBlank : " ")
      bytes.append(identity: number)
    case 9..<11:
      bytes.append(identity: number)
      put(kind == 9 ? "\t" : " ")
    case 11..<13:
      put("'")
      bytes.append(identity: number)
    case 13 where isStranger:
      put("\(number / 10_000_000_000_000_000).")
      bytes.append(digits: number / 100_000_000_000 % 100_000, width: 5)
      put("E+17")
    case 14 where isStranger:
      bytes.append(digits: number, width: 17)
      bytes.append(check == UInt8(ascii: "X") ? UInt8(ascii: "0") : UInt8(ascii: "0") + (check - 47) % 10)
    case 15 where isStranger && number / 1_000_000_000 % 100 == 19:
      bytes.append(digits: number / 100_000_000_000, width: 6)
      bytes.append(digits: number % 1_000_000_000, width: 9)
    default: bytes.append(identity: number)
    }
  }

  mutating func name(_ text: NameText) {
    startField()
    switch text {
    case .nothing: break
    case .text(let text): put(text)
    case .name(let name): self.name(name)
    }
  }

  private mutating func name(_ name: Name) {
    guard let kind = draw(400, damaged: 13) else { return put(name, between: nil) }
    switch kind {
    case 0..<5 where name.form == .long: put(name, between: dots[kind % dots.count])
    case 0..<4 where name.form == .short: put(name, between: kind % 2 == 0 ? " " : vocabulary.wideBlank)
    case 4..<8:
      put(name, between: nil)
      put(" ")
    case 8..<11:
      put(name, between: nil)
      put(vocabulary.wideBlank)
    default:
      put(" ")
      put(name, between: nil)
    }
  }

  /// The name, with `separator` for the dot or after the surname.
  private mutating func put(_ name: Name, between separator: String?) {
    switch name.form {
    case .long:
      vocabulary.longFirst.append(name.first, to: &bytes)
      put(separator ?? vocabulary.middleDot)
      vocabulary.longSecond.append(name.second, to: &bytes)
    case .short, .common:
      vocabulary.surnames.append(name.family, to: &bytes)
      if let separator { put(separator) }
      vocabulary.given.append(name.first, to: &bytes)
      if name.form == .common { vocabulary.given.append(name.second, to: &bytes) }
    }
  }

  /// The number of a bank account.
  mutating func account(_ account: UInt64?) {
    startField()
    guard let account else { return }
    let value = Int(account)
    switch draw(200, damaged: 4) ?? 4 {
    case 0...1 where value > 1_000_000_000_000_000_000:
      for place in 0..<4 {
        digits(value / [1_000_000_000_000_000, 100_000_000_000, 10_000_000, 1000][place] % 10_000, width: 4)
        put(" ")
      }
      digits(value % 1000, width: 3)
    case 2:
      put("'")
      digits(value, width: 0)
    case 3:
      digits(value, width: 0)
      put(" ")
    default: digits(value, width: 0)
    }
  }
}
