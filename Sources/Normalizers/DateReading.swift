/// The reference reading of a date or a month: what the digits of one field say, before the calendar is asked.
package struct DateReading {
  private enum Extent { case nothing, month, day }

  private var extent = Extent.nothing
  private var year = 0
  private var month = 0
  private var day = 0
  /// The repairs so far; with nothing read, why not.
  private var codes: Codes
  /// The value after the clean-up, to see whether it stood in the canonical form.
  private let cleaned: [Unicode.Scalar]

  package init(_ field: borrowing Span<UInt8>) {
    let text = FieldText(field, blanks: .kept)
    codes = text.codes
    cleaned = text.scalars
    guard !codes.isInvalid else { return }
    if text.scalars.elementsEqual("长期".unicodeScalars) {
      (extent, year, month, day) = (.day, 9999, 12, 31)
    } else if text.isScientific {
      codes = .scientificID
    } else if text.scalars.contains("*") {
      codes = .masked
    } else {
      let hasNumerals = text.scalars.contains { Self.numerals[$0] != nil || $0 == "十" }
      read(Shape(hasNumerals ? Self.arabic(text.scalars) : text.scalars))
    }
  }

  /// The date, or why it is none.
  package func date(asOf: CalendarDate) -> PackedDate {
    switch extent {
    case .nothing: return PackedDate(days: 0, codes: codes)
    case .month: return PackedDate(days: 0, codes: .partial)
    case .day: break
    }
    if month == 0 || day == 0 { return PackedDate(days: 0, codes: .zero) }
    guard let date = CalendarDate(year: year, month: month, day: day) else {
      return PackedDate(days: 0, codes: .date)
    }
    guard isInRange else { return PackedDate(days: 0, codes: .dateRange) }
    var codes = codes
    var canonical: [UInt8] = []
    date.write(into: &canonical)
    if !codes.contains(.serial), !isCanonical(canonical) { codes.insert(.format) }
    if date > asOf { codes.insert(.future) }
    if Self.sentinels.contains(where: { $0 == (year, month, day) }) { codes.insert(.sentinel) }
    return PackedDate(days: date.days, codes: codes)
  }

  /// The month, or why it is none; the day of a date is dropped.
  package func month(asOf: CalendarDate) -> PackedMonth {
    switch extent {
    case .nothing: return PackedMonth(months: 0, codes: codes)
    case .day:
      let date = date(asOf: asOf)
      guard !date.codes.isInvalid else { return PackedMonth(months: 0, codes: date.codes) }
      return PackedMonth(
        months: CalendarMonth(CalendarDate(days: date.days)).months, codes: date.codes.union(.format))
    case .month: break
    }
    if month == 0 { return PackedMonth(months: 0, codes: .zero) }
    guard let read = CalendarMonth(year: year, month: month) else {
      return PackedMonth(months: 0, codes: .date)
    }
    guard isInRange else { return PackedMonth(months: 0, codes: .dateRange) }
    var codes = codes
    var canonical: [UInt8] = []
    read.write(into: &canonical)
    if !isCanonical(canonical) { codes.insert(.format) }
    if read.firstDay > asOf { codes.insert(.future) }
    return PackedMonth(months: read.months, codes: codes)
  }

  private var isInRange: Bool {
    1850...2200 ~= year || (year == 9999 && month == 12 && (extent == .month || day == 31))
  }

  private func isCanonical(_ canonical: [UInt8]) -> Bool {
    cleaned.elementsEqual(canonical.lazy.map { Unicode.Scalar($0) })
  }

  // What systems write when they know no date.
  private static let sentinels = [(1900, 1, 1), (1899, 12, 30), (1970, 1, 1), (9999, 12, 31), (2099, 12, 31)]
}

extension DateReading {
  private mutating func read(_ shape: Shape) {
    guard !shape.hasStrangers else {
      codes = .character
      return
    }
    guard let first = shape.numbers.first else {
      codes = .badFormat
      return
    }
    if shape.numbers.allSatisfy({ $0.value == 0 && $0.count <= 14 }) {
      codes = .zero
      return
    }
    switch String(shape.marks) {
    case "N": readDigits(first)
    case "N.N" where first.count >= 5: readFraction(first, shape.numbers[1])
    case "N-N", "N/N", "N.N", "N N", "N年N月", "N年N月份", "N年N": readMonth(first, shape.numbers[1])
    case "N年": codes = first.count == 4 ? .partial : .year2
    case "N月N日", "N月N": codes = .partial
    default: readFullDate(shape)
    }
  }

  /// Digits alone: what they mean depends on how many they are.
  private mutating func readDigits(_ number: Shape.Number) {
    let value = number.value
    switch number.count {
    case 4: codes = .partial
    case 5 where value >= 10_000: readSerial(value)
    case 6:
      (year, month) = (value / 100, value % 100)
      if 1...12 ~= month, 1850...2200 ~= year || value == 9999_12 { extent = .month } else { codes = .year2 }
    case 8: (extent, year, month, day) = (.day, value / 10_000, value / 100 % 100, value % 100)
    case 12 where Self.isTime(value / 100 % 100, value % 100, 0): readDigitsWithTime(value / 10_000)
    case 14 where Self.isTime(value / 10_000 % 100, value / 100 % 100, value % 100):
      readDigitsWithTime(value / 1_000_000)
    default: codes = .badFormat
    }
  }

  private mutating func readDigitsWithTime(_ value: Int) {
    (extent, year, month, day) = (.day, value / 10_000, value / 100 % 100, value % 100)
    codes.insert(.time)
  }

