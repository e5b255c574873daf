/// Names of folders for districts: nothing but letters, digits and Chinese characters, and no number of a person.
struct DistrictFolder {
  private var taken: Set<String> = []
  private static let lengthMax = 40
  /// Longer numbers are no code of a district.
  private static let digitCountMax = 12

  /// A name for `district` that no other district has got; the same districts in the same order get the same names.
  mutating func name(for district: String) -> String {
    let safe = Self.safe(district)
    var name = safe
    var number = 2
    // Some file systems do not tell capitals from small letters.
    while !taken.insert(name.lowercased()).inserted {
      name = "\(safe)-\(number)"
      number += 1
    }
    return name
  }

  private static func safe(_ district: String) -> String {
    var name = String.UnicodeScalarView()
    var digitCount = 0
    for scalar in district.unicodeScalars.prefix(lengthMax) {
      let isDigit = ("0"..."9").contains(scalar)
      digitCount += isDigit ? 1 : 0
      let isKept =
        isDigit || ("A"..."Z").contains(scalar) || ("a"..."z").contains(scalar)
        || (0x4E00...0x9FFF).contains(scalar.value)
      name.append(isKept ? scalar : "_")
    }
    if district.isEmpty { return "unknown" }
    return digitCount > digitCountMax ? "other" : String(name)
  }
}
