internal import Synchronization

/// Reads a snapshot and finds its rows in the delivery before; takes those that are not in it; one worker's own.
///
/// A record whose text the delivery before had as well says the same as it did then: its values are not made. Only the
/// others go into the state, and the list names every row in the order of the delivery.
final class SnapshotReader {
  /// What the workers have in common.
  final class Shared: Sendable {
    /// The rows of the delivery before.
    let list: RowList
    let lists: RowListWriter
    let rows: SegmentWriter
    /// Rows that come, while they are few enough to be kept.
    let came: CameRows

    init(_ list: RowList, lists: RowListWriter, rows: SegmentWriter, came: CameRows) {
      self.list = list
      self.lists = lists
      self.rows = rows
      self.came = came
    }
  }

  private let shared: Shared
  private let files: [SourceFile]
  private let chunk: Chunk
  private(set) var cursor: RecordCursor
  private let batch: RecordBatch
  /// Takes the rows that come; its batch holds those whose values were not made yet.
  let taker: RowTaker
  private(set) var rejects = RejectList()
  /// Rows of the delivery before that were found again and say of themselves that they are taken back.
  private(set) var withdrawn: [RowPlace] = []
  private let canBeWithdrawn: Bool

  private let seeds: [UInt64]
  private var matcher: RowMatcher
  private var noter: RowListNoter
  private var isNewChunk = true

  private let marks = FlatArray<UInt64>(uninitialized: RecordBatch.capacity)
  private let places = FlatArray<Int>(uninitialized: RecordBatch.capacity)

  init(_ shared: Shared, _ fill: RowFill, _ files: [SourceFile], noting: RowTaker.Noting) {
    self.shared = shared
    self.files = files
    chunk = Chunk(byteCount: fill.chunkByteCount + 8192)
    taker = fill.taker(files, noting)
    cursor = RecordCursor(files: files, chunk: chunk)
    batch = RecordBatch(slotCount: 0, chunk: chunk)
    seeds = fill.markSeeds(of: files)
    matcher = RowMatcher(shared.list)
    noter = RowListNoter(shared.lists, segment: shared.list.rows.segments.count)
    canBeWithdrawn = fill.source.withdrawn != nil
  }

  deinit {
    matcher.deallocate()
    marks.deallocate()
    places.deallocate()
  }

  /// Takes chunks from the feed until there is none left.
  func read(_ feed: any ChunkFeed) throws(RunError) {
    while try feed.next(chunk) {
      cursor.begin(chunk)
      isNewChunk = true
      while cursor.fill(batch) { try findBatch() }
      try takeUnknown()
      noter.end()
      for (record, code) in cursor.rejected { rejects.add(record, code, of: chunk) }
    }
    try handOver()
  }

  // MARK: - Records

  /// Looks for the records of the batch in the delivery before, and takes the others.
  private func findBatch() throws(RunError) {
    let order = batch.order(of: 0)
    noter.begin(order: order)
    RowMark.mark(batch, files[chunk.file], seed: seeds[chunk.file], into: marks)
    if isNewChunk {
      matcher.begin(order: order)
      (taker.batch.chunk, taker.batch.columns) = (chunk, batch.columns)
      isNewChunk = false
    }
    var lane = 0
    while lane < batch.count {
      let end = try matcher.find(marks, lane..<batch.count, into: places)
      try take(lane..<end)
      lane = end
    }
    // Separators of ragged records last as long as the batch.
    if chunk.index.hasLoose { try takeUnknown() }
  }

  /// Names the rows that were found where they stand, and takes the others.
  private func take(_ lanes: Range<Int>) throws(RunError) {
    var lane = lanes.lowerBound
    while lane < lanes.upperBound {
      let number = places[lane]
      if number < 0 {
        try put(lane)
        lane += 1
        continue
      }
      var count = 1
      let most = min(lanes.upperBound - lane, 64 - (number & 63))
      while count < most, places[lane + count] == number + count { count += 1 }
      let again = shared.list.take(number, count: count)
      if again == 0 {
        name(lane, number, count)
      } else {
        for index in 0..<count {
          // A row has one like it: a text that comes once more than before is a row that came.
          let isTaken = again >> UInt64(index) & 1 == 1
          if isTaken { try put(lane + index) } else { name(lane + index, number + index, 1) }
        }
      }
      lane += count
    }
  }

  /// Names rows that were found one after the other, where they stand.
  @inline(__always)
  private func name(_ lane: Int, _ number: Int, _ count: Int) {
    var index = 0
    while index < count {
      let length = matcher.runLength(number + index, most: count - index)
      noter.append(matcher.place(number + index), marks, lane + index..<lane + index + length)
      index += length
    }
    guard canBeWithdrawn else { return }
    for index in 0..<count where RowMark.isWithdrawn(matcher.mark(number + index)) {
      withdrawn.append(matcher.place(number + index))
    }
  }

  /// Puts a record among those whose values have to be made.
  private func put(_ lane: Int) throws(RunError) {
    let unknown = taker.batch
    if taker.block.count + unknown.count == RowBlock.capacity {
      try takeUnknown()
      try handOver()
    }
    let target = unknown.count
    noter.append(RowPlace(openRow: taker.block.count + target), marks, lane..<lane + 1)
    unknown.firstSeparators[target] = batch.firstSeparators[lane]
    unknown.records[target] = batch.records[lane]
    taker.marks[target] = marks[lane]
    unknown.count = target + 1
    if unknown.count == RecordBatch.capacity { try takeUnknown() }
  }

  /// Makes the values of the records that were put aside.
  private func takeUnknown() throws(RunError) {
    guard taker.batch.count > 0 else { return }
    taker.takeBatch()
    taker.batch.count = 0
  }

  /// Gives the block of rows that come away, and its number to the lists that wait for it.
  private func handOver() throws(RunError) {
    guard taker.block.count > 0 else { return }
    let number = try shared.rows.append(taker.block)
    shared.came.append(taker)
    noter.close(block: number)
  }
}

/// The rows of a snapshot that the delivery before has not, as workers took them.
final class CameRows: Sendable {
  private struct State {
    var rows: TakenRows? = TakenRows()
    var count = 0
    var compared: [RowChanges.Row] = []
    var withdrawnAbout: Set<UInt32> = []
  }

  private let state = Mutex(State())
  private let countMax: Int

  /// Keeps the rows themselves while there are no more than `countMax`.
  init(countMax: Int) { self.countMax = countMax }

  /// Takes the rows of a worker's block from it.
  func append(_ taker: RowTaker) {
    state.withLock { state in
      state.count += taker.block.count
      for note in taker.notes {
        state.compared.append(note.row)
        if note.isWithdrawn { state.withdrawnAbout.insert(note.row.person) }
      }
      if state.count > countMax { state.rows = nil }
      if let rows = state.rows {
        let (block, notes) = taker.handBlock()
        rows.append(block, notes)
      } else {
        taker.emptyBlock()
      }
    }
  }

  /// The rows themselves; nil where there are too many.
  var rows: TakenRows? { state.withLock { $0.rows } }
  /// What each of them says.
  var compared: [RowChanges.Row] { state.withLock { $0.compared } }
  /// People about whom a row says that it is taken back.
  var withdrawnAbout: Set<UInt32> { state.withLock { $0.withdrawnAbout } }
}
