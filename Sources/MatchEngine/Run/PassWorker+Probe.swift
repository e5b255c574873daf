/// Looking the records of a batch up among stored rows.
extension PassWorker {
  func probe(_ step: Plan.ProbeStep, writer spillWriter: PartitionedSpill.Writer?) throws(RunError) {
    let count = selectProbes(step)
    let table = tables[step.store][step.table]
    let columns = step.keyWordSlots.map { $0 * RecordBatch.capacity }
    pairs.removeAll()
    table.probe(
      batch.cells, columns: columns, lanes: lanes, laneCount: count, scratch: probeScratch, pairs: pairs,
      isEnough: step.whatIsEnough(in: stores[step.store], masks: masks, found: found),
      full: { [self] in
        judgePairs(step)
        pairs.removeAll()
      })
    judgePairs(step)
    if let spillWriter, !isReplaying, context.spills[step.store].isActive {
      for index in 0..<count {
        let lane = Int(lanes[index])
        // A record that found its row needs no further look under a rule of absence.
        let mask = masks[lane] & ~found[lane]
        if mask == 0 { continue }
        try spillWriter.add(part: table.part(of: lane, batch.cells, columns: columns)) {
          spilledRecords.append(lane, of: batch, mask: mask, to: &$0)
        }
      }
      return
    }
    for (index, rule) in step.rules.enumerated() where rule.kind == .absence && rule.subjectStreams {
      flagUnmatched(rule, bit: 1 << UInt64(index))
    }
  }

  /// Puts the records whose key is to be looked up into `lanes` and the rules they are subjects of into `masks`.
  private func selectProbes(_ step: Plan.ProbeStep) -> Int {
    if isReplaying {
      for lane in 0..<batch.count {
        masks[lane] = SpilledRecords.mask(of: lane, in: batch)
        found[lane] = 0
        lanes[lane] = UInt32(lane)
      }
      return batch.count
    }
    var everyRecord: UInt64 = 0
    for (index, rule) in step.rules.enumerated() where rule.subjectCondition == nil {
      everyRecord |= 1 << UInt64(index)
    }
    masks.fill(everyRecord, from: 0, count: batch.count)
    found.fill(0, from: 0, count: batch.count)
    for (index, rule) in step.rules.enumerated() {
      guard let condition = rule.subjectCondition else { continue }
      let truth = evaluator.evaluate(condition, batchLanes)
      for lane in 0..<batch.count {
        if truth[lane] == 1 { masks[lane] |= 1 << UInt64(index) }
        if truth[lane] == 2 { counts[rule.rule].unknown += 1 }
      }
    }
    var (usable, count) = (0, 0)
    if step.keySlots.count == 1 {
      let keys = batch.cells.mutableColumn(at: step.keySlots[0] * RecordBatch.capacity)
      let (lanes, masks) = (lanes.mutableColumn(at: 0), masks.mutableColumn(at: 0))
      for lane in 0..<batch.count {
        let isUsable = Cell.isUsable(keys[lane])
        usable &+= isUsable ? 1 : 0
        lanes.set(count, UInt32(truncatingIfNeeded: lane))
        count &+= isUsable && masks[lane] != 0 ? 1 : 0
      }
    } else {
      for lane in 0..<batch.count {
        let isUsable = step.keySlots.allSatisfy { Cell.isUsable(batch.cells[$0 * RecordBatch.capacity + lane]) }
        usable += isUsable ? 1 : 0
        lanes[count] = UInt32(lane)
        count += isUsable && masks[lane] != 0 ? 1 : 0
      }
    }
    countSubjects(step, usable: usable)
    if let special { noteLeftOut(step, count, special) }
    return count
  }

  /// Records that are not looked up under every rule are special.
  private func noteLeftOut(_ step: Plan.ProbeStep, _ count: Int, _ special: FlatArray<UInt8>) {
    let everyRule = UInt64.max >> UInt64(64 - step.rules.count)
    var next = 0
    for lane in 0..<batch.count {
      let isTaken = next < count && Int(lanes[next]) == lane
      next += isTaken ? 1 : 0
      if !isTaken || masks[lane] != everyRule { special[lane] = 1 }
    }
  }

