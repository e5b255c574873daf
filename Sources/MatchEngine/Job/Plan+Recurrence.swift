extension Plan {
  /// How records that say the same as an earlier one, but for a day and an amount, are recognised.
  ///
  /// A ledger pays the same person on the same account month after month. Where the rules of a pass depend on such
  /// fields alone, apart from counting, a record that repeats them can be counted without being looked up again.
  package struct Recurrence: Sendable {
    /// The fields that have to be the same, as they stand in the file.
    package var fields: [Int]
    /// What is normalised of every record, and what of those only that are not recognised.
    package var varyingUses: [FieldUse]
    package var steadyUses: [FieldUse]
    /// Rules of the family that count every record, one bit each; of the others a repetition changes nothing.
    package var countingRules: UInt64
    /// Fields whose plain values carry warnings that are counted.
    package var warnings: [(field: Int, type: FieldType)]

    /// Bits of a record's signature: an identity number may end in X, an account may break two rules.
    package static let signatureBitLimit = 8

    /// Nil for a pass whose rules ask for more, or where no record is likely to recur: groups say that some are.
    package init?(_ pass: Pass) {
      guard pass.stores.isEmpty, pass.selfJoins.isEmpty, pass.families.count == 1 else { return nil }
      let family = pass.families[0]
      var steadySlots: Set<Int> = []
      var varyingSlots: Set<Int> = []
      var steadyFields: Set<Int> = []
      for step in pass.conditions {
        guard let slots = step.condition.batchSlots else { return nil }
        varyingSlots.formUnion(slots)
      }
      for step in pass.probes {
        steadySlots.formUnion(step.keyWordSlots)
        for rule in step.rules {
          if let condition = rule.subjectCondition {
            guard let slots = condition.batchSlots else { return nil }
            steadySlots.formUnion(slots)
          }
          if let compare = rule.compare { steadyFields.insert(compare.streamField) }
        }
      }
      guard let keySlots = family.key.value.batchSlots else { return nil }
      steadySlots.formUnion(keySlots)
      countingRules = 0
      for (index, rule) in family.rules.enumerated() {
        guard rule.rest.isEmpty || rule.usesCounters else { return nil }
        var operandSlots: Set<Int> = []
        for operand in rule.rest.map(\.value) + rule.aggregates.compactMap(\.operand) {
          guard let slots = operand.batchSlots else { return nil }
          operandSlots.formUnion(slots)
        }
        if rule.rest.isEmpty, rule.aggregates.allSatisfy({ $0.function == .countDistinct }) {
          guard let slots = rule.condition.map(\.batchSlots) ?? [] else { return nil }
          steadySlots.formUnion(operandSlots.union(slots))
        } else {
          guard rule.condition == nil else { return nil }
          countingRules |= 1 << UInt64(index)
          varyingSlots.formUnion(operandSlots)
        }
      }
      for use in pass.uses {
        guard let slot = use.slot else { continue }
        if !steadySlots.isDisjoint(with: slot..<slot + use.type.wordCount) { steadyFields.insert(use.field) }
      }
      fields = steadyFields.sorted()
      let isSteady = { (use: FieldUse) in
        guard steadyFields.contains(use.field) else { return false }
        return use.slot.map { varyingSlots.isDisjoint(with: $0..<$0 + use.type.wordCount) } ?? true
      }
      steadyUses = pass.uses.filter(isSteady)
      varyingUses = pass.uses.filter { !isSteady($0) }
      warnings = steadyUses.filter { $0.slot != nil && $0.type.plainWarningCount > 0 }.map { ($0.field, $0.type) }
      guard warnings.reduce(0, { $0 + $1.type.plainWarningCount }) <= Self.signatureBitLimit else { return nil }
    }
  }
}

extension FieldType {
  /// How many warnings are counted of plain values: a letter at the end of a number, a sum or zeros of an account.
  package var plainWarningCount: Int {
    switch self {
    case .residentID: 1
    case .account: 2
    case .personName, .date, .month, .money, .text, .code, .number: 0
    }
  }
}
