/// The record splitter in three ways: byte by byte, by every vector kernel, and in chunks with any cut.
struct FuzzTarget {
  static func run(_ input: [UInt8]) {
    guard input.count > 4 else { return }
    let delimiter = Delimiter.allCases[Int(input[0] & 3)]
    let takesAll = input[0] & 4 != 0
    let text = Array(input.dropFirst(4))
    let reference = Splitting(text, delimiter)
    compareKernels(text, delimiter)
    var chunks = ChunkSplitting(
      text, delimiter, chunkByteCount: Int(input[1]) + 1, overlap: Int(input[2]), more: Int(input[3]) + 1)
    takesAll ? chunks.readInOrder() : chunks.readByPosition()
    if chunks.entries != reference.entries { fatalError("\(chunks.entries) \(reference.entries)") }
    require(chunks.entries == reference.entries, "chunks give other records than the splitter")
    require(chunks.lines == reference.lines, "chunks give other lines than the splitter")
  }

  private static func compareKernels(_ text: [UInt8], _ delimiter: Delimiter) {
    let buffer = FlatArray<UInt8>(repeating: 0, count: 64 + text.count + SeparatorIndex.padding)
    defer { buffer.deallocate() }
    buffer.write(text, at: 64)
    var first: Kernel?
    for variant in SeparatorIndex.variants {
      let kernel = Kernel(buffer, end: 64 + text.count, delimiter, variant)
      if let first { require(first == kernel, "kernels differ") }
      first = kernel
    }
  }
}

/// What a kernel found.
struct Kernel: Equatable {
  var isRegular: Bool
  var separators: [UInt32] = []
  var recordEnds: [UInt32] = []
  var quotedLineEnds = 0
  var hasQuotes = false
  var hasReturns = false

  init(_ text: FlatArray<UInt8>, end: Int, _ delimiter: Delimiter, _ variant: String) {
    let index = SeparatorIndex(capacity: 16)
    isRegular = index.scan(text, from: 64, to: end, delimiter: delimiter.byte, variant: variant)
    // An irregular text leaves the index void.
    guard isRegular else { return }
    separators = (0...index.separatorCount).map { index.separators[$0] }
    recordEnds = (0...index.recordCount).map { index.recordEnds[$0] }
    quotedLineEnds = index.quotedLineEnds
    hasQuotes = index.hasQuotes
    hasReturns = index.hasReturns
  }
}

/// Records and what is none, in order.
enum Entry: Equatable {
  case record([[UInt8]])
  case rejected(RejectCode)
  case empty
}

/// The reference.
struct Splitting {
  var entries: [Entry] = []
  /// The line on which each entry begins.
  var lines: [Int] = []

  init(_ text: [UInt8], _ delimiter: Delimiter) {
    var splitter = RecordSplitter(delimiter: delimiter)
    var (offset, line) = (0, 1)
    while true {
      let end: Int
      switch splitter.next(in: text.span, from: offset, isFinal: true) {
      case .record(let next):
        entries.append(
          .record(
            splitter.fields.map { field in
              var cell: [UInt8] = []
              RecordSplitter.append(field, in: text.span, to: &cell)
              return cell
            }))
        end = next
      case .rejected(let code, let next):
        entries.append(.rejected(code))
        end = next
      case .emptyLine(let next):
        entries.append(.empty)
        end = next
      case .needsMoreText: fatalError("there is no more text")
      case .endOfText: return
      }
      lines.append(line)
      line += splitter.lineEndCount
      offset = end
    }
  }
}

/// The same text through chunks.
struct ChunkSplitting {
  var entries: [Entry] = []
  var lines: [Int] = []
  private let text: [UInt8]
  private let delimiter: Delimiter
  private let chunkByteCount: Int
  /// Bytes read behind a chunk at first, and each time when they are not enough.
  private let overlap: Int
  private let more: Int
  private let chunk = Chunk(byteCount: 64)

  init(_ text: [UInt8], _ delimiter: Delimiter, chunkByteCount: Int, overlap: Int, more: Int) {
    self.text = text
    self.delimiter = delimiter
    self.chunkByteCount = chunkByteCount
    self.overlap = overlap
    self.more = more
  }

  /// As files with positions are read: a chunk takes the records that begin in its stretch.
  mutating func readByPosition() {
    var (start, line, limit) = (0, 1, 0)
    while limit < text.count {
      limit = min(limit + chunkByteCount, text.count)
      if start >= limit { continue }
      start = index(from: start, limit: limit, line: line)
      line += chunk.lineEndCount
    }
  }

  /// As streams are read: a chunk takes every complete record there is.
  mutating func readInOrder() {
    var (start, line) = (0, 1)
    while start < text.count {
      let next = index(from: start, limit: nil, line: line)
      require(next > start, "a chunk takes one record at least")
      start = next
      line += chunk.lineEndCount
    }
  }

  /// Indexes one chunk; returns where the next one begins.
  private mutating func index(from start: Int, limit: Int?, line: Int) -> Int {
    let lead = Chunk.leadByteCount
    var known = min(limit.map { $0 + overlap } ?? start + chunkByteCount, text.count)
    var base = start - lead
    chunk.reserve(known - start)
    chunk.text.write(Array(text[start..<known]), at: lead)
    chunk.beginIndex(at: lead)
    chunk.firstLine = line
    while true {
      let isFinal = known == text.count
      let stop = limit.map { $0 - base } ?? (isFinal ? Int.max : lead + 1)
      switch chunk.indexRecords(
        from: lead, to: known - base, stop: stop, isFinal: isFinal, delimiter: delimiter, takesAll: limit == nil)
      {
      case .complete(let end):
        takeRecords()
        return min(base + end, text.count)
      case .needsMoreText(let discard):
        if !discard.isEmpty {
          chunk.text.move(
            from: discard.upperBound, to: discard.lowerBound, count: known - base - discard.upperBound)
          base += discard.count
        }
        let next = min(known + more, text.count)
        chunk.reserve(next - base - lead)
        chunk.text.write(Array(text[known..<next]), at: known - base)
        known = next
      }
    }
  }

  private mutating func takeRecords() {
    let index = chunk.index
    for record in 0..<index.recordCount {
      lines.append(chunk.line(of: record))
      if let code = chunk.rejected[record] {
        entries.append(.rejected(code))
        continue
      }
      let (first, last) = (Int(index.recordEnds[record]), Int(index.recordEnds[record + 1]))
      let cells = (first..<last).map { separator in
        let raw = (Int(index.separators[separator]) + 1, Int(index.separators[separator + 1]))
        let (start, end) = RecordBatch.resolve(chunk, raw.0, raw.1)
        var cell: [UInt8] = []
        chunk.text.append(from: start, count: end - start, to: &cell)
        return (cell, raw.1 == raw.0 || chunk.text[raw.0] == Chunk.carriageReturn && raw.1 == raw.0 + 1)
      }
      let isEmptyLine = cells.count == 1 && cells[0].1
      entries.append(isEmptyLine ? .empty : .record(cells.map(\.0)))
    }
  }
}
