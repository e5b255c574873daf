// The two values that a rule of the kind `mismatch` compares.
extension PassWorker {
  /// Keeps the pairs whose compared values differ; returns how many.
  func keepDifferent(_ compare: Plan.Compare, _ rule: Plan.PairRule, _ count: Int, _ store: RowStore) -> Int {
    var (kept, empty, invalid) = (0, 0, 0)
    let isWide = compare.type.wordCount == 2
    makeStreamedWords(compare, count, isWide: isWide)
    let (records, rows) = (records.mutableColumn(at: 0), rows.mutableColumn(at: 0))
    let (firstWords, secondWords) = (words.mutableColumn(at: 0), words.mutableColumn(at: PairBuffer.capacity))
    for pair in 0..<count {
      let (lane, row) = (records[pair], rows[pair])
      let streamed = firstWords[pair]
      let stored = store.word(compare.storedWord, of: Int(row))
      let isEqual =
        streamed == stored && (!isWide || secondWords[pair] == store.word(compare.storedWord + 1, of: Int(row)))
      if Cell.isUsable(streamed), Cell.isUsable(stored) {
        records.set(kept, lane)
        rows.set(kept, row)
        kept &+= isEqual ? 0 : 1
        if let special, !isEqual { special[Int(lane)] = 1 }
      } else {
        special?[Int(lane)] = 1
        let isInvalid = streamed == Cell.invalid || stored == Cell.invalid
        invalid += isInvalid ? 1 : 0
        empty += isInvalid ? 0 : 1
      }
    }
    counts[rule.rule].compareEmpty += empty
    counts[rule.rule].compareInvalid += invalid
    return kept
  }

  /// Puts the compared words of the first `count` records of `records` into `words`.
  private func makeStreamedWords(_ compare: Plan.Compare, _ count: Int, isWide: Bool) {
    let records = records.mutableColumn(at: 0)
    let (first, second) = (words.mutableColumn(at: 0), words.mutableColumn(at: PairBuffer.capacity))
    if let slot = compare.streamSlot {
      let cells = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
      for pair in 0..<count { first.set(pair, cells[Int(records[pair])]) }
      guard isWide else { return }
      let seconds = batch.cells.mutableColumn(at: (slot + 1) * RecordBatch.capacity)
      for pair in 0..<count { second.set(pair, seconds[Int(records[pair])]) }
    } else if compare.type == .personName, let column = batch.columns[compare.streamField],
      normalizer.makeNames(batch, column: column, of: self.records, count: count, into: words)
    {
      return
    } else {
      for pair in 0..<count {
        let made = makeWords(field: compare.streamField, type: compare.type, record: Int(records[pair]))
        first.set(pair, made.first)
        if isWide { second.set(pair, made.second) }
      }
    }
  }
}
