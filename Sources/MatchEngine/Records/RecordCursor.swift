/// Walks the records of a chunk and fills batches with those that are data.
///
/// Titles above the header are behind it already. What is no data is counted by what it is: empty lines and records of
/// empty cells, the header once more, lines of totals and signatures. Every other record is accepted, also one with too
/// few cells (the missing ones are empty) or too many (the surplus is ignored), or rejected with its code.
package struct RecordCursor {
  /// How many records of each sort were met.
  package struct Counts: Sendable {
    package var accepted = 0
    /// The accepted ones by file of the source.
    package var acceptedByFile: [Int]
    package var rejected: [String: Int] = [:]
    package var ragged = 0
    package var tail = 0
    package var repeatedHeader = 0
    package var empty = 0

    /// `fileCount` is that of the source.
    package init(fileCount: Int) { acceptedByFile = Array(repeating: 0, count: fileCount) }

    package mutating func add(_ other: Counts) {
      accepted += other.accepted
      for file in acceptedByFile.indices { acceptedByFile[file] += other.acceptedByFile[file] }
      rejected.merge(other.rejected, uniquingKeysWith: +)
      ragged += other.ragged
      tail += other.tail
      repeatedHeader += other.repeatedHeader
      empty += other.empty
    }
  }

  package var counts: Counts
  private let files: [SourceFile]
  private let headerStarts: [UInt8]
  private var chunk: Chunk
  private var next = 0
  private var recordCount = 0
  /// Rejected records of the current chunk, in order, to be listed by the caller.
  package private(set) var rejected: [(record: Int, code: RejectCode)] = []

  package init(files: [SourceFile], chunk: Chunk) {
    self.files = files
    self.chunk = chunk
    counts = Counts(fileCount: files.count)
    headerStarts = files.map { $0.layout.headerCells.first?.utf8.first ?? 0 }
  }

  package mutating func begin(_ chunk: Chunk) {
    self.chunk = chunk
    next = 0
    recordCount = chunk.index.recordCount
    rejected.removeAll(keepingCapacity: true)
  }

  /// Fills `batch` with the next records; false when the chunk has no more.
  package mutating func fill(_ batch: RecordBatch) -> Bool {
    batch.chunk = chunk
    batch.columns = files[chunk.file].columns
    let columnCount = files[chunk.file].columnCount
    let headerStart = headerStarts[chunk.file]
    // What ragged records of the batch before needed is needed no more.
    chunk.index.removeLoose()
    var walk = RecordWalk(chunk)
    let (firstSeparators, records) = (batch.firstSeparators.mutableColumn(at: 0), batch.records.mutableColumn(at: 0))
    let hasRejected = !chunk.rejected.isEmpty
    var lane = 0
    var record = next
    while record < recordCount, lane < RecordBatch.capacity {
      if !hasRejected {
        let plain = walk.takePlain(
          record, count: min(recordCount - record, RecordBatch.capacity - lane), columnCount: columnCount,
          headerStart: headerStart, into: batch, from: lane)
        record &+= plain
        lane &+= plain
        if record == recordCount || lane == RecordBatch.capacity { break }
      }
      let (first, last) = (walk.firstSeparator(record), walk.firstSeparator(record &+ 1))
      let (start, end) = (walk.position(first) &+ 1, walk.position(last))
      let isRegular = last - first == columnCount && end - start >= columnCount && !hasRejected
      if isRegular, !Self.isSuspectByCell(walk, start..<walk.position(first &+ 1), headerStart: headerStart) {
        firstSeparators.set(lane, UInt32(truncatingIfNeeded: first))
        records.set(lane, UInt32(truncatingIfNeeded: record))
        lane &+= 1
      } else if let kept = examine(
        record, first: first, last: last, start: start, end: end, columnCount: columnCount)
      {
        firstSeparators.set(lane, UInt32(truncatingIfNeeded: kept))
        records.set(lane, UInt32(truncatingIfNeeded: record))
        lane &+= 1
        // The separators may have moved to make room for those of a ragged record.
        walk = RecordWalk(chunk)
      }
      record &+= 1
    }
    next = record
    batch.count = lane
    counts.accepted += lane
    counts.acceptedByFile[chunk.file] += lane
    return lane > 0
  }

  /// True when a record may be the header once more or a line of totals, by the first bytes of its first cell.
  @inline(never)
  private static func isSuspectByCell(_ walk: RecordWalk, _ cell: Range<Int>, headerStart: UInt8) -> Bool {
    var at = cell.lowerBound
    let isQuoted = walk.byte(at) == Chunk.quote
    if isQuoted { at += 1 }
    if walk.byte(at) == headerStart { return true }
    // Blanks before a word of totals; a blank cell may stand before one.
    while at < cell.upperBound {
      if walk.byte(at) <= 0x20 {
        at += 1
      } else if walk.byte(at) == 0xE3, walk.byte(at + 1) == 0x80, walk.byte(at + 2) == 0x80 {
        at += 3
      } else {
        break
      }
    }
    if at >= cell.upperBound { return true }
    let byte = walk.byte(at)
    if byte < 0x80 { return isQuoted && byte <= 0x2C }
    switch (byte, walk.byte(at + 1)) {
    case (0xEF, 0xBB): return true  // a byte order mark before the header
    case (0xE5, 0x90), (0xE5, 0xB0), (0xE6, 0x80), (0xE5, 0x85), (0xE5, 0xA1), (0xE5, 0x88), (0xE5, 0xAE),
      (0xE5, 0xA4), (0xE7, 0xBB), (0xE8, 0xB4):
      return true  // the first character of a word in `TailRule`
    default: return false
    }
  }

  /// A record that is not plainly data: the separator before its first field when it is data after all.
  private mutating func examine(
    _ record: Int, first: Int, last: Int, start: Int, end: Int, columnCount: Int
  ) -> Int? {
    let file = files[chunk.file]
    if let code = chunk.rejected[record] {
      counts.rejected[code.rawValue, default: 0] += 1
      rejected.append((record, code))
      return nil
    }
    if end == start || end == start + 1 && chunk.text[start] == Chunk.carriageReturn {
      if chunk.text[end] == Chunk.lineFeed || end == start {
        // A line without a byte is no record at all.
        return nil
      }
    }
    if last - first > RecordSplitter.Limits().columnCount {
      counts.rejected[RejectCode.columnCount.rawValue, default: 0] += 1
      rejected.append((record, .columnCount))
      return nil
    }
    let fields = fields(first: first, last: last)
    if fields.allSatisfy({ $0.range.isEmpty }) {
      counts.empty += 1
      return nil
    }
    let whole = chunk.text
    let text = whole.span(from: 0, count: whole.count)
    if file.layout.isRepeatedHeader(fields, in: text) {
      counts.repeatedHeader += 1
      return nil
    }
    if file.layout.tailRule.matches(fields, in: text) {
      counts.tail += 1
      return nil
    }
    guard last - first != columnCount else { return first }
    counts.ragged += 1
    return regular(first: first, last: last, columnCount: columnCount)
  }

  /// The fields of a record as the text layer sees them.
  private func fields(first: Int, last: Int) -> [RecordSplitter.Field] {
    (first..<last).map { separator in
      let start = Int(chunk.index.separators[separator]) + 1
      let end = Int(chunk.index.separators[separator + 1])
      let resolved = RecordBatch.resolve(chunk, start, end)
      return RecordSplitter.Field(start: resolved.start, end: resolved.end)
    }
  }

  /// A list of separators of the right length for a ragged record, behind those of the chunk.
  ///
  /// Missing cells become empty stretches; nothing is read of them, so their positions may lie anywhere.
  private func regular(first: Int, last: Int, columnCount: Int) -> Int {
    let index = chunk.index
    let base = index.appendLoose(Int(index.separators[first]))
    for separator in first..<min(last, first + columnCount) {
      _ = index.appendLoose(Int(index.separators[separator + 1]))
    }
    var position = Int(index.separators[last])
    for _ in 0..<max(0, columnCount - (last - first)) {
      position += 1
      _ = index.appendLoose(position)
    }
    return base
  }
}
