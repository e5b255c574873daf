/// Reads a source for the rows that have one of some values, and holds only those; one thread's own.
final class KinReader {
  /// A column in which rows are wanted that have one of these values.
  struct Key: Sendable {
    var field: Int
    var slot: Int
    var isWide: Bool
    var values: Set<MemberProof.CaseWord>
  }

  /// What is looked for, the same for every thread.
  struct Wish: Sendable {
    var source: Int
    var keys: [Key]
    /// Every row is held, and those that are wanted are told.
    var isWhole = false
    /// Nothing is held: it was before.
    var isHeld = false
    /// Rows that are held, as `KinRow.place`.
    var known: Set<UInt64> = []
    /// Columns whose values are told with each row that is wanted.
    var told: [(field: Int, slot: Int, isWide: Bool)] = []
  }

  private let wish: Wish
  private let pass: Plan.Pass
  private let chunk: Chunk
  private let batch: RecordBatch
  private let normalizer: BatchNormalizer
  private var cursor: RecordCursor
  private let keyUses: [FieldUse]
  private let otherUses: [FieldUse]
  private let lanes: FlatArray<UInt32>
  private let isWanted: FlatArray<UInt8>
  /// By key, the bits of its values' hashes.
  private let maybe: [FlatArray<UInt8>]
  let writer: HeldWriter?
  private(set) var rows: [KinRow] = []
  var recordCounts: RecordCursor.Counts { cursor.counts }
  var fieldCounts: [FieldCounts] { normalizer.fieldCounts }

  init(_ wish: Wish, pass: Plan.Pass, plan: Plan, writer: HeldWriter?, chunk: Chunk) {
    self.wish = wish
    self.pass = pass
    self.chunk = chunk
    self.writer = writer
    batch = RecordBatch(slotCount: pass.slotCount, chunk: chunk)
    normalizer = BatchNormalizer(source: plan.job.sources[pass.source], uses: pass.uses, maker: plan.maker)
    cursor = RecordCursor(files: pass.files, chunk: chunk)
    let fields = Set(wish.keys.map(\.field))
    keyUses = pass.uses.filter { fields.contains($0.field) }
    otherUses = pass.uses.filter { !fields.contains($0.field) && $0.slot != nil }
    lanes = FlatArray(uninitialized: RecordBatch.capacity)
    isWanted = FlatArray(uninitialized: RecordBatch.capacity)
    maybe = wish.keys.map { key in
      let bits = FlatArray<UInt8>(repeating: 0, count: 1 << Self.bitCount)
      for value in key.values { bits[Self.bit(value.first)] = 1 }
      return bits
    }
  }

  deinit {
    lanes.deallocate()
    isWanted.deallocate()
    for bits in maybe { bits.deallocate() }
  }

  private static let bitCount = 14

  @inline(__always)
  private static func bit(_ word: Int64) -> Int {
    Int((UInt64(bitPattern: word) &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bitCount))
  }

  func read(_ feed: any ChunkFeed) throws(RunError) {
    while try feed.next(chunk) {
      cursor.begin(chunk)
      while cursor.fill(batch) { take() }
      for (record, _) in cursor.rejected where !wish.isHeld {
        let start = chunk.index.recordStart(record)
        writer?.noteRejected(
          chunk, from: start, to: max(start, chunk.index.recordEndPosition(record)), file: pass.files[chunk.file])
      }
    }
    writer?.finish()
  }

  private func take() {
    normalizer.normalize(batch, keyUses)
    isWanted.fill(0, from: 0, count: batch.count)
    var isAny = false
    for (number, key) in wish.keys.enumerated() {
      let bits = maybe[number].mutableColumn(at: 0)
      let firsts = batch.cells.mutableColumn(at: key.slot * RecordBatch.capacity)
      for lane in 0..<batch.count where bits[Self.bit(firsts[lane])] != 0 {
        guard key.values.contains(word(key.slot, isWide: key.isWide, lane)) else { continue }
        isWanted[lane] = 1
        isAny = true
      }
    }
    guard isAny || wish.isWhole && !wish.isHeld else { return }
    normalizer.normalize(batch, otherUses)
    var count = 0
    for lane in 0..<batch.count {
      if isWanted[lane] == 1 {
        let place = KinRow.place(file: batch.chunk.file, line: batch.line(of: lane))
        if wish.known.contains(place) { continue }
        rows.append(row(lane))
      } else if !wish.isWhole {
        continue
      }
      lanes[count] = UInt32(lane)
      count += 1
    }
    if !wish.isHeld, count > 0 { writer?.put(batch, lanes, count) }
  }

  private func word(_ slot: Int, isWide: Bool, _ lane: Int) -> MemberProof.CaseWord {
    MemberProof.CaseWord(
      first: batch.cells[slot * RecordBatch.capacity + lane],
      second: isWide ? batch.cells[(slot + 1) * RecordBatch.capacity + lane] : 0)
  }

  private func row(_ lane: Int) -> KinRow {
    var fact = FactRow(source: wish.source, file: batch.chunk.file, line: batch.line(of: lane), texts: [])
    for field in batch.columns.indices {
      var text: [UInt8] = []
      batch.appendText(field: field, lane: lane, to: &text)
      fact.texts.append(text)
    }
    var words: [Int: MemberProof.CaseWord] = [:]
    for told in wish.told { words[told.field] = word(told.slot, isWide: told.isWide, lane) }
    return KinRow(fact: fact, words: words)
  }
}

/// A row on the way from those asked about, and its values by field.
struct KinRow: Sendable {
  var fact: FactRow
  var words: [Int: MemberProof.CaseWord]

  var place: UInt64 { Self.place(file: fact.file, line: fact.line) }

  static func place(file: Int, line: Int) -> UInt64 { UInt64(file) << 40 | UInt64(line) }
}
