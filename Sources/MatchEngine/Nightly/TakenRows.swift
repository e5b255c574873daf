internal import Synchronization

/// The rows of one night's delivery of a source, block by block as workers took them.
final class TakenRows: @unchecked Sendable {
  // SAFETY: `append` works under the lock; afterwards nothing changes.
  struct Piece {
    var block: RowBlock
    var notes: [RowTaker.Note]
    /// By row: the day on which it becomes usable.
    var later: [Int: Int32]
  }

  /// A row: its piece, and its place in it.
  struct Place: Hashable {
    var piece: Int32
    var row: Int32
  }

  private let lock = Mutex<Void>(())
  private(set) var pieces: [Piece] = []

  deinit { for piece in pieces { piece.block.deallocate() } }

  func append(_ block: RowBlock, _ notes: [RowTaker.Note]) {
    let later = Dictionary(block.later.map { ($0.row, $0.day) }) { _, last in last }
    lock.withLock { _ in pieces.append(Piece(block: block, notes: notes, later: later)) }
  }

  func note(_ place: Place) -> RowTaker.Note { pieces[Int(place.piece)].notes[Int(place.row)] }

  func day(_ place: Place) -> Int32? { pieces[Int(place.piece)].later[Int(place.row)] }

  func word(_ column: Int, _ place: Place) -> UInt32 { pieces[Int(place.piece)].block.word(column, Int(place.row)) }

  func lineLength(_ place: Place) -> Int { pieces[Int(place.piece)].block.line(Int(place.row)).count }

  /// True when the line of the row is that of row `row` of `other`.
  func isLine(_ place: Place, _ other: RowState.Gathered, _ row: Int) -> Bool {
    let block = pieces[Int(place.piece)].block
    let (mine, range) = (block.line(Int(place.row)), other.line(row))
    guard mine.count == range.count else { return false }
    let bytes = block.lines
    for index in 0..<mine.count where bytes[mine.lowerBound + index] != other.lines[range.lowerBound + index] {
      return false
    }
    return true
  }

  /// The fields in which the line of a row differs from that of row `row` of `other`; both have the cells of `fields`.
  func differing(_ place: Place, _ other: RowState.Gathered, _ row: Int, fields: [Int]) -> FieldSet {
    let block = pieces[Int(place.piece)].block
    let line = block.line(Int(place.row))
    return FieldSet(
      differing: block.lines.span(from: line.lowerBound, count: line.count),
      other.lines.span.extracting(other.line(row)), fields: fields)
  }

  /// All rows, with all of their columns, and those of them that become usable on a later day.
  func gathered(columnCount: Int) -> (rows: RowState.Gathered, later: [(row: Int, day: Int32)]) {
    var rows = RowState.Gathered()
    var later: [(row: Int, day: Int32)] = []
    rows.columnCount = columnCount
    let count = pieces.reduce(0) { $0 + $1.block.count }
    rows.ends.reserveCapacity(count)
    rows.words.reserveCapacity(count * columnCount)
    rows.lines.reserveCapacity(pieces.reduce(0) { $0 + $1.block.byteCount })
    for (number, piece) in pieces.enumerated() {
      for row in 0..<piece.block.count {
        if let day = piece.later[row] { later.append((rows.ends.count, day)) }
        copy(Place(piece: Int32(number), row: Int32(row)), to: &rows)
      }
    }
    return (rows, later)
  }

  /// Appends the row's line and all of its columns.
  func copy(_ place: Place, to rows: inout RowState.Gathered) {
    let block = pieces[Int(place.piece)].block
    let line = block.line(Int(place.row))
    let bytes = block.lines
    bytes.append(from: line.lowerBound, count: line.count, to: &rows.lines)
    rows.ends.append(rows.lines.count)
    for column in 0..<block.columnCount { rows.words.append(block.word(column, Int(place.row))) }
  }
}
