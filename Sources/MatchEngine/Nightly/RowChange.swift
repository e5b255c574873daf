/// Tonight's changes of a source against the rows that stand: what comes, what goes.
struct RowChange {
  /// What tonight's rows did.
  struct Outcome {
    var rows = 0
    var added = 0
    var changed = 0
    var removed = 0
    /// Of a snapshot: rows among those added that an earlier delivery had and a later one had not.
    var returned = 0
    /// Rows that were delivered as they stood already, and deletions of rows that did not stand.
    var without = 0
    /// Records that could not be split, and rows with an unknown operation or without a usable key.
    var notApplied = 0
    /// Rows of tonight, and those of them without a usable key; of a snapshot all rows are of tonight.
    var delivered = 0
    var unusable = 0
    /// Digests of people that rows were added or changed about, and that rows were removed or taken back about; some
    /// may stand more than once.
    var touched: [UInt32] = []
    var takenBack: [UInt32] = []
    /// Names of the mapped fields that the delivery has; nil: nothing was delivered.
    var columns: [String]?
    /// Names of the fields that some of the rows that stand have and others cannot have.
    var lacking: [String] = []
    /// Files without even a header.
    var headless: [String] = []

    init() {}

    /// Of a first delivery, whose files have `columns`.
    init(_ filled: RowFill.Filled, columns: [String]) {
      (rows, added, delivered) = (filled.entry.rows, filled.entry.rows, filled.entry.rows)
      notApplied = filled.records.rejected.values.reduce(0, +)
      unusable = filled.withoutKey
      self.columns = columns
    }
  }

  var outcome = Outcome()
  /// Records of tonight that were not applied.
  var rejects: [RejectList] = []
  /// Rows that come: their lines, whose fields are `header`, and their columns.
  var came = RowState.Gathered()
  var header: [String] = []
  /// Of `came`: rows that become usable on a later day.
  var later: [(row: Int, day: Int32)] = []
  /// By segment: the rows that go, and what they say.
  var went: [[Segment.Row]] = []
  var wentRows: [[RowState.Gathered]] = []
  /// False where so much changed that the rows themselves are not kept.
  var isHeld = true

  /// Rows that come and rows that go.
  var allRows: [RowState.Gathered] { [came] + wentRows.flatMap(\.self) }

  init(segmentCount: Int) {
    went = Array(repeating: [], count: segmentCount)
    wentRows = Array(repeating: [], count: segmentCount)
  }

  private struct Change {
    var identity: UInt64
    var order: UInt64
    var place: TakenRows.Place
  }

  /// Reads tonight's rows from `feed` and compares them with `base`; nil: there are none yet.
  init(
    _ fill: RowFill, _ files: [SourceFile], _ feed: (any ChunkFeed)?, base: RowState?, threads: Int
  ) throws(RunError) {
    let readers = files.reduce(0) { $0 + $1.input.byteCount } > 4 << 20 ? threads : 1
    self.init(segmentCount: base?.segments.count ?? 0)
    outcome.rows = base?.entry.rows ?? 0
    guard let feed, !files.isEmpty else { return }
    let taken = TakenRows()
    let takers = try fill.read(feed, files, noting: .changes, threads: readers) { _, taker in
      let (block, notes) = taker.handBlock()
      taken.append(block, notes)
    }
    header = fill.header(of: files)
    outcome.columns = header
    rejects = takers.map(\.rejects)
    outcome.notApplied = RejectList.counts(rejects).values.reduce(0, +)
    try compare(taken, base, fill, threads)
  }

  /// What stood in the state of the rows that a night is about.
  private struct Before {
    /// By change: how many rows, and whether the last of them says the same.
    var counts: [UInt32]
    var isSame: [Bool]
    /// By change: in which fields it differs from the row that it takes the place of; all where that is not one row.
    var changed: [FieldSet]
    /// By segment: the rows, with the number of the change, and what they say.
    var rows: [[RowState.Found]] = []
    var gathered: [[RowState.Gathered]] = []
  }

  private mutating func compare(
    _ taken: TakenRows, _ base: RowState?, _ fill: RowFill, _ threads: Int
  ) throws(RunError) {
    let columns = fill.columns
    let changes = last(taken)
    let before = try find(changes, taken, base, fill, threads)
    came.columnCount = columns.count
    came.ends.reserveCapacity(changes.count)
    came.words.reserveCapacity(changes.count * columns.count)
    came.lines.reserveCapacity(changes.reduce(0) { $0 + taken.lineLength($1.place) })
    let person = columns.personColumn.map(columns.keyColumn)
    for (number, change) in changes.enumerated() {
      let note = taken.note(change.place)
      let count = Int(before.counts[number])
      switch note.operation {
      case .delete where count == 0: outcome.without += 1
      case .delete:
        outcome.removed += count
        outcome.rows -= count
        if let person { outcome.takenBack.append(taken.word(person, change.place)) }
      default:
        if count == 1, before.isSame[number] {
          outcome.without += 1
          continue
        }
        outcome.added += count == 0 ? 1 : 0
        outcome.changed += count == 0 ? 0 : 1
        outcome.rows += 1 - count
        if let person {
          outcome.touched.append(taken.word(person, change.place))
          if note.isWithdrawn { outcome.takenBack.append(taken.word(person, change.place)) }
        }
        if let day = taken.day(change.place) { later.append((came.ends.count, day)) }
        came.changed.append(before.changed[number])
        taken.copy(change.place, to: &came)
      }
    }
    for (segment, list) in before.rows.enumerated() {
      let stays = list.map { row in
        before.counts[row.place] == 1 && before.isSame[row.place]
          && taken.note(changes[row.place].place).operation != .delete
      }
      went[segment] = zip(list, stays).filter { !$1 }.map(\.0.row)
      wentRows[segment] = Self.kept(before.gathered[segment], stays, list.map { before.changed[$0.place] })
      guard let person else { continue }
      for part in wentRows[segment] {
        for row in part.ends.indices { outcome.touched.append(part.words[row * part.columnCount + person]) }
      }
    }
  }

