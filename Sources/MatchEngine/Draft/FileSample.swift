internal import Normalizers

/// The start of a file: how it is laid out and what its columns hold.
package struct FileSample {
  /// As the user named it.
  let path: String
  let byteCount: Int
  let encoding: TextEncoding
  let delimiter: Delimiter
  let skippedHead: Int
  let columns: [String]
  let headerCells: [String]
  private(set) var samples: [ColumnSample]
  private(set) var sampledCount = 0

  /// Records that are looked at.
  package static let recordCountMax = 1_000

  /// Reads the first records of the file at `path`.
  package init(path: String) throws {
    var table = TableReader(try RecordReader(FileBytes(path: path)))
    self.path = path
    byteCount = try SystemCall.status(of: path, following: true)?.byteCount ?? 0
    columns = table.layout.columns
    headerCells = table.layout.headerCells
    skippedHead = table.layout.skippedHead
    samples = columns.map { ColumnSample(header: $0) }
    let maker = CellMaker(asOf: .today, seed: 0)
    while sampledCount < Self.recordCountMax, let row = try table.next() {
      guard row == .record else { continue }
      sampledCount += 1
      let fields = table.records.fields
      for index in samples.indices {
        var value: [UInt8] = []
        if index < fields.count { table.records.append(fields[index], to: &value) }
        samples[index].add(value, maker)
      }
    }
    encoding = table.records.encoding
    delimiter = table.records.delimiter
  }

  /// Some header looks like a value: the file may have no header at all.
  var headerLooksLikeData: Bool {
    let maker = CellMaker(asOf: .today, seed: 0)
    return headerCells.contains { cell in
      let bytes = Array(cell.utf8)
      return [FieldType.residentID, .date, .account].contains { Cell.isUsable(maker.words(bytes.span, as: $0).first) }
    }
  }
}
