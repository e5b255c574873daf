/// Reads a source for its keys alone, before its rows are held: some of its rows are wanted because of others.
final class SieveReader {
  private let batch: RecordBatch
  private let normalizer: BatchNormalizer
  private let chunk: Chunk
  private var cursor: RecordCursor
  private let passed: FlatArray<UInt8>
  private let kept: FlatArray<UInt32>
  /// The source's sieves with what other sources want, and those of its own keys.
  private var others: [Place] = []
  private var own: [Place] = []

  private struct Place {
    var sieve: KeySieve
    var slot: Int
    var second: Int?
  }

  /// Puts the own keys of every row that another sieve lets through into the sieve of own keys.
  static func read(
    _ feed: any ChunkFeed, _ pass: Plan.Pass, _ plan: Plan, _ sieves: [KeySieve], _ chunks: [Chunk]
  ) throws(RunError) {
    // While own keys are put in, nobody can ask for the keys that other sources put into the same sieve.
    var before = sieves
    for number in plan.sieves.sieves(of: pass.source) where plan.sieves.isOwn(number) {
      before[number] = KeySieve(copying: sieves[number])
    }
    let team = Team(chunks.map { SieveReader(pass, plan, sieves, before, chunk: $0) })
    try team.read(feed) { reader throws(RunError) in try reader.read(feed) }
  }

  private init(_ pass: Plan.Pass, _ plan: Plan, _ sieves: [KeySieve], _ before: [KeySieve], chunk: Chunk) {
    var uses: [FieldUse] = []
    var slot = 0
    for number in plan.sieves.sieves(of: pass.source) {
      let sieve = plan.sieves.sieves[number]
      let first = slot
      for field in [sieve.field] + [sieve.second].compactMap(\.self) {
        let type = plan.job.sources[pass.source].fields[field].type
        uses.append(FieldUse(field: field, type: type, slot: slot))
        slot += type.wordCount
      }
      let second = sieve.isWide ? first + 1 : nil
      others.append(Place(sieve: before[number], slot: first, second: second))
      if plan.sieves.isOwn(number) { own.append(Place(sieve: sieves[number], slot: first, second: second)) }
    }
    self.chunk = chunk
    batch = RecordBatch(slotCount: slot, chunk: chunk)
    normalizer = BatchNormalizer(source: plan.job.sources[pass.source], uses: uses, maker: plan.maker)
    cursor = RecordCursor(files: pass.files, chunk: chunk)
    passed = FlatArray(uninitialized: RecordBatch.capacity)
    kept = FlatArray(uninitialized: RecordBatch.capacity)
  }

  deinit {
    passed.deallocate()
    kept.deallocate()
  }

  private func read(_ feed: any ChunkFeed) throws(RunError) {
    while try feed.next(chunk) {
      cursor.begin(chunk)
      while cursor.fill(batch) {
        normalizer.normalize(batch)
        note()
      }
    }
  }

  private func words(_ place: Place) -> (first: LaneColumn<Int64>, second: LaneColumn<Int64>?) {
    (
      batch.cells.mutableColumn(at: place.slot * RecordBatch.capacity),
      place.second.map { batch.cells.mutableColumn(at: $0 * RecordBatch.capacity) }
    )
  }

  private func note() {
    passed.fill(0, from: 0, count: batch.count)
    for other in others {
      let words = words(other)
      other.sieve.test(words.first, words.second, count: batch.count, into: passed.mutableColumn(at: 0))
    }
    var count = 0
    for lane in 0..<batch.count where passed[lane] == 1 {
      kept[count] = UInt32(lane)
      count += 1
    }
    for own in own {
      let words = words(own)
      own.sieve.add(words.first, words.second, lanes: kept, count: count)
    }
  }
}
