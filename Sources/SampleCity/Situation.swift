/// What is planted in a case: with a finding of the sample rules, or harmless though it looks like one.
package enum Situation: UInt8, CaseIterable, Sendable {
  case none
  case diedHead, diedMember, diedOnAsOf
  case inPrison, inDetoxification, custodyEndsOnAsOf
  case registerCancelled, movedOut
  case otherName, namesSwapped, formerName
  case notInRegister, registerNumberUnreadable
  case otherHolder, holderIsMember, custodian, custodianOfMany
  case sharedAccount, frequentPayments, largePayment
  case diedCaseEnded, diedCaseSuspended, diedAfterAsOf, twinDied
  case released, communityCorrection, custodyAfterAsOf
  case movedInCity, nameVariants
  case accountOfTwo, threePayments, nearlyLargePayment

  /// Cases in `blockSize`; the part without a situation is the rest.
  static let blockSize = 1400

  /// Name in `truth.csv`.
  package var name: String { attributes.name }
  /// Cases of this situation in every full block.
  var casesPerBlock: Int { attributes.count }
  /// How many cases make one such situation together.
  var groupSize: Int { attributes.group }
  /// Smallest and largest household that it fits.
  var memberCounts: ClosedRange<Int> { attributes.members }

  private struct Attributes {
    var name: String
    var count: Int
    var group = 1
    var members = 1...6
  }

  private var attributes: Attributes {
    switch self {
    case .none: Attributes(name: "none", count: 0)
    case .diedHead: Attributes(name: "died_head", count: 14)
    case .diedMember: Attributes(name: "died_member", count: 10, members: 2...6)
    case .diedOnAsOf: Attributes(name: "died_on_as_of", count: 2)
    case .inPrison: Attributes(name: "in_prison", count: 8)
    case .inDetoxification: Attributes(name: "in_detoxification", count: 4)
    case .custodyEndsOnAsOf: Attributes(name: "custody_ends_on_as_of", count: 2)
    case .registerCancelled: Attributes(name: "register_cancelled", count: 8)
    case .movedOut: Attributes(name: "moved_out", count: 8)
    case .otherName: Attributes(name: "other_name", count: 8)
    case .namesSwapped: Attributes(name: "names_swapped", count: 4, members: 2...6)
    case .formerName: Attributes(name: "former_name", count: 5)
    case .notInRegister: Attributes(name: "not_in_register", count: 10)
    case .registerNumberUnreadable: Attributes(name: "register_number_unreadable", count: 3)
    case .otherHolder: Attributes(name: "other_holder", count: 10)
    case .holderIsMember: Attributes(name: "holder_is_member", count: 6, members: 2...6)
    case .custodian: Attributes(name: "custodian", count: 10)
    case .custodianOfMany: Attributes(name: "custodian_of_many", count: 6, group: 3)
    case .sharedAccount: Attributes(name: "shared_account", count: 12, group: 3)
    case .frequentPayments: Attributes(name: "frequent_payments", count: 6)
    case .largePayment: Attributes(name: "large_payment", count: 5)
    case .diedCaseEnded: Attributes(name: "died_case_ended", count: 6, members: 1...1)
    case .diedCaseSuspended: Attributes(name: "died_case_suspended", count: 3)
    case .diedAfterAsOf: Attributes(name: "died_after_as_of", count: 3)
    case .twinDied: Attributes(name: "twin_died", count: 3)
    case .released: Attributes(name: "released", count: 5)
    case .communityCorrection: Attributes(name: "community_correction", count: 5)
    case .custodyAfterAsOf: Attributes(name: "custody_after_as_of", count: 2)
    case .movedInCity: Attributes(name: "moved_in_city", count: 6)
    case .nameVariants: Attributes(name: "name_variants", count: 20)
    case .accountOfTwo: Attributes(name: "account_of_two", count: 6, group: 2)
    case .threePayments: Attributes(name: "three_payments", count: 4)
    case .nearlyLargePayment: Attributes(name: "nearly_large_payment", count: 3)
    }
  }

  /// Situation and first slot of its group, for every slot of a block.
  static let bySlot: [(situation: Situation, leader: Int)] = {
    var slots: [(Situation, Int)] = []
    for situation in allCases {
      let first = slots.count
      for place in 0..<situation.casesPerBlock {
        slots.append((situation, first + place / situation.groupSize * situation.groupSize))
      }
    }
    while slots.count < blockSize { slots.append((.none, slots.count)) }
    return slots
  }()
}
