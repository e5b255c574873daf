internal import Normalizers

/// One worker's view of the records that say the same as earlier ones (see `Plan.Recurrence`).
///
/// Records arrive in a batch of their own. Those that are recognised are counted there; the others go on into the
/// batch that is judged, and what is found out about them is kept if nothing was special.
final class RecurringRecords {
  /// What makes the plain form of a column.
  private enum Form {
    case asDelivered, name
    case id(slot: Int)
  }

  private struct Column {
    let number: Int
    let form: Form
    let endsStretch: Bool
  }

  /// Where the fields lie in a file.
  private struct Layout {
    /// Of columns that touch each other.
    let stretches: [Range<Int>]
    /// The columns of all stretches.
    let columns: [Column]
    let names: [Int]
    /// Files of one layout share it.
    let seed: UInt64

    init(_ plan: Plan.Recurrence, _ file: SourceFile, seed: UInt64) {
      self.seed = seed
      stretches = RecurringRecords.stretches(of: plan.fields.compactMap { file.columns[$0] })
      let uses = plan.steadyUses + plan.varyingUses
      func use(_ column: Int) -> FieldUse? { uses.first { file.columns[$0.field] == column } }
      columns = stretches.flatMap { stretch in
        stretch.map { column in
          let form: Form =
            switch (use(column)?.type, use(column)?.slot) {
            case (.residentID, let slot?): .id(slot: slot)
            case (.personName, _): .name
            default: .asDelivered
            }
          return Column(number: column, form: form, endsStretch: column + 1 == stretch.upperBound)
        }
      }
      names = stretches.flatMap(\.self).filter { use($0)?.type == .personName }
    }
  }

  let plan: Plan.Recurrence
  let arrivals: RecordBatch
  /// The recognised lanes of `arrivals`, and what is known of each lane.
  let lanes: FlatArray<UInt32>
  let payloads: FlatArray<UInt64>
  private(set) var count = 0
  private let others: FlatArray<UInt32>
  private var (otherCount, sentCount) = (0, 0)
  private let stayingLanes: FlatArray<UInt32>
  private var stayingCount = 0
  private let plainHigh: FlatArray<UInt64>
  private let plainLow: FlatArray<UInt64>
  private let found: FlatArray<UInt64>
  private let plainText: FlatArray<UInt8>
  /// One value on its way into `plainText`.
  private var plainValue: [UInt8] = []
  /// By lane of the judged batch: 1 where something was special, so that the next one like it is judged as well.
  let special: FlatArray<UInt8>
  /// By lane of the judged batch: the warnings about its plain values, one bit each.
  let signatures: FlatArray<UInt8>
  private let table: RecurrenceTable
  private let layouts: [Layout]
  private let high: FlatArray<UInt64>
  private let low: FlatArray<UInt64>
  private let judgedHigh: FlatArray<UInt64>
  private let judgedLow: FlatArray<UInt64>
  /// How many records were recognised, by signature.
  private let signatureCounts: FlatArray<Int>
  private let kernels = ColumnKernels()
  /// Room for what a kernel makes of names, and the lanes that it leaves.
  private let nameWords: FlatArray<Int64>
  private let rest: FlatArray<UInt32>
  private var (seenCount, knownCount) = (0, 0)
  /// The same since the table was looked at last.
  private var (seenLately, knownLately) = (0, 0)
  /// False once a long stretch of the source has shown that hardly anything recurs.
  private(set) var isWorthwhile = true

  private static let stretchRecordCount = 1 << 22
  /// Records after which a table that knows too few of them grows.
  private static let growthRecordCount = 1 << 19
  /// Records whose fields are longer are judged like new ones when they are not plain.
  private static let plainByteLimit = 4096
  private static let idByteCount = 18

