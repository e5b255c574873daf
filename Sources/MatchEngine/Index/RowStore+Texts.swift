internal import Normalizers

/// A cell that often says what the text of its field says: the text need not be kept then.
///
/// That is so for a text of up to sixteen bytes and for a plain name of two to four characters (see `Cell`).
package struct TextCell: Sendable, Hashable {
  package var word: Int
  package var isName: Bool

  /// Nil for types whose cells do not hold the text.
  package init?(word: Int, type: FieldType) {
    switch type {
    case .text: isName = false
    case .personName: isName = true
    case .residentID, .account, .date, .month, .money, .code, .number: return nil
    }
    self.word = word
  }
}

extension RowStore {
  /// Keeps the texts of a row whose cells are filled: those of `fields` as they stand in a lane of the batch, and of
  /// those nothing that the cells say.
  func putTexts(of row: Int, _ fields: [Int], _ batch: RecordBatch, lane: Int, _ writer: TextStore.Writer) {
    let text = batch.chunk.text
    var (inCells, byteCount) = (UInt64(0), 0)
    for (index, field) in fields.enumerated() {
      byteCount += 5
      guard let column = batch.columns[field] else { continue }
      let (start, end) = batch.range(lane: lane, column: column)
      if index < 64, let cell = layout.textCells[index], holds(cell, row, text, from: start, to: end) {
        inCells |= 1 << UInt64(index)
      } else {
        byteCount += end - start
      }
    }
    if fields.count <= 64, inCells == UInt64.max >> UInt64(64 - fields.count) {
      setTexts(of: row, to: TextStore.nothingKept)
      return
    }
    setTexts(of: row, to: writer.begin(byteCount: byteCount))
    for (index, field) in fields.enumerated() {
      if index < 64, inCells >> UInt64(index) & 1 == 1 {
        writer.putNothing()
      } else if let column = batch.columns[field] {
        let (start, end) = batch.range(lane: lane, column: column)
        writer.put(text, from: start, count: end - start)
      } else {
        writer.put(text, from: 0, count: 0)
      }
    }
  }

  /// True when the cell's words are the bytes `text[start ..< end]`, which at least sixteen others follow.
  private func holds(_ cell: TextCell, _ row: Int, _ text: FlatArray<UInt8>, from start: Int, to end: Int) -> Bool {
    let (first, count) = (word(cell.word, of: row), end - start)
    if cell.isName {
      let packed = PersonName.packedPlain(text.span(from: start, count: count))
      return packed != 0 && packed == UInt64(bitPattern: first)
    }
    guard count >= 1, count <= 16, Cell.isUsable(first) else { return false }
    func packed(_ at: Int, _ count: Int) -> UInt64 {
      text.word(at: at) & (count < 8 ? 1 << UInt64(max(count, 0) * 8) - 1 : UInt64.max)
    }
    return packed(start, count) == UInt64(bitPattern: first)
      && packed(start + 8, count - 8) == UInt64(bitPattern: word(cell.word + 1, of: row))
  }

  /// Appends what a cell says, whose text is not kept.
  private func appendText(in cell: TextCell, of row: Int, to output: inout [UInt8]) {
    var packed = UInt64(bitPattern: word(cell.word, of: row))
    guard !cell.isName else {
      while packed != 0 {
        let character = UInt16(truncatingIfNeeded: packed)
        output.append(0xE0 | UInt8(character >> 12))
        output.append(0x80 | UInt8(character >> 6 & 0x3F))
        output.append(0x80 | UInt8(character & 0x3F))
        packed >>= 16
      }
      return
    }
    for word in [packed, UInt64(bitPattern: word(cell.word + 1, of: row))] {
      var rest = word
      while rest != 0 {
        output.append(UInt8(truncatingIfNeeded: rest))
        rest >>= 8
      }
    }
  }

  /// Says where the texts of a row are; called after `begin`.
  @inline(__always)
  package func setTexts(of row: Int, to reference: UInt32) {
    // SAFETY: `row` was given out by `reserve`, and the half word of the reference lies inside a row.
    let (word, shift) = unsafe (words(row) + layout.textHalf >> 1, UInt64((layout.textHalf & 1) * 32))
    unsafe word.pointee |= UInt64(reference) << shift
  }

  private func textReference(of row: Int) -> UInt32 {
    // SAFETY: as in `setTexts`.
    unsafe UInt32(truncatingIfNeeded: words(row)[layout.textHalf >> 1] >> UInt64((layout.textHalf & 1) * 32))
  }

  /// Fetches the texts of the first `count` rows of `rows` into the cache.
  func prefetchTexts(of rows: FlatArray<UInt32>, count: Int) {
    guard layout.textCount > 0 else { return }
    for index in 0..<count {
      let reference = textReference(of: Int(rows[index]))
      if reference != TextStore.nothingKept { texts.prefetch(reference) }
    }
  }

  /// Appends text `index` of a row; texts of a scratch file that are wanted one after the other are read through one
  /// window.
  package func appendText(_ index: Int, of row: Int, to output: inout [UInt8], through window: TextWindow? = nil) {
    let reference = textReference(of: row)
    if reference != TextStore.nothingKept, texts.append(index, of: reference, to: &output, through: window) { return }
    guard let cell = layout.textCells[index] else { preconditionFailure("a text stands in its cell or is kept") }
    appendText(in: cell, of: row, to: &output)
  }
}
