/// A name on its way to the canonical form.
///
/// `read` brings every character into shape and removes blanks, `tidy` drops what is no part of the name and sets the
/// middle dots, `judge` says what is wrong with the rest. Applied to a canonical form, none of them changes anything.
struct PersonNameDraft {
  var scalars: [PersonNameScalar] = []
  /// Codes that belong to no single scalar.
  var codes: Codes = []

  init(_ field: borrowing Span<UInt8>) {
    scalars.reserveCapacity(field.count)
    read(field)
    tidy()
    narrowStops()
    judge()
  }

  /// The codes of the name: only errors when it has no canonical form.
  var verdict: Codes {
    if codes.isInvalid { return codes.intersection(.errors) }
    return scalars.reduce(into: codes) { if $1.isRepaired { $0.formUnion($1.repairs) } }
  }

  private mutating func read(_ field: borrowing Span<UInt8>) {
    var offset = 0
    var blankCount = 0
    var isPlainBlank = true
    var hasMarks = false
    while offset < field.count {
      let step = UTF8Step(in: field, at: offset)
      offset += step.byteCount
      if PersonNameScalar.isCommonHan(step.scalar), blankCount == 0 {
        scalars.append(PersonNameScalar(step.scalar))
        continue
      }
      if !step.isWellFormed || step.scalar == 0 { codes.insert(.decode) }
      let scalar = PersonNameScalar(canonical: step.scalar)
      let isInvisible = scalar.isInvisible
      if isInvisible, scalar.isBlank {
        blankCount += 1
        isPlainBlank = isPlainBlank && step.scalar == 0x20
        continue
      }
      if isInvisible {
        codes.formUnion(scalar.isVariationSelector ? [.space, .compatibility] : .space)
        continue
      }
      if blankCount > 0 {
        let stays = scalars.last.map { $0.isLatinPart && scalar.isLatinPart } ?? false
        if stays { scalars.append(PersonNameScalar(0x20)) }
        if !stays || blankCount > 1 || !isPlainBlank { codes.insert(.space) }
        blankCount = 0
        isPlainBlank = true
      }
      hasMarks = hasMarks || scalar.isMark
      scalars.append(scalar)
    }
    if blankCount > 0 { codes.insert(.space) }
    if hasMarks { composeLatin() }
  }

  /// Drops quotes, annotations and superfluous dots until nothing more can go.
  private mutating func tidy() {
    while dropQuotes() || dropAnnotation() || setDots() {}
  }

  /// Full-width full stops that are no middle dot become full stops.
  private mutating func narrowStops() {
    for index in scalars.indices where scalars[index].value == 0xFF0E { scalars[index].narrow() }
  }

  // Quotes

  /// Unwraps `="…"`, drops apostrophes in front, a pair of double quotes around the whole, and blanks left at the ends.
  private mutating func dropQuotes() -> Bool {
    guard let first = scalars.first?.value, let last = scalars.last?.value else { return false }
    if first == 0x20 || last == 0x20 {
      codes.insert(.space)
      if first == 0x20 { scalars.removeFirst() } else { scalars.removeLast() }
      return true
    }
    switch first {
    case 0x27, 0x60, 0x2018, 0x2019:
      codes.insert(.quote)
      scalars.removeFirst()
      return true
    case 0x22 where scalars.count > 1 && last == 0x22, 0x201C where last == 0x201D:
      codes.insert(.quote)
      scalars.removeFirst()
      scalars.removeLast()
      return true
    case 0x3D where scalars.count > 2 && scalars[1].value == 0x22 && last == 0x22:
      codes.insert(.excelText)
      scalars.removeFirst(2)
      scalars.removeLast()
      return true
    default:
      return false
    }
  }

  // Dots

  /// Brings each run of dots, with blanks in and around it, into shape; true when anything changed.
  private mutating func setDots() -> Bool {
    guard scalars.contains(where: { $0.isMiddleDot || $0.value == 0x2E }) else { return false }
    var result: [PersonNameScalar] = []
    result.reserveCapacity(scalars.count)
    var isChanged = false
    var index = 0
    while index < scalars.count {
      var end = index
      var hasStop = false
      var hasMiddleDot = false
      while end < scalars.count {
        let scalar = scalars[end]
        if scalar.isMiddleDot {
          hasMiddleDot = true
        } else if scalar.value == 0x2E {
          hasStop = true
        } else if scalar.value != 0x20 {
          break
        }
        end += 1
      }
      guard hasStop || hasMiddleDot else {
        end = Swift.max(end, index + 1)
        result.append(contentsOf: scalars[index..<end])
        index = end
        continue
      }
      let run = scalars[index..<end]
      switch shape(
        of: run, hasMiddleDot: hasMiddleDot, left: result.last, right: end < scalars.count ? scalars[end] : nil)
      {
      case .asItStands:
        result.append(contentsOf: run)
      case .dropped:
        isChanged = true
      case .middleDot:
        result.append(PersonNameScalar(0xB7))
        isChanged = isChanged || run.count > 1 || run.first?.value != 0xB7
        if run.contains(where: { $0.value == 0x20 }) { codes.insert(.space) }
      }
      index = end
    }
    if isChanged {
      codes.insert(.dot)
      scalars = result
    }
    return isChanged
  }

  private enum DotShape { case asItStands, dropped, middleDot }

  /// What becomes of a run of dots between two characters, or at an end of the name.
  ///
  /// Full stops alone count only where the characters beside them are Han; elsewhere they belong to a Latin name.
  private func shape(
    of run: ArraySlice<PersonNameScalar>, hasMiddleDot: Bool, left: PersonNameScalar?, right: PersonNameScalar?
  ) -> DotShape {
    if left == nil && right == nil { return .asItStands }
    if !hasMiddleDot && !((left?.isHan ?? true) && (right?.isHan ?? true)) { return .asItStands }
    guard let left, let right else { return .dropped }
    let isBetweenLetters = (left.isLetter || left.isMark) && (right.isLetter || right.isMark)
    return isBetweenLetters ? .middleDot : .asItStands
  }
}