  init(
    _ plan: Plan.Recurrence, _ table: RecurrenceTable, files: [SourceFile], seed: UInt64, slotCount: Int, chunk: Chunk
  ) {
    self.plan = plan
    self.table = table
    arrivals = RecordBatch(slotCount: slotCount, chunk: chunk)
    layouts = files.enumerated().map { number, file in
      let first = files.firstIndex { $0.columns == file.columns && $0.columnCount == file.columnCount } ?? number
      return Layout(plan, file, seed: seed &+ UInt64(first))
    }
    stayingLanes = FlatArray(uninitialized: RecordBatch.capacity)
    plainHigh = FlatArray(uninitialized: RecordBatch.capacity)
    plainLow = FlatArray(uninitialized: RecordBatch.capacity)
    found = FlatArray(uninitialized: RecordBatch.capacity)
    plainText = FlatArray(uninitialized: Self.plainByteLimit)
    lanes = FlatArray(uninitialized: RecordBatch.capacity)
    others = FlatArray(uninitialized: RecordBatch.capacity)
    payloads = FlatArray(uninitialized: RecordBatch.capacity)
    special = FlatArray(repeating: 0, count: RecordBatch.capacity)
    signatures = FlatArray(repeating: 0, count: RecordBatch.capacity)
    nameWords = FlatArray(uninitialized: RecordBatch.capacity)
    rest = FlatArray(uninitialized: ColumnKernels.restCount)
    high = FlatArray(uninitialized: RecordBatch.capacity)
    low = FlatArray(uninitialized: RecordBatch.capacity)
    judgedHigh = FlatArray(uninitialized: RecordBatch.capacity)
    judgedLow = FlatArray(uninitialized: RecordBatch.capacity)
    signatureCounts = FlatArray(repeating: 0, count: 1 << Plan.Recurrence.signatureBitLimit)
  }

  deinit {
    stayingLanes.deallocate()
    plainHigh.deallocate()
    plainLow.deallocate()
    found.deallocate()
    plainText.deallocate()
    lanes.deallocate()
    others.deallocate()
    payloads.deallocate()
    special.deallocate()
    high.deallocate()
    low.deallocate()
    judgedHigh.deallocate()
    judgedLow.deallocate()
    signatures.deallocate()
    signatureCounts.deallocate()
    nameWords.deallocate()
    rest.deallocate()
  }

  /// Neighbouring columns as one stretch each.
  static func stretches(of columns: [Int]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for column in columns.sorted() {
      if let last = result.last, last.upperBound == column {
        result[result.count - 1] = last.lowerBound..<column + 1
      } else {
        result.append(column..<column + 1)
      }
    }
    return result
  }

  /// Looks up what is known of every arrival.
  func look() {
    let layout = layouts[arrivals.chunk.file]
    XXH3.hash128(arrivals, layout.stretches, seed: layout.seed, high: high, low: low)
    table.find(high: high, low: low, count: arrivals.count, into: payloads)
  }

  /// Lists the lanes that are recognised and not ruled out since, and the others; counts the former.
  func divide() {
    let (lanes, others) = (lanes.mutableColumn(at: 0), others.mutableColumn(at: 0))
    let payloads = payloads.mutableColumn(at: 0)
    var (known, unknown) = (0, 0)
    for lane in 0..<arrivals.count {
      let payload = payloads[lane]
      lanes.set(known, UInt32(truncatingIfNeeded: lane))
      others.set(unknown, UInt32(truncatingIfNeeded: lane))
      known &+= payload != 0 ? 1 : 0
      unknown &+= payload != 0 ? 0 : 1
      if payload != 0 { signatureCounts[RecurrenceTable.Payload(bits: payload).signature] &+= 1 }
    }
    (count, otherCount, sentCount) = (known, unknown, 0)
    seenCount += arrivals.count
    knownCount += count
    seenLately += arrivals.count
    knownLately += count
    if seenLately >= Self.growthRecordCount {
      if knownLately * 2 < seenLately { table.grow() }
      (seenLately, knownLately) = (0, 0)
    }
    if seenCount >= Self.stretchRecordCount {
      if knownCount * 16 < seenCount { isWorthwhile = false }
      (seenCount, knownCount) = (0, 0)
    }
  }

