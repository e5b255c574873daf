/// Decimal integers and fractions, compared by value (field type `number`).
package struct DecimalNumber {
  /// The value of `text` in millionths: an optional sign, digits, and up to six decimal places that count.
  ///
  /// Nil for anything else, and beyond ±9,223,372,036,854.
  package static func millionths(_ text: borrowing Span<UInt8>) -> Int64? {
    var index = 0
    var isNegative = false
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    var value: Int64 = 0
    var digitCount = 0
    var places: Int?
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: "."), places == nil {
        places = 0
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      digitCount += 1
      if let known = places {
        if known == 6 {
          if digit != 0 { return nil }
          continue
        }
        places = known + 1
      }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(digit))
      if overflow || carry { return nil }
      value = sum
    }
    guard digitCount > 0 else { return nil }
    for _ in (places ?? 0)..<6 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
    }
    return isNegative ? -value : value
  }

  /// Appends a number of millionths without needless places.
  package static func write(millionths: Int64, into output: inout [UInt8]) {
    var text = String(millionths.magnitude)
    while text.utf8.count < 7 { text = "0" + text }
    var digits = Array(text.utf8)
    let places = digits.suffix(6)
    digits.removeLast(6)
    if millionths < 0 { output.append(UInt8(ascii: "-")) }
    output.append(contentsOf: digits)
    guard let last = places.lastIndex(where: { $0 != UInt8(ascii: "0") }) else { return }
    output.append(UInt8(ascii: "."))
    output.append(contentsOf: places[...last])
  }
}
