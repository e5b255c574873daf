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

  /// The part of the group of a lane that `add` counted under every rule just now; nil for other lanes.
  func part(of lane: Int, _ scratch: Scratch) -> Int? {
    let everyRule = UInt64.max >> UInt64(64 - step.rules.count)
    return scratch.masks[lane] == everyRule ? Self.part(scratch.hashes[lane]) : nil
  }
}
