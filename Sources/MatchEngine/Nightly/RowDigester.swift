internal import Normalizers

/// Notes of every record of a snapshot which row it is and what it says; one worker's own.
///
/// Both are over the canonical values of the fields that rules use, so that another spelling, order or encoding is no
/// change. A record whose text the delivery before had as well says the same as it did then: its values are not made.
final class RowDigester {
  /// What the workers of a pass have in common.
  struct Shared {
    var writer: RowListWriter
    /// The rows of the delivery before; nil for the first one.
    var list: RowList?
    var source: Job.Source
    var files: [SourceFile]
    /// The fields that count, each with a slot.
    var uses: [FieldUse]
    var maker: CellMaker
    /// That of the site.
    var seed: UInt64
    /// By file: what the hash of a text is seeded with. Another layout or job reads other values from the same text.
    var textSeeds: [UInt64]
  }

  private let shared: Shared
  private let slots: [(first: Int, wordCount: Int)]
  private let keySlots: [(first: Int, wordCount: Int)]
  private let personSlot: Int?
  private let withdrawn: (slot: Int, words: [Int64])?

  private var matcher: RowMatcher?
  /// Rows that are not written yet.
  private var block = RowListWriter.Block()
  private var isNewChunk = true
  private var order: UInt64 = 0
  /// Records whose values have to be made, and the place of each in `block`.
  private let unknown: RecordBatch
  private let unknownPlaces = FlatArray<Int>(uninitialized: RecordBatch.capacity)
  private let normalizer: BatchNormalizer

  /// Rows that were not known by their text.
  private(set) var came: [RowChanges.Row] = []
  /// People about whom a record says that it is taken back.
  private(set) var withdrawnAbout: Set<UInt32> = []

  /// A block is read as a whole the next night: few rows are better where stretches moved, many where all stayed.
  private static let blockRowCount = 2 * RecordBatch.capacity

  private let high = FlatArray<UInt64>(uninitialized: RecordBatch.capacity)
  private let low = FlatArray<UInt64>(uninitialized: RecordBatch.capacity)
  private let marks = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
  private let places = FlatArray<Int>(uninitialized: RecordBatch.capacity)
  private let keys = FlatArray<UInt64>(uninitialized: RecordBatch.capacity)
  private let sums = FlatArray<UInt64>(uninitialized: RecordBatch.capacity)
  private let hasKey = FlatArray<UInt8>(uninitialized: RecordBatch.capacity)
  private let isComplete = FlatArray<UInt8>(uninitialized: RecordBatch.capacity)

  init(_ shared: Shared, chunk: Chunk) {
    self.shared = shared
    var slots: [(first: Int, wordCount: Int)] = []
    var bySource: [Int: (first: Int, wordCount: Int)] = [:]
    for use in shared.uses {
      guard let slot = use.slot else { continue }
      slots.append((slot, use.type.wordCount))
      bySource[use.field] = (slot, use.type.wordCount)
    }
    self.slots = slots
    let source = shared.source
    keySlots = source.key.compactMap { bySource[$0] }
    personSlot = source.fields.indices.first { source.fields[$0].type == .residentID && bySource[$0] != nil }
      .flatMap { bySource[$0]?.first }
    withdrawn = source.withdrawn.flatMap { withdrawn in
      bySource[withdrawn.field].map { slot in
        (slot.first, withdrawn.words.map { shared.maker.words(Array($0.utf8).span, as: .code).first })
      }
    }
    matcher = shared.list.map { RowMatcher($0) }
    unknown = RecordBatch(slotCount: slots.reduce(0) { $0 + $1.wordCount }, chunk: chunk)
    normalizer = BatchNormalizer(source: source, uses: shared.uses, maker: shared.maker)
  }

  deinit {
    matcher?.deallocate()
    block.deallocate()
    unknownPlaces.deallocate()
    high.deallocate()
    low.deallocate()
    marks.deallocate()
    places.deallocate()
    keys.deallocate()
    sums.deallocate()
    hasKey.deallocate()
    isComplete.deallocate()
  }

  // MARK: - Records

  /// Notes the records of a batch, which follow those noted before.
  func note(_ batch: RecordBatch) throws(RunError) {
    guard batch.count > 0 else { return }
    let chunk = batch.chunk
    let place = UInt64(chunk.file) << 48 | UInt64(batch.line(of: 0))
    if isNewChunk {
      matcher?.begin(order: place)
      (unknown.chunk, unknown.columns) = (chunk, batch.columns)
      isNewChunk = false
    }
    if block.count >= Self.blockRowCount { endBlock() }
    if block.count == 0 { order = place }
    let first = block.add(batch.count)
    // A record as it stands, from the separator before its first field to the one behind its last.
    XXH3.hash128(
      batch, [0..<shared.files[chunk.file].columnCount], seed: shared.textSeeds[chunk.file], high: high, low: low)
    for lane in 0..<batch.count { marks[lane] = RowMark.mark(ofHash: low[lane]) }
    block.marks.copy(from: marks, at: 0, to: first, count: batch.count)
    if var matcher, let list = shared.list {
      var lane = 0
      while lane < batch.count {
        let end = try matcher.find(marks, lane..<batch.count, into: places)
        take(lane..<end, of: batch, at: first, matcher, list)
        lane = end
      }
      self.matcher = matcher
    } else {
      for lane in 0..<batch.count { put(lane, of: batch, at: first + lane) }
    }
    // Separators of ragged records last as long as the batch.
    if chunk.index.hasLoose { readUnknown() }
  }

