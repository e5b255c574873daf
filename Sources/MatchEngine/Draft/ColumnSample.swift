internal import Normalizers

/// The first values of one column, and as what they can be read.
package struct ColumnSample {
  /// The header as a field's `column:` names it.
  package let header: String
  package let role: HeaderRole?
  /// How plainly the header says its role, 0 for the plainest.
  let rank: Int
  /// Values that are not empty.
  package private(set) var filledCount = 0
  package private(set) var emptyCount = 0
  private var readable: [FieldType: Int] = [:]
  private var plainDates = 0
  private var leadingZeros = 0
  private var longNumbers = 0
  private var decimals = 0
  private var distinct: [String: Int] = [:]
  private var hanNames = 0

  /// Different values of a column with more than this are not kept.
  private static let distinctCountMax = 200

  init(header: String) {
    self.header = header
    let meaning = HeaderRole.meaning(of: HeaderWord(header))
    role = meaning?.role
    rank = meaning?.rank ?? 0
  }

  mutating func add(_ value: [UInt8], _ maker: CellMaker) {
    if NullWord.isNull(value.span) {
      emptyCount += 1
      return
    }
    filledCount += 1
    for type in [FieldType.residentID, .account, .date, .month, .money, .number] {
      let words = maker.words(value.span, as: type)
      guard Cell.isUsable(words.first) else { continue }
      readable[type, default: 0] += 1
      // Five digits can be a day of a spreadsheet as well as any number.
      if type == .date, !words.codes.contains(.serial) { plainDates += 1 }
    }
    let text = String(decoding: value, as: UTF8.self).trimmed
    if value.allSatisfy({ 0x30...0x39 ~= $0 }) {
      if value.count > 1, value[0] == 0x30 { leadingZeros += 1 }
      if 16...19 ~= value.count { longNumbers += 1 }
    } else if text.utf8.contains(UInt8(ascii: ".")) {
      decimals += 1
    }
    var canonical: [UInt8] = []
    let codes = PersonName.canonical(value.span, into: &canonical)
    let length = text.unicodeScalars.count
    if !codes.isInvalid, 2...4 ~= length, text.unicodeScalars.allSatisfy({ 0x4E00...0x9FFF ~= $0.value }) {
      hanNames += 1
    }
    if distinct[text] != nil || distinct.count < Self.distinctCountMax { distinct[text, default: 0] += 1 }
  }

  /// The share of the filled values that can be read as `type`, in percent.
  func percent(_ type: FieldType) -> Int { percent(readable[type, default: 0]) }

  private func percent(_ count: Int) -> Int { filledCount == 0 ? 0 : count * 100 / filledCount }

  /// Few different values that come again and again.
  var isCode: Bool { filledCount >= 10 && distinct.count <= 20 && distinct.count * 5 <= filledCount }

  /// The most frequent value among `words`, with quotes doubled for an expression.
  func mostFrequent(of words: Set<String>) -> String? {
    distinct.filter { words.contains($0.key) }.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// A type and why.
  struct Guess {
    var type: FieldType
    var reason: String
  }

  /// What the header says, else what the values look like.
  var guess: Guess {
    if let role, let type = role.fieldType {
      let share = percent(type)
      let isMeasured = ![.personName, .text, .code].contains(type) && filledCount > 0
      if isMeasured, share == 0, type != .residentID, type != .account {
        return Guess(type: .text, reason: "the header says \(role.rawValue), but no value of the sample can be read as one")
      }
      let values = isMeasured ? "; \(share) % of the sampled values can be read" : ""
      return Guess(type: type, reason: "the header says \(role.rawValue)\(values)")
    }
    if filledCount == 0 { return Guess(type: .text, reason: "no value in the sample") }
    return guessByValues
  }

  private var guessByValues: Guess {
    if percent(.residentID) >= 60 {
      return Guess(type: .residentID, reason: "\(percent(.residentID)) % of the values are identity numbers")
    }
    if percent(plainDates) >= 80 { return Guess(type: .date, reason: "\(percent(plainDates)) % of the values are days") }
    if percent(.month) >= 90, readable[.date, default: 0] == 0 {
      return Guess(type: .month, reason: "\(percent(.month)) % of the values are months")
    }
    if percent(longNumbers) >= 80 {
      return Guess(type: .account, reason: "\(percent(longNumbers)) % of the values have 16 to 19 digits")
    }
    if isCode { return Guess(type: .code, reason: "\(distinct.count) different values in \(filledCount)") }
    if percent(.money) >= 90, percent(decimals) >= 50 {
      return Guess(type: .money, reason: "\(percent(.money)) % of the values are amounts, most with a decimal point")
    }
    if percent(.number) >= 95, leadingZeros == 0, HeaderWord(header).meansQuantity {
      return Guess(type: .number, reason: "\(percent(.number)) % of the values are numbers, and the header says how many")
    }
    if percent(hanNames) >= 90 {
      return Guess(type: .personName, reason: "\(percent(hanNames)) % of the values are two to four Chinese characters")
    }
    return Guess(type: .text, reason: "nothing more special fits the values")
  }
}

extension HeaderRole {
  /// The type of a field with this role.
  var fieldType: FieldType? {
    switch self {
    case .id: .residentID
    case .name, .accountName: .personName
    case .account: .account
    case .deathDate, .cremationDate, .birthDate, .paymentDate: .date
    case .month: .month
    case .amount: .money
    case .sex, .district, .street, .committee, .relation: .code
    case .address, .phone: .text
    }
  }

  /// The name of a field with this role in a draft.
  var fieldName: String {
    switch self {
    case .id: "id_no"
    case .accountName: "account_holder"
    case .account: "account_no"
    case .deathDate: "death_date"
    case .cremationDate: "cremation_date"
    case .birthDate: "birth_date"
    case .paymentDate: "pay_date"
    case .name, .month, .amount, .sex, .address, .district, .street, .committee, .phone, .relation: rawValue
    }
  }
}

extension HeaderWord {
  /// The header of a count, not of a number that names something.
  fileprivate var meansQuantity: Bool {
    ["人数", "户数", "数量", "次数", "份数", "天数", "月数", "年龄", "count", "age", "quantity"].contains { text.hasSuffix($0) }
  }
}
