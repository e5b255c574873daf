/// Tonight's changes of a source against the rows that stand: what comes, what goes.
struct RowChange {
  /// What tonight's rows did.
  struct Outcome {
    var rows = 0
    var added = 0
    var changed = 0
    var removed = 0
    /// Rows that were delivered as they stood already, and deletions of rows that did not stand.
    var without = 0
    /// Records that could not be split, and rows with an unknown operation or without a usable key.
    var notApplied = 0
    /// Rows of tonight, and those of them without a usable key.
    var delivered = 0
    var unusable = 0
    /// Digests of people that rows were added or changed about, and that rows were removed or taken back about.
    var touched: Set<UInt32> = []
    var takenBack: Set<UInt32> = []
    /// Names of the mapped fields that the delivery has; nil: nothing was delivered.
    var columns: [String]?
  }

  private(set) var outcome = Outcome()
  /// Rows that come: their lines, whose fields are `header`, and their columns.
  private(set) var came = RowState.Gathered()
  private(set) var header: [String] = []
  /// Of `came`: rows that become usable on a later day.
  private(set) var later: [(row: Int, day: Int32)] = []
  /// By segment: the rows that go, and what they say.
  private(set) var went: [[Segment.Row]] = []
  private(set) var wentRows: [[RowState.Gathered]] = []

  /// What one worker read of tonight's rows.
  private struct Part {
    var lines: [UInt8] = []
    var ends: [Int] = []
    var words: [UInt32] = []
    var notes: [RowTaker.Note] = []
    var later: [Int: Int32] = [:]
  }

  private final class Parts: @unchecked Sendable {
    // SAFETY: each worker writes the element of its own number.
    private var slots: [Slot]

    private final class Slot { var part = Part() }

    init(count: Int) { slots = (0..<count).map { _ in Slot() } }

    func add(_ number: Int, _ taker: RowTaker, columnCount: Int) {
      let slot = slots[number]
      let block = taker.block
      let firstByte = slot.part.lines.count
      let firstRow = slot.part.ends.count
      block.lines.append(from: 0, count: block.byteCount, to: &slot.part.lines)
      for row in 0..<block.count {
        slot.part.ends.append(firstByte + Int(block.ends[row]))
        for column in 0..<columnCount { slot.part.words.append(block.word(column, row)) }
      }
      for (row, day) in block.later { slot.part.later[firstRow + row] = day }
      slot.part.notes += taker.notes
    }

    var parts: [Part] { slots.map(\.part) }
  }

  private struct Change {
    var identity: UInt64
    var order: UInt64
    var part: Int
    var row: Int
  }

  /// Reads tonight's rows from `feed` and compares them with `base`; nil: there are none yet.
  init(
    _ fill: RowFill, _ files: [SourceFile], _ feed: (any ChunkFeed)?, base: RowState?, threads: Int
  ) throws(RunError) {
    let columnCount = fill.columns.count
    let readers = files.reduce(0) { $0 + $1.input.byteCount } > 4 << 20 ? threads : 1
    let store = Parts(count: readers)
    outcome.rows = base?.entry.rows ?? 0
    went = Array(repeating: [], count: base?.segments.count ?? 0)
    wentRows = Array(repeating: [], count: went.count)
    guard let feed, !files.isEmpty else { return }
    let takers = try fill.read(feed, files, notesChanges: true, threads: readers) { number, taker in
      store.add(number, taker, columnCount: columnCount)
    }
    header = fill.fields(of: files).map { fill.source.fields[$0].name }
    outcome.columns = header
    outcome.notApplied = takers.reduce(0) { $0 + $1.cursor.counts.rejected.values.reduce(0, +) }
    let parts = store.parts
    let changes = last(parts, columnCount)
    let identities = changes.map(\.identity)
    let found = try base?.find(identities, threads: threads) ?? []
    // Several rows may stand under one key when the first delivery said so; the change is about all of them.
    var before = Array(repeating: 0, count: changes.count)
    var isSame = Array(repeating: false, count: changes.count)
    let oldHeaders = try base?.segments.map { segment throws(RunError) in try segment.header() } ?? []
    var candidates: [[(row: Segment.Row, change: Int)]] = []
    var gathered: [[RowState.Gathered]] = []
    for (segment, rows) in found.enumerated() {
      let old =
        try base?.gather(rows.map(\.row), of: segment, columns: fill.columns.keyColumns, threads: threads) ?? []
      var list: [(row: Segment.Row, change: Int)] = []
      var index = 0
      for part in old {
        for row in part.ends.indices {
          let change = rows[index].place
          before[change] += 1
          let new = parts[changes[change].part]
          let range = Self.line(new, changes[change].row)
          if oldHeaders[segment] == header, part.lines[part.line(row)] == new.lines[range] { isSame[change] = true }
          list.append((rows[index].row, change))
          index += 1
        }
      }
      candidates.append(list)
      gathered.append(old)
    }
    for (number, change) in changes.enumerated() {
      let part = parts[change.part]
      let note = part.notes[change.row]
      let person = fill.columns.personColumn.map { part.words[change.row * columnCount + fill.columns.keyColumn($0)] }
      switch note.operation {
      case .delete where before[number] == 0: outcome.without += 1
      case .delete:
        outcome.removed += before[number]
        outcome.rows -= before[number]
        if let person { outcome.takenBack.insert(person) }
      default:
        if before[number] == 1, isSame[number] {
          outcome.without += 1
          continue
        }
        outcome.added += before[number] == 0 ? 1 : 0
        outcome.changed += before[number] == 0 ? 0 : 1
        outcome.rows += 1 - before[number]
        if let person { outcome.touched.insert(person) }
        if note.isWithdrawn, let person { outcome.takenBack.insert(person) }
        if let day = part.later[change.row] { later.append((came.ends.count, day)) }
        came.lines += part.lines[Self.line(part, change.row)]
        came.ends.append(came.lines.count)
        came.words += part.words[change.row * columnCount..<(change.row + 1) * columnCount]
      }
    }
    came.columnCount = columnCount
    for (segment, list) in candidates.enumerated() {
      let stays = list.map { before[$0.change] == 1 && isSame[$0.change] && isPut(parts, changes[$0.change]) }
      went[segment] = zip(list, stays).filter { !$1 }.map(\.0.row)
      wentRows[segment] = Self.kept(gathered[segment], stays)
      for part in wentRows[segment] {
        guard let column = fill.columns.personColumn.map(fill.columns.keyColumn) else { break }
        for row in part.ends.indices { outcome.touched.insert(part.words[row * part.columnCount + column]) }
      }
    }
  }