  /// Puts as many of the other arrivals into `batch` as it has room for, with the cells that were made of them already;
  /// false when all of them are there.
  func send(to batch: RecordBatch) -> Bool {
    let (first, place) = (sentCount, batch.count)
    let sent = min(otherCount - first, RecordBatch.capacity - place)
    let others = others.mutableColumn(at: 0)
    @inline(__always)
    func copy<Element>(_ source: LaneColumn<Element>, to target: LaneColumn<Element>) {
      for index in 0..<sent { target.set(place &+ index, source[Int(others[first &+ index])]) }
    }
    copy(arrivals.firstSeparators.mutableColumn(at: 0), to: batch.firstSeparators.mutableColumn(at: 0))
    copy(arrivals.records.mutableColumn(at: 0), to: batch.records.mutableColumn(at: 0))
    copy(high.mutableColumn(at: 0), to: judgedHigh.mutableColumn(at: 0))
    copy(low.mutableColumn(at: 0), to: judgedLow.mutableColumn(at: 0))
    for use in plan.varyingUses {
      guard let slot = use.slot else { continue }
      for word in slot..<slot + use.type.wordCount {
        let column = word * RecordBatch.capacity
        copy(arrivals.cells.mutableColumn(at: column), to: batch.cells.mutableColumn(at: column))
      }
    }
    special.fill(0, from: place, count: sent)
    signatures.fill(0, from: place, count: sent)
    batch.count = place + sent
    sentCount = first + sent
    return sentCount < otherCount
  }

  /// Looks up the records of the judged batch that are not plain by what they would be in their plain form.
  ///
  /// Payloads are set for all lanes, 0 for most. What is not plain is special from now on: it will hardly recur.
  func lookAgain(at batch: RecordBatch) {
    let payloads = payloads.mutableColumn(at: 0)
    for lane in 0..<batch.count { payloads.set(lane, 0) }
    let index = batch.chunk.index
    guard !index.hasQuotes, !index.hasReturns else { return }
    let (high, low) = (plainHigh.mutableColumn(at: 0), plainLow.mutableColumn(at: 0))
    let lanes = lanes.mutableColumn(at: 0)
    let layout = layouts[batch.chunk.file]
    for column in layout.names { noteNames(column, of: batch) }
    var count = 0
    for lane in 0..<batch.count where special[lane] != 0 {
      guard let hash = plainHash(of: lane, in: batch, layout) else { continue }
      high.set(count, hash.high)
      low.set(count, hash.low)
      lanes.set(count, UInt32(truncatingIfNeeded: lane))
      count &+= 1
    }
    table.find(high: plainHigh, low: plainLow, count: count, into: found)
    for index in 0..<count { payloads.set(Int(lanes[index]), found[index]) }
  }

  /// Records whose name in `column` is not plain are special, for text without quotes and returns.
  private func noteNames(_ column: Int, of batch: RecordBatch) {
    kernels.locate(batch, column: column)
    let left = kernels.names(batch, into: nameWords, rest: rest)
    let names = LocatedFields(batch)
    for index in 0..<left {
      let lane = Int(rest[index])
      if special[lane] == 0, !PersonName.isPlain(names[lane]), !isCanonical(names[lane]) { special[lane] = 1 }
    }
  }

  /// True for a name that is its own canonical form and about which there is nothing to say, as one with a middle dot;
  /// names with blanks, the most frequent of those that are not plain, are not looked at closely.
  private func isCanonical(_ name: borrowing Span<UInt8>) -> Bool {
    for index in name.indices {
      if name[index] == 0x20 { return false }
      let isWide = name[index] == 0xE3 && index + 2 < name.count && name[index + 1] == 0x80 && name[index + 2] == 0x80
      if isWide { return false }
    }
    plainValue.removeAll(keepingCapacity: true)
    let codes = PersonName.canonical(name, into: &plainValue)
    guard codes.rawValue == 0, plainValue.count == name.count else { return false }
    for index in name.indices where plainValue[index] != name[index] { return false }
    return true
  }

