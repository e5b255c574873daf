/// Puts the rows of a first delivery into the state while they are read; one worker's own.
final class RowFiller {
  /// What the workers have in common.
  final class Shared: Sendable {
    let fill: RowFill
    let files: [SourceFile]
    let rows: SegmentWriter
    /// Of a snapshot.
    let lists: RowListWriter?

    /// A filler of the segment `name`.
    init(_ name: String, _ fill: RowFill, _ files: [SourceFile], in folder: OutputFolder) throws(RunError) {
      self.fill = fill
      self.files = files
      let byteCount = files.reduce(0) { $0 + $1.input.byteCount }
      rows = try SegmentWriter(
        name, header: fill.header(of: files), columnCount: fill.columns.count, expecting: byteCount, in: folder)
      lists = fill.columns.hasMarks ? RowListWriter(try folder.makeFile(RowList.name(fill.source.name))) : nil
    }

    /// Ends the files; returns what the generation notes of the segment.
    func finish(in folder: OutputFolder) throws(RunError) -> Segment.Entry {
      _ = try lists?.finish(in: folder)
      return try rows.finish(in: folder)
    }
  }

  private let shared: Shared
  private let taker: RowTaker
  private var noter: RowListNoter?
  private let seeds: [UInt64]

  /// `chunk` is the one that all batches are of.
  init(_ shared: Shared, chunk: Chunk) {
    self.shared = shared
    taker = shared.fill.taker(shared.files, .nothing, chunk: chunk)
    noter = shared.lists.map { RowListNoter($0, segment: 0) }
    seeds = shared.fill.markSeeds(of: shared.files)
  }

  var withoutKey: Int { taker.withoutKey }

  /// Takes all records of a batch.
  func take(_ batch: RecordBatch) throws(RunError) {
    guard batch.count > 0 else { return }
    if taker.block.count + batch.count > RowBlock.capacity { try handOver() }
    taker.batch.takeRecords(of: batch)
    if noter != nil {
      noter?.begin(order: batch.order(of: 0))
      RowMark.mark(batch, shared.files[batch.chunk.file], seed: seeds[batch.chunk.file], into: taker.marks)
      noter?.append(RowPlace(openRow: taker.block.count), taker.marks, 0..<batch.count)
    }
    taker.takeBatch()
  }

  /// Ends the records of a chunk.
  func endChunk() { noter?.end() }

  /// Ends the records of the worker.
  func finish() throws(RunError) { try handOver() }

  private func handOver() throws(RunError) {
    guard taker.block.count > 0 else { return }
    let number = try shared.rows.append(taker.block)
    taker.emptyBlock()
    noter?.close(block: number)
  }
}

/// Notes in which order the rows of a snapshot come; one worker's own.
struct RowListNoter {
  private let lists: RowListWriter
  private let segment: Int
  /// The rows that were met last, and blocks with rows of a block that has no number yet.
  private var block = RowListWriter.Block()
  private var waiting: [RowListWriter.Block] = []

  /// A block is read as a whole the next night: few rows are better where stretches moved, many where all stayed.
  private static let blockRowCount = 2 * RecordBatch.capacity

  /// `segment` is the number of the segment of the rows that come.
  init(_ lists: RowListWriter, segment: Int) { (self.lists, self.segment) = (lists, segment) }

  /// Begins with the rows of a batch.
  mutating func begin(order: UInt64) {
    if block.count >= Self.blockRowCount { end() }
    if block.count == 0 { block.order = order }
  }

  /// Adds rows that stand one after the other, from `place` on, with the marks of `lanes`.
  @inline(__always)
  mutating func append(_ place: RowPlace, _ marks: FlatArray<UInt64>, _ lanes: Range<Int>) {
    let first = block.count
    block.append(place, count: lanes.count)
    for lane in lanes where RowMark.isAnchor(marks[lane]) {
      block.noteAnchor(marks[lane], row: first + lane - lanes.lowerBound)
    }
  }

  /// Ends a stretch of rows that were delivered one after the other.
  mutating func end() {
    if block.isOpen { waiting.append(block) } else { lists.append(block) }
    block = RowListWriter.Block()
  }

  /// Gives the block of rows that has no number yet its own.
  mutating func close(block number: Int) {
    block.close(segment, block: number)
    for var list in waiting {
      list.close(segment, block: number)
      lists.append(list)
    }
    waiting = []
  }
}
