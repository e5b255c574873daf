/// What can still be read in a record that could not be split.
enum RejectedRecord {
  /// Cell number `column` of `text`, if it ends before the quote that is never closed; nil when it cannot be read.
  static func cell(_ column: Int, of text: borrowing Span<UInt8>, delimiter: UInt8) -> [UInt8]? {
    var index = 0
    var number = 0
    while index < text.count {
      var cell: [UInt8] = []
      if text[index] == UInt8(ascii: "\"") {
        index += 1
        var isClosed = false
        while index < text.count {
          if text[index] == UInt8(ascii: "\"") {
            if index + 1 < text.count, text[index + 1] == UInt8(ascii: "\"") {
              index += 1
            } else {
              isClosed = true
              index += 1
              break
            }
          }
          cell.append(text[index])
          index += 1
        }
        guard isClosed else { return nil }
      } else {
        while index < text.count, text[index] != delimiter, text[index] != 10 {
          cell.append(text[index])
          index += 1
        }
      }
      guard index < text.count, text[index] == delimiter else { return nil }
      if number == column { return cell }
      number += 1
      index += 1
    }
    return nil
  }
}
