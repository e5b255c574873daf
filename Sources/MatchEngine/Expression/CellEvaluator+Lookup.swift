extension CellEvaluator {
  /// So many rows of one key are judged first where one that holds is enough.
  private static let firstRowCount = 16

  /// Sets the result of a lookup for every lane; a lane without a usable key finds nothing.
  func look(_ lookup: CellLookup, _ lanes: Lanes, _ first: FlatArray<Int64>, _ second: FlatArray<Int64>?) {
    let relation = relations[lookup.relation]
    if lanes.count >= Self.sharedLaneCount, relation.store.rowCount <= Self.sharedRowCount,
      lookShared(lookup, lanes, first, second)
    {
      return
    }
    lookEach(lookup, lanes, first, second)
  }

  private func lookEach(
    _ lookup: CellLookup, _ lanes: Lanes, _ first: FlatArray<Int64>, _ second: FlatArray<Int64>?
  ) {
    let relation = relations[lookup.relation]
    let table = relation.tables[lookup.table]
    let scratch = beginLookup()
    defer { endLookup() }
    let findings = begin(lookup, count: lanes.count, first, second, scratch)
    var (columns, laneCount) = makeKeys(lookup.keys, lanes, scratch)
    let take = {
      self.take(lookup, lanes, relation.store, scratch, findings)
      scratch.pairs.removeAll()
    }
    scratch.pairs.removeAll()
    // Of a key on many rows the first that holds is enough for a lane: a few rows are judged before more are taken.
    let asksWhether = lookup.function == .exists
    var (lastLane, waiting, limit) = (-1, 0, Self.firstRowCount)
    let isEnough = { (lane: Int) -> Bool in
      if lookup.condition == nil || findings.first[lane] != 0 { return true }
      if lane != lastLane { (lastLane, waiting, limit) = (lane, 0, Self.firstRowCount) }
      waiting += 1
      guard waiting == limit else { return false }
      take()
      (waiting, limit) = (0, min(limit * 4, PairBuffer.capacity))
      return findings.first[lane] != 0
    }
    if let rows = ownRows(lookup, lanes, table) {
      // A row whose key nobody else has finds itself.
      var others = 0
      for index in 0..<laneCount {
        let lane = scratch.lanes[index]
        let row = rows[Int(lane)]
        if table.hasCompanions(Int(row)) {
          scratch.lanes[others] = lane
          others += 1
        } else {
          scratch.pairs.append(lane: lane, row: row)
          if scratch.pairs.isFull { take() }
        }
      }
      laneCount = others
    }
    table.probe(
      scratch.keys, columns: columns, lanes: scratch.lanes, laneCount: laneCount, scratch: scratch.probe,
      pairs: scratch.pairs,
      isEnough: asksWhether ? { lane, _, _ in isEnough(lane) } : nil, full: take)
    take()
    end(lookup, count: lanes.count, findings, scratch)
  }

  /// The rows of a side, where the lookup is by their own key in their own relation.
  private func ownRows(_ lookup: CellLookup, _ lanes: Lanes, _ table: KeyTable) -> FlatArray<UInt32>? {
    guard table.knowsCompanions, case .cell(.row(let side, _))? = lookup.keys.first?.value,
      side < lanes.sides.count, lanes.sides[side].store === table.store
    else { return nil }
    var words = table.keyWords[...]
    for key in lookup.keys {
      guard case .cell(.row(side, let word)) = key.value, words.first?.word == word else { return nil }
      words = words.dropFirst(key.isWide ? 2 : 1)
    }
    return words.isEmpty ? lanes.sides[side].rows : nil
  }

  /// From so many lanes on, and in a relation of at most so many rows, lanes that ask the same are answered together.
  private static let sharedLaneCount = 64
  private static let sharedRowCount = 4096
  /// Values that a question is made of.
  private static let inputCountMax = 4

  /// Answers lanes whose questions are equal by one of them; false where the question is not made of few values.
  private func lookShared(
    _ lookup: CellLookup, _ lanes: Lanes, _ first: FlatArray<Int64>, _ second: FlatArray<Int64>?
  ) -> Bool {
    guard let sources = lookup.outerCells, sources.count <= Self.inputCountMax else { return false }
    let mark = used
    defer { used = mark }
    let inputs = sources.map { word(.cell($0), lanes) }
    let (chosen, answers) = (makeRows(), makeRows())
    let slots = sharedSlots
    slots.fill(0, from: 0, count: slots.count)
    var count = 0
    for lane in 0..<lanes.count {
      var hash: UInt64 = 0
      for input in inputs { hash = (hash ^ UInt64(bitPattern: input[lane])) &* 0x9E37_79B9_7F4A_7C15 }
      var slot = Int(hash >> 53)
      while slots[slot] != 0 {
        let known = Int(slots[slot]) - 1
        let other = Int(chosen[known])
        if inputs.allSatisfy({ $0[lane] == $0[other] }) { break }
        slot = (slot + 1) & (Self.capacity * 2 - 1)
      }
      if slots[slot] == 0 {
        chosen[count] = UInt32(lane)
        count += 1
        slots[slot] = UInt32(count)
      }
      answers[lane] = slots[slot] - 1
    }
    guard count * 2 <= lanes.count else { return false }
    let (firsts, seconds) = (makeValue(), second == nil ? nil : makeValue())
    lookEach(lookup, select(lanes, chosen, count: count), firsts, seconds)
    for lane in 0..<lanes.count {
      first[lane] = firsts[Int(answers[lane])]
      if let second, let seconds { second[lane] = seconds[Int(answers[lane])] }
    }
    return true
  }

  /// Puts the words of the keys side by side and lists the lanes whose key is usable.
  private func makeKeys(
    _ keys: [CellLookup.Key], _ lanes: Lanes, _ scratch: LookupScratch
  ) -> (columns: [Int], laneCount: Int) {
    let wordCount = keys.reduce(0) { $0 + ($1.isWide ? 2 : 1) }
    scratch.prepareKeys(wordCount: wordCount)
    let (count, usable) = (lanes.count, scratch.lanes)
    for lane in 0..<count { usable[lane] = UInt32(lane) }
    var laneCount = count
    var word = 0
    for key in keys {
      let mark = used
      let (first, second) = words(key.value, isWide: key.isWide, lanes)
      scratch.keys.copy(from: first, at: 0, to: word * Self.capacity, count: count)
      word += 1
      if let second {
        scratch.keys.copy(from: second, at: 0, to: word * Self.capacity, count: count)
        word += 1
      }
      var kept = 0
      for index in 0..<laneCount {
        let lane = usable[index]
        usable[kept] = lane
        kept += Cell.isUsable(first[Int(lane)]) ? 1 : 0
      }
      laneCount = kept
      used = mark
    }
    return ((0..<wordCount).map { $0 * Self.capacity }, laneCount)
  }

  // MARK: Rows found

  /// Judges the pairs of lane and row found since the last call.
  private func take(
    _ lookup: CellLookup, _ lanes: Lanes, _ store: RowStore, _ scratch: LookupScratch, _ findings: LookupFindings
  ) {
    let mark = used
    defer { used = mark }
    let (pairLanes, pairRows) = (scratch.pairs.lanes, scratch.pairs.rows)
    var count = scratch.pairs.count
    if lookup.function == .exists {
      // One row is enough.
      let open = count
      count = 0
      for pair in 0..<open where findings.first[Int(pairLanes[pair])] == 0 {
        pairLanes[count] = pairLanes[pair]
        pairRows[count] = pairRows[pair]
        count += 1
      }
    }
    guard count > 0 else { return }
    if lookup.condition == nil, lookup.operand == nil {
      for pair in 0..<count { findings.note(Int(pairLanes[pair]), lookup.function) }
      return
    }
    var found = select(lanes, pairLanes, count: count)
    let side = LaneSide(store: store, rows: pairRows)
    // Sides that nothing reads stand between where a lookup is the only one with rows.
    while found.sides.count < lookup.side { found.sides.append(side) }
    found.sides = Array(found.sides.prefix(lookup.side)) + [side]
    var foundLanes = pairLanes
    if let condition = lookup.condition {
      let truth = truth(condition, found)
      let kept = makeRows()
      var keptCount = 0
      for pair in 0..<count {
        kept[keptCount] = UInt32(pair)
        keptCount += truth[pair] == 1 ? 1 : 0
      }
      guard keptCount > 0 else { return }
      if keptCount < count {
        foundLanes = makeRows()
        for index in 0..<keptCount { foundLanes[index] = pairLanes[Int(kept[index])] }
        if lookup.operand != nil { found = select(found, kept, count: keptCount) }
        count = keptCount
      }
    }
    guard let operand = lookup.operand else {
      for pair in 0..<count { findings.note(Int(foundLanes[pair]), lookup.function) }
      return
    }
    let (first, second) = words(operand, isWide: lookup.operandIsWide, found)
    switch lookup.function {
    case .exists, .count:
      for pair in 0..<count { findings.note(Int(foundLanes[pair]), lookup.function) }
    case .sum:
      for pair in 0..<count where Cell.isUsable(first[pair]) { findings.add(first[pair], Int(foundLanes[pair])) }
    case .min, .max:
      for pair in 0..<count where Cell.isUsable(first[pair]) {
        findings.choose(first[pair], second?[pair] ?? 0, Int(foundLanes[pair]), greatest: lookup.function == .max)
      }
    case .latest, .earliest:
      guard let order = lookup.order else { preconditionFailure("latest and earliest have an order") }
      let orders = word(order, found)
      for pair in 0..<count where Cell.isUsable(orders[pair]) {
        findings.choose(
          first[pair], second?[pair] ?? 0, Int(foundLanes[pair]), order: orders[pair],
          latest: lookup.function == .latest)
      }
    case .countDistinct:
      for pair in 0..<count where Cell.isUsable(first[pair]) {
        scratch.see(
          LookupScratch.Seen(lane: foundLanes[pair], first: first[pair], second: second?[pair] ?? 0))
      }
    }
  }

  // MARK: Results

  private func begin(
    _ lookup: CellLookup, count: Int, _ first: FlatArray<Int64>, _ second: FlatArray<Int64>?, _ scratch: LookupScratch
  ) -> LookupFindings {
    var findings = LookupFindings(first: first, second: second)
    if lookup.operandIsWide, second == nil { findings.second = makeValue() }
    findings.second?.fill(0, from: 0, count: count)
    switch lookup.function {
    case .exists, .count:
      first.fill(0, from: 0, count: count)
    case .countDistinct:
      first.fill(0, from: 0, count: count)
      scratch.forgetSeen()
    case .sum:
      first.fill(Cell.empty, from: 0, count: count)
      let (low, high) = (makeValue(), makeValue())
      low.fill(0, from: 0, count: count)
      high.fill(0, from: 0, count: count)
      (findings.low, findings.high) = (low, high)
    case .min, .max:
      first.fill(Cell.empty, from: 0, count: count)
    case .latest, .earliest:
      first.fill(Cell.empty, from: 0, count: count)
      let order = makeValue()
      order.fill(Cell.empty, from: 0, count: count)
      findings.order = order
      if lookup.operandIsHashed {
        let isTorn = makeTruth()
        isTorn.fill(0, from: 0, count: count)
        findings.isTorn = isTorn
      }
    }
    return findings
  }

  private func end(_ lookup: CellLookup, count: Int, _ findings: LookupFindings, _ scratch: LookupScratch) {
    switch lookup.function {
    case .exists, .count, .min, .max: break
    case .countDistinct:
      scratch.forEachDistinct { findings.first[$0] += 1_000_000 }
    case .sum:
      guard let low = findings.low, let high = findings.high else { return }
      for lane in 0..<count where Cell.isUsable(findings.first[lane]) {
        let fits = high[lane] == low[lane] &>> 63 && Cell.isUsable(low[lane])
        findings.first[lane] = fits ? low[lane] : Cell.empty
      }
    case .latest, .earliest:
      guard let isTorn = findings.isTorn else { return }
      for lane in 0..<count where isTorn[lane] == 1 { findings.first[lane] = Cell.empty }
    }
  }
}
