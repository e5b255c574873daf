internal import Synchronization

/// Some rows of a segment, read where they lie in place of the whole file.
final class PickedRows: Sendable, Hashable {
  let state: RowState
  let segment: Int
  /// In ascending order.
  let rows: [Segment.Row]

  init(_ state: RowState, segment: Int, rows: [Segment.Row]) {
    (self.state, self.segment, self.rows) = (state, segment, rows)
  }

  /// About how many bytes their lines have.
  var byteCount: Int {
    let all = state.segments[segment]
    return (all.blocks.last?.end ?? 0) / max(all.entry.rows, 1) * rows.count
  }

  static func == (left: PickedRows, right: PickedRows) -> Bool { left === right }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// The chunks of files of which some rows are read.
final class PickedFeed: ChunkFeed {
  private struct Piece {
    var file: Int
    var rows: Range<Int>
  }

  private let files: [PickedRows]
  private let pieces: [Piece]
  private let nextPiece = Atomic<Int>(0)
  private let isCancelled = Atomic<Bool>(false)

  init(_ files: [PickedRows], chunkByteCount: Int) {
    self.files = files
    var pieces: [Piece] = []
    for (number, file) in files.enumerated() {
      let size = max(1, chunkByteCount / max(1, file.byteCount / max(1, file.rows.count)))
      for start in stride(from: 0, to: file.rows.count, by: size) {
        pieces.append(Piece(file: number, rows: start..<min(start + size, file.rows.count)))
      }
    }
    self.pieces = pieces
  }

  func next(_ chunk: Chunk) throws(RunError) -> Bool {
    let number = nextPiece.add(1, ordering: .relaxed).oldValue
    guard number < pieces.count, !isCancelled.load(ordering: .relaxed) else { return false }
    let piece = pieces[number]
    let file = files[piece.file]
    var gathered = RowState.Gathered()
    var left = file.rows[piece.rows]
    while let block = left.first?.block {
      let end = left.firstIndex { $0.block != block } ?? left.endIndex
      try file.state.gather(
        left[..<end], of: RowState.Place(segment: file.segment, block: block), into: &gathered, columns: nil)
      left = left[end...]
    }
    chunk.file = piece.file
    chunk.firstLine = 1
    chunk.reserve(gathered.lines.count + 1)
    let (start, count) = (Chunk.leadByteCount, gathered.lines.count)
    chunk.text.write(gathered.lines, at: start)
    chunk.beginIndex(at: start)
    // Lines are whole, and end in a line feed.
    guard
      case .complete = chunk.indexRecords(
        from: start, to: start + count, stop: Int.max, isFinal: true, delimiter: .comma)
    else { throw file.state.segments[file.segment].damage }
    return true
  }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  func digests() throws(RunError) -> [Manifest.File] { [] }
}
