internal import Normalizers

/// Opens the files of the job's sources and looks at their heads: encoding, delimiter, header, columns.
package struct SourceOpener {
  private let inputs: InputFiles
  private let gone: [String: [Range<Int>]]
  private let picked: [String: PickedRows]
  private let jobFile: String
  private let seal: Bool
  /// What a supplier or the job got wrong about headers; all of it, with the place in the job file.
  package private(set) var problems: [JobError.Problem] = []

  package init(folder: String, jobFile: String, seal: Bool) {
    self.init(inputs: InputFiles(folder: folder), jobFile: jobFile, seal: seal)
  }

  /// `gone` are, by path, the stretches of a file that do not count, and `picked` the rows that do.
  init(
    inputs: InputFiles, gone: [String: [Range<Int>]] = [:], picked: [String: PickedRows] = [:], jobFile: String,
    seal: Bool
  ) {
    self.inputs = inputs
    self.gone = gone
    self.picked = picked
    self.jobFile = jobFile
    self.seal = seal
  }

  /// One source, opened: its files, and the streams of those that are read in order.
  package struct Opened: Sendable {
    package var files: [SourceFile]
    /// By file; nil for plain UTF-8 files, which are read by position.
    fileprivate var streams: [Stream?]
  }

  /// A stream is handed from the thread that looks at its head to those that read it under a lock.
  fileprivate struct Stream: @unchecked Sendable {
    // SAFETY: used by one thread at a time; `StreamFeed` holds its lock while it reads.
    let text: TextStream
  }

  /// Every path of the source that names no file which can be read.
  func inputProblems(of source: Job.Source) -> [RunError] { inputs.problems(of: source.paths) }

  /// Throws when a file is missing or cannot be read; header mistakes are collected in `problems`.
  package mutating func open(_ source: Job.Source) throws(RunError) -> Opened {
    var opened = Opened(files: [], streams: [])
    for input in try inputs.files(of: source.name, paths: source.paths) {
      let given = TextEncoding(rawValue: source.encoding)
      let plain = input.hasPositions ? try head(of: input, encoding: given) : nil
      if let plain, plain.encoding == .utf8 {
        let layout = layout(plain.text, isFinal: plain.isFinal, of: source)
        opened.files.append(
          SourceFile(
            input: input, encoding: .utf8, layout: layout, columns: columns(layout, of: source, in: input),
            dataOffset: plain.markByteCount + layout.dataOffset, gone: gone[input.path] ?? []))
        opened.streams.append(nil)
        if let rows = picked[input.path] {
          opened.files[opened.files.count - 1].picked = rows
          // Tables are made for what is read.
          opened.files[opened.files.count - 1].input.byteCount = rows.byteCount
        }
      } else {
        let stream = try TextStream(input, encoding: given ?? plain?.encoding, seal: seal)
        let (text, isFinal) = stream.head
        let layout = layout(text, isFinal: isFinal, of: source)
        stream.skip(layout.dataOffset)
        opened.files.append(
          SourceFile(
            input: input, encoding: stream.encoding, layout: layout, columns: columns(layout, of: source, in: input),
            dataOffset: 0))
        opened.streams.append(Stream(text: stream))
      }
    }
    return opened
  }

  /// The feed of an opened source.
  package func feed(
    _ opened: Opened, chunkByteCount: Int, progress: ProgressMeter?
  ) throws(RunError) -> any ChunkFeed {
    let picked = opened.files.indices.filter { opened.files[$0].picked != nil }
    let plain = opened.files.indices.filter { opened.streams[$0] == nil && opened.files[$0].picked == nil }
    let ordered = opened.files.indices.filter { opened.streams[$0] != nil }
    var parts: [FeedSequence.Part] = []
    if !picked.isEmpty {
      let rows = picked.compactMap { opened.files[$0].picked }
      parts.append(FeedSequence.Part(feed: PickedFeed(rows, chunkByteCount: chunkByteCount), files: picked))
    }
    if !plain.isEmpty {
      let files = plain.map { opened.files[$0] }
      parts.append(
        FeedSequence.Part(
          feed: try PlainFeed(files, chunkByteCount: chunkByteCount, seal: seal, progress: progress), files: plain))
    }
    if !ordered.isEmpty {
      let files = ordered.map { opened.files[$0] }
      let streams = ordered.compactMap { opened.streams[$0]?.text }
      parts.append(
        FeedSequence.Part(
          feed: StreamFeed(files, streams: streams, chunkByteCount: chunkByteCount, seal: seal, progress: progress),
          files: ordered))
    }
    return FeedSequence(parts)
  }

  private struct Head {
    var text: [UInt8]
    var isFinal: Bool
    var encoding: TextEncoding
    var markByteCount: Int
  }

  /// The first text of a plain file and its encoding, for which an ASCII file is read on until something else comes.
  private func head(of input: InputFile, encoding given: TextEncoding?) throws(RunError) -> Head {
    let descriptor = try Descriptor.reading(input.path, name: input.name)
    var bytes = [UInt8](repeating: 0, count: min(SourceLayout.headByteCount, input.byteCount))
    var room = bytes.mutableSpan
    let count = try descriptor.read(into: &room, at: 0)
    guard count == bytes.count else { throw .changed(path: input.name) }
    let encoding: TextEncoding
    if let given { encoding = given } else { encoding = try detect(bytes, of: input, descriptor) }
    let mark = encoding.byteOrderMark
    let markByteCount = !mark.isEmpty && bytes.starts(with: mark) ? mark.count : 0
    if markByteCount > 0 { bytes.removeFirst(markByteCount) }
    return Head(
      text: bytes, isFinal: count == input.byteCount, encoding: encoding, markByteCount: markByteCount)
  }

  private func detect(
    _ head: [UInt8], of input: InputFile, _ descriptor: Descriptor
  ) throws(RunError) -> TextEncoding {
    let detector = EncodingDetector()
    if let mark = detector.mark(in: head.span) { return mark }
    let first = detector.firstNonASCII(in: head.span)
    if first < head.count || head.count == input.byteCount {
      return try decide(at: first, of: input, descriptor, detector)
    }
    let block = FlatArray<UInt8>(uninitialized: 1 << 20)
    defer { block.deallocate() }
    var offset = head.count
    while offset < input.byteCount {
      let count = try descriptor.read(
        into: block, from: 0, count: min(block.count, input.byteCount - offset), at: offset)
      if count == 0 { throw .changed(path: input.name) }
      if let found = block.firstNonASCII(count: count) {
        return try decide(at: offset + found, of: input, descriptor, detector)
      }
      offset += count
    }
    return .utf8
  }

  private func decide(
    at offset: Int, of input: InputFile, _ descriptor: Descriptor, _ detector: EncodingDetector
  ) throws(RunError) -> TextEncoding {
    var stretch = [UInt8](repeating: 0, count: min(EncodingDetector.stretchByteCount + 8, input.byteCount - offset))
    var room = stretch.mutableSpan
    let count = try descriptor.read(into: &room, at: offset)
    guard count == stretch.count else { throw .changed(path: input.name) }
    return detector.encoding(ofStretch: stretch.span, isWholeRest: offset + count == input.byteCount)
  }

  private func layout(_ text: [UInt8], isFinal: Bool, of source: Job.Source) -> SourceLayout {
    let words = source.fields.flatMap { $0.columns.isEmpty ? [$0.name] : $0.columns }
    let delimiter =
      Delimiter(rawValue: source.delimiter) ?? Delimiter(detectedIn: text.span, isFinal: isFinal, headerWords: words)
    return SourceLayout(head: text.span, isFinal: isFinal, delimiter: delimiter, headerWords: words)
  }

  /// The column of each field; a file without a header has none, and no rows either.
  private mutating func columns(_ layout: SourceLayout, of source: Job.Source, in input: InputFile) -> [Int?] {
    let binding = layout.bind(source.fields)
    if let line = layout.overwideLine, let first = binding.problems.first {
      let limit = RecordSplitter.Limits().columnCount.grouped
      problems.append(
        JobError.Problem(
          first.position,
          "\(input.name.oneLine): line \(line) has more than \(limit) columns and is not read as the header; if it has"
            + " fewer, 'delimiter:' names what separates them"))
      return binding.columns
    }
    guard !layout.headerCells.isEmpty else { return Array(repeating: nil, count: source.fields.count) }
    for problem in binding.problems {
      problems.append(JobError.Problem(problem.position, "\(input.name.oneLine): \(problem.message)"))
    }
    return binding.columns
  }
}

/// Several feeds of one source, one after the other.
final class FeedSequence: ChunkFeed {
  struct Part: Sendable {
    var feed: any ChunkFeed
    /// The source's number of each file of the feed.
    var files: [Int]
  }

  private let parts: [Part]

  init(_ parts: [Part]) { self.parts = parts }

  func next(_ chunk: Chunk) throws(RunError) -> Bool {
    for part in parts where try part.feed.next(chunk) {
      chunk.file = part.files[chunk.file]
      return true
    }
    return false
  }

  func cancel() { for part in parts { part.feed.cancel() } }

  func digests() throws(RunError) -> [Manifest.File] {
    var files: [(Int, Manifest.File)] = []
    for part in parts { files += zip(part.files, try part.feed.digests()) }
    return files.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
