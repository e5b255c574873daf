// Records that recur: see `Plan.Recurrence`.
extension PassWorker {
  /// Counts the records of the chunk that are recognised, and judges the others.
  func judgeArrivals(_ recurring: RecurringRecords) throws(RunError) {
    let arrivals = recurring.arrivals
    startBatch()
    while cursor.fill(arrivals) {
      try filler?.take(arrivals)
      normalizer.normalize(arrivals, recurring.plan.varyingUses)
      recurring.look()
      ruleOut(arrivals, recurring)
      recurring.divide()
      try countKnown(arrivals, recurring)
      while recurring.send(to: batch) { try judgeOthers(recurring) }
      // Separators of ragged records last as long as the arrivals.
      if chunk.index.hasLoose { try judgeOthers(recurring) }
    }
    try judgeOthers(recurring)
  }

  private func startBatch() {
    batch.chunk = chunk
    batch.columns = pass.files[chunk.file].columns
    batch.count = 0
  }

  /// A record about which a condition does not say no, or that cannot be counted, is judged like a new one.
  private func ruleOut(_ batch: RecordBatch, _ recurring: RecurringRecords) {
    var lanes = CellEvaluator.Lanes(count: batch.count)
    lanes.cells = batch.cells
    lanes.records = all
    lanes.isWholeBatch = true
    for step in pass.conditions {
      let truth = evaluator.evaluate(step.condition, lanes)
      for lane in 0..<batch.count where truth[lane] != 0 { recurring.payloads[lane] = 0 }
    }
    families[0].prepareKnown(
      lanes, payloads: recurring.payloads, countingRules: recurring.plan.countingRules, scratch: groupScratch)
  }

  private func countKnown(_ batch: RecordBatch, _ recurring: RecurringRecords) throws(RunError) {
    let count = recurring.count
    for step in pass.conditions { counts[step.rule].evaluated += count }
    for step in pass.probes {
      for rule in step.rules {
        if rule.subjectStreams {
          counts[rule.rule].subjectKeys += count
          counts[rule.rule].evaluated += count
        } else {
          counts[rule.rule].foundKeys += count
        }
      }
    }
    for rule in families[0].step.rules { counts[rule.rule].evaluated += count }
    families[0].addKnown(
      batch, lanes: recurring.lanes, count: count, payloads: recurring.payloads,
      countingRules: recurring.plan.countingRules, scratch: groupScratch, turn: turn)
    try familyWriters[0].write(groupScratch, of: batch, as: spilledRecords)
    turn += 3
  }

  private func judgeOthers(_ recurring: RecurringRecords) throws(RunError) {
    guard batch.count > 0 else { return }
    normalizer.special = recurring.special
    normalizer.signatures = recurring.signatures
    normalizer.normalize(batch, recurring.plan.steadyUses)
    (normalizer.special, normalizer.signatures) = (nil, nil)
    recurring.lookAgain(at: batch)
    ruleOut(batch, recurring)
    recurring.divideJudged(batch)
    try countKnown(batch, recurring)
    recurring.removeKnown(from: batch)
    special = recurring.special
    try judgeBatch()
    special = nil
    let ahead = 64
    for lane in 0..<min(ahead, batch.count) { recurring.prefetch(lane) }
    for lane in 0..<batch.count {
      if lane + ahead < batch.count { recurring.prefetch(lane + ahead) }
      if recurring.special[lane] != 0 { continue }
      guard let part = families[0].part(of: lane, groupScratch) else { continue }
      recurring.keep(lane, group: groupScratch.entries[lane], part: part)
    }
    batch.count = 0
  }
}
