internal import Synchronization

/// The chunks of inputs that are read in order: compressed files, standard input, GB18030 and UTF-16.
///
/// A worker holds the lock while it decompresses, decodes and indexes a chunk; its records are judged without the lock.
package final class StreamFeed: ChunkFeed, @unchecked Sendable {
  // SAFETY: everything below `lock` is used by the thread that holds it only.
  private let files: [SourceFile]
  private let chunkByteCount: Int
  private let seal: Bool
  private let progress: ProgressMeter?
  private let lock = Mutex<Void>(())
  private var current = -1
  private var reader: TextStream?
  private var isCancelled = false
  private var finished: [Manifest.File] = []
  /// Bytes behind the last complete record of the chunk before.
  private var carry: [UInt8] = []
  private var line = 1
  private var isAtEnd = true
  /// Streams that were opened to look at their heads, in the order of the files.
  private var opened: [TextStream]

  /// `streams` are the files' texts from the first byte behind their heads on, as `SourceOpener` left them.
  package init(
    _ files: [SourceFile], streams: [TextStream], chunkByteCount: Int, seal: Bool, progress: ProgressMeter?
  ) {
    self.files = files
    opened = streams
    self.chunkByteCount = chunkByteCount
    self.seal = seal
    self.progress = progress
  }

  package func cancel() { lock.withLock { _ in isCancelled = true } }

  package func digests() throws(RunError) -> [Manifest.File] { finished }

  package func next(_ chunk: Chunk) throws(RunError) -> Bool {
    let result: Result<Bool, RunError> = lock.withLock { _ in
      do throws(RunError) { return .success(try fill(chunk)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func fill(_ chunk: Chunk) throws(RunError) -> Bool {
    guard !isCancelled else { return false }
    while reader == nil || isAtEnd {
      if let reader {
        finished.append(reader.finished)
        self.reader = nil
      }
      current += 1
      guard current < files.count else { return false }
      let stream = opened[current]
      reader = stream
      carry = stream.takeHead()
      line = files[current].layout.dataLine
      isAtEnd = false
    }
    guard let reader else { return false }
    let lead = Chunk.leadByteCount
    chunk.file = current
    chunk.firstLine = line
    chunk.reserve(max(chunkByteCount, carry.count) + 4096)
    var end = lead
    let text = chunk.text
    text.write(carry, at: lead)
    end += carry.count
    var isFinal = false
    var wanted = max(chunkByteCount, 1)
    chunk.beginIndex(at: lead)
    while true {
      while !isFinal, end - lead < wanted {
        let count = try reader.read(into: chunk, at: end, upTo: max(wanted - (end - lead), 1))
        isFinal = count == 0
        end += count
      }
      switch chunk.indexRecords(
        from: lead, to: end, stop: isFinal ? Int.max : lead + 1, isFinal: isFinal,
        delimiter: files[current].layout.delimiter, takesAll: true)
      {
      case .complete(let next):
        carry.removeAll(keepingCapacity: true)
        chunk.text.append(from: min(next, end), count: max(0, end - next), to: &carry)
        line += chunk.lineEndCount
        isAtEnd = isFinal
        progress?.advance(bytes: reader.takeProgress(), rows: chunk.index.recordCount)
        return true
      case .needsMoreText(let discard):
        if !discard.isEmpty {
          chunk.text.move(from: discard.upperBound, to: discard.lowerBound, count: end - discard.upperBound)
          end -= discard.count
        }
        // Counted from what is left, so that a record without an end takes no more memory than any other.
        wanted = end - lead + chunkByteCount + (64 << 10)
        chunk.reserve(wanted + 4096)
      }
    }
  }
}