  /// The hash that a record with the same canonical values has if all of them are plain; nil where a value has none.
  private func plainHash(of lane: Int, in batch: RecordBatch, _ layout: Layout) -> Hash128? {
    let (text, separators) = (batch.chunk.text, batch.chunk.index.separators)
    let first = Int(batch.firstSeparators[lane])
    var result: Hash128?
    var at = 0
    for column in layout.columns {
      let (start, end) = (Int(separators[first + column.number]) + 1, Int(separators[first + column.number + 1]))
      // No plain form is longer than what was delivered, but that of an old number of fifteen digits.
      guard at + max(end - start, Self.idByteCount) < Self.plainByteLimit else { return nil }
      switch column.form {
      case .id(let slot):
        let word = batch.cells[slot * RecordBatch.capacity + lane]
        guard Cell.isUsable(word) else { return nil }
        guard let number = IDNumber(key: UInt64(bitPattern: word)).eighteenCharacters else { return nil }
        plainText.write(number.span, at: at)
        at += number.count
      case .name where !PersonName.isPlain(text.span(from: start, count: end - start)):
        plainValue.removeAll(keepingCapacity: true)
        guard CellMaker.appendWithoutBlanks(text.span(from: start, count: end - start), to: &plainValue) else {
          return nil
        }
        plainText.write(plainValue, at: at)
        at += plainValue.count
      case .name, .asDelivered:
        plainText.copy(from: text, at: start, to: at, count: end - start)
        at += end - start
      }
      plainText[at] = text[end]
      at += 1
      guard column.endsStretch else { continue }
      let hash = XXH3.hash128(plainText.span(from: 0, count: at), seed: result?.low ?? layout.seed)
      result = result.map { Hash128(high: hash.high ^ ($0.high << 1 | $0.high >> 63), low: hash.low) } ?? hash
      at = 0
    }
    return result
  }

  /// Lists the lanes of the judged batch that `lookAgain` recognised.
  func divideJudged(_ batch: RecordBatch) {
    let (lanes, others) = (lanes.mutableColumn(at: 0), stayingLanes.mutableColumn(at: 0))
    let payloads = payloads.mutableColumn(at: 0)
    var (known, unknown) = (0, 0)
    for lane in 0..<batch.count {
      lanes.set(known, UInt32(truncatingIfNeeded: lane))
      others.set(unknown, UInt32(truncatingIfNeeded: lane))
      known &+= payloads[lane] != 0 ? 1 : 0
      unknown &+= payloads[lane] != 0 ? 0 : 1
    }
    (count, stayingCount) = (known, unknown)
  }

  /// Takes the lanes that were recognised out of the judged batch.
  func removeKnown(from batch: RecordBatch) {
    if count == 0 { return }
    let (staying, count) = (stayingLanes.mutableColumn(at: 0), stayingCount)
    @inline(__always)
    func close<Element>(_ column: LaneColumn<Element>) {
      for index in 0..<count { column.set(index, column[Int(staying[index])]) }
    }
    close(batch.firstSeparators.mutableColumn(at: 0))
    close(batch.records.mutableColumn(at: 0))
    close(judgedHigh.mutableColumn(at: 0))
    close(judgedLow.mutableColumn(at: 0))
    close(special.mutableColumn(at: 0))
    close(signatures.mutableColumn(at: 0))
    for use in plan.varyingUses + plan.steadyUses {
      guard let slot = use.slot else { continue }
      for word in slot..<slot + use.type.wordCount {
        close(batch.cells.mutableColumn(at: word * RecordBatch.capacity))
      }
    }
    batch.count = count
  }

  /// Fetches the place of what will be kept about a lane of the judged batch.
  func prefetch(_ lane: Int) { table.prefetch(high: judgedHigh[lane]) }

  /// Keeps what was found out about a lane of the judged batch.
  func keep(_ lane: Int, group: UInt32, part: Int) {
    let signature = Int(signatures[lane])
    guard let payload = RecurrenceTable.Payload(group: Int(group), part: part, signature: signature) else { return }
    table.put(high: judgedHigh[lane], low: judgedLow[lane], payload)
  }

  /// Calls `body` with every signature that was met and how often.
  func forEachSignature(_ body: (_ signature: Int, _ count: Int) -> Void) {
    for signature in 0..<signatureCounts.count where signatureCounts[signature] > 0 {
      body(signature, signatureCounts[signature])
    }
  }
}
