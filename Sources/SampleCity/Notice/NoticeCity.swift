/// A synthetic city for the rules of the notice: every feed with all its columns, a population for whom no rule holds,
/// and every trap of the catalogue with its expected verdict.
///
/// Everything follows from the seed and the number of a unit, so a city of any size is written with the same small
/// memory. All people are invented.
package struct NoticeCity: Sendable {
  /// What the city is made for.
  package enum Variant: String, CaseIterable, Sendable {
    case main
    /// 2 % of the roll is missing in the household register (T41).
    case feedAlarmRegister = "feed-alarm-register"
    /// One batch of payments counts in 分 (T61).
    case feedAlarmBatch = "feed-alarm-batch"
  }

  package let scale: Double
  package let seed: UInt64
  package let variant: Variant

  /// Scales that can be told apart by identity numbers; below 0.5 the planted situations are most of the roll.
  package static let scales = 0.01...1000.0

  /// 2026-10-31, the day for which the truth holds.
  static let asOf = CivilDate(year: 2026, month: 10, day: 31).days
  /// The day of which the household register is.
  static let registerDay = CivilDate(year: 2026, month: 10, day: 15).days
  static let lastMonth = Month(2026, 10)

  /// The months in which payments are made.
  let months: ClosedRange<Month>

  // Units are counted in this order; the numbers of households follow them.
  let plantedCount: Int
  let caseCount: Int
  let strangerCount: Int

  let vocabulary = Vocabulary()
  let identityNumbers: IdentityNumbers
  let traps = TrapCatalogue.all

  /// Households that a planted situation may have.
  static let householdsPerTrap = 64
  private static let casesPerScale = 1400.0

  /// A city of about 3,000 × `scale` people on the roll.
  ///
  /// Below scale 10 the register holds little more than the roll and there are eight months of payments; from scale 10
  /// on both have the proportions of a whole city: 12 people in the register for one on the roll, 22 months.
  package init(scale: Double, seed: UInt64, variant: Variant = .main) {
    precondition(Self.scales.contains(scale), "the scale is 0.01 to 1000")
    self.scale = scale
    self.seed = seed
    self.variant = variant
    let isWhole = scale >= 10
    plantedCount = traps.count * (2 + Int(scale / 5))
    caseCount = max(50, Int(Self.casesPerScale * scale) - plantedCount * 3 / 2)
    strangerCount = isWhole ? (caseCount + plantedCount) * 11 : (caseCount + plantedCount) * 6 / 10
    months = (isWhole ? Month(2025, 1) : Month(2026, 3))...Self.lastMonth
    identityNumbers = IdentityNumbers(seed: seed)
  }

  /// Makes the unit `index` again; the same every time.
  func fill(_ unit: inout NoticeUnit, index: Int) {
    unit.removeAll()
    if index < plantedCount {
      let (instance, place) = index.quotientAndRemainder(dividingBy: traps.count)
      var stage = TrapStage(
        city: self, unit: unit, index: index, instance: instance, household: householdNumber(index),
        householdCount: Self.householdsPerTrap)
      traps[place].plant(&stage)
      unit = stage.unit
      unit.isClean = true
    } else if index < plantedCount + caseCount {
      fillCase(&unit, index: index)
    } else {
      fillStranger(&unit, index: index)
    }
  }

  /// The number of the first household of a unit.
  func householdNumber(_ unit: Int) -> Int {
    unit < plantedCount ? unit * Self.householdsPerTrap : unit + plantedCount * (Self.householdsPerTrap - 1)
  }

  /// True if the unit is one of those whom the incomplete register of that variant has lost.
  func isLostInRegister(_ index: Int) -> Bool {
    guard variant == .feedAlarmRegister, index >= plantedCount, index < plantedCount + caseCount else { return false }
    // One of 15 cases loses a person: about 2 % of the roll, which holds the planted situations too.
    return index % 15 == 0
  }

  /// What becomes of people who are not in the register, where the register itself gives the alarm.
  var registerVerdict: Finding.Verdict { variant == .feedAlarmRegister ? .none : .flag }

  func isHundredfold(_ payment: PaymentRow) -> Bool {
    variant == .feedAlarmBatch && payment.payID.month == Self.lastMonth && payment.district == Districts.ofWrongBatch
  }
}
