/// 户编号: `DB`, the district's code, eight digits that do not show the order in which cases were made.
struct CaseNumber: Equatable {
  var district: Int
  var index: Int

  /// The factor shares no divisor with 10^8, so different cases have different numbers.
  var serial: Int { index * 7_368_787 % 100_000_000 }

  var text: String {
    var bytes = Array("DB".utf8)
    bytes.append(digits: UInt64(district), width: 6)
    bytes.append(digits: UInt64(serial), width: 8)
    return String(decoding: bytes, as: UTF8.self)
  }
}
