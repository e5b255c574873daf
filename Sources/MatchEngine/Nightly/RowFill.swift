/// Puts all rows of files into one new segment.
struct RowFill {
  let source: Job.Source
  let columns: StateColumns
  let maker: CellMaker
  let seed: UInt64
  let threads: Int
  let chunkByteCount: Int

  /// Fields that some file of a delivery has.
  func fields(of files: [SourceFile]) -> [Int] {
    source.fields.indices.filter { field in files.contains { $0.columns[field] != nil } }
  }

  /// The fields that a header names, in its order.
  func fields(named header: [String]) -> [Int] {
    header.compactMap { name in source.fields.firstIndex { $0.name == name } }
  }

  /// The names of the fields that some file of a delivery has.
  func header(of files: [SourceFile]) -> [String] { fields(of: files).map { source.fields[$0].name } }

  /// By file: what the mark of a text is seeded with. Another layout reads other values from the same text.
  func markSeeds(of files: [SourceFile]) -> [UInt64] {
    files.map { file in XXH3.hash64(Array("\(file.columns) \(file.columnCount)".utf8).span, seed: seed) }
  }

  /// A taker of rows of `files`; without a chunk, with one of its own.
  func taker(_ files: [SourceFile], _ noting: RowTaker.Noting, chunk: Chunk? = nil) -> RowTaker {
    RowTaker(
      source, columns, files: files, fields: fields(of: files), maker: maker, seed: seed,
      chunk: chunk ?? Chunk(byteCount: chunkByteCount + 8192), noting: noting)
  }

  /// Reads `feed` with as many workers as there are threads; `take` is called by all of them at once.
  @discardableResult
  func read(
    _ feed: any ChunkFeed, _ files: [SourceFile], noting: RowTaker.Noting, threads: Int,
    _ take: (Int, RowTaker) throws(RunError) -> Void
  ) throws(RunError) -> [RowTaker] {
    let workers = (0..<threads).map { number in Worker(number, taker(files, noting)) }
    try Team(workers).read(feed) { worker throws(RunError) in
      try worker.taker.read(feed) { taker throws(RunError) in try take(worker.number, taker) }
    }
    return workers.map(\.taker)
  }

  private final class Worker {
    let number: Int
    let taker: RowTaker

    init(_ number: Int, _ taker: RowTaker) { (self.number, self.taker) = (number, taker) }
  }

  /// What was put into a segment.
  struct Filled {
    var entry: Segment.Entry
    var records: RecordCursor.Counts
    var rejects: [RejectList] = []
    var withoutKey = 0
  }

  /// Writes the rows of `feed` as the segment `name`, and the order of a snapshot.
  func fill(
    _ name: String, _ files: [SourceFile], _ feed: any ChunkFeed, in folder: OutputFolder
  ) throws(RunError) -> Filled {
    let shared = try RowFiller.Shared(name, self, files, in: folder)
    let readers = (0..<threads).map { _ in FillReader(shared, Chunk(byteCount: chunkByteCount + 8192)) }
    try Team(readers).read(feed) { reader throws(RunError) in try reader.read(feed) }
    var filled = Filled(
      entry: try shared.finish(in: folder), records: RecordCursor.Counts(fileCount: files.count))
    for reader in readers {
      filled.records.add(reader.cursor.counts)
      filled.rejects.append(reader.rejects)
      filled.withoutKey += reader.filler.withoutKey
    }
    return filled
  }

  /// Reads a delivery for the state alone.
  private final class FillReader {
    let filler: RowFiller
    private let chunk: Chunk
    private(set) var cursor: RecordCursor
    private let batch: RecordBatch
    private(set) var rejects = RejectList()

    init(_ shared: RowFiller.Shared, _ chunk: Chunk) {
      self.chunk = chunk
      filler = RowFiller(shared, chunk: chunk)
      cursor = RecordCursor(files: shared.files, chunk: chunk)
      batch = RecordBatch(slotCount: 0, chunk: chunk)
    }

    func read(_ feed: any ChunkFeed) throws(RunError) {
      while try feed.next(chunk) {
        cursor.begin(chunk)
        while cursor.fill(batch) { try filler.take(batch) }
        filler.endChunk()
        for (record, code) in cursor.rejected { rejects.add(record, code, of: chunk) }
      }
      try filler.finish()
    }
  }
}
