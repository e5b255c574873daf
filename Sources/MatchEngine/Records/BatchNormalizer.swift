internal import Normalizers

/// Turns the fields of a batch into cells and counts what was wrong with them; one worker's own.
package final class BatchNormalizer {
  private let source: Job.Source
  private let uses: [FieldUse]
  private let maker: CellMaker
  /// `values:` of each field by the hash of the text as delivered.
  private let replacements: [[UInt64: [UInt8]]]
  package private(set) var counts: [FieldCounts]
  package var rejects = RejectList()

  package init(source: Job.Source, uses: [FieldUse], maker: CellMaker) {
    self.source = source
    self.uses = uses
    self.maker = maker
    counts = Array(repeating: FieldCounts(), count: source.fields.count)
    replacements = source.fields.map { field in
      var table: [UInt64: [UInt8]] = [:]
      for (delivered, meant) in field.values { table[XXH3.hash64(Array(delivered.utf8).span)] = Array(meant.utf8) }
      return table
    }
  }

  /// Makes the cells of every field that has a slot; the other fields are counted as empty or not.
  package func normalize(_ batch: RecordBatch) {
    for use in uses {
      guard let column = batch.columns[use.field] else {
        if let slot = use.slot {
          batch.cells.fill(Cell.empty, from: slot * RecordBatch.capacity, count: batch.count)
        }
        counts[use.field].empty += batch.count
        continue
      }
      guard let slot = use.slot else {
        countEmpty(batch, use: use, column: column)
        continue
      }
      if !replacements[use.field].isEmpty {
        normalizeReplaced(batch, use: use, column: column, slot: slot)
        continue
      }
      switch use.type {
      case .residentID: fillIDs(batch, use, column, slot)
      case .personName: fill(batch, use, column, slot) { [maker] in maker.name($0) }
      case .account: fillTwo(batch, use, column, slot) { [maker] in maker.account($0) }
      case .date: fill(batch, use, column, slot) { [maker] in maker.date($0) }
      case .month: fill(batch, use, column, slot) { [maker] in maker.month($0) }
      case .money: fill(batch, use, column, slot) { [maker] in maker.money($0) }
      case .text: fillTwo(batch, use, column, slot) { [maker] in maker.textValue($0) }
      case .code: fill(batch, use, column, slot) { [maker] in maker.code($0) }
      case .number: fill(batch, use, column, slot) { [maker] in maker.number($0) }
      }
    }
  }

  @inline(__always)
  private func fill(
    _ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int,
    _ make: (borrowing Span<UInt8>) -> CellMaker.Words
  ) {
    let (text, cells) = (batch.chunk.text, batch.cells)
    let base = slot * RecordBatch.capacity
    for lane in 0..<batch.count {
      let (start, end) = batch.range(lane: lane, column: column)
      let words = make(text.span(from: start, count: end - start))
      cells[base + lane] = words.first
      if words.codes.rawValue != 0 { note(words.codes, batch, lane, use, column, start, end) }
    }
  }

  private func fillIDs(_ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int) {
    var endingInX = 0
    fill(batch, use, column, slot) { [maker] text in
      if text.count == 18, text[17] | 0x20 == UInt8(ascii: "x") { endingInX += 1 }
      return maker.residentID(text)
    }
    counts[use.field].endingInX += endingInX
  }

  @inline(__always)
  private func fillTwo(
    _ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int,
    _ make: (borrowing Span<UInt8>) -> CellMaker.Words
  ) {
    let (text, cells) = (batch.chunk.text, batch.cells)
    let base = slot * RecordBatch.capacity
    for lane in 0..<batch.count {
      let (start, end) = batch.range(lane: lane, column: column)
      let words = make(text.span(from: start, count: end - start))
      cells[base + lane] = words.first
      cells[base + RecordBatch.capacity + lane] = words.second
      if words.codes.rawValue != 0 { note(words.codes, batch, lane, use, column, start, end) }
    }
  }

  private func normalizeReplaced(_ batch: RecordBatch, use: FieldUse, column: Int, slot: Int) {
    let base = slot * RecordBatch.capacity
    for lane in 0..<batch.count {
      var (start, end) = batch.range(lane: lane, column: column)
      let delivered = batch.chunk.text
      let trimmed = CellMaker.trimmed(delivered.span(from: start, count: end - start))
      let hash = XXH3.hash64(delivered.span(from: start + trimmed.lowerBound, count: trimmed.count))
      if let meant = replacements[use.field][hash] { (start, end) = batch.chunk.place(meant) }
      let text = batch.chunk.text
      let words = maker.words(text.span(from: start, count: end - start), as: use.type)
      batch.cells[base + lane] = words.first
      if use.type.wordCount == 2 { batch.cells[base + RecordBatch.capacity + lane] = words.second }
      if words.codes.rawValue != 0 { note(words.codes, batch, lane, use, column, start, end) }
    }
  }

  private func countEmpty(_ batch: RecordBatch, use: FieldUse, column: Int) {
    let (chunk, field) = (batch.chunk, use.field)
    let (separators, text) = (chunk.index.separators, chunk.text)
    let isText = use.type == .text
    var empty = 0
    for lane in 0..<batch.count {
      let first = Int(batch.firstSeparators[lane]) + column
      let start = Int(separators[first]) + 1
      let end = Int(separators[first + 1])
      // Long fields and those that begin with a letter or digit are no null words and no blanks.
      if end - start > 24 { continue }
      if isText, end > start, text[start] > 0x22, text[start] < 0x80 { continue }
      let (low, high) = RecordBatch.resolve(chunk, start, end)
      let span = text.span(from: low, count: high - low)
      if isText ? CellMaker.isBlank(span) : NullWord.isNull(span) { empty += 1 }
    }
    counts[field].empty += empty
  }

  @inline(never)
  private func note(
    _ codes: Codes, _ batch: RecordBatch, _ lane: Int, _ use: FieldUse, _ column: Int, _ start: Int, _ end: Int
  ) {
    if codes.contains(.empty) {
      counts[use.field].empty += 1
      return
    }
    var rest = codes.rawValue
    while rest != 0 {
      counts[use.field].codes[rest.trailingZeroBitCount] += 1
      rest &= rest - 1
    }
    guard codes.isInvalid else {
      if codes.isRepaired { counts[use.field].repaired += 1 }
      return
    }
    counts[use.field].invalid += 1
    let error = (codes.rawValue & Codes.errors.rawValue).trailingZeroBitCount
    let text = batch.chunk.text
    rejects.add(
      RejectList.Place(file: batch.chunk.file, chunk: 0, line: batch.line(of: lane), column: column),
      code: Codes.names[error], value: text.span(from: start, count: end - start))
  }
}