  private func isPut(_ parts: [Part], _ change: Change) -> Bool {
    parts[change.part].notes[change.row].operation != .delete
  }

  private static func line(_ part: Part, _ row: Int) -> Range<Int> {
    (row == 0 ? 0 : part.ends[row - 1])..<part.ends[row]
  }

  /// The rows of `parts` that do not stay.
  private static func kept(_ parts: [RowState.Gathered], _ stays: [Bool]) -> [RowState.Gathered] {
    var index = 0
    return parts.map { part in
      var result = RowState.Gathered()
      result.columnCount = part.columnCount
      for row in part.ends.indices {
        defer { index += 1 }
        if stays[index] { continue }
        result.lines += part.lines[part.line(row)]
        result.ends.append(result.lines.count)
        result.words += part.words[row * part.columnCount..<(row + 1) * part.columnCount]
      }
      return result
    }
  }

  /// The last change of every row, in the order of identities; counts those that cannot be applied.
  private mutating func last(_ parts: [Part], _ columnCount: Int) -> [Change] {
    var all: [Change] = []
    for (number, part) in parts.enumerated() {
      for row in part.notes.indices {
        outcome.delivered += 1
        let note = part.notes[row]
        if !note.hasKey { outcome.unusable += 1 }
        guard note.hasKey, note.operation != nil else {
          outcome.notApplied += 1
          continue
        }
        let words = row * columnCount + StateColumns.identityColumn
        all.append(
          Change(
            identity: UInt64(part.words[words]) << 32 | UInt64(part.words[words + 1]), order: note.order, part: number,
            row: row))
      }
    }
    all.sort { ($0.identity, $0.order) < ($1.identity, $1.order) }
    var last: [Change] = []
    last.reserveCapacity(all.count)
    for change in all {
      if let before = last.last, before.identity == change.identity { last.removeLast() }
      last.append(change)
    }
    return last
  }

  /// Writes the rows that come as the segment `name`.
  func write(_ name: String, in folder: OutputFolder) throws(RunError) -> Segment.Entry {
    let writer = try SegmentWriter(name, header: header, columnCount: came.columnCount, in: folder)
    var block = RowBlock(columnCount: came.columnCount)
    defer { block.deallocate() }
    var days: [Int: Int32] = [:]
    for (row, day) in later { days[row] = day }
    for row in came.ends.indices {
      if block.isFull {
        try writer.append(block)
        block.removeAll()
      }
      let words = came.words[row * came.columnCount..<(row + 1) * came.columnCount]
      let place = block.append(came.lines[came.line(row)], words)
      if let day = days[row] { block.noteLater(place, day: day) }
    }
    try writer.append(block)
    return try writer.finish(in: folder)
  }
}
