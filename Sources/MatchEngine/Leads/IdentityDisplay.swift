/// How much of a person's identity a list shows.
package enum IdentityDisplay: String, Sendable, CaseIterable {
  /// Enough to find the person in the office's own system, no more.
  case masked
  case full
}

/// The texts of a lead as a list may show them.
struct LeadTexts {
  /// Digits that stand together and may be an identity number or an account.
  private static let numberLengthMin = 12

  let name: String
  let idNumber: String
  let fact: String
  private let display: IdentityDisplay
  private let caseID: String
  private let names: [String]

  init(_ lead: Lead, _ rule: LeadRule, _ display: IdentityDisplay) {
    self.display = display
    caseID = lead.flag.caseID
    switch display {
    case .full:
      names = []
      name = lead.flag.name
      idNumber = lead.flag.idNumber
      fact = lead.flag.fact
    case .masked:
      var names = [lead.flag.name] + lead.detail.shownNames
      names += zip(lead.flag.evidenceCells, rule.evidenceIsName).filter(\.1).map(\.0)
      for line in lead.flag.lines { names += zip(line.shown, rule.shownIsName).filter(\.1).map(\.0) }
      // Longer names first: one may be a part of another.
      let distinct = Set(names).subtracting([""]).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
      self.names = distinct
      name = Mask.masked(lead.flag.name)
      idNumber = Mask.masked(lead.flag.idNumber)
      fact = Self.masked(lead.flag.fact, names: distinct, caseID: caseID)
    }
  }

  /// What a line of the lead shows.
  func shown(_ line: SettledFlag.Line) -> [String] {
    display == .full ? line.shown : line.shown.map { Self.masked($0, names: names, caseID: caseID) }
  }

  private static func masked(_ text: String, names: [String], caseID: String) -> String {
    var bytes = Array(maskedNumbers(text, except: caseID).utf8)
    for name in names { replace(Array(name.utf8), with: Array(Mask.masked(name).utf8), in: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Compares bytes, for which the library's search over characters is many times as slow.
  private static func replace(_ name: [UInt8], with mask: [UInt8], in text: inout [UInt8]) {
    var start = 0
    while start + name.count <= text.count {
      if text[start] == name[0], text[start..<start + name.count].elementsEqual(name) {
        text.replaceSubrange(start..<start + name.count, with: mask)
        start += mask.count
      } else {
        start += 1
      }
    }
  }

  /// Masks what may be an identity number or an account, also one in groups with blanks between them; the number of the
  /// case, which the list shows anyway, stays.
  private static func maskedNumbers(_ text: String, except caseID: String) -> String {
    guard mayHoldNumber(text) else { return text }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      let start = index
      var digitCount = 0
      while index < scalars.count {
        let isGap = scalars[index] == " " && index > start && isDigit(scalars[index - 1])
        if isDigit(scalars[index]) {
          digitCount += 1
        } else if !isLetter(scalars[index]), !(isGap && index + 1 < scalars.count && isDigit(scalars[index + 1])) {
          break
        }
        index += 1
      }
      let run = String(String.UnicodeScalarView(scalars[start..<index]))
      result.append(
        contentsOf: (digitCount >= numberLengthMin && run != caseID ? Mask.masked(run) : run).unicodeScalars)
      if index < scalars.count {
        result.append(scalars[index])
        index += 1
      }
    }
    return String(result)
  }

  /// False only when no digits stand together, which is true of most texts.
  private static func mayHoldNumber(_ text: String) -> Bool {
    var digitCount = 0
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: digitCount += 1
      case 0x20, 0x41...0x5A, 0x61...0x7A: continue
      // The first two bytes of a full-width digit, and its last.
      case 0xEF, 0xBC: continue
      case 0x90...0x99: digitCount += 1
      default: digitCount = 0
      }
      if digitCount >= numberLengthMin { return true }
    }
    return false
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(scalar) || ("\u{FF10}"..."\u{FF19}").contains(scalar)
  }

  /// Letters belong to a number: the X at the end of one, the prefix of another.
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("A"..."Z").contains(scalar) || ("a"..."z").contains(scalar)
  }
}
