/// The districts of the city, by their division codes.
enum Districts {
  static let codes = [
    310101, 310104, 310105, 310106, 310107, 310109, 310110, 310112, 310113, 310114, 310115, 310116, 310117, 310118,
    310120, 310151
  ]

  /// Codes that are retired: when, and the code that took their place.
  static let merged: [(old: Int, retired: Int, successor: Int)] = [
    (310103, CivilDate(year: 2011, month: 6, day: 8).days, 310101),
    (310108, CivilDate(year: 2015, month: 11, day: 4).days, 310106),
    (310119, CivilDate(year: 2009, month: 5, day: 6).days, 310115)
  ]

  /// The district whose payments of October are a batch a hundred times too high in that variant of the city; nothing
  /// is planted there.
  static let ofWrongBatch = 310151

  /// The code that holds today.
  static func current(_ code: Int) -> Int { merged.first { $0.old == code }?.successor ?? code }
}
