internal import Normalizers

/// Turns the records of a delivery into rows of the state; one worker's own.
///
/// A line of the state is CSV in UTF-8: the character `1`, then the mapped fields that the delivery has, as delivered.
final class RowTaker {
  let batch: RecordBatch
  let normalizer: BatchNormalizer
  private(set) var cursor: RecordCursor
  private let chunk: Chunk
  private let source: Job.Source
  private let columns: StateColumns
  private let files: [SourceFile]
  private let maker: CellMaker
  private let seed: UInt64
  private let slots: [Int: (slot: Int, wordCount: Int)]
  /// Fields that stand in lines, in order.
  private let fields: [Int]
  /// By file: stretches of columns that can be copied as they stand; nil where each field has to be looked at.
  private let runs: [[(first: Int, last: Int)]?]
  private let digests: FlatArray<UInt64>
  private let isUsable: FlatArray<UInt8>
  private(set) var block: RowBlock
  /// By row of the block, where any are made.
  private(set) var notes: [Note] = []
  /// Rows without a usable key; where there is none, without a usable number of a person.
  private(set) var withoutKey = 0
  /// Records that could not be split, and changes that cannot be applied.
  private(set) var rejects = RejectList()
  private let noting: Noting
  private let operations: [Int?]
  /// Of the lanes of the batch, where rows are known again by them: set before they are taken.
  let marks: FlatArray<UInt64>
  private let sums: FlatArray<UInt64>

  /// What a row says beside its values.
  struct Note {
    /// Of the record in the delivery: file, line.
    var order: UInt64
    /// Nil: not a known word.
    var operation: RowOperation?
    var hasKey: Bool
    var isWithdrawn: Bool
    /// Where values are compared.
    var row = RowChanges.Row(row: 0, person: 0)
  }

  /// Why a change cannot be applied.
  private enum Fault: String {
    case withoutKey = "E-ROW-KEY"
    /// It says by none of the known words whether its row comes or goes.
    case operation = "E-OPERATION"
  }

  /// What is noted of rows.
  enum Noting {
    case nothing
    /// The records are changes.
    case changes
    /// What these fields say together is compared.
    case values([Int])
  }

  /// `fields` are those that some file of the delivery has.
  init(
    _ source: Job.Source, _ columns: StateColumns, files: [SourceFile], fields: [Int], maker: CellMaker, seed: UInt64,
    chunk: Chunk, noting: Noting
  ) {
    self.source = source
    self.columns = columns
    self.files = files
    self.fields = fields
    self.maker = maker
    self.seed = seed
    self.chunk = chunk
    self.noting = noting
    var slots: [Int: (slot: Int, wordCount: Int)] = [:]
    var uses: [FieldUse] = []
    var slot = 0
    var wanted = Set(columns.keys.flatMap(\.self) + columns.days + [source.withdrawn?.field].compactMap(\.self))
    if case .values(let fields) = noting { wanted.formUnion(fields) }
    for field in wanted.sorted() {
      let type = source.fields[field].type
      slots[field] = (slot, type.wordCount)
      uses.append(FieldUse(field: field, type: type, slot: slot))
      slot += type.wordCount
    }
    self.slots = slots
    batch = RecordBatch(slotCount: slot, chunk: chunk)
    normalizer = BatchNormalizer(source: source, uses: uses, maker: maker)
    cursor = RecordCursor(files: files, chunk: chunk)
    runs = files.map { Self.runs(of: fields, in: $0) }
    operations = files.map { file in file.layout.columns.firstIndex { $0 == source.operation } }
    digests = FlatArray(uninitialized: RecordBatch.capacity)
    isUsable = FlatArray(uninitialized: RecordBatch.capacity)
    marks = FlatArray(repeating: 0, count: RecordBatch.capacity)
    sums = FlatArray(uninitialized: RecordBatch.capacity)
    block = RowBlock(columnCount: columns.count)
  }

  deinit {
    digests.deallocate()
    isUsable.deallocate()
    marks.deallocate()
    sums.deallocate()
    block.deallocate()
  }

  private static func runs(of fields: [Int], in file: SourceFile) -> [(first: Int, last: Int)]? {
    guard file.layout.delimiter == .comma else { return nil }
    var runs: [(first: Int, last: Int)] = []
    for field in fields {
      guard let column = file.columns[field] else { return nil }
      if let last = runs.last, last.last + 1 == column {
        runs[runs.count - 1].last = column
      } else {
        runs.append((column, column))
      }
    }
    return runs
  }

