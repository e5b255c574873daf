/// What the programs pay a month at most; invented.
enum Standards {
  /// Yuan in 1/100, from 1 July of each year.
  private static let yearly: [(year: Int, allowance: Int, support: Int)] = [
    (2018, 1070_00, 1390_00), (2019, 1160_00, 1510_00), (2020, 1240_00, 1615_00), (2021, 1330_00, 1730_00),
    (2022, 1420_00, 1850_00), (2023, 1510_00, 1965_00), (2024, 1595_00, 2075_00), (2025, 1650_00, 2145_00),
    (2026, 1710_00, 2225_00)
  ]

  static var entries: [(program: String, from: Int, amount: Int)] {
    yearly.flatMap { entry in
      let from = CivilDate(year: entry.year, month: 7, day: 1).days
      return [(Word.allowance, from, entry.allowance), (Word.support, from, entry.support)]
    }
  }

  /// 低保 for one person since 2026-07.
  static let allowance = 1710_00
  /// 特困 since 2026-07, and what was added then.
  static let support = 2225_00
  static let supportRaise = 80_00

  /// Programs that nobody may have together, both ways round.
  static let exclusive = [
    (Word.allowance, Word.support), (Word.support, Word.allowance), (Word.support, "孤儿"), ("孤儿", Word.support),
    (Word.support, "事实无人抚养儿童"), ("事实无人抚养儿童", Word.support)
  ]
}
