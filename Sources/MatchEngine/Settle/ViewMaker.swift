internal import Normalizers

/// Makes the rows of a view from held rows of its parts; one thread's own.
final class ViewMaker {
  let maker: CellMaker
  private let evaluator: CellEvaluator
  let shown: ShownWriter
  let target: HeldRelation
  private let texts: TextStore.Writer
  let rows: FlatArray<UInt32>
  let all: FlatArray<UInt32>
  let bits: FlatArray<UInt32>
  private var textBytes: FlatArray<UInt8>

  /// How one field of the view comes from a part's row.
  enum Source {
    case nothing
    case cells(CellValue)
    case constant(CellMaker.Words)
    /// Through its text.
    case text(ShownTerm)
  }

  /// One part with its expressions compiled, by position in the view's layout.
  struct Part {
    var relation: HeldRelation
    var condition: CellCondition?
    var cells: [Source]
    var notes: [Int?]
    var texts: [ShownTerm?]
    /// Of a part whose rows make groups.
    var grouping: Grouping?
  }

  init(_ target: HeldRelation, maker: CellMaker, relations: [CellRelation]) {
    self.maker = maker
    self.target = target
    evaluator = CellEvaluator()
    evaluator.relations = relations
    shown = ShownWriter(evaluator)
    texts = TextStore.Writer(target.store.texts)
    rows = FlatArray(uninitialized: RecordBatch.capacity)
    all = FlatArray(uninitialized: RecordBatch.capacity)
    bits = FlatArray(repeating: 1, count: RecordBatch.capacity)
    textBytes = FlatArray(uninitialized: 1 << 12)
    for lane in 0..<RecordBatch.capacity { all[lane] = UInt32(lane) }
  }

  deinit {
    rows.deallocate()
    all.deallocate()
    bits.deallocate()
    textBytes.deallocate()
  }

  /// Ends the writing of texts.
  func finish() { texts.finish() }

  /// Adds the view's rows that come of rows `range` of a part.
  func add(_ part: Part, _ range: Range<Int>) {
    forEachBatch(part, range) { lanes in add(part, lanes) }
  }

  /// Calls `body` with the rows of `range` for which the part's condition holds.
  func forEachBatch(_ part: Part, _ range: Range<Int>, _ body: (CellEvaluator.Lanes) -> Void) {
    var row = range.lowerBound
    while row < range.upperBound {
      let end = min(row + RecordBatch.capacity, range.upperBound)
      for (lane, number) in (row..<end).enumerated() { rows[lane] = UInt32(number) }
      let lanes = kept(part, count: end - row)
      if lanes.count > 0 { body(lanes) }
      row = end
    }
  }

  private func kept(_ part: Part, count: Int) -> CellEvaluator.Lanes {
    var lanes = CellEvaluator.Lanes(count: count)
    let side = CellEvaluator.LaneSide(store: part.relation.store, rows: rows)
    lanes.sides = [side, side]
    guard let condition = part.condition else { return lanes }
    let truth = evaluator.evaluate(condition, lanes)
    var kept = 0
    for lane in 0..<count {
      rows[kept] = rows[lane]
      kept += truth[lane] == 1 ? 1 : 0
    }
    lanes.count = kept
    return lanes
  }

  private func add(_ part: Part, _ lanes: CellEvaluator.Lanes) {
    let (store, layout) = (target.store, target.layout)
    let first = store.reserve(lanes.count)
    store.begin(first, count: lanes.count, lanes: all, ruleBits: bits)
    for (number, cell) in layout.cells.enumerated() { fill(cell, from: part.cells[number], first, lanes) }
    for (number, note) in layout.notes.enumerated() {
      for lane in 0..<lanes.count {
        let word = part.notes[number].map { part.relation.store.word($0, of: Int(rows[lane])) } ?? 0
        store.setWord(note.word, of: first + lane, to: word)
      }
    }
    addTexts(part, first, lanes)
  }

  private func fill(
    _ cell: (field: Int, type: FieldType, word: Int), from source: Source, _ first: Int, _ lanes: CellEvaluator.Lanes
  ) {
    let (store, isWide) = (target.store, cell.type.wordCount == 2)
    forEachValue(source, cell.type, lanes) { lane, one, two in
      store.setWord(cell.word, of: first + lane, to: one)
      if isWide { store.setWord(cell.word + 1, of: first + lane, to: two) }
    }
  }

  /// Calls `body` with the words of a field for every lane.
  func forEachValue(
    _ source: Source, _ type: FieldType, _ lanes: CellEvaluator.Lanes, _ body: (Int, Int64, Int64) -> Void
  ) {
    switch source {
    case .nothing:
      for lane in 0..<lanes.count { body(lane, Cell.empty, 0) }
    case .constant(let words):
      for lane in 0..<lanes.count { body(lane, words.first, words.second) }
    case .cells(let value):
      evaluator.begin()
      let words = evaluator.add(value, isWide: type.wordCount == 2, lanes)
      for lane in 0..<lanes.count { body(lane, words.first[lane], words.second?[lane] ?? 0) }
    case .text(let term):
      for (lane, text) in shown.texts(term, lanes).enumerated() {
        let words = text.isEmpty ? CellMaker.Words(missing: .empty) : maker.words(text.span, as: type)
        body(lane, words.first, words.second)
      }
    }
  }

  private func addTexts(_ part: Part, _ first: Int, _ lanes: CellEvaluator.Lanes) {
    let layout = target.layout
    guard !layout.texts.isEmpty else { return }
    let columns = part.texts.map { term in term.map { shown.texts($0, lanes) } }
    for lane in 0..<lanes.count { put(columns.map { $0?[lane] ?? [] }, of: first + lane) }
  }

  /// Keeps the texts of a row of the view.
  func put(_ pieces: [[UInt8]], of row: Int) {
    target.store.setTexts(of: row, to: texts.begin(byteCount: pieces.reduce(0) { $0 + $1.count + 5 }))
    for piece in pieces {
      if piece.count > textBytes.count {
        textBytes.deallocate()
        textBytes = FlatArray(uninitialized: piece.count)
      }
      textBytes.write(piece, at: 0)
      texts.put(textBytes, from: 0, count: piece.count)
    }
  }
}