  /// Ends the records of a chunk.
  func endChunk() {
    endBlock()
    isNewChunk = true
  }

  private func endBlock() {
    readUnknown()
    shared.writer.append(block, order: order)
    block.removeAll()
  }

  /// Takes over what is known of the rows that were found.
  private func take(
    _ lanes: Range<Int>, of batch: RecordBatch, at first: Int, _ matcher: RowMatcher, _ list: RowList
  ) {
    let known = matcher.known
    var lane = lanes.lowerBound
    while lane < lanes.upperBound {
      let place = places[lane]
      if place < 0 {
        put(lane, of: batch, at: first + lane)
        lane += 1
        continue
      }
      var count = 1
      let most = min(lanes.upperBound - lane, 64 - (place & 63))
      while count < most, places[lane + count] == place + count { count += 1 }
      let again = list.take(place, count: count)
      let at = place - matcher.knownStart
      block.rows.copy(from: known.rows, at: at, to: first + lane, count: count)
      block.people.copy(from: known.people, at: at, to: first + lane, count: count)
      block.marks.copy(from: known.marks, at: at, to: first + lane, count: count)
      for index in 0..<count {
        if again != 0, again >> UInt64(index) & 1 == 1 {
          // A row has one like it: a text that comes once more than before is a row that came.
          block.marks[first + lane + index] = marks[lane + index]
          put(lane + index, of: batch, at: first + lane + index)
        } else if withdrawn != nil, RowMark.isWithdrawn(known.marks[at + index]) {
          withdrawnAbout.insert(known.people[at + index])
        }
      }
      lane += count
    }
  }

  /// Puts a record among those whose values have to be made.
  private func put(_ lane: Int, of batch: RecordBatch, at place: Int) {
    let target = unknown.count
    unknown.firstSeparators[target] = batch.firstSeparators[lane]
    unknown.records[target] = batch.records[lane]
    unknownPlaces[target] = place
    unknown.count = target + 1
    if unknown.count == RecordBatch.capacity { readUnknown() }
  }

  // MARK: - Values

  /// Makes the values of the records that were put aside, and digests of them.
  private func readUnknown() {
    let count = unknown.count
    guard count > 0 else { return }
    normalizer.normalize(unknown)
    isComplete.fill(1, from: 0, count: count)
    digest(keySlots, into: keys)
    digest(slots, into: sums)
    hasKey.fill(keySlots.isEmpty ? 0 : 1, from: 0, count: count)
    for (slot, _) in keySlots {
      let cells = unknown.cells.mutableColumn(at: slot * RecordBatch.capacity)
      for lane in 0..<count where !Cell.isUsable(cells[lane]) { hasKey[lane] = 0 }
    }
    for lane in 0..<count {
      let place = unknownPlaces[lane]
      let sum = sums[lane]
      let row = (hasKey[lane] == 1 ? keys[lane] & 0xFFFF_FFFF_0000_0000 : sum << 32) | sum >> 32
      let person =
        personSlot.map { RowTaker.person(unknown.cells[$0 * RecordBatch.capacity + lane], seed: shared.seed) } ?? 0
      block.rows[place] = row
      block.people[place] = person
      if shared.list != nil { came.append(RowChanges.Row(row: row, person: person)) }
      let isWithdrawn =
        withdrawn.map { $0.words.contains(unknown.cells[$0.slot * RecordBatch.capacity + lane]) } ?? false
      if isWithdrawn {
        withdrawnAbout.insert(person)
        block.marks[place] = RowMark.withdrawn(block.marks[place])
      }
      if isComplete[lane] == 0 { block.marks[place] = RowMark.never }
    }
    unknown.count = 0
  }

  private func digest(_ slots: [(first: Int, wordCount: Int)], into digests: FlatArray<UInt64>) {
    digests.fill(shared.seed, from: 0, count: unknown.count)
    let (sums, flags) = (digests.mutableColumn(at: 0), isComplete.mutableColumn(at: 0))
    for (first, wordCount) in slots {
      for word in 0..<wordCount {
        let cells = unknown.cells.mutableColumn(at: (first + word) * RecordBatch.capacity)
        for lane in 0..<unknown.count {
          let value = cells[lane]
          if word == 0, value == Cell.invalid { flags.set(lane, 0) }
          sums.set(lane, RowTaker.mixed(sums[lane], value))
        }
      }
    }
  }
}
