internal import Synchronization

/// The rows of one store that came when memory was used up: for each key table, sorted into parts by key.
///
/// Rows stored before stay in memory and are looked up as usual. The streaming source's records are put aside in the
/// same parts, and each part is joined on its own when the stream has passed.
final class StoreSpill: Sendable {
  /// By table of the store.
  let tables: [PartitionedSpill]
  private let active = OneWaySwitch()

  init(tables: [PartitionedSpill]) { self.tables = tables }

  /// True once a row was put aside instead of stored.
  var isActive: Bool { active.value }

  func activate() { active.raise() }
}

extension Plan.Pass {
  /// Calls `body` with every part of a table's scratch file that a row belongs to, and the bits it has there.
  ///
  /// In a join of a source with itself a row has two roles, and a key for each.
  func forEachPart(
    of row: Int, in rows: RowStore, store: Int, tableNumber: Int, table: KeyTable,
    _ body: (_ part: Int, _ ruleBits: UInt32) throws(RunError) -> Void
  ) throws(RunError) {
    var foundBits = rows.ruleBits(of: row)
    for step in selfJoins where step.store == store && step.table == tableNumber {
      if rows.ruleBits(of: row) & step.subjectBit != 0, let part = table.part(of: row, in: rows, by: step.keyWords) {
        try body(part, step.subjectBit)
      }
      foundBits &= ~step.subjectBit
    }
    if let part = table.part(of: row, in: rows) { try body(part, foundBits) }
  }
}

/// Records of a streaming source that have to meet rows which are not in memory, as lines of their used fields.
///
/// The first cell holds the rules, one bit each, under which the record is still to be judged.
struct SpilledRecords {
  let uses: [FieldUse]

  /// Appends a record as one line.
  func append(_ lane: Int, of batch: RecordBatch, mask: UInt64, to output: inout [UInt8]) {
    output.append(contentsOf: String(mask).utf8)
    for use in uses {
      output.append(UInt8(ascii: ","))
      let start = output.count
      batch.appendText(field: use.field, lane: lane, to: &output)
      Self.quote(from: start, in: &output)
    }
    output.append(UInt8(ascii: "\n"))
  }

  private static func quote(from start: Int, in output: inout [UInt8]) {
    var needsQuotes = false
    for index in start..<output.count {
      switch output[index] {
      case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x1A: needsQuotes = true
      default: break
      }
    }
    guard needsQuotes else { return }
    let field = Array(output[start...])
    output.removeSubrange(start...)
    output.append(UInt8(ascii: "\""))
    for byte in field {
      if byte == UInt8(ascii: "\"") { output.append(byte) }
      output.append(byte)
    }
    output.append(UInt8(ascii: "\""))
  }

  /// How such lines are read: the columns of each field of a source with `fieldCount` fields.
  func file(like file: SourceFile, fieldCount: Int) -> SourceFile {
    var text = "\u{2}mask"
    for use in uses { text += ",\u{2}\(use.field)" }
    text += "\n"
    let layout = SourceLayout(head: Array(text.utf8).span, isFinal: true, delimiter: .comma)
    var columns = [Int?](repeating: nil, count: fieldCount)
    for (place, use) in uses.enumerated() { columns[use.field] = place + 1 }
    return SourceFile(input: file.input, encoding: .utf8, layout: layout, columns: columns, dataOffset: 0)
  }

  /// The rules of the record in `lane`.
  static func mask(of lane: Int, in batch: RecordBatch) -> UInt64 {
    let (start, end) = batch.range(lane: lane, column: 0)
    var mask: UInt64 = 0
    let text = batch.chunk.text
    for index in start..<end { mask = mask &* 10 &+ UInt64(text[index] &- UInt8(ascii: "0")) }
    return mask
  }
}