  /// Several rows may stand under one key when the first delivery said so; the change is about all of them.
  private func find(
    _ changes: [Change], _ taken: TakenRows, _ base: RowState?, _ fill: RowFill, _ threads: Int
  ) throws(RunError) -> Before {
    let columns = fill.columns
    let fields = fill.fields(named: header)
    var before = Before(
      counts: Array(repeating: 0, count: changes.count), isSame: Array(repeating: false, count: changes.count),
      changed: Array(repeating: .all, count: changes.count))
    guard let base else { return before }
    before.rows = try base.find(changes.map(\.identity), threads: threads)
    for (segment, rows) in before.rows.enumerated() {
      let old = try base.gather(rows.map(\.row), of: segment, columns: columns.reachColumns, threads: threads)
      var hasSameFields = try base.segments[segment].header() == header
      // Rows that lack something are not the same as rows that have it empty.
      if !base.entry.segments[segment].lacking.isEmpty { hasSameFields = false }
      var index = 0
      for part in old {
        for row in part.ends.indices {
          let change = rows[index].place
          let place = changes[change].place
          before.counts[change] += 1
          let check = part.words[row * part.columnCount + StateColumns.checkColumn]
          if hasSameFields, check == taken.word(StateColumns.checkColumn, place), taken.isLine(place, part, row) {
            before.isSame[change] = true
          } else if hasSameFields, taken.note(place).operation != .delete {
            before.changed[change] = taken.differing(place, part, row, fields: fields)
          }
          index += 1
        }
      }
      before.gathered.append(old)
    }
    for change in changes.indices where before.counts[change] > 1 { before.changed[change] = .all }
    return before
  }

  /// The rows of `parts` that do not stay.
  private static func kept(
    _ parts: [RowState.Gathered], _ stays: [Bool], _ fields: [FieldSet]
  ) -> [RowState.Gathered] {
    var index = 0
    guard stays.contains(true) else {
      return parts.map { part in
        defer { index += part.ends.count }
        var result = part
        result.changed = Array(fields[index..<index + part.ends.count])
        return result
      }
    }
    return parts.map { part in
      var result = RowState.Gathered()
      result.columnCount = part.columnCount
      for row in part.ends.indices {
        defer { index += 1 }
        if stays[index] { continue }
        result.changed.append(fields[index])
        result.lines += part.lines[part.line(row)]
        result.ends.append(result.lines.count)
        result.words += part.words[row * part.columnCount..<(row + 1) * part.columnCount]
      }
      return result
    }
  }

  /// The last change of every row, in the order of identities; without those that cannot be applied.
  private mutating func last(_ taken: TakenRows) -> [Change] {
    var all: [Change] = []
    all.reserveCapacity(taken.pieces.reduce(0) { $0 + $1.notes.count })
    for (number, piece) in taken.pieces.enumerated() {
      for (row, note) in piece.notes.enumerated() {
        outcome.delivered += 1
        if !note.hasKey { outcome.unusable += 1 }
        guard note.hasKey, note.operation != nil else { continue }
        all.append(
          Change(
            identity: piece.block.identity(row), order: note.order,
            place: TakenRows.Place(piece: Int32(number), row: Int32(row))))
      }
    }
    all.sort { $0.identity != $1.identity ? $0.identity < $1.identity : $0.order < $1.order }
    var kept = 0
    for index in all.indices {
      if kept > 0, all[kept - 1].identity == all[index].identity { kept -= 1 }
      all[kept] = all[index]
      kept += 1
    }
    all.removeLast(all.count - kept)
    return all
  }

  /// A writer for the rows that come, as the segment `name`; nil when none do.
  func makeWriter(_ name: String, in folder: OutputFolder) throws(RunError) -> SegmentWriter? {
    guard !came.ends.isEmpty else { return nil }
    return try SegmentWriter(
      name, header: header, columnCount: came.columnCount, expecting: came.lines.count, in: folder)
  }

  /// Writes the rows that come.
  func write(to writer: SegmentWriter) throws(RunError) {
    var block = RowBlock(columnCount: came.columnCount)
    defer { block.deallocate() }
    var next = 0
    for start in stride(from: 0, to: came.ends.count, by: RowBlock.capacity) {
      let end = min(start + RowBlock.capacity, came.ends.count)
      block.removeAll()
      block.take(came, start..<end)
      while next < later.count, later[next].row < end {
        block.noteLater(later[next].row - start, day: later[next].day)
        next += 1
      }
      _ = try writer.append(block)
    }
  }
}
