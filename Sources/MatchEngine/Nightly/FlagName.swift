/// What names a flag of a rule that is judged in passing: its rule, case, person and evidence.
struct FlagName: Hashable {
  var rule: String
  var caseID: String
  var idNumber: String
  var evidence: String

  init(_ flags: FlagRecords, _ index: Int) {
    self.init(flags.rules[Int(flags.flags.entries[index].rule)], flags.flags.bytes, flags.start(of: index))
  }

  /// `range` holds three columns, each with a NUL behind it.
  init(_ rule: String, _ bytes: [UInt8], _ range: Range<Int>) {
    self.rule = rule
    let parts = bytes[range].split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
    func text(_ number: Int) -> String { number < parts.count ? String(decoding: parts[number], as: UTF8.self) : "" }
    (caseID, idNumber, evidence) = (text(0), text(1), text(2))
  }

  /// The digits of the flag's number; `copy` counts flags of one name from 0 on.
  func digits(copy: Int, _ hash: KeyedHash) -> String {
    let columns = Array("\(caseID)\0\(idNumber)\0\(evidence)\0".utf8)
    var digits: [UInt8] = []
    var message: [UInt8] = []
    Self.appendDigits(rule, columns, columns.startIndex..<columns.endIndex, copy: copy, hash, &message, to: &digits)
    return String(decoding: digits, as: UTF8.self)
  }

  static let digitCount = 26

  /// Appends the digits for the name whose columns are `range` of `bytes`; `message` is room for the text that is
  /// hashed.
  static func appendDigits(
    _ rule: String, _ bytes: [UInt8], _ range: Range<Int>, copy: Int, _ hash: KeyedHash, _ message: inout [UInt8],
    to digits: inout [UInt8]
  ) {
    message.removeAll(keepingCapacity: true)
    FramedParts.append(Array("match-run flag line 1".utf8).span, to: &message)
    FramedParts.append(Array(rule.utf8).span, to: &message)
    var start = range.lowerBound
    for at in range where bytes[at] == 0 {
      FramedParts.append(bytes.span.extracting(start..<at), to: &message)
      start = at + 1
    }
    if copy > 0 { FramedParts.append(Array(String(copy).utf8).span, to: &message) }
    Base32.append(hash.code(of: message), count: digitCount, to: &digits)
  }
}