  private mutating func readFraction(_ whole: Shape.Number, _ fraction: Shape.Number) {
    if whole.count == 5, whole.value >= 10_000 {
      if fraction.value != 0 { codes.insert(.time) }
      readSerial(whole.value)
    } else if whole.count == 6 || whole.count == 8, fraction.value == 0, fraction.count <= 2 {
      codes.insert(.dotZero)
      readDigits(whole)
    } else {
      codes = .badFormat
    }
  }

  /// Excel's 1900 system, whose false 29 February 1900 lies before every number with five digits.
  private mutating func readSerial(_ number: Int) {
    let epoch = CalendarDate.days(year: 1899, month: 12, day: 30)
    (year, month, day) = CalendarDate(days: epoch + Int32(number)).components
    extent = .day
    codes.insert(.serial)
  }

  private mutating func readMonth(_ first: Shape.Number, _ second: Shape.Number) {
    if first.count == 4, second.count <= 2 {
      (extent, year, month) = (.month, first.value, second.value)
    } else if first.count <= 2, second.count == 4 {
      (extent, year, month) = (.month, second.value, first.value)
    } else if first.count == 8, second.count == 4 || second.count == 6 {
      let seconds = second.count == 6 ? second.value % 100 : 0
      let minutes = second.count == 6 ? second.value / 100 : second.value
      if Self.isTime(minutes / 100, minutes % 100, seconds) {
        readDigitsWithTime(first.value)
      } else {
        codes = .badFormat
      }
    } else {
      codes = first.count <= 2 && second.count <= 2 ? .partial : .badFormat
    }
  }

  private mutating func readFullDate(_ shape: Shape) {
    let forms = ["N年N月N日", "N年N月N号", "N年N月N", "N-N-N", "N/N/N", "N.N.N", "N N N", "N"]
    guard let form = forms.first(where: { shape.marks.starts(with: $0.unicodeScalars) }) else {
      codes = .badFormat
      return
    }
    let rest = shape.marks.dropFirst(form.unicodeScalars.count)
    let used = form.unicodeScalars.count { $0 == "N" }
    let date = shape.numbers.prefix(used)
    guard rest.isEmpty || isTime(rest, shape.numbers.dropFirst(used)) else {
      codes = .badFormat
      return
    }
    if !rest.isEmpty { codes.insert(.time) }
    if used == 1 {
      guard date[0].count == 8 else {
        codes = .badFormat
        return
      }
      return readDigits(date[0])
    }
    readParts(date[0], date[1], date[2], isOrdered: form.unicodeScalars.contains("年"))
  }

  private mutating func readParts(
    _ first: Shape.Number, _ second: Shape.Number, _ third: Shape.Number, isOrdered: Bool
  ) {
    if first.count == 4, second.count <= 2, third.count <= 2 {
      (extent, year, month, day) = (.day, first.value, second.value, third.value)
    } else if first.count <= 2, second.count <= 2, third.count <= 2 {
      codes = .year2
    } else if !isOrdered, first.count <= 2, second.count <= 2, third.count == 4 {
      if first.value <= 12, second.value <= 12 {
        codes = first.value == 0 || second.value == 0 ? .zero : .order
      } else {
        // One of the two can only be the day.
        (extent, year) = (.day, third.value)
        (month, day) = first.value > 12 ? (second.value, first.value) : (first.value, second.value)
      }
    } else {
      codes = .badFormat
    }
  }

  private func isTime(_ marks: ArraySlice<Unicode.Scalar>, _ numbers: ArraySlice<Shape.Number>) -> Bool {
    var marks = String(marks)
    while let first = marks.first, first == " " || first == "T" { marks.removeFirst() }
    let parts = numbers.map(\.value)
    let counts = numbers.map(\.count)
    switch marks {
    case "N" where counts[0] == 6: return Self.isTime(parts[0] / 10_000, parts[0] / 100 % 100, parts[0] % 100)
    case "N" where counts[0] == 4: return Self.isTime(parts[0] / 100, parts[0] % 100, 0)
    case "N时", "N点": return Self.isTime(parts[0], 0, 0)
    case "N:N", "N:NZ", "N:NAM", "N:NPM", "N时N分", "N点N分": return Self.isTime(parts[0], parts[1], 0)
    case "N:N:N", "N:N:NZ", "N:N:NAM", "N:N:NPM", "N时N分N秒", "N点N分N秒", "N:N:N.N", "N:N:N.NZ", "N:N:N+N:N",
      "N:N:N.N+N:N":
      return Self.isTime(parts[0], parts[1], parts[2])
    default: return false
    }
  }

  private static func isTime(_ hour: Int, _ minute: Int, _ second: Int) -> Bool {
    0...24 ~= hour && 0...59 ~= minute && 0...60 ~= second
  }

  /// Writes Chinese numerals as digits: each for itself, and 十 as tens of a day or a month.
  private static func arabic(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for index in scalars.indices {
      if let digit = numerals[scalars[index]] {
        result.append(digit)
      } else if scalars[index] == "十" {
        if index == 0 || numerals[scalars[index - 1]] == nil { result.append("1") }
        if index + 1 == scalars.count || numerals[scalars[index + 1]] == nil { result.append("0") }
      } else {
        result.append(scalars[index])
      }
    }
    return result
  }

  private static let numerals: [Unicode.Scalar: Unicode.Scalar] = [
    "〇": "0", "○": "0", "零": "0", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8",
    "九": "9"
  ]
}

extension String {
  fileprivate init(_ scalars: some Sequence<Unicode.Scalar>) {
    self = ""
    unicodeScalars.append(contentsOf: scalars)
  }
}
