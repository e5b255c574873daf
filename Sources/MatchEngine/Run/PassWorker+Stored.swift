/// Judging stored rows when the pass is over.
extension PassWorker {
  /// Judges the stored rows `range` as subjects of a join of their source with itself.
  func judgeSelfJoin(_ step: Plan.SelfJoinStep, rows range: Range<Int>) {
    let store = stores[step.store]
    let table = tables[step.store][step.table]
    var row = range.lowerBound
    let keyCells = FlatArray<Int64>(uninitialized: step.keyWords.count * RecordBatch.capacity)
    let subjects = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    defer {
      keyCells.deallocate()
      subjects.deallocate()
    }
    while row < range.upperBound {
      var count = 0
      while row < range.upperBound, count < RecordBatch.capacity {
        if store.ruleBits(of: row) & step.subjectBit != 0 {
          subjects[count] = UInt32(row)
          lanes[count] = UInt32(count)
          found[count] = 0
          for (index, key) in step.keyWords.enumerated() {
            keyCells[index * RecordBatch.capacity + count] = store.word(key.word, of: row)
          }
          count += 1
        }
        row += 1
      }
      pairs.removeAll()
      table.probe(
        keyCells, columns: step.keyWords.indices.map { $0 * RecordBatch.capacity }, lanes: lanes, laneCount: count,
        scratch: probeScratch, pairs: pairs, isEnough: step.whatIsEnough(in: store),
        full: { [self] in
          judgeStoredPairs(step, subjects, store)
          pairs.removeAll()
        })
      judgeStoredPairs(step, subjects, store)
      guard step.rule.kind == .absence else { continue }
      var unmatched = 0
      for lane in 0..<count where found[lane] == 0 {
        rows[unmatched] = subjects[lane]
        unmatched += 1
      }
      var lanes = CellEvaluator.Lanes(count: unmatched)
      lanes.firstStore = store
      lanes.firstRows = rows
      writer.add(rule: step.rule.rule, step.rule.flag, lanes, FlagWriter.Sources())
    }
  }

  private func judgeStoredPairs(_ step: Plan.SelfJoinStep, _ subjects: FlatArray<UInt32>, _ store: RowStore) {
    let rule = step.rule
    var count = 0
    for pair in 0..<pairs.count {
      let row = pairs.rows[pair]
      records[count] = subjects[Int(pairs.lanes[pair])]
      rows[count] = row
      lanes[count] = pairs.lanes[pair]
      count += store.ruleBits(of: Int(row)) & rule.bit != 0 ? 1 : 0
    }
    guard count > 0 else { return }
    var pairLanes = CellEvaluator.Lanes(count: count)
    pairLanes.firstStore = store
    pairLanes.firstRows = records
    pairLanes.secondStore = store
    pairLanes.secondRows = rows
    if let condition = rule.pairCondition {
      let truth = evaluator.evaluate(condition, pairLanes)
      var kept = 0
      for pair in 0..<count {
        records[kept] = records[pair]
        rows[kept] = rows[pair]
        lanes[kept] = lanes[pair]
        kept += truth[pair] == 1 ? 1 : 0
      }
      pairLanes.count = kept
    }
    switch rule.kind {
    case .absence:
      for pair in 0..<pairLanes.count { found[Int(lanes[pair])] = 1 }
    case .mismatch:
      if let compare = rule.compare, let subjectWord = compare.subjectWord {
        var kept = 0
        for pair in 0..<pairLanes.count {
          let (a, b) = (Int(records[pair]), Int(rows[pair]))
          let (left, right) = (store.word(subjectWord, of: a), store.word(compare.storedWord, of: b))
          var isEqual = left == right
          if compare.type.wordCount == 2 {
            isEqual = isEqual && store.word(subjectWord + 1, of: a) == store.word(compare.storedWord + 1, of: b)
          }
          records[kept] = records[pair]
          rows[kept] = rows[pair]
          if Cell.isUsable(left), Cell.isUsable(right) {
            kept += isEqual ? 0 : 1
          } else if left == Cell.invalid || right == Cell.invalid {
            counts[rule.rule].compareInvalid += 1
          } else {
            counts[rule.rule].compareEmpty += 1
          }
        }
        pairLanes.count = kept
      }
      writer.add(rule: rule.rule, rule.flag, pairLanes, FlagWriter.Sources())
    case .presence:
      writer.add(rule: rule.rule, rule.flag, pairLanes, FlagWriter.Sources())
    case .condition, .aggregate, .duplicate:
      preconditionFailure("these kinds have no pairs")
    }
  }

  /// Flags the stored rows `range` that no record marked.
  func judgeAbsence(_ step: Plan.AbsenceStep, rows range: Range<Int>) {
    let store = stores[step.store]
    var count = 0
    func flush() {
      var lanes = CellEvaluator.Lanes(count: count)
      lanes.firstStore = store
      lanes.firstRows = rows
      writer.add(rule: step.rule, step.flag, lanes, FlagWriter.Sources())
      count = 0
    }
    for row in range where store.ruleBits(of: row) & step.bit != 0 && store.marks(of: row) & step.bit == 0 {
      rows[count] = UInt32(row)
      count += 1
      if count == PairBuffer.capacity { flush() }
    }
    flush()
  }
}
