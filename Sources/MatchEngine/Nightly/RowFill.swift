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

  /// A taker of rows of `files`, with a chunk of its own.
  func taker(_ files: [SourceFile], _ noting: RowTaker.Noting) -> RowTaker {
    RowTaker(
      source, columns, files: files, fields: fields(of: files), maker: maker, seed: seed,
      chunk: Chunk(byteCount: chunkByteCount + 8192), noting: noting)
  }

  /// Reads `feed` with as many workers as there are threads; `take` is called by all of them at once.
  @discardableResult
  func read(
    _ feed: any ChunkFeed, _ files: [SourceFile], noting: RowTaker.Noting, threads: Int,
    _ take: (Int, RowTaker) throws(RunError) -> Void
  ) throws(RunError) -> [RowTaker] {
    let workers = (0..<threads).map { number in Worker(number, taker(files, noting)) }
    try Team(workers).run { worker throws(RunError) in
      do throws(RunError) {
        try worker.taker.read(feed) { taker throws(RunError) in try take(worker.number, taker) }
      } catch {
        feed.cancel()
        throw error
      }
    }
    return workers.map(\.taker)
  }

  private final class Worker {
    let number: Int
    let taker: RowTaker

    init(_ number: Int, _ taker: RowTaker) { (self.number, self.taker) = (number, taker) }
  }

  /// Writes the rows of `opened` as the segment `name`.
  func fill(
    _ name: String, _ files: [SourceFile], _ feed: any ChunkFeed, in folder: OutputFolder
  ) throws(RunError) -> (entry: Segment.Entry, rejected: Int, unusable: Int) {
    let header = fields(of: files).map { source.fields[$0].name }
    let writer = try SegmentWriter(
      name, header: header, columnCount: columns.count, expecting: files.reduce(0) { $0 + $1.input.byteCount },
      in: folder)
    let takers = try read(feed, files, noting: .nothing, threads: threads) { _, taker throws(RunError) in
      _ = try writer.append(taker.block)
    }
    let rejected = takers.reduce(0) { $0 + $1.cursor.counts.rejected.values.reduce(0, +) }
    let unusable = takers.reduce(0) { $0 + $1.withoutKey }
    return (try writer.finish(in: folder), rejected, unusable)
  }
}
