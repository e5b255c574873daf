/// Which rows of a source an explanation shows: those in which one of some cells has one of some values.
struct FactWatch: Sendable {
  struct Key: Sendable {
    var field: Int
    /// Of the pass.
    var slot: Int
    var isWide: Bool
    /// `isOwn`: the value is the person's own number.
    var values: [(first: Int64, second: Int64, isOwn: Bool)]
  }

  var source: Int
  var keys: [Key]
}

/// Takes the watched rows out of the batches of a pass; one worker's own.
final class FactCollector {
  private let watch: FactWatch
  private(set) var rows: [FactRow] = []

  init(_ watch: FactWatch) { self.watch = watch }

  func look(_ batch: RecordBatch) {
    var lanes: [Int: Bool] = [:]
    for key in watch.keys {
      let firsts = batch.cells.mutableColumn(at: key.slot * RecordBatch.capacity)
      for value in key.values {
        for lane in 0..<batch.count where firsts[lane] == value.first {
          if key.isWide, batch.cells[(key.slot + 1) * RecordBatch.capacity + lane] != value.second { continue }
          lanes[lane] = (lanes[lane] ?? false) || value.isOwn
        }
      }
    }
    for (lane, isOwn) in lanes.sorted(by: { $0.key < $1.key }) {
      var row = FactRow(source: watch.source, file: batch.chunk.file, line: batch.line(of: lane), texts: [])
      row.isOwn = isOwn
      for field in batch.columns.indices {
        var text: [UInt8] = []
        batch.appendText(field: field, lane: lane, to: &text)
        row.texts.append(text)
      }
      rows.append(row)
    }
  }
}
