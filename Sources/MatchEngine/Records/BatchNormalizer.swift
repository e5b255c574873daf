internal import Normalizers

/// Turns the fields of a batch into cells and counts what was wrong with them; one worker's own.
package final class BatchNormalizer {
  private let source: Job.Source
  private let uses: [FieldUse]
  private let maker: CellMaker
  /// `values:` of each field by the hash of the text as delivered.
  private let replacements: [[UInt64: [UInt8]]]
  private let counts: FlatArray<Int>
  private let codes = CodeCache()
  package var rejects = RejectList()

  package init(source: Job.Source, uses: [FieldUse], maker: CellMaker) {
    self.source = source
    self.uses = uses
    self.maker = maker
    counts = FlatArray(repeating: 0, count: source.fields.count * Self.countersPerField)
    replacements = source.fields.map { field in
      var table: [UInt64: [UInt8]] = [:]
      for (delivered, meant) in field.values { table[XXH3.hash64(Array(delivered.utf8).span)] = Array(meant.utf8) }
      return table
    }
  }

  deinit {
    counts.deallocate()
    codes.deallocate()
  }

  // Counters of a field: one a code, then these.
  private static let countersPerField = 72
  private static let empty = 64
  private static let repaired = 65
  private static let invalid = 66
  private static let endingInX = 67

  /// What was counted about each field of the source.
  package var fieldCounts: [FieldCounts] {
    source.fields.indices.map { field in
      var result = FieldCounts()
      let base = field * Self.countersPerField
      result.empty = counts[base + Self.empty]
      result.repaired = counts[base + Self.repaired]
      result.invalid = counts[base + Self.invalid]
      result.endingInX = counts[base + Self.endingInX]
      for bit in 0..<64 { result.codes[bit] = counts[base + bit] }
      return result
    }
  }

  /// Makes the cells of every field that has a slot; the other fields are counted as empty or not.
  package func normalize(_ batch: RecordBatch) {
    for use in uses {
      guard let column = batch.columns[use.field] else {
        if let slot = use.slot {
          batch.cells.fill(Cell.empty, from: slot * RecordBatch.capacity, count: batch.count)
        }
        counts[use.field * Self.countersPerField + Self.empty] += batch.count
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
      case .code: fillCodes(batch, use, column, slot)
      case .number: fill(batch, use, column, slot) { [maker] in maker.number($0) }
      }
    }
  }

  @inline(__always)
  private func fill(
    _ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int,
    _ make: (borrowing Span<UInt8>) -> CellMaker.Words
  ) {
    let first = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
    if let ranges = FieldRanges(batch, column: column) {
      for lane in 0..<batch.count {
        let (start, end) = ranges.range(lane)
        let words = make(ranges.span(start, end))
        first.set(lane, words.first)
        if words.codes.rawValue != 0 { note(words.codes, batch, lane, use, column, start, end) }
      }
      return
    }
    fillTwo(batch, use, column, slot, hasSecond: false, make)
  }

  /// The general way, and the one of values of two words.
  @inline(__always)
  private func fillTwo(
    _ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int, hasSecond: Bool = true,
    _ make: (borrowing Span<UInt8>) -> CellMaker.Words
  ) {
    let first = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
    let second = hasSecond ? batch.cells.mutableColumn(at: (slot + 1) * RecordBatch.capacity) : first
    if hasSecond, let ranges = FieldRanges(batch, column: column) {
      for lane in 0..<batch.count {
        let (start, end) = ranges.range(lane)
        let words = make(ranges.span(start, end))
        first.set(lane, words.first)
        second.set(lane, words.second)
        if words.codes.rawValue != 0 { note(words.codes, batch, lane, use, column, start, end) }
      }
      return
    }
    let text = batch.chunk.text
    for lane in 0..<batch.count {
      let (start, end) = batch.range(lane: lane, column: column)
      let words = make(text.span(from: start, count: end - start))
      first.set(lane, words.first)
      if hasSecond { second.set(lane, words.second) }
      if words.codes.rawValue != 0 { note(words.codes, batch, lane, use, column, start, end) }
    }
  }

  private func fillIDs(_ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int) {
    var endingInX = 0
    fill(batch, use, column, slot) { [maker] text in
      if text.count == 18, text[17] | 0x20 == UInt8(ascii: "x") { endingInX += 1 }
      return maker.residentID(text)
    }
    counts[use.field * Self.countersPerField + Self.endingInX] += endingInX
  }

  /// Codes: few different values, so most are remembered; those that carry a reason code never are.
  private func fillCodes(_ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int) {
    guard let ranges = FieldRanges(batch, column: column) else {
      fill(batch, use, column, slot) { [maker] in maker.code($0) }
      return
    }
    let cells = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
    for lane in 0..<batch.count {
      let (start, end) = ranges.range(lane)
      let word = codes.word(ranges.span(start, end)) { text in
        let words = maker.code(text)
        if words.codes.rawValue != 0 { note(words.codes, batch, lane, use, column, start, end) }
        return (words.first, words.codes.rawValue == 0)
      }
      cells.set(lane, word)
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
    let text = batch.chunk.text
    let isText = use.type == .text
    var empty = 0
    if let ranges = FieldRanges(batch, column: column) {
      for lane in 0..<batch.count {
        let (start, end) = ranges.range(lane)
        // Long fields are no null words; nor are texts that begin with a letter or digit, and most Han characters.
        if end - start > 24 { continue }
        let byte = ranges.firstByte(start)
        if end > start, isText ? byte > 0x22 && byte < 0x80 : byte >= 0xE4 && Self.isPlainHan(text, start, end) {
          continue
        }
        let span = ranges.span(start, end)
        if isText ? CellMaker.isBlank(span) : NullWord.isNull(span) { empty += 1 }
      }
    } else {
      for lane in 0..<batch.count {
        let (start, end) = batch.range(lane: lane, column: column)
        let span = text.span(from: start, count: end - start)
        if isText ? CellMaker.isBlank(span) : NullWord.isNull(span) { empty += 1 }
      }
    }
    counts[use.field * Self.countersPerField + Self.empty] += empty
  }

  /// True when a field begins with a Han character with which no null word begins.
  @inline(__always)
  private static func isPlainHan(_ text: FlatArray<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end - start >= 6, text[start] >= 0xE4, text[start] <= 0xE9 else { return false }
    switch (text[start], text[start + 1], text[start + 2]) {
    case (0xE6, 0x97, 0xA0), (0xE7, 0xA9, 0xBA), (0xE6, 0x9C, 0xAA), (0xE4, 0xB8, 0x8D), (0xE6, 0x9A, 0x82):
      return false  // 无 空 未 不 暂
    default: return true
    }
  }

  @inline(never)
  private func note(
    _ codes: Codes, _ batch: RecordBatch, _ lane: Int, _ use: FieldUse, _ column: Int, _ start: Int, _ end: Int
  ) {
    let base = use.field * Self.countersPerField
    if codes.contains(.empty) {
      counts[base + Self.empty] += 1
      return
    }
    var rest = codes.rawValue
    while rest != 0 {
      counts[base + rest.trailingZeroBitCount] += 1
      rest &= rest - 1
    }
    guard codes.isInvalid else {
      if codes.isRepaired { counts[base + Self.repaired] += 1 }
      return
    }
    counts[base + Self.invalid] += 1
    let error = (codes.rawValue & Codes.errors.rawValue).trailingZeroBitCount
    let text = batch.chunk.text
    rejects.add(
      RejectList.Place(file: batch.chunk.file, chunk: 0, line: batch.line(of: lane), column: column),
      code: Codes.names[error], value: text.span(from: start, count: end - start))
  }
}
