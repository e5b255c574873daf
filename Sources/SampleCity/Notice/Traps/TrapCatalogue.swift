/// All traps, in the order of their themes.
enum TrapCatalogue {
  static let all: [Trap] =
    deathTraps + deathRecordTraps + paidAfterDeathTraps + custodyTraps + registerTraps + holderTraps + accountTraps
    + paymentTraps + enrolmentTraps + hardshipTraps + memberTraps

  static let lookAlikes = all.filter(\.isLookAlike)

  /// Every number of the catalogue and of its additions, each once.
  static let numbers = Set(all.flatMap(\.numbers)).sorted()
}
