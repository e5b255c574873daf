internal import Glibc
internal import Synchronization

/// The chunks of plain UTF-8 files, read by position and by all workers at once.
///
/// A chunk's first record is guessed: it begins behind the first line feed at or after the byte before the chunk.
/// Whether
/// that line feed lies inside quotes is known when the chunk before has been indexed; each chunk therefore publishes
/// where
/// its last record really ended, and a wrong guess is indexed again from there.
package final class PlainFeed: ChunkFeed, @unchecked Sendable {
  // SAFETY: `ends` and `lines` of a chunk are written by the worker that holds it, before `published` says so;
  // digests of
  // a block are written by the one worker that holds the chunk in which the block begins.
  private struct Opened {
    var file: SourceFile
    var descriptor: Descriptor
    var firstChunk: Int
    var chunkCount: Int
    var blocks: FlatArray<UInt64>
  }

  private let files: [Opened]
  private let chunkByteCount: Int
  private let nextChunk = Atomic<Int>(0)
  private let published = Atomic<Int>(0)
  private let isCancelled = Atomic<Bool>(false)
  private let totalChunks: Int
  /// Where reading goes on behind each chunk, as a file offset, and on which line.
  private let ends: FlatArray<Int>
  private let lines: FlatArray<Int>
  private let seal: Bool
  private let progress: ProgressMeter?

  /// Bytes read behind a chunk for the end of its last record.
  private static let overlapByteCount = 4096

  package init(
    _ files: [SourceFile], chunkByteCount: Int, seal: Bool, progress: ProgressMeter?
  ) throws(RunError) {
    self.chunkByteCount = chunkByteCount
    self.seal = seal
    self.progress = progress
    var opened: [Opened] = []
    var total = 0
    for file in files {
      let descriptor = try Descriptor.reading(file.input.path, name: file.input.name)
      try file.input.verifyUnchanged(descriptor)
      let first = file.dataOffset / chunkByteCount
      let count = max(1, (file.input.byteCount + chunkByteCount - 1) / chunkByteCount - first)
      let blockCount = (file.input.byteCount + BlockDigest.blockByteCount - 1) / BlockDigest.blockByteCount
      opened.append(
        Opened(
          file: file, descriptor: descriptor, firstChunk: total, chunkCount: count,
          blocks: FlatArray(repeating: 0, count: blockCount * 2)))
      total += count
    }
    self.files = opened
    totalChunks = total
    ends = FlatArray(uninitialized: total)
    lines = FlatArray(uninitialized: total)
  }

  deinit {
    ends.deallocate()
    lines.deallocate()
    for file in files { file.blocks.deallocate() }
  }

  package func cancel() { isCancelled.store(true, ordering: .relaxed) }

  package func next(_ chunk: Chunk) throws(RunError) -> Bool {
    let number = nextChunk.add(1, ordering: .relaxed).oldValue
    guard number < totalChunks, !isCancelled.load(ordering: .relaxed) else { return false }
    var fileNumber = 0
    while files[fileNumber].firstChunk + files[fileNumber].chunkCount <= number { fileNumber += 1 }
    let opened = files[fileNumber]
    let isFirst = number == opened.firstChunk
    let dataOffset = opened.file.dataOffset
    let ordinal = dataOffset / chunkByteCount + number - opened.firstChunk
    let offset = ordinal * chunkByteCount
    let limit = min(offset + chunkByteCount, opened.file.input.byteCount)
    chunk.file = fileNumber

    var reader = Reader(
      chunk: chunk, descriptor: opened.descriptor, byteCount: opened.file.input.byteCount, gone: opened.file.gone)
    let readFrom = isFirst ? min(offset, dataOffset) : max(offset - 1, 0)
    try reader.load(from: readFrom, to: min(limit + Self.overlapByteCount, opened.file.input.byteCount))
    try digestBlocks(of: opened, from: isFirst ? 0 : offset, to: limit, in: reader)

    let guess = isFirst ? dataOffset : reader.firstRecordStart(from: offset - 1, to: limit)
    var end = 0
    if let guess, guess < limit { end = try index(&reader, from: guess, limit: limit, in: opened.file) }
    // A file's first chunk waits as well, so that `published` never goes back to a smaller number.
    let before = number == 0 ? (offset: 0, line: 1) : try waitForStart(of: number)
    let (start, line) = isFirst ? (dataOffset, opened.file.layout.dataLine) : before
    if start >= limit {
      chunk.beginIndex(at: Chunk.leadByteCount)
      end = start
    } else if start != guess {
      try reader.load(from: start, to: min(limit + Self.overlapByteCount, opened.file.input.byteCount))
      end = try index(&reader, from: start, limit: limit, in: opened.file)
    }
    chunk.firstLine = line
    ends[number] = end
    lines[number] = line + chunk.lineEndCount
    published.store(number + 1, ordering: .releasing)
    progress?.advance(bytes: limit - (isFirst ? 0 : offset), rows: chunk.index.recordCount)
    return true
  }

  /// Where the chunk before `number` ended.
  private func waitForStart(of number: Int) throws(RunError) -> (offset: Int, line: Int) {
    var rounds = 0
    while published.load(ordering: .acquiring) < number {
      if isCancelled.load(ordering: .relaxed) { return (Int.max, 1) }
      rounds += 1
      if rounds > 64 { sched_yield() }
    }
    return (ends[number - 1], lines[number - 1])
  }

  /// Indexes the records that begin in `start ..< limit`; returns where the next one begins.
  private func index(_ reader: inout Reader, from start: Int, limit: Int, in file: SourceFile) throws(RunError) -> Int {
    let position = reader.position(of: start)
    reader.chunk.beginIndex(at: position)
    while true {
      let outcome = reader.chunk.indexRecords(
        from: position, to: reader.end, stop: reader.position(of: limit), isFinal: reader.isAtEnd,
        delimiter: file.layout.delimiter)
      switch outcome {
      case .complete(let end): return reader.offset(of: end)
      case .needsMoreText(let discard): try reader.extend(discarding: discard)
      }
    }
  }

  private func digestBlocks(of opened: Opened, from offset: Int, to limit: Int, in reader: Reader) throws(RunError) {
    let size = BlockDigest.blockByteCount
    var block = (offset + size - 1) / size
    while block * size < limit {
      let start = block * size
      let count = min(size, opened.file.input.byteCount - start)
      let hash: Hash128
      if reader.holds(start, count: count) {
        let text = reader.chunk.text
        hash = BlockDigest.block(text.span(from: reader.position(of: start), count: count))
      } else {
        let bytes = FlatArray<UInt8>(uninitialized: count)
        defer { bytes.deallocate() }
        guard try opened.descriptor.read(into: bytes, from: 0, count: count, at: start) == count else {
          throw .changed(path: opened.file.input.name)
        }
        hash = BlockDigest.block(bytes.span(from: 0, count: count))
      }
      opened.blocks[block * 2] = hash.high
      opened.blocks[block * 2 + 1] = hash.low
      block += 1
    }
  }

  package func digests() throws(RunError) -> [Manifest.File] {
    var result: [Manifest.File] = []
    for opened in files {
      try opened.file.input.verifyUnchanged(opened.descriptor)
      let blocks = (0..<opened.blocks.count / 2).map {
        Hash128(high: opened.blocks[$0 * 2], low: opened.blocks[$0 * 2 + 1])
      }
      let sha256 = seal ? try FileDigest(of: opened.descriptor, seal: true).sha256 : nil
      result.append(
        Manifest.File(
          path: opened.file.input.name, byteCount: opened.file.input.byteCount,
          digest: BlockDigest.combine(blocks).hexadecimal, sha256: sha256))
    }
    return result
  }

  /// A chunk's text and which bytes of the file it is.
  private struct Reader {
    let chunk: Chunk
    let descriptor: Descriptor
    let byteCount: Int
    /// File offset of text position 0.
    private(set) var base = 0
    /// Where the text ends, as a position.
    private(set) var end = 0
    /// Stretches that are read as empty lines.
    private let gone: [Range<Int>]

    init(chunk: Chunk, descriptor: Descriptor, byteCount: Int, gone: [Range<Int>]) {
      self.gone = gone
      self.chunk = chunk
      self.descriptor = descriptor
      self.byteCount = byteCount
    }

    func position(of offset: Int) -> Int { offset - base }
    func offset(of position: Int) -> Int { base + position }
    var isAtEnd: Bool { base + end >= byteCount }

    func holds(_ offset: Int, count: Int) -> Bool {
      position(of: offset) >= Chunk.leadByteCount && position(of: offset) + count <= end
    }

    mutating func load(from start: Int, to limit: Int) throws(RunError) {
      chunk.reserve(limit - start)
      base = start - Chunk.leadByteCount
      end = Chunk.leadByteCount
      try read(limit - start)
    }

    private mutating func read(_ count: Int) throws(RunError) {
      let got = try descriptor.read(into: chunk.text, from: end, count: count, at: base + end)
      if got < count { throw .changed(path: descriptor.path) }
      if !gone.isEmpty { blank(base + end..<base + end + got) }
      end += got
    }

    /// Makes empty lines of what is gone.
    private func blank(_ range: Range<Int>) {
      var (low, high) = (0, gone.count)
      while low < high {
        let middle = (low + high) / 2
        if gone[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
      }
      while low < gone.count, gone[low].lowerBound < range.upperBound {
        let part = gone[low].clamped(to: range)
        chunk.text.fill(Chunk.lineFeed, from: position(of: part.lowerBound), count: part.count)
        low += 1
      }
    }

    /// Drops the bytes of `discard` and reads more behind the text.
    mutating func extend(discarding discard: Range<Int>) throws(RunError) {
      if !discard.isEmpty {
        chunk.text.move(from: discard.upperBound, to: discard.lowerBound, count: end - discard.upperBound)
        end -= discard.count
        base += discard.count
      }
      let more = min(max(64 << 10, end - Chunk.leadByteCount), 1 << 20, byteCount - base - end)
      chunk.reserve(end - Chunk.leadByteCount + more)
      try read(more)
    }

    /// The guess: behind the first line feed at or after `start`, or the first lone carriage return where there is
    /// none.
    func firstRecordStart(from start: Int, to limit: Int) -> Int? {
      let (low, high) = (position(of: start), position(of: limit))
      let mark =
        chunk.text.firstIndex(of: Chunk.lineFeed, from: low, to: high)
        ?? chunk.text.firstIndex(of: Chunk.carriageReturn, from: low, to: high)
      return mark.map { offset(of: $0 + 1) }
    }
  }
}
