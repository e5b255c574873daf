/// Up to 1,024 records of one chunk: where their fields stand, and the cells that were made of them.
package final class RecordBatch {
  package static let capacity = 1024

  /// Cells by column: word w of a field's value in lane l stands at `(slot + w) * capacity + l`.
  package let cells: FlatArray<Int64>
  /// For each lane the number of the separator before its first field.
  let firstSeparators: FlatArray<UInt32>
  /// For each lane the record's number in its chunk.
  let records: FlatArray<UInt32>
  /// For each lane where the field lies that was located last.
  let starts: FlatArray<UInt32>
  let ends: FlatArray<UInt32>
  package internal(set) var count = 0
  package internal(set) var chunk: Chunk
  /// The column of each field of the source in the chunk's file.
  package internal(set) var columns: [Int?] = []

  package init(slotCount: Int, chunk: Chunk) {
    self.chunk = chunk
    cells = FlatArray(repeating: Cell.empty, count: max(slotCount, 1) * Self.capacity)
    firstSeparators = FlatArray(uninitialized: Self.capacity)
    records = FlatArray(uninitialized: Self.capacity)
    starts = FlatArray(uninitialized: Self.capacity)
    ends = FlatArray(uninitialized: Self.capacity)
  }

  deinit {
    cells.deallocate()
    firstSeparators.deallocate()
    records.deallocate()
    starts.deallocate()
    ends.deallocate()
  }

  /// Where the text of column `column` of lane `lane` lies in `chunk.text`, quotes resolved.
  @inline(__always)
  package func range(lane: Int, column: Int) -> (start: Int, end: Int) {
    let separators = chunk.index.separators
    let first = Int(firstSeparators[lane]) + column
    return Self.resolve(chunk, Int(separators[first]) + 1, Int(separators[first + 1]))
  }

  @inline(__always)
  static func resolve(_ chunk: Chunk, _ start: Int, _ fieldEnd: Int) -> (start: Int, end: Int) {
    var end = fieldEnd
    let text = chunk.text
    if chunk.index.hasReturns, end > start, text[end - 1] == Chunk.carriageReturn, text[end] == Chunk.lineFeed {
      end -= 1
    }
    if chunk.index.hasQuotes, end > start, text[start] == Chunk.quote { return chunk.unquoted(start, end) }
    return (start, end)
  }

  /// Holds the records of another batch; no cells.
  func takeRecords(of other: RecordBatch) {
    (chunk, columns, count) = (other.chunk, other.columns, other.count)
    firstSeparators.copy(from: other.firstSeparators, at: 0, to: 0, count: count)
    records.copy(from: other.records, at: 0, to: 0, count: count)
  }

  /// The physical line of a lane's record.
  package func line(of lane: Int) -> Int { chunk.line(of: Int(records[lane])) }

  /// Where a lane's record stands in its source: file, line.
  func order(of lane: Int) -> UInt64 { UInt64(chunk.file) << 48 | UInt64(line(of: lane)) }

  /// Appends the text of field `field` of a lane as it stands; nothing where the file has no such column.
  package func appendText(field: Int, lane: Int, to output: inout [UInt8]) {
    guard let column = columns[field] else { return }
    let (start, end) = range(lane: lane, column: column)
    chunk.text.append(from: start, count: end - start, to: &output)
  }
}
