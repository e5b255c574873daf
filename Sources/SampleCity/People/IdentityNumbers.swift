/// Gives every slot of every household an identity number that no other person of the city has, without a table.
///
/// The number of a household is permuted and split into a division code, a class of sequence numbers and a residue.
/// People of equal division and sequence belong to different households, and are born on days that differ
/// modulo `cycle`. A birthday can therefore be chosen up to `cycle` days only.
struct IdentityNumbers: Sendable {
  /// Days in which a birthday can be placed: a prime, just under ten years.
  static let cycle = 3583
  /// Six slots each; sequences run from 1 to 990, which leaves 991 to 995 free and 996 to 999 unused.
  private static let sequenceClasses = 165
  /// How many households can be told apart.
  static let capacity = divisions.count * sequenceClasses * cycle

  /// Division codes of Shanghai: today's districts, abolished ones and the former counties.
  private static let divisions: [Int] = [
    310101, 310104, 310105, 310106, 310107, 310109, 310110, 310112, 310113, 310114, 310115, 310116, 310117, 310118,
    310120, 310151, 310102, 310103, 310108, 310111, 310119, 310221, 310222, 310223, 310224, 310225, 310226, 310227,
    310228, 310229, 310230
  ]

  private let offset: Int

  init(seed: UInt64) {
    var random = SplitMix64(seed: seed, stream: .identity, number: 0)
    offset = random.next(below: Self.capacity)
  }

  /// What all numbers of one household share.
  struct Household {
    fileprivate var division: Int
    fileprivate var sequenceClass: Int
    fileprivate var residue: Int
    fileprivate var isSwapped: Bool
  }

  func household(_ index: Int, random: inout SplitMix64) -> Household {
    precondition(index < Self.capacity, "more households than identity numbers")
    // 7,368,787 is prime and no factor of the capacity, so this is a permutation.
    let permuted = (index * 7_368_787 + offset) % Self.capacity
    let rest = permuted / Self.divisions.count
    return Household(
      division: Self.divisions[permuted % Self.divisions.count], sequenceClass: rest % Self.sequenceClasses,
      residue: rest / Self.sequenceClasses, isSwapped: random.next() & 1 == 1)
  }

  /// The 17 digits and the birthday of `slot`; the birthday is one of the `cycle` days from `earliest`.
  func person(
    slot: Int, of household: Household, bornFrom earliest: Int
  ) -> (number: UInt64, birth: Int, isMale: Bool) {
    // The residue depends on what the sequence depends on, else two slots could share a number.
    let place = household.isSwapped ? slot ^ 1 : slot
    let residue = (household.residue * (2 * place + 3) + 577 * place) % Self.cycle
    let shift = (residue - earliest) % Self.cycle
    let birth = earliest + (shift < 0 ? shift + Self.cycle : shift)
    let sequence = 1 + household.sequenceClass * 6 + place
    return (Self.number(division: household.division, birth: birth, sequence: sequence), birth, sequence % 2 == 1)
  }

  /// The number of a twin brother or sister who lives nowhere in the city; its sequence is no resident's.
  static func twin(of number: UInt64) -> UInt64 {
    number - number % 1000 + 992 + number % 2
  }

  private static func number(division: Int, birth: Int, sequence: Int) -> UInt64 {
    let date = CivilDate(days: birth)
    let day = date.year * 10_000 + date.month * 100 + date.day
    return UInt64(division) * 100_000_000_000 + UInt64(day) * 1000 + UInt64(sequence)
  }

  /// The check character of GB 11643-1999 (MOD 11-2) for 17 digits, as ASCII.
  static func checkCharacter(of number: UInt64) -> UInt8 {
    // The digit at index i from the right weighs 2^(i + 1) mod 11.
    var (rest, weight, sum) = (number, 2, 0)
    for _ in 0..<17 {
      sum += Int(rest % 10) * weight
      rest /= 10
      weight = weight * 2 % 11
    }
    let remainder = (12 - sum % 11) % 11
    return remainder == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(remainder)
  }
}
