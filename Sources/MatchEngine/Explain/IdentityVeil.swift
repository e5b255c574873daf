internal import Normalizers

/// Shows of the values that identify people what the reader of an explanation may see.
///
/// Everybody is masked; the person in question is shown in full where the reader asked for it.
struct IdentityVeil {
  let display: IdentityDisplay
  /// Names that stand in the facts and are masked wherever they occur, longer ones first.
  let hiddenNames: [String]
  let caseIDs: Set<String>
  /// The canonical number of the person in question.
  let ownNumber: String

  /// Digits that stand together and may be an identity number, an account or a telephone number.
  private static let numberLengthMin = 11

  init(display: IdentityDisplay, names: Set<String>, ownNames: Set<String>, caseIDs: Set<String>, ownNumber: String) {
    self.display = display
    hiddenNames = (display == .full ? names.subtracting(ownNames) : names.union(ownNames)).filter { !$0.isEmpty }
      .sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    self.caseIDs = caseIDs
    self.ownNumber = ownNumber
  }

  /// A single value of a type.
  func value(_ text: String, _ type: FieldType, isOwn: Bool) -> String {
    let text = text.oneLine
    switch type {
    case .residentID, .personName, .account: return display == .full && isOwn ? text : Mask.masked(text)
    case .text: return caseIDs.contains(text) ? text : sentence(text)
    case .code, .date, .month, .money, .number: return text
    }
  }

  /// A sentence with names and numbers in it.
  func sentence(_ text: String) -> String {
    var bytes = Array(numbersMasked(text.oneLine).utf8)
    for name in hiddenNames { Self.replace(Array(name.utf8), by: Array(Mask.masked(name).utf8), in: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func replace(_ name: [UInt8], by mask: [UInt8], in text: inout [UInt8]) {
    var start = 0
    while start + name.count <= text.count {
      if text[start..<start + name.count].elementsEqual(name) {
        text.replaceSubrange(start..<start + name.count, with: mask)
        start += mask.count
      } else {
        start += 1
      }
    }
  }

  private func numbersMasked(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var run = String.UnicodeScalarView()
    func flush() {
      let word = String(run)
      let digits = run.count { $0.properties.numericType == .decimal }
      let isShown = digits < Self.numberLengthMin || caseIDs.contains(word) || display == .full && word == ownNumber
      result.append(contentsOf: (isShown ? word : Mask.masked(word)).unicodeScalars)
      run = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      if scalar.properties.numericType == .decimal || scalar.isASCII && scalar.properties.isAlphabetic {
        run.append(scalar)
      } else {
        flush()
        result.append(scalar)
      }
    }
    flush()
    return String(result)
  }
}
