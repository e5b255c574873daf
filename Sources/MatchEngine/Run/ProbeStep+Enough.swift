extension Plan.ProbeStep {
  /// Says whether the rows behind one of a key can change nothing, so that a key on a million rows is walked once and
  /// not once for each of a million records; nil where no rule of the step allows it.
  ///
  /// `masks` holds the rules that a lane's record is judged under, `found` those of them that have found a row.
  func whatIsEnough(
    in store: RowStore, masks: FlatArray<UInt64>, found: FlatArray<UInt64>
  ) -> ((_ lane: Int, _ row: Int, _ isFirst: Bool) -> Bool)? {
    guard rules.contains(where: \.onlyAsksWhether) else { return nil }
    return { [rules] lane, row, isFirst in
      let open = masks[lane] & ~found[lane]
      for (index, rule) in rules.enumerated() where open >> UInt64(index) & 1 == 1 {
        guard rule.onlyAsksWhether else { return false }
        // The first row of a key is marked by the first record that walks through all of them.
        let isSettled =
          rule.subjectStreams
          ? store.ruleBits(of: row) & rule.bit != 0 : isFirst && store.marks(of: row) & rule.bit != 0
        if !isSettled { return false }
      }
      return true
    }
  }
}

extension Plan.SelfJoinStep {
  /// The same for a join of a source with itself.
  func whatIsEnough(in store: RowStore) -> ((_ lane: Int, _ row: Int, _ isFirst: Bool) -> Bool)? {
    guard rule.onlyAsksWhether else { return nil }
    return { [bit = rule.bit] _, row, _ in store.ruleBits(of: row) & bit != 0 }
  }
}
