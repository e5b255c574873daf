/// Two names beside each other, as they stand and in their canonical shapes.
struct NameComparison {
  /// One of the names.
  private struct Side {
    /// The scalars of the field.
    var written: [UInt32] = []
    /// The canonical shape, also where a lost or masked character keeps it from being one.
    var scalars: [PersonNameScalar] = []
    /// The comparison key's scalars: simplified, without blanks, dots and Latin punctuation.
    var key: [UInt32] = []
    var codes: Codes

    init(_ field: borrowing Span<UInt8>) {
      var offset = 0
      while offset < field.count {
        let step = UTF8Step(in: field, at: offset)
        written.append(step.scalar)
        offset += step.byteCount
      }
      if MisreadText.isLatinMisreading(field) {
        codes = .mojibake
        scalars = written.map { PersonNameScalar($0) }
      } else {
        let draft = PersonNameDraft(field)
        (scalars, codes) = (draft.scalars, draft.verdict)
      }
      key = NameComparison.key(scalars[...])
    }

    /// Not a name, but for characters that were lost or hidden.
    var isDamaged: Bool {
      codes.isInvalid && codes.intersection(.errors).isSubset(of: [.lost, .masked, .decode])
    }

    /// Visible characters of the field, which take its room.
    var width: Int { written.count { !PersonNameScalar($0).isInvisible } }

    var isLatin: Bool { scalars.contains { $0.isLatinLetter } }

    /// A variation selector stands behind one of the characters.
    var hasSelector: Bool { written.contains { PersonNameScalar($0).isVariationSelector } }

    /// Letters and marks: what is no blank, dot or other sign.
    var letters: [PersonNameScalar] { scalars.filter { $0.isLetter || $0.isMark } }

    /// The key of what stands before the first bracket; nil where there is none, or nothing before it.
    var keyBeforeBracket: [UInt32]? {
      guard codes.contains(.alias), let bracket = scalars.firstIndex(where: \.isBracket), bracket > 0 else {
        return nil
      }
      return NameComparison.key(scalars[..<bracket])
    }
  }

  private let left: Side
  private let right: Side

  init(_ left: borrowing Span<UInt8>, _ right: borrowing Span<UInt8>) {
    self.left = Side(left)
    self.right = Side(right)
  }

  var verdict: NameVerdict? {
    if left.isDamaged != right.isDamaged {
      let (damaged, whole) = left.isDamaged ? (left, right) : (right, left)
      guard !whole.codes.isInvalid else { return nil }
      if Self.hasPlaceholder(damaged, for: whole) { return .placeholder }
      return Self.isCutInside(damaged, of: whole) ? .cut : nil
    }
    if left.codes.isInvalid || right.codes.isInvalid { return nil }
    if left.key == right.key { return spelling }
    if isRemarkApart { return .annotated }
    if Self.isCut(left, of: right) || Self.isCut(right, of: left) { return .cut }
    return left.codes.contains(.mojibake) || right.codes.contains(.mojibake) ? nil : .different
  }

  // MARK: Names of the same key

  /// What tells two spellings apart that have the same key; the weightiest when there are several.
  private var spelling: NameVerdict {
    if left.written == right.written { return .same }
    if left.codes.contains(.annotation) || right.codes.contains(.annotation) { return .annotated }
    let (letters, otherLetters) = (left.letters, right.letters)
    let isOtherForm = !letters.elementsEqual(otherLetters) { Self.form($0) == Self.form($1) }
    if isOtherForm || left.hasSelector != right.hasSelector { return .variantCharacter }
    let (signs, otherSigns) = (Self.signs(left.written), Self.signs(right.written))
    if signs != otherSigns {
      return signs.map(Self.narrow) == otherSigns.map(Self.narrow) ? .widthVariant : .dotVariant
    }
    if Self.gaps(left.written) != Self.gaps(right.written) { return .spaceVariant }
    return left.scalars.elementsEqual(right.scalars) { $0.value == $1.value } ? .same : .dotVariant
  }

  /// A letter and, for ideographs, whether another code stood for it.
  private static func form(_ scalar: PersonNameScalar) -> UInt64 {
    let isReplaced = scalar.isHan && !scalar.repairs.isDisjoint(with: [.compatibility, .privateUse])
    return UInt64(scalar.value) | (isReplaced ? 1 << 32 : 0)
  }

  /// Dots, brackets and the punctuation of Latin names, as they stand.
  private static func signs(_ written: [UInt32]) -> [UInt32] {
    written.filter { isSign($0) }
  }

  private static func isSign(_ written: UInt32) -> Bool {
    let scalar = PersonNameScalar(narrow(written))
    return scalar.isMiddleDot || PersonNameScalar(written).isMiddleDot || scalar.isBracket
      || !isQuote(written) && scalar.value != 0x20 && PersonName.isDropped(scalar.value)
  }

  private static func isQuote(_ written: UInt32) -> Bool {
    switch narrow(written) {
    case 0x22, 0x27, 0x3D, 0x60, 0x2018, 0x2019, 0x201C, 0x201D: true
    default: false
    }
  }

  private static func narrow(_ written: UInt32) -> UInt32 {
    written >= 0xFF01 && written <= 0xFF5E ? written - 0xFEE0 : written
  }

