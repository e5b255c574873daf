internal import Normalizers

extension CalendarDate {
  /// Reads `YYYY-MM-DD`, as `as_of:` is written; nil for any other form and for days that the calendar has not.
  init?(written text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      bytes[range].allSatisfy { (48...57).contains($0) } ? bytes[range].reduce(0) { $0 * 10 + Int($1) - 48 } : nil
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// `YYYY-MM-DD`.
  var written: String {
    func digits(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return "\(digits(Int(year), 4))-\(digits(Int(month), 2))-\(digits(Int(day), 2))"
  }
}
