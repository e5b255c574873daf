internal import Normalizers

/// Moves every record of a batch into the held rows of its source; one worker's own.
final class HeldWriter {
  private let relation: HeldRelation
  /// Rows that none of these lets through are not held; none: all are held.
  private let sieves: [Place]
  /// Where keys of held rows go.
  private let feeds: [Place]
  private let maker: CellMaker
  private let slots: [Int: Int]
  private let texts: TextStore.Writer
  private let all: FlatArray<UInt32>
  private let bits: FlatArray<UInt32>
  private let notes: FlatArray<Int64>
  private let kept: FlatArray<UInt32>
  private let narrow: [NarrowColumn.Writer]
  private let passed: FlatArray<UInt8>
  private let asking: FlatArray<UInt32>
  private let evaluator = CellEvaluator()

  /// A sieve and the words of the batch that are its keys.
  private struct Place {
    var sieve: KeySieve
    var slot: Int
    var second: Int?
    /// Only keys of rows for which this holds go into the sieve.
    var condition: CellCondition?

    func words(_ batch: RecordBatch) -> (first: LaneColumn<Int64>, second: LaneColumn<Int64>?) {
      (
        batch.cells.mutableColumn(at: slot * RecordBatch.capacity),
        second.map { batch.cells.mutableColumn(at: $0 * RecordBatch.capacity) }
      )
    }
  }

  /// The case number of the roll, where this is the roll.
  private let caseField: (index: Int, type: FieldType)?
  /// Cases in which a rejected record of the roll may have named a person; nil stands for a record in which no case
  /// can be read.
  private(set) var rejectedCases: [MemberProof.CaseWord?] = []

  private let checks: [NumberCheck]

  /// Fields of which the job says what words they hold, and those words.
  private let knownWords: [(field: Int, slot: Int, words: [Int64])]
  /// Rows with another word in such a field, also of rows that are not held.
  private(set) var unknownWords: [Int: Int] = [:]

  /// `sieves` are those of the plan.
  init(_ relation: HeldRelation, pass: Plan.Pass, plan: Plan, sieves: [KeySieve]) {
    self.relation = relation
    maker = plan.maker
    let slots = Dictionary(uniqueKeysWithValues: pass.uses.compactMap { use in use.slot.map { (use.field, $0) } })
    self.slots = slots
    func slot(_ field: Int) -> Int {
      guard let slot = slots[field] else { preconditionFailure("keys have cells") }
      return slot
    }
    func place(_ number: Int, _ field: Int, _ second: Int?, _ condition: Expression? = nil) -> Place {
      let first = slot(field)
      return Place(
        sieve: sieves[number], slot: first,
        second: second.map(slot) ?? (plan.sieves.sieves[number].isWide ? first + 1 : nil),
        condition: condition.map {
          CellCompiler(maker: plan.maker, locate: { reference, _ in .batch(slot: slot(reference.field)) }).condition($0)
        })
    }
    self.sieves = plan.sieves.sieves(of: pass.source).map {
      place($0, plan.sieves.sieves[$0].field, plan.sieves.sieves[$0].second)
    }
    feeds = plan.sieves.sieves.enumerated().flatMap { number, sieve in
      sieve.columns.filter { $0.source == pass.source }.map { place(number, $0.field, $0.second, $0.condition) }
    }
    caseField = plan.job.membership.flatMap { membership in
      guard membership.source == pass.source else { return nil }
      return (membership.caseField, plan.job.sources[pass.source].fields[membership.caseField].type)
    }
    let maker = plan.maker
    checks = NumberCheck.all(of: plan.job.sources[pass.source], pass.uses, maker: maker)
    knownWords = plan.job.sources[pass.source].fields.enumerated().compactMap { number, field in
      guard !field.known.isEmpty, relation.layout.cells.contains(where: { $0.field == number }),
        let slot = slots[number]
      else { return nil }
      return (number, slot, field.known.map { maker.words(Array($0.utf8).span, as: .code).first })
    }
    texts = TextStore.Writer(relation.store.texts)
    all = FlatArray(uninitialized: RecordBatch.capacity)
    bits = FlatArray(repeating: 1, count: RecordBatch.capacity)
    notes = FlatArray(repeating: 0, count: RecordBatch.capacity)
    narrow = relation.layout.cells.filter { $0.word >= RowLayout.firstNarrowWord }.enumerated().map { number, cell in
      NarrowColumn.Writer(relation.store.narrow[number], isWide: cell.type.wordCount == 2)
    }
    kept = FlatArray(uninitialized: RecordBatch.capacity)
    asking = FlatArray(uninitialized: RecordBatch.capacity)
    passed = FlatArray(uninitialized: RecordBatch.capacity)
    for lane in 0..<RecordBatch.capacity { all[lane] = UInt32(lane) }
  }

  deinit {
    all.deallocate()
    bits.deallocate()
    notes.deallocate()
    kept.deallocate()
    asking.deallocate()
    passed.deallocate()
  }

