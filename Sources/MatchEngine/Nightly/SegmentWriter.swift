internal import Synchronization

/// Writes one segment of a source's rows; any number of workers may add blocks.
///
/// Two files: `NAME.csv` with the lines, and `NAME.columns` with the columns, block by block, each column of a block in
/// one stretch. Behind the blocks stands a table, all numbers least byte first:
///
///     ┌───────┬────────────┬──────────┬──────────────────────────┐
///     │ rows  │ first byte │ last + 1 │ XXH3 of each column      │   8 bytes each for every block, then
///     └───────┴────────────┴──────────┴──────────────────────────┘
///     ┌───────┬──────┬─────┐
///     │ block │ row  │ day │   8 bytes each for every row that becomes usable on a later day
///     └───────┴──────┴─────┘
final class SegmentWriter: Sendable {
  private struct State: @unchecked Sendable {
    // SAFETY: used under the lock alone.
    let lines: OutputFile
    let columns: OutputFile
    var lineBytes: Int
    var columnBytes = 0
    var rows = 0
    var table: [UInt8] = []
    var later: [UInt8] = []
    var blocks = 0
    var laterCount = 0
  }

  private let state: Mutex<State>
  private let name: String
  private let columnCount: Int

  /// `header` are the names of the fields that lines hold; about `byteCount` bytes of lines will come.
  init(
    _ name: String, header: [String], columnCount: Int, expecting byteCount: Int, in folder: OutputFolder
  ) throws(RunError) {
    self.name = name
    self.columnCount = columnCount
    let lines = try folder.makeFile(Segment.Entry.linesName(name), expecting: byteCount)
    let columns = try folder.makeFile(Segment.Entry.columnsName(name), expecting: byteCount / 4)
    var row = CSVCellWriter()
    for title in ["row"] + header { row.raw(title) }
    row.endRecord()
    try lines.append(row.bytes)
    state = Mutex(State(lines: lines, columns: columns, lineBytes: row.bytes.count))
  }

  /// Adds the rows of a block, which has some; returns its number in the segment.
  func append(_ block: RowBlock) throws(RunError) -> Int {
    // One stretch a column, as long as there are rows.
    let columns = FlatArray<UInt32>(uninitialized: block.count * columnCount)
    defer { columns.deallocate() }
    for column in 0..<columnCount {
      columns.copy(
        from: block.words, at: column * RowBlock.capacity, to: column * block.count, count: block.count)
    }
    let number: Result<Int, RunError> = state.withLock { state in
      do throws(RunError) {
        let start = state.lineBytes
        try state.lines.append(block.lines.span(from: 0, count: block.byteCount))
        let bytes = columns.bytes(from: 0, count: columns.count)
        try state.columns.append(bytes)
        state.table.append(littleEndian: UInt64(block.count))
        state.table.append(littleEndian: UInt64(start))
        state.table.append(littleEndian: UInt64(start + block.byteCount))
        for column in 0..<columnCount {
          let range = column * block.count * 4..<(column + 1) * block.count * 4
          state.table.append(littleEndian: Segment.digest(bytes.extracting(range)))
        }
        for (row, day) in block.later {
          state.later.append(littleEndian: UInt64(state.blocks))
          state.later.append(littleEndian: UInt64(row))
          state.later.append(littleEndian: UInt64(bitPattern: Int64(day)))
          state.laterCount += 1
        }
        state.blocks += 1
        state.rows += block.count
        state.lineBytes += block.byteCount
        state.columnBytes += bytes.count
        return .success(state.blocks - 1)
      } catch {
        return .failure(error)
      }
    }
    return try number.get()
  }

  /// Ends both files; returns what the generation notes of the segment.
  func finish(in folder: OutputFolder) throws(RunError) -> Segment.Entry {
    let state = state.withLock { $0 }
    let table = state.table + state.later
    try state.columns.append(table)
    try folder.finish(state.lines)
    try folder.finish(state.columns)
    return Segment.Entry(
      name: name, rows: state.rows, blocks: state.blocks, later: state.laterCount, tableStart: state.columnBytes,
      tableDigest: XXH3.hash128(table.span).hexadecimal, columns: columnCount)
  }
}