  private func countSubjects(_ step: Plan.ProbeStep, usable: Int) {
    for (index, rule) in step.rules.enumerated() {
      guard rule.subjectStreams else {
        counts[rule.rule].foundKeys += usable
        continue
      }
      counts[rule.rule].subjectKeys += usable
      if rule.subjectCondition == nil, usable == batch.count {
        counts[rule.rule].evaluated += usable
        continue
      }
      let masks = masks.mutableColumn(at: 0)
      if rule.subjectCondition == nil, step.keySlots.count == 1 {
        // Every record is a subject: what is not usable is empty or invalid.
        let key = batch.cells.mutableColumn(at: step.keySlots[0] * RecordBatch.capacity)
        var empty = 0
        for lane in 0..<batch.count { empty &+= key[lane] == Cell.empty ? 1 : 0 }
        counts[rule.rule].evaluated += usable
        counts[rule.rule].keyEmpty += empty
        counts[rule.rule].keyInvalid += batch.count - usable - empty
        continue
      }
      let keys = step.keySlots.map { batch.cells.mutableColumn(at: $0 * RecordBatch.capacity) }
      for lane in 0..<batch.count where masks[lane] &>> UInt64(index) & 1 == 1 {
        var word: Int64 = 0
        for key in keys {
          word = key[lane]
          if !Cell.isUsable(word) { break }
        }
        if Cell.isUsable(word) {
          counts[rule.rule].evaluated += 1
        } else if word == Cell.empty {
          counts[rule.rule].keyEmpty += 1
        } else {
          counts[rule.rule].keyInvalid += 1
        }
      }
    }
  }

  private func judgePairs(_ step: Plan.ProbeStep) {
    guard pairs.count > 0 else { return }
    let store = stores[step.store]
    for (index, rule) in step.rules.enumerated() {
      var count = 0
      let (pairLanes, pairRows) = (pairs.lanes.mutableColumn(at: 0), pairs.rows.mutableColumn(at: 0))
      let (records, rows) = (records.mutableColumn(at: 0), rows.mutableColumn(at: 0))
      let masks = masks.mutableColumn(at: 0)
      for pair in 0..<pairs.count {
        let (lane, row) = (pairLanes[pair], pairRows[pair])
        records.set(count, lane)
        rows.set(count, row)
        let isRowIn = rule.marksEveryRow || store.ruleBits(of: Int(row)) & rule.bit != 0
        count &+= isRowIn && masks[Int(lane)] &>> UInt64(index) & 1 == 1 ? 1 : 0
      }
      judge(rule, index: index, count: count, store: store)
    }
  }

  /// Judges the first `count` pairs of `records` and `rows` under one rule.
  private func judge(_ rule: Plan.PairRule, index: Int, count: Int, store: RowStore) {
    guard count > 0 else { return }
    // What a later record with the same key comes to depends on more than that.
    if let special, rule.pairCondition != nil || rule.kind == .presence {
      for pair in 0..<count { special[Int(records[pair])] = 1 }
    }
    var pairLanes = CellEvaluator.Lanes(count: count)
    pairLanes.cells = batch.cells
    pairLanes.records = records
    pairLanes.firstStore = store
    pairLanes.firstRows = rows
    if let condition = rule.pairCondition {
      let truth = evaluator.evaluate(condition, pairLanes)
      var kept = 0
      for pair in 0..<count {
        records[kept] = records[pair]
        rows[kept] = rows[pair]
        kept += truth[pair] == 1 ? 1 : 0
      }
      pairLanes.count = kept
    }
    switch rule.kind {
    case .absence:
      for pair in 0..<pairLanes.count {
        if rule.subjectStreams {
          found[Int(records[pair])] |= 1 << UInt64(index)
        } else {
          store.mark(Int(rows[pair]), rule.bit)
        }
      }
    case .mismatch:
      if let compare = rule.compare { pairLanes.count = keepDifferent(compare, rule, pairLanes.count, store) }
      writer.add(rule: rule.rule, rule.flag, pairLanes, FlagWriter.Sources(batch: batch))
    case .presence:
      writer.add(rule: rule.rule, rule.flag, pairLanes, FlagWriter.Sources(batch: batch))
    case .condition, .aggregate, .duplicate:
      preconditionFailure("these kinds have no pairs")
    }
  }

  private func flagUnmatched(_ rule: Plan.PairRule, bit: UInt64) {
    var count = 0
    for lane in 0..<batch.count where masks[lane] & bit != 0 && found[lane] & bit == 0 {
      records[count] = UInt32(lane)
      count += 1
    }
    // `lanes` still holds the records whose key is usable; the others were not judged.
    var unmatched = CellEvaluator.Lanes(count: 0)
    unmatched.cells = batch.cells
    unmatched.records = records
    var kept = 0
    for index in 0..<count {
      let isUsable = isKeyUsable(rule, record: Int(records[index]))
      records[kept] = records[index]
      kept += isUsable ? 1 : 0
    }
    unmatched.count = kept
    if let special { for index in 0..<kept { special[Int(records[index])] = 1 } }
    writer.add(rule: rule.rule, rule.flag, unmatched, FlagWriter.Sources(batch: batch))
  }

  private func isKeyUsable(_ rule: Plan.PairRule, record: Int) -> Bool {
    guard let step = pass.probes.first(where: { $0.rules.contains { $0.rule == rule.rule } }) else { return false }
    return step.keySlots.allSatisfy { Cell.isUsable(batch.cells[$0 * RecordBatch.capacity + record]) }
  }
}
