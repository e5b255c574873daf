internal import Synchronization

/// Some rows of a segment, read where they lie in place of the whole file.
final class PickedRows: Sendable, Hashable {
  /// Rows of one block, in ascending order, and their lines where they were read already.
  struct Block: Sendable {
    var rows: [Segment.Row]
    var lines: [UInt8]?
  }

  let state: RowState
  let segment: Int
  /// In the order of the segment.
  let blocks: [Block]

  init(_ state: RowState, segment: Int, blocks: [Block]) {
    (self.state, self.segment, self.blocks) = (state, segment, blocks)
  }

  /// About how many bytes a line has.
  var lineByteCount: Int {
    let all = state.segments[segment]
    return max(1, (all.blocks.last?.end ?? 0) / max(all.entry.rows, 1))
  }

  /// About how many bytes the lines have.
  var byteCount: Int { blocks.reduce(0) { $0 + ($1.lines?.count ?? $1.rows.count * lineByteCount) } }

  static func == (left: PickedRows, right: PickedRows) -> Bool { left === right }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// The chunks of files of which some rows are read.
final class PickedFeed: ChunkFeed {
  private struct Piece {
    var file: Int
    var blocks: Range<Int>
  }

  private let files: [PickedRows]
  private let pieces: [Piece]
  private let nextPiece = Atomic<Int>(0)
  private let isCancelled = Atomic<Bool>(false)

  init(_ files: [PickedRows], chunkByteCount: Int) {
    self.files = files
    var pieces: [Piece] = []
    for (number, file) in files.enumerated() {
      let size = file.lineByteCount
      var (first, byteCount) = (0, 0)
      for (index, block) in file.blocks.enumerated() {
        byteCount += block.rows.count * size
        guard byteCount >= chunkByteCount || index + 1 == file.blocks.count else { continue }
        pieces.append(Piece(file: number, blocks: first..<index + 1))
        (first, byteCount) = (index + 1, 0)
      }
    }
    self.pieces = pieces
  }

  func next(_ chunk: Chunk) throws(RunError) -> Bool {
    let number = nextPiece.add(1, ordering: .relaxed).oldValue
    guard number < pieces.count, !isCancelled.load(ordering: .relaxed) else { return false }
    let piece = pieces[number]
    let file = files[piece.file]
    let start = Chunk.leadByteCount
    var end = start
    func add(_ lines: [UInt8]) {
      chunk.reserve(end - start + lines.count + 1)
      chunk.text.write(lines, at: end)
      end += lines.count
    }
    for block in file.blocks[piece.blocks] {
      if let lines = block.lines {
        add(lines)
      } else if let place = block.rows.first {
        var gathered = RowState.Gathered()
        try file.state.gather(
          block.rows[...], of: RowState.Place(segment: file.segment, block: place.block), into: &gathered,
          columns: nil)
        add(gathered.lines)
      }
    }
    chunk.file = piece.file
    chunk.firstLine = 1
    chunk.beginIndex(at: start)
    // Lines are whole, and end in a line feed.
    guard case .complete = chunk.indexRecords(from: start, to: end, stop: Int.max, isFinal: true, delimiter: .comma)
    else { throw file.state.segments[file.segment].damage }
    return true
  }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  func digests() throws(RunError) -> [Manifest.File] { [] }
}