  /// How many invisible characters stand before each letter but the first.
  private static func gaps(_ written: [UInt32]) -> [Int] {
    var gaps: [Int] = []
    var count = 0
    for value in written where !isSign(value) && !isQuote(value) && !PersonNameScalar(value).isMark {
      if PersonNameScalar(value).isInvisible {
        count += 1
      } else {
        gaps.append(gaps.isEmpty ? 0 : count)
        count = 0
      }
    }
    return gaps
  }

  // MARK: Remarks

  /// The names agree but for what one of them has in brackets, or both.
  private var isRemarkApart: Bool {
    let (before, otherBefore) = (left.keyBeforeBracket, right.keyBeforeBracket)
    if before == nil && otherBefore == nil { return false }
    return (before ?? left.key) == (otherBefore ?? right.key)
  }

  // MARK: Cut names

  /// No field is narrower.
  static let leastFieldWidth = 4
  /// Latin names are cut by wider fields; shorter ones may be names of their own.
  private static let leastLatinFieldWidth = 10
  /// So many letters of the name are left.
  private static let leastLetterCount = 3

  /// `short` is the beginning of `long`, as a narrow field leaves it: four characters, or three and the dot behind
  /// them; ten of a Latin name.
  private static func isCut(_ short: Side, of long: Side) -> Bool {
    isCut(short.key, width: short.width, short, of: long)
  }

  /// The same for a field that ends inside a character, of which a sign of loss is left.
  private static func isCutInside(_ short: Side, of long: Side) -> Bool {
    guard let end = short.scalars.lastIndex(where: { !$0.isLost }), end + 1 < short.scalars.count else { return false }
    let left = short.scalars[...end]
    guard !left.contains(where: { $0.isLost || $0.isMask }) else { return false }
    return isCut(key(left), width: short.width, short, of: long)
  }

  private static func isCut(_ key: [UInt32], width: Int, _ short: Side, of long: Side) -> Bool {
    guard key.count < long.key.count, key.count >= leastLetterCount, long.key.starts(with: key) else { return false }
    // Who is named by a relation is another person; a bracket is no letter.
    let named = short.codes.union(long.codes)
    guard named.isDisjoint(with: [.relative, .pseudo, .alias, .mojibake]) else { return false }
    if short.isLatin { return width >= leastLatinFieldWidth }
    return width >= leastFieldWidth || hasDot(behind: key.count, in: long)
  }

  private static func hasDot(behind letterCount: Int, in side: Side) -> Bool {
    var count = 0
    for scalar in side.scalars {
      if count == letterCount { return scalar.isMiddleDot }
      if !PersonName.isDropped(scalar.value) { count += 1 }
    }
    return false
  }

  // MARK: Lost characters

  /// `damaged` is `whole` but for one sign in place of one character that a system of GB 2312 does not have.
  ///
  /// Two signs stand for the halves of a character beyond the first plane.
  private static func hasPlaceholder(_ damaged: Side, for whole: Side) -> Bool {
    let (signs, letters) = (damaged.scalars.filter(isCounted), whole.scalars.filter(isCounted))
    guard let first = signs.firstIndex(where: isPlaceholder) else { return false }
    let last = signs[first...].firstIndex { !isPlaceholder($0) } ?? signs.count
    guard signs.count > last - first, signs.count - (last - first) + 1 == letters.count else { return false }
    let lost = letters[first]
    let isRare = lost.value > 0xFFFF || MisreadText.isRare(MisreadText.gbkCodes[Int(lost.value)])
    guard lost.isHan || lost.isPrivateUse, isRare else { return false }
    guard last - first == 1 || last - first == 2 && lost.value > 0xFFFF else { return false }
    return signs[..<first].elementsEqual(letters[..<first], by: areAlike)
      && signs[last...].elementsEqual(letters[(first + 1)...], by: areAlike)
  }

  private static func isCounted(_ scalar: PersonNameScalar) -> Bool { !PersonName.isDropped(scalar.value) }

  private static func areAlike(_ left: PersonNameScalar, _ right: PersonNameScalar) -> Bool {
    folded(left.value) == folded(right.value)
  }

  /// What systems write for a character they do not have: ? □ ■ 〓 * and U+FFFD.
  private static func isPlaceholder(_ scalar: PersonNameScalar) -> Bool {
    switch scalar.value {
    case 0x3F, 0x2A, 0xFE56, 0xFE61, 0xFFFD, 0x25A0, 0x25A1, 0x3013: true
    default: false
    }
  }

  // MARK: Keys

  /// The simplified form of a character.
  static func folded(_ scalar: UInt32) -> UInt32 {
    let simplified = ScalarMap.simplified[scalar]
    return simplified == 0 ? scalar : simplified
  }

  private static func key(_ scalars: ArraySlice<PersonNameScalar>) -> [UInt32] {
    var (name, key): ([UInt8], [UInt8]) = ([], [])
    for scalar in scalars { name.append(utf8: scalar.value) }
    PersonName.appendKey(ofCanonical: name.span, to: &key)
    var result: [UInt32] = []
    var offset = 0
    while offset < key.count {
      let step = UTF8Step(in: key.span, at: offset)
      result.append(step.scalar)
      offset += step.byteCount
    }
    return result
  }
}
