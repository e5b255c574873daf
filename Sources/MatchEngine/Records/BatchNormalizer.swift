internal import CKernels
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
  /// By field of codes with `values:`: the cells of what was delivered lately.
  private let replacedCodes: [CodeCache?]
  private let kernels = ColumnKernels()
  private let idLimits: ColumnKernels.IDLimits
  /// Lanes whose fields are not plain.
  private let rest: FlatArray<UInt32>
  /// By field: the latest day up to that of the run, where the job limits the age of the source.
  private var newestDays: [Int: Int64] = [:]
  private let checks: [NumberCheck]
  package var rejects = RejectList()
  /// By lane: set to 1 where a value is not plain, where somebody wants to know.
  var special: FlatArray<UInt8>?
  /// By lane: the warnings about plain values, one bit each, where somebody wants to know. See `noteWarnings`.
  var signatures: FlatArray<UInt8>?
  /// By field: its lowest bit in a signature; 0 for the others.
  private var signatureBits: [UInt8]
  /// By lane: the warnings about accounts of the column.
  private let accountWarnings: FlatArray<UInt8>

  package init(source: Job.Source, uses: [FieldUse], maker: CellMaker) {
    self.source = source
    self.uses = uses
    self.maker = maker
    counts = FlatArray(repeating: 0, count: source.fields.count * Self.countersPerField)
    rest = FlatArray(uninitialized: ColumnKernels.restCount)
    accountWarnings = FlatArray(uninitialized: RecordBatch.capacity)
    signatureBits = Array(repeating: 0, count: source.fields.count)
    checks = NumberCheck.all(of: source, uses, maker: maker)
    idLimits = ColumnKernels.IDLimits(asOf: maker.asOf)
    replacements = source.fields.map { field in
      var table: [UInt64: [UInt8]] = [:]
      for (delivered, meant) in field.values { table[XXH3.hash64(Array(delivered.utf8).span)] = Array(meant.utf8) }
      return table
    }
    replacedCodes = source.fields.map { $0.type == .code && !$0.values.isEmpty ? CodeCache() : nil }
  }

  deinit {
    counts.deallocate()
    codes.deallocate()
    for cache in replacedCodes { cache?.deallocate() }
    rest.deallocate()
    accountWarnings.deallocate()
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
      result.newestDay = newestDays[field]
      for bit in 0..<64 { result.codes[bit] = counts[base + bit] }
      return result
    }
  }

  /// Makes the cells of every field that has a slot; the other fields are counted as empty or not.
  package func normalize(_ batch: RecordBatch) {
    normalize(batch, uses)
    for check in checks where batch.columns[check.field] != nil { count(check, batch) }
  }

  private func count(_ check: NumberCheck, _ batch: RecordBatch) {
    var failures = 0
    for lane in 0..<batch.count where check.fails(lane, batch) { failures += 1 }
    counts[check.field * Self.countersPerField + check.code.rawValue.trailingZeroBitCount] += failures
  }

  /// The same for some of the fields.
  func normalize(_ batch: RecordBatch, _ uses: [FieldUse]) {
    for use in uses {
      guard let column = batch.columns[use.field] else {
        if let slot = use.slot {
          batch.cells.fill(Cell.empty, from: slot * RecordBatch.capacity, count: batch.count)
        }
        counts[use.field * Self.countersPerField + Self.empty] += batch.count
        continue
      }
      guard let slot = use.slot else {
        batch.locate(column: column, kernels)
        countEmpty(batch, use)
        continue
      }
      if !replacements[use.field].isEmpty {
        normalizeReplaced(batch, use: use, column: column, slot: slot)
        continue
      }
      batch.locate(column: column, kernels)
      switch use.type {
      case .residentID: fillIDs(batch, use, column, slot)
      case .account: fillAccounts(batch, use, column, slot)
      case .date:
        let count = kernels.dates(batch, asOf: maker.asOf.days, slot: slot, rest: rest)
        fillRest(count, batch, use, column, slot) { [maker] in maker.date($0) }
        if source.limits.wantsNewestDay, source.fields[use.field].number == nil { noteNewestDay(batch, use, slot) }
      case .money:
        let count = kernels.amounts(batch, slot: slot, rest: rest)
        fillRest(count, batch, use, column, slot) { [maker] in maker.money($0) }
      case .personName:
        let count = kernels.names(batch, slot: slot, rest: rest)
        fillRest(count, batch, use, column, slot) { [maker] in maker.name($0) }
      case .month: fill(batch, use, column, slot) { [maker] in maker.month($0) }
      case .text:
        let count = kernels.texts(batch, slot: slot, rest: rest)
        fillRest(count, batch, use, column, slot, hasSecond: true) { [maker] in maker.textValue($0) }
      case .code: fillCodes(batch, use, column, slot)
      case .number: fill(batch, use, column, slot) { [maker] in maker.number($0) }
      }
    }
  }

  private func noteNewestDay(_ batch: RecordBatch, _ use: FieldUse, _ slot: Int) {
    let days = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
    var newest = newestDays[use.field] ?? Cell.empty
    for lane in 0..<batch.count where Cell.isUsable(days[lane]) && days[lane] <= Int64(maker.asOf.days) {
      if !Cell.isUsable(newest) || days[lane] > newest { newest = days[lane] }
    }
    if Cell.isUsable(newest) { newestDays[use.field] = newest }
  }

  /// Makes the words of the names in `column` of the first `count` lanes of `records`, which may repeat; nothing is
  /// counted. False where quotes or carriage returns ask for another way.
  package func makeNames(
    _ batch: RecordBatch, column: Int, of records: FlatArray<UInt32>, count: Int, into words: FlatArray<Int64>
  ) -> Bool {
    let index = batch.chunk.index
    if index.hasQuotes || index.hasReturns { return false }
    for first in stride(from: 0, to: count, by: RecordBatch.capacity) {
      let left = kernels.names(
        batch, column: column, of: records, from: first, count: min(count - first, RecordBatch.capacity), into: words,
        rest: rest)
      let fields = LocatedFields(batch)
      for position in 0..<left {
        let field = Int(rest[position])
        words[first + field] = maker.name(fields[field]).first
      }
    }
    return true
  }

  /// Settles the lanes of `rest` whose field has no byte, which are nearly all in many a column; returns how many are
  /// left.
  @inline(__always)
  private func settleEmpty(
    _ count: Int, _ batch: RecordBatch, _ use: FieldUse, _ slot: Int, hasSecond: Bool = false
  ) -> Int {
    let (starts, ends) = (batch.starts.mutableColumn(at: 0), batch.ends.mutableColumn(at: 0))
    let first = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
    let second = hasSecond ? batch.cells.mutableColumn(at: (slot + 1) * RecordBatch.capacity) : first
    let lanes = rest.mutableColumn(at: 0)
    var left = 0
    for index in 0..<count {
      let lane = Int(lanes[index])
      if ends[lane] > starts[lane] {
        lanes.set(left, UInt32(truncatingIfNeeded: lane))
        left &+= 1
        continue
      }
      if hasSecond { second.set(lane, 0) }
      first.set(lane, Cell.empty)
      special?[lane] = 1
    }
    counts[use.field * Self.countersPerField + Self.empty] += count - left
    return left
  }

  /// The lanes of `rest`, which a kernel left over.
  @inline(__always)
  private func fillRest(
    _ count: Int, _ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int, hasSecond: Bool = false,
    _ make: (borrowing Span<UInt8>) -> CellMaker.Words
  ) {
    let fields = LocatedFields(batch)
    let first = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
    let second = hasSecond ? batch.cells.mutableColumn(at: (slot + 1) * RecordBatch.capacity) : first
    for index in 0..<settleEmpty(count, batch, use, slot, hasSecond: hasSecond) {
      let lane = Int(rest[index])
      let words = make(fields[lane])
      first.set(lane, words.first)
      if hasSecond { second.set(lane, words.second) }
      if words.codes.rawValue != 0 { note(words.codes, batch, lane, use, column) }
    }
  }

  /// All lanes, one after the other.
  @inline(__always)
  private func fill(
    _ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int,
    _ make: (borrowing Span<UInt8>) -> CellMaker.Words
  ) {
    let lanes = rest.mutableColumn(at: 0)
    for lane in 0..<batch.count { lanes.set(lane, UInt32(truncatingIfNeeded: lane)) }
    fillRest(batch.count, batch, use, column, slot, make)
  }

  private func fillIDs(_ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int) {
    let base = use.field * Self.countersPerField
    var (damaged, endingInX) = kernels.residentIDs(batch, idLimits, slot: slot, rest: rest)
    damaged = settleEmpty(damaged, batch, use, slot)
    if let special { for index in 0..<damaged { special[Int(rest[index])] = 1 } }
    let (count, repairs) = kernels.repairedIDs(batch, idLimits, slot: slot, rest: rest, count: damaged)
    if let signatures, signatureBits[use.field] != 0 { noteEndingsInX(batch, signatureBits[use.field], signatures) }
    counts[base + Self.endingInX] += endingInX
    counts[base + Self.repaired] += Int(repairs.numbers)
    counts[base + Codes.space.rawValue.trailingZeroBitCount] += Int(repairs.spaces)
    counts[base + Codes.width.rawValue.trailingZeroBitCount] += Int(repairs.widths)
    counts[base + Codes.letterCase.rawValue.trailingZeroBitCount] += Int(repairs.letter_cases)
    counts[base + Codes.id15.rawValue.trailingZeroBitCount] += Int(repairs.fifteens)
    fillRest(count, batch, use, column, slot) { [maker] in maker.residentID($0) }
  }

  private func noteEndingsInX(_ batch: RecordBatch, _ bit: UInt8, _ signatures: FlatArray<UInt8>) {
    let (starts, ends) = (batch.starts.mutableColumn(at: 0), batch.ends.mutableColumn(at: 0))
    let (text, signatures) = (batch.chunk.text, signatures.mutableColumn(at: 0))
    for lane in 0..<batch.count {
      let end = Int(ends[lane])
      let endsInX = end > Int(starts[lane]) && text[end - 1] == UInt8(ascii: "X")
      signatures.set(lane, signatures[lane] | (endsInX ? bit : 0))
    }
  }

  private func fillAccounts(_ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int) {
    let (count, luhn, zeroed) = kernels.accounts(batch, slot: slot, rest: rest, warnings: accountWarnings)
    if let signatures, case let bit = signatureBits[use.field], bit != 0 {
      let (signatures, warnings) = (signatures.mutableColumn(at: 0), accountWarnings.mutableColumn(at: 0))
      for lane in 0..<batch.count { signatures.set(lane, signatures[lane] | warnings[lane] &* bit) }
    }
    let base = use.field * Self.countersPerField
    counts[base + Codes.luhn.rawValue.trailingZeroBitCount] += luhn
    counts[base + Codes.zeroed.rawValue.trailingZeroBitCount] += zeroed
    fillRest(count, batch, use, column, slot, hasSecond: true) { [maker] in maker.account($0) }
  }

  /// Codes: few different values, so most are remembered; those that carry a reason code never are.
  private func fillCodes(_ batch: RecordBatch, _ use: FieldUse, _ column: Int, _ slot: Int) {
    let count = settleEmpty(kernels.codes(batch, codes, slot: slot, rest: rest), batch, use, slot)
    let fields = LocatedFields(batch)
    let cells = batch.cells.mutableColumn(at: slot * RecordBatch.capacity)
    for index in 0..<count {
      let lane = Int(rest[index])
      let words = maker.code(fields[lane])
      cells.set(lane, words.first)
      if words.codes.rawValue != 0 {
        note(words.codes, batch, lane, use, column)
      } else {
        codes.keep(words.first, of: lane, in: batch)
      }
    }
  }

  private func normalizeReplaced(_ batch: RecordBatch, use: FieldUse, column: Int, slot: Int) {
    let base = slot * RecordBatch.capacity
    let cache = replacedCodes[use.field]
    var count = batch.count
    if let cache {
      batch.locate(column: column, kernels)
      count = kernels.codes(batch, cache, slot: slot, rest: rest)
      // A job may say what an empty value means.
      if source.fields[use.field].values[""] == nil { count = settleEmpty(count, batch, use, slot) }
    }
    for index in 0..<count {
      let lane = cache == nil ? index : Int(rest[index])
      var (start, end) = batch.range(lane: lane, column: column)
      let delivered = batch.chunk.text
      let trimmed = CellMaker.trimmed(delivered.span(from: start, count: end - start))
      let hash = XXH3.hash64(delivered.span(from: start + trimmed.lowerBound, count: trimmed.count))
      if let meant = replacements[use.field][hash] { (start, end) = batch.chunk.place(meant) }
      let text = batch.chunk.text
      let words = maker.words(text.span(from: start, count: end - start), as: use.type)
      batch.cells[base + lane] = words.first
      if use.type.wordCount == 2 { batch.cells[base + RecordBatch.capacity + lane] = words.second }
      if words.codes.rawValue != 0 {
        note(words.codes, batch, lane, use, column, (start, end))
      } else {
        cache?.keep(words.first, of: lane, in: batch)
      }
    }
  }

  private func countEmpty(_ batch: RecordBatch, _ use: FieldUse) {
    let fields = LocatedFields(batch)
    let isText = use.type == .text
    var empty = 0
    for index in 0..<kernels.mayBeEmpty(batch, areNullWordsEmpty: !isText, rest: rest) {
      let field = fields[Int(rest[index])]
      if isText ? CellMaker.isBlank(field) : NullWord.isNull(field) {
        empty += 1
        special?[Int(rest[index])] = 1
      }
    }
    counts[use.field * Self.countersPerField + Self.empty] += empty
  }

  /// Has the warnings about plain values of the fields of `warnings` noted in `signatures`, in this order: that a
  /// number ends in X, a wrong sum of an account, zeros at its end.
  func noteWarnings(_ warnings: [(field: Int, type: FieldType)]) {
    var bit = 1
    for (field, type) in warnings {
      signatureBits[field] = UInt8(bit)
      bit <<= type.plainWarningCount
    }
  }

  /// Counts the warnings of `count` records of a signature.
  func count(_ signature: Int, of count: Int, _ warnings: [(field: Int, type: FieldType)]) {
    var bit = 1
    for (field, type) in warnings {
      let base = field * Self.countersPerField
      let counters: [Int] =
        switch type {
        case .residentID: [Self.endingInX]
        case .account: [Codes.luhn.rawValue.trailingZeroBitCount, Codes.zeroed.rawValue.trailingZeroBitCount]
        case .personName, .date, .month, .money, .text, .code, .number: []
        }
      for counter in counters {
        if signature & bit != 0 { counts[base + counter] += count }
        bit <<= 1
      }
    }
  }

  @inline(never)
  private func note(
    _ codes: Codes, _ batch: RecordBatch, _ lane: Int, _ use: FieldUse, _ column: Int,
    _ place: (start: Int, end: Int)? = nil
  ) {
    special?[lane] = 1
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
    let (start, end) = place ?? (Int(batch.starts[lane]), Int(batch.ends[lane]))
    rejects.add(
      RejectList.Place(file: batch.chunk.file, chunk: 0, line: batch.line(of: lane), column: column),
      code: Codes.names[error], value: text.span(from: start, count: end - start))
  }
}