  /// Ends the writing of texts.
  func finish() { texts.finish() }

  func hold(_ batch: RecordBatch) {
    countUnknownWords(batch)
    let (lanes, count) = choose(batch)
    guard count > 0 else { return }
    for feed in feeds {
      let words = feed.words(batch)
      guard let condition = feed.condition else {
        feed.sieve.add(words.first, words.second, lanes: lanes, count: count)
        continue
      }
      var asked = CellEvaluator.Lanes(count: count)
      asked.cells = batch.cells
      asked.records = lanes
      let truth = evaluator.evaluate(condition, asked)
      var askedCount = 0
      for index in 0..<count {
        asking[askedCount] = lanes[index]
        askedCount += truth[index] == 1 ? 1 : 0
      }
      feed.sieve.add(words.first, words.second, lanes: asking, count: askedCount)
    }
    put(batch, lanes, count)
  }

  /// Holds the records of the first `count` of `lanes`.
  func put(_ batch: RecordBatch, _ lanes: FlatArray<UInt32>, _ count: Int) {
    let (store, layout) = (relation.store, relation.layout)
    let first = store.reserve(count)
    store.begin(first, count: count, lanes: lanes, ruleBits: bits)
    for cell in layout.cells {
      guard let slot = slots[cell.field] else { preconditionFailure("held fields have cells") }
      if cell.word >= RowLayout.firstNarrowWord {
        let number = (cell.word - RowLayout.firstNarrowWord) / 2
        let start = slot * RecordBatch.capacity
        store.fillNarrow(
          number, from: first, count: count, batch.cells.mutableColumn(at: start),
          cell.type.wordCount == 2 ? batch.cells.mutableColumn(at: start + RecordBatch.capacity) : nil, lanes: lanes,
          narrow[number])
        continue
      }
      for word in 0..<cell.type.wordCount {
        store.fill(
          word: cell.word + word, from: first, count: count,
          batch.cells.mutableColumn(at: (slot + word) * RecordBatch.capacity), lanes: lanes)
      }
    }
    for (field, word) in layout.notes {
      for index in 0..<count { notes[index] = codes(of: field, lane: Int(lanes[index]), batch) }
      store.fill(word: word, from: first, count: count, notes.mutableColumn(at: 0), lanes: all)
    }
    guard !layout.texts.isEmpty else { return }
    for index in 0..<count { store.putTexts(of: first + index, layout.texts, batch, lane: Int(lanes[index]), texts) }
  }

  private func countUnknownWords(_ batch: RecordBatch) {
    for (field, slot, words) in knownWords {
      let column = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
      // Neighbours mostly hold the same word.
      var last = Cell.empty
      var isLastUnknown = false
      var count = 0
      for lane in 0..<batch.count {
        let word = column[lane]
        if word != last {
          last = word
          isLastUnknown = Cell.isUsable(word) && !words.contains(word)
        }
        count += isLastUnknown ? 1 : 0
      }
      if count > 0 { unknownWords[field, default: 0] += count }
    }
  }

  /// The lanes of the batch that are held.
  private func choose(_ batch: RecordBatch) -> (lanes: FlatArray<UInt32>, count: Int) {
    guard !sieves.isEmpty else { return (all, batch.count) }
    passed.fill(0, from: 0, count: batch.count)
    for place in sieves {
      let words = place.words(batch)
      place.sieve.test(words.first, words.second, count: batch.count, into: passed.mutableColumn(at: 0))
    }
    var count = 0
    for lane in 0..<batch.count {
      kept[count] = UInt32(lane)
      count += passed[lane] == 1 ? 1 : 0
    }
    return (kept, count)
  }

  /// The reason codes of an identity number, as bits, with those of the columns that repeat what it says.
  private func codes(of field: Int, lane: Int, _ batch: RecordBatch) -> Int64 {
    guard let column = batch.columns[field] else { return 0 }
    let (start, end) = batch.range(lane: lane, column: column)
    let text = batch.chunk.text
    var codes = maker.residentID(text.span(from: start, count: end - start)).codes
    for check in checks where check.number == field && check.fails(lane, batch) { codes.formUnion(check.code) }
    return Int64(bitPattern: codes.rawValue)
  }

  /// Reads the case number of a rejected record, if it stands before the place where the record breaks.
  func noteRejected(_ chunk: Chunk, from start: Int, to end: Int, file: SourceFile) {
    guard let caseField else { return }
    guard let column = file.columns[caseField.index] else { return rejectedCases.append(nil) }
    let text = chunk.text
    let cell = RejectedRecord.cell(
      column, of: text.span(from: start, count: min(end - start, 1 << 16)), delimiter: file.layout.delimiter.byte)
    guard let cell else { return rejectedCases.append(nil) }
    let words = maker.words(cell.span, as: caseField.type)
    rejectedCases.append(
      Cell.isUsable(words.first) ? MemberProof.CaseWord(first: words.first, second: words.second) : nil)
  }
}