  /// Reads all records and calls `take` whenever the block is full, and at the end; `take` empties nothing.
  func read(_ feed: any ChunkFeed, _ take: (RowTaker) throws(RunError) -> Void) throws(RunError) {
    while try feed.next(chunk) {
      cursor.begin(chunk)
      while cursor.fill(batch) {
        if block.count + batch.count > RowBlock.capacity { try handOver(take) }
        takeBatch()
      }
      for (record, code) in cursor.rejected { rejects.add(record, code, of: chunk) }
    }
    try handOver(take)
  }

  /// Takes the records of the batch into the block, which has room for them.
  func takeBatch() {
    normalizer.normalize(batch)
    note()
  }

  /// Gives the rows that were taken and their notes away, and goes on with an empty block.
  func handBlock() -> (RowBlock, [Note]) {
    let full = (block, notes)
    block = RowBlock(columnCount: columns.count)
    notes = []
    return full
  }

  private func handOver(_ take: (RowTaker) throws(RunError) -> Void) throws(RunError) {
    if block.count > 0 { try take(self) }
    emptyBlock()
  }

  /// Forgets the rows that were taken.
  func emptyBlock() {
    block.removeAll()
    notes.removeAll(keepingCapacity: true)
  }

  // MARK: - A batch

  private func note() {
    let first = block.count
    noteLater(first)
    appendLines()
    for number in columns.keys.indices.dropFirst() {
      digest(columns.keys[number])
      let base = columns.keyColumn(number) * RowBlock.capacity + first
      for lane in 0..<batch.count {
        let digest = isUsable[lane] == 1 ? UInt32(truncatingIfNeeded: digests[lane] >> 32) | 1 : 0
        block.words[base + lane] = digest
      }
    }
    for (number, field) in columns.days.enumerated() {
      let base = columns.dayColumn(number) * RowBlock.capacity + first
      let cells = cells(field)
      for lane in 0..<batch.count {
        let day = cells.map { $0[lane] } ?? Cell.empty
        let clamped = Cell.isUsable(day) ? Int32(truncatingIfNeeded: day) : Int32.min
        block.words[base + lane] = UInt32(bitPattern: clamped)
      }
    }
    if case .values(let fields) = noting {
      digest(fields)
      sums.copy(from: digests, at: 0, to: 0, count: batch.count)
    }
    // Last, because what it leaves in `isUsable` is needed below.
    digest(columns.keys[0])
    if columns.hasMarks || notesRows { noteRows(first) }
    let (hasKey, persons) = (!columns.keys[0].isEmpty, personWords(first))
    let high = StateColumns.identityColumn * RowBlock.capacity + first
    let low = (StateColumns.identityColumn + 1) * RowBlock.capacity + first
    for lane in 0..<batch.count {
      var identity = digests[lane]
      if isUsable[lane] == 0 {
        if hasKey || persons.map({ block.words[$0 + lane] == 0 }) ?? false { withoutKey += 1 }
        let line = block.line(first + lane)
        let lines = block.lines
        identity = XXH3.hash64(lines.span(from: line.lowerBound, count: line.count), seed: seed)
      }
      block.words[high + lane] = UInt32(truncatingIfNeeded: identity >> 32)
      block.words[low + lane] = UInt32(truncatingIfNeeded: identity)
    }
  }

  private func cells(_ field: Int) -> LaneColumn<Int64>? {
    slots[field].map { batch.cells.mutableColumn(at: $0.slot * RecordBatch.capacity) }
  }

  /// The digests of the lanes' values of `fields` together, and whether all of them are there.
  private func digest(_ fields: [Int]) {
    digests.fill(seed, from: 0, count: batch.count)
    isUsable.fill(fields.isEmpty ? 0 : 1, from: 0, count: batch.count)
    let (sums, usable) = (digests.mutableColumn(at: 0), isUsable.mutableColumn(at: 0))
    for field in fields {
      guard let (slot, wordCount) = slots[field] else { preconditionFailure("fields of keys have cells") }
      for word in 0..<wordCount {
        let cells = batch.cells.mutableColumn(at: (slot + word) * RecordBatch.capacity)
        for lane in 0..<batch.count {
          let value = cells[lane]
          if word == 0, !Cell.isUsable(value) { usable.set(lane, 0) }
          sums.set(lane, Self.mixed(sums[lane], value))
        }
      }
    }
  }

