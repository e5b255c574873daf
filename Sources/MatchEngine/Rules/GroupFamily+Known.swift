// Records whose groups are known before they are looked up: see `Plan.Recurrence`.
extension GroupFamily {
  /// Makes what the rules of `countingRules` need of records whose groups by the first key may be known; a record that
  /// one of them leaves out gets the payload 0.
  func prepareKnown(
    _ lanes: CellEvaluator.Lanes, payloads: FlatArray<UInt64>, countingRules: UInt64, scratch: Scratch
  ) {
    scratch.prepared = prepare(lanes, scratch, rules: countingRules)
    let payloads = payloads.mutableColumn(at: 0)
    for words in scratch.prepared.flatMap(\.rest) {
      let words = words.first.mutableColumn(at: 0)
      for lane in 0..<lanes.count { payloads.set(lane, Cell.isUsable(words[lane]) ? payloads[lane] : 0) }
    }
  }

  /// Counts the first `count` records of `lanes`, whose groups are known, under the rules of `countingRules`.
  ///
  /// `payloads` says by lane which group a record has; `prepareKnown` has seen the batch before. Under the
  /// other rules each of these records was counted when it was met first, and they count it once.
  func addKnown(
    _ batch: RecordBatch, lanes: FlatArray<UInt32>, count: Int, payloads: FlatArray<UInt64>, countingRules: UInt64,
    scratch: Scratch, turn: Int
  ) {
    let prepared = scratch.prepared
    scratch.prepared = []
    guard countingRules != 0, count > 0 else { return }
    if isMemoryUsedUp { isFull.raise() }
    if countingRules & (countingRules - 1) == 0, step.rules[countingRules.trailingZeroBitCount].usesCounters {
      let rule = countingRules.trailingZeroBitCount
      addMonths(of: rule, prepared[rule].rest[0].first, lanes: lanes, count: count, payloads: payloads, scratch)
      return
    }
    let (entries, lanes) = (scratch.entries.mutableColumn(at: 0), lanes.mutableColumn(at: 0))
    let (payloads, sorted) = (payloads.mutableColumn(at: 0), scratch.sorted.mutableColumn(at: 0))
    let (masks, hashes) = (scratch.masks.mutableColumn(at: 0), scratch.hashes.mutableColumn(at: 0))
    var places = Places()
    for index in 0..<count {
      let lane = Int(lanes[index])
      let payload = RecurrenceTable.Payload(bits: payloads[lane])
      entries.set(lane, payload.group)
      masks.set(lane, countingRules)
      hashes.set(lane, payload.part &<< 32)
      places.count(shard(ofPart: Int(payload.part)))
    }
    places.begin(shardCount, scratch)
    for index in 0..<count {
      let lane = lanes[index]
      sorted.set(places.next(shard(ofPart: Self.part(hashes[Int(lane)]))), lane)
    }
    forEachShard(scratch, turn: turn) { shard, range in self.count(range, batch, prepared, in: shard, scratch) }
  }

  /// Puts the records where they wait to be counted by month, and counts those of shards that have many.
  private func addMonths(
    of rule: Int, _ months: FlatArray<Int64>, lanes: FlatArray<UInt32>, count: Int, payloads: FlatArray<UInt64>,
    _ scratch: Scratch
  ) {
    let known = scratch.knownMonths ?? KnownMonths(shardCount: shardCount)
    scratch.knownMonths = known
    let (months, lanes, payloads) = (
      months.mutableColumn(at: 0), lanes.mutableColumn(at: 0), payloads.mutableColumn(at: 0)
    )
    for index in 0..<count {
      let lane = Int(lanes[index])
      let payload = RecurrenceTable.Payload(bits: payloads[lane])
      known.add(MonthTally(payload, month: months[lane]), toShard: shard(ofPart: Int(payload.part)))
    }
    take(known, of: rule, isLast: false, scratch)
  }

  /// Counts what `addKnown` left for later; called when no more records come.
  func finishKnown(countingRules: UInt64, scratch: Scratch) {
    guard let known = scratch.knownMonths else { return }
    take(known, of: countingRules.trailingZeroBitCount, isLast: true, scratch)
  }

  private func take(_ known: KnownMonths, of rule: Int, isLast: Bool, _ scratch: Scratch) {
    let tallies = known.tallies
    known.forEachShard(isLast: isLast) { number, range, isUrgent in
      func count(_ shard: Shard) {
        guard case .counters(let counters) = shard.groups[rule] else {
          preconditionFailure("a rule that counts by month has counters")
        }
        // Read while the shard is taken, as everywhere.
        guard isFull.value else { return counters.count(tallies, range) }
        for index in range {
          let tally = tallies[index]
          if counters.countWhatFits(tally.entry, month: tally.month) { continue }
          scratch.lateMonths.append(LateTally(month: tally.month, of: tally.entry, rule: rule, part: tally.part))
        }
      }
      if shards[number].use(count) { return true }
      if isUrgent { shards[number].useSoon(count) }
      return isUrgent
    }
  }

  /// The part of the group of a lane that `add` counted under every rule just now; nil for other lanes.
  func part(of lane: Int, _ scratch: Scratch) -> Int? {
    let everyRule = UInt64.max >> UInt64(64 - step.rules.count)
    return scratch.masks[lane] == everyRule ? Self.part(scratch.hashes[lane]) : nil
  }
}
