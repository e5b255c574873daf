extension PersonNameDraft {
  /// Adds the errors and warnings of what the name has become.
  mutating func judge() {
    if scalars.isEmpty || Self.nullWords.contains(where: { matches($0, at: 0) && $0.count == scalars.count }) {
      codes = .empty
      return
    }
    var letterCount = 0
    var isSpoiled = false
    for scalar in scalars {
      if PersonNameScalar.isCommonHan(scalar.value), scalar.value != 0x67D0 {
        letterCount += 1
        continue
      }
      if scalar.isLost { codes.insert(.lost) }
      if scalar.isMask { codes.insert(.masked) }
      if scalar.isPrivateUse { codes.insert(.unknownPrivateUse) }
      if scalar.isBracket { codes.insert(.alias) }
      if scalar.isDigit || scalar.isControl { isSpoiled = true }
      if scalar.isLetter { letterCount += 1 }
    }
    if hasCrossedOutWord { codes.insert(.masked) }
    if isSpoiled || letterCount == 0, codes.isDisjoint(with: [.lost, .masked, .decode]) { codes.insert(.character) }
    if scalars.count == 1 { codes.insert(.short) }
    if scalars.count > 50 { codes.insert(.long) }
    if Self.pseudonyms.contains(where: { matches($0, at: 0) }) { codes.insert(.pseudo) }
    let end = scalars.firstIndex { $0.closingBracket != nil } ?? scalars.count
    let namesRelative = Self.relatives.contains { word in
      [scalars.count, end].contains { $0 > word.count && matches(word, at: $0 - word.count) }
    }
    if namesRelative { codes.insert(.relative) }
    if isMisreadUTF8 { codes.insert(.mojibake) }
  }

  private func matches(_ word: [UInt32], at start: Int) -> Bool {
    guard start + word.count <= scalars.count else { return false }
    for index in word.indices where scalars[start + index].value != word[index] { return false }
    return true
  }

  /// A word of the letter X alone: one beside Han characters, two or more in a Latin name (王XX).
  private var hasCrossedOutWord: Bool {
    guard scalars.contains(where: { $0.value == 0x58 }) else { return false }
    let hasHan = scalars.contains { $0.isHan }
    var crossCount = 0
    var letterCount = 0
    for index in 0...scalars.count {
      if index < scalars.count, scalars[index].isLatinLetter || scalars[index].isMark {
        letterCount += 1
        if scalars[index].value == 0x58 { crossCount += 1 }
        continue
      }
      if crossCount == letterCount, crossCount >= (hasHan ? 1 : 2) { return true }
      crossCount = 0
      letterCount = 0
    }
    return false
  }
}