  @inline(__always)
  static func mixed(_ state: UInt64, _ word: Int64) -> UInt64 {
    let (high, low) = (state ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
      by: UInt64(bitPattern: word) ^ 0xD6E8_FEB8_6659_FD93)
    return (high ^ low) &+ (state << 23 | state >> 41)
  }

  /// The digest that stands in the column of a person; 0 where the number is not usable.
  static func person(_ word: Int64, seed: UInt64) -> UInt32 {
    Cell.isUsable(word) ? UInt32(truncatingIfNeeded: mixed(seed, word) >> 32) | 1 : 0
  }

  /// Numbers of people who are not born yet become usable as time goes by: digests are made as if they were.
  private func noteLater(_ first: Int) {
    for (field, (slot, _)) in slots where source.fields[field].type == .residentID {
      let cells = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
      guard let column = batch.columns[field] else { continue }
      for lane in 0..<batch.count where cells[lane] == Cell.invalid {
        let (start, end) = batch.range(lane: lane, column: column)
        let text = batch.chunk.text
        let word = CellMaker(asOf: Self.lastDay, seed: maker.seed)
          .residentID(text.span(from: start, count: end - start)).first
        guard Cell.isUsable(word) else { continue }
        cells.set(lane, word)
        block.noteLater(
          first + lane, day: IDNumber(key: UInt64(bitPattern: word)).birthDate?.days ?? Segment.anyDay)
      }
    }
  }

  /// 2199-12-31, behind every day on which the engine runs.
  private static let lastDay = CalendarDate(days: 84005)

  // MARK: - Lines

  private func appendLines() {
    let index = batch.chunk.index
    let text = batch.chunk.text
    guard let runs = runs[batch.chunk.file], !index.hasQuotes, !index.hasReturns else {
      for lane in 0..<batch.count { appendSlowly(lane) }
      return
    }
    for lane in 0..<batch.count {
      // The separators of a ragged record lie behind those of the others, and its fields not side by side.
      guard Int(batch.firstSeparators[lane]) < index.separatorCount else {
        appendSlowly(lane)
        continue
      }
      let separators = index.separators
      let first = Int(batch.firstSeparators[lane])
      var needed = 2 + runs.count
      for run in runs { needed += Int(separators[first + run.last + 1]) - Int(separators[first + run.first]) }
      block.reserve(needed)
      block.append(UInt8(ascii: "1"))
      for run in runs {
        // The separator before the first field is a comma or the end of the line before.
        let start = Int(separators[first + run.first]) + 1
        block.append(UInt8(ascii: ","))
        block.append(text, from: start, count: Int(separators[first + run.last + 1]) - start)
      }
      _ = block.endLine()
    }
  }

  @inline(never)
  private func appendSlowly(_ lane: Int) {
    block.reserve(2)
    block.append(UInt8(ascii: "1"))
    for field in fields {
      guard let column = batch.columns[field] else {
        block.reserve(2)
        block.append(UInt8(ascii: ","))
        continue
      }
      let (start, end) = batch.range(lane: lane, column: column)
      let text = batch.chunk.text
      block.reserve((end - start) * 2 + 5)
      block.append(UInt8(ascii: ","))
      var isPlain = true
      for at in start..<end where !Self.isPlain(text[at]) { isPlain = false }
      if isPlain {
        block.append(text, from: start, count: end - start)
        continue
      }
      block.append(UInt8(ascii: "\""))
      for at in start..<end {
        if text[at] == UInt8(ascii: "\"") { block.append(UInt8(ascii: "\"")) }
        block.append(text[at])
      }
      block.append(UInt8(ascii: "\""))
    }
    block.reserve(1)
    _ = block.endLine()
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte != UInt8(ascii: ",") && byte != UInt8(ascii: "\"") && byte != 10 && byte != 13 && byte != 0x1A
  }

  // MARK: - Notes

  /// Where the digests of people stand in the block, of the rows from `first` on.
  private func personWords(_ first: Int) -> Int? {
    columns.personColumn.map { columns.keyColumn($0) * RowBlock.capacity + first }
  }

  private var notesRows: Bool {
    if case .nothing = noting { false } else { true }
  }

