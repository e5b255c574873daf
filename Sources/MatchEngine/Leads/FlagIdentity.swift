internal import Normalizers

/// Makes the numbers of flags from the site key: the same over runs, files, order, threads and versions of a rule.
///
///     flag_id        rule "-" 26 digits of base32(HMAC-SHA256(key, parts))
///     parts          "match-run flag_id 1", rule, kind of subject, subject, the flag key as a list
///     evidence_hash  26 digits, over the facts of the flag in their canonical form
///
/// The parts stand behind their lengths (`FramedParts`). Keyed, because whoever holds an unkeyed hash of an identity
/// number finds the number by trying all of them.
package struct FlagIdentity: Sendable {
  /// 26 digits of five bits: 130 of the 256 bits.
  private static let digitCount = 26

  private let hash: KeyedHash
  private let aliases: SubjectAliases

  package init(key: SiteKey, aliases: SubjectAliases = SubjectAliases()) {
    hash = KeyedHash(key: key.bytes)
    self.aliases = aliases
  }

  /// The number of the flag of `rule` about `subject`; `distinction` tells apart flags that are equal in all else.
  package func flagID(
    rule: String, subject: FlagSubject, flagKey: [String], distinction: [String] = []
  ) -> String {
    var parts = FramedParts()
    parts.append("match-run flag_id 1")
    append(rule, subject, to: &parts)
    parts.append(list: FramedParts(texts: flagKey))
    if !distinction.isEmpty { parts.append(list: FramedParts(texts: distinction)) }
    return "\(rule)-\(digits(parts))"
  }

  /// Changes only when the facts change: not with spelling, order of delivery, severity, wording or district.
  package func evidenceHash(of flag: SettledFlag, under rule: LeadRule) -> String {
    var parts = FramedParts()
    parts.append("match-run evidence_hash 1")
    append(rule.id, FlagSubject(idNumber: flag.idNumber, caseID: flag.caseID), to: &parts)
    parts.append(list: FramedParts(texts: flag.flagKey))
    parts.append(flag.caseID)
    parts.append(flag.grade)
    parts.append(list: FramedParts(texts: flag.reasons))
    parts.append(list: FramedParts(texts: flag.months.map { String($0) }))
    parts.append(flag.amount.map { String($0) } ?? "")
    parts.append(flag.amountBasis)
    var name = FramedParts()
    name.append(Self.normalized(flag.name, isName: true))
    parts.append(list: name)
    parts.append(list: Self.facts(flag.evidenceCells, names: rule.evidenceIsName))
    var lines = FramedParts()
    for line in flag.lines {
      var cells = FramedParts()
      cells.append(line.month.map { String($0) } ?? "")
      cells.append(line.amount.map { String($0) } ?? "")
      cells.append(list: Self.facts(line.shown, names: rule.shownIsName))
      lines.append(list: cells)
    }
    parts.append(list: lines)
    return digits(parts)
  }

  private func append(_ rule: String, _ subject: FlagSubject, to parts: inout FramedParts) {
    parts.append(rule)
    parts.append(subject.kind.rawValue)
    parts.append(aliases.first(of: subject.text))
  }

  private func digits(_ parts: FramedParts) -> String {
    Base32.text(hash.code(of: parts.bytes), count: Self.digitCount)
  }

  private static func facts(_ cells: [String], names: [Bool]) -> FramedParts {
    var parts = FramedParts()
    for (index, cell) in cells.enumerated() {
      parts.append(normalized(cell, isName: index < names.count && names[index]))
    }
    return parts
  }

  /// What a text says, however it was spelt: names by their canonical form, other texts without blanks, full-width
  /// forms and lower case.
  private static func normalized(_ text: String, isName: Bool) -> [UInt8] {
    let bytes = Array(text.utf8)
    if isName {
      var name: [UInt8] = []
      if !PersonName.canonical(bytes.span, into: &name).isInvalid { return name }
    }
    var folded = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !scalar.properties.isWhitespace {
      let isFullWidth = (0xFF01...0xFF5E).contains(scalar.value)
      let narrow = isFullWidth ? Unicode.Scalar(UInt8(scalar.value - 0xFEE0)) : scalar
      let isLower = ("a"..."z").contains(narrow)
      folded.append(isLower ? Unicode.Scalar(UInt8(narrow.value - 32)) : narrow)
    }
    return Array(String(folded).utf8)
  }
}

extension FramedParts {
  init(texts: [String]) {
    self.init()
    for text in texts { append(text) }
  }
}

extension SettledFlag {
  /// The values of `evidence`, in the rule's order.
  var evidenceCells: [String] {
    evidence.isEmpty ? [] : evidence.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
  }
}
