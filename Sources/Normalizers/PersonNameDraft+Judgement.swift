extension PersonNameDraft {
  /// Adds the errors and warnings of what the name has become.
  mutating func judge() {
    if isNull {
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
    if codes.isInvalid { return }
    if scalars.count == 1 { codes.insert(.short) }
    if scalars.count > 50 { codes.insert(.long) }
    if isPseudonym { codes.insert(.pseudo) }
    let end = codes.contains(.alias) ? scalars.firstIndex { $0.isBracket } ?? scalars.count : scalars.count
    if namesRelative(before: scalars.count) || end < scalars.count && namesRelative(before: end) {
      codes.insert(.relative)
    }
    if isMisreadUTF8 { codes.insert(.mojibake) }
  }

  private var isNull: Bool {
    guard let first = scalars.first else { return true }
    switch first.value {
    case 0x65E0, 0x7A7A, 0x672A, 0x4E0D, 0x6682: break  // 无 空 未 不 暂
    case 0x4E00...0x9FFF: return false
    default: break
    }
    return NullWord.matches(scalars.compactMap { Unicode.Scalar($0.value) })
  }

  private var isPseudonym: Bool {
    guard let first = scalars.first?.value, first == 0x65E0 || first == 0x5F03 else { return false }
    return isAny(of: Self.pseudonyms, 0..<2) || isAny(of: Self.pseudonyms, 0..<3)
  }

  /// True when the scalars in `range` are one of `words`.
  private func isAny(of words: [PersonNameWord], _ range: Range<Int>) -> Bool {
    guard range.lowerBound >= 0, range.upperBound <= scalars.count else { return false }
    return PersonNameWord(scalars[range]).map(words.contains) ?? false
  }

  /// True when a word for a relative, and a name before it, end at `end`.
  private func namesRelative(before end: Int) -> Bool {
    guard end > 2, Self.relativeEnds.contains(UInt64(scalars[end - 1].value)) else { return false }
    return isAny(of: Self.relatives, end - 2..<end) || end > 3 && isAny(of: Self.relatives, end - 3..<end)
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