  /// Notes what rows say beside their values, and their marks.
  private func noteRows(_ first: Int) {
    let withdrawn = source.withdrawn.flatMap { withdrawn in
      cells(withdrawn.field).map { cells in
        (cells: cells, words: withdrawn.words.map { maker.words(Array($0.utf8).span, as: .code).first })
      }
    }
    let persons = personWords(first)
    let (high, low) = (columns.markColumn * RowBlock.capacity, (columns.markColumn + 1) * RowBlock.capacity)
    for lane in 0..<batch.count {
      let isWithdrawn = withdrawn.map { $0.words.contains($0.cells[lane]) } ?? false
      if columns.hasMarks {
        let mark = isWithdrawn ? RowMark.withdrawn(marks[lane]) : marks[lane]
        block.words[high + first + lane] = UInt32(truncatingIfNeeded: mark >> 32)
        block.words[low + first + lane] = UInt32(truncatingIfNeeded: mark)
      }
      guard notesRows else { continue }
      let hasKey = isUsable[lane] == 1
      var note = Note(
        order: batch.order(of: lane), operation: operation(lane), hasKey: hasKey, isWithdrawn: isWithdrawn)
      if case .changes = noting, !hasKey { reject(lane, .withoutKey) }
      if case .changes = noting, hasKey, note.operation == nil { reject(lane, .operation) }
      if case .values = noting {
        let sum = sums[lane]
        note.row.row = (hasKey ? digests[lane] & 0xFFFF_FFFF_0000_0000 : sum << 32) | sum >> 32
        note.row.person = persons.map { block.words[$0 + lane] } ?? 0
      }
      notes.append(note)
    }
  }

  /// Lists a change that cannot be applied: the shape of its record, or its operation, of which only the shape is shown
  /// where it is longer than any such word and so may be something else.
  private func reject(_ lane: Int, _ fault: Fault) {
    let (text, index, record) = (batch.chunk.text, batch.chunk.index, Int(batch.records[lane]))
    var place = RejectList.Place(file: batch.chunk.file, chunk: 0, line: batch.line(of: lane), column: nil)
    var (start, end) = (index.recordStart(record), index.recordEndPosition(record))
    if fault == .operation, let column = operations[batch.chunk.file] {
      (start, end) = batch.range(lane: lane, column: column)
      place.column = Int32(column)
    }
    let value = text.span(from: start, count: min(max(end - start, 0), RejectList.shownByteCount))
    if fault == .operation, value.count <= Self.operationByteCount {
      rejects.add(place, code: fault.rawValue, value: value)
    } else {
      rejects.add(place, code: fault.rawValue, value: RecordShape.bytes(value).span)
    }
  }

  private static let operationByteCount = 8

  private func operation(_ lane: Int) -> RowOperation? {
    guard let column = operations[batch.chunk.file] else { return .put }
    let (start, end) = batch.range(lane: lane, column: column)
    let text = batch.chunk.text
    // The words that nearly every row has, by their first letter and length.
    switch (start < end ? text[start] | 0x20 : 0, end - start) {
    case (UInt8(ascii: "u"), 1), (UInt8(ascii: "i"), 1): return .put
    case (UInt8(ascii: "d"), 1): return .delete
    case (UInt8(ascii: "u"), 6) where text.holds("update", at: start): return .put
    case (UInt8(ascii: "i"), 6) where text.holds("insert", at: start): return .put
    case (UInt8(ascii: "d"), 6) where text.holds("delete", at: start): return .delete
    default: break
    }
    var word: [UInt8] = []
    text.append(from: start, count: end - start, to: &word)
    return RowOperation(String(decoding: word, as: UTF8.self))
  }
}

/// What is done to a row.
enum RowOperation: Hashable {
  case put, delete

  /// Nil for a word that says neither.
  init?(_ written: String) {
    switch written.split(whereSeparator: \.isWhitespace).joined().lowercased() {
    case "", "i", "insert", "a", "add", "u", "update", "upsert", "新增", "增加", "修改", "变更", "更新": self = .put
    case "d", "delete", "remove", "删除", "移除", "撤销": self = .delete
    default: return nil
    }
  }
}

extension FlatArray where Element == UInt8 {
  /// True where the bytes from `start` on are those of `word`, which is ASCII.
  fileprivate func holds(_ word: String, at start: Int) -> Bool {
    guard start + word.utf8.count <= count else { return false }
    return zip(word.utf8, start...).allSatisfy { self[$1] == $0 }
  }
}
