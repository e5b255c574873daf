internal import Normalizers

/// Bringing snapshots up to tonight.
extension NightWork {
  /// A snapshot as the night before left it.
  private struct Before {
    var state: RowState
    var list: RowList
    /// True where its columns mean what they mean tonight.
    var hasSameColumns: Bool
  }

  /// What came of reading a snapshot.
  private struct Delivery {
    /// The rows that came; nil where none did.
    var segment: Segment.Entry?
    var rowCount = 0
    var withoutKey = 0
    var records: RecordCursor.Counts
    var rejects: [RejectList] = []
    /// Rows of the delivery before that say of themselves that they are taken back.
    var withdrawn: [RowPlace] = []
  }

  static func onceName(_ source: String) -> String { "rows/\(source).once" }

  /// A snapshot that was read, beside the delivery before.
  private struct Reading {
    var number: Int
    var files: [SourceFile]
    var before: Before
    var came: CameRows
    var delivery: Delivery
  }

  /// Snapshots beside the deliveries before: what came, what went, and the rows as the new generation has them.
  func bringUpSnapshots(
    _ generation: Generation, _ base: Generation?, _ folder: OutputFolder
  ) throws(RunError) -> [Int: Source] {
    var sources: [Int: Source] = [:]
    var readings: [Reading] = []
    for (number, opened) in snapshots.sorted(by: { $0.key < $1.key }) {
      guard let before = try before(number, base) else {
        sources[number] = try fillFirst(number, opened, generation, folder)
        continue
      }
      let came = CameRows(countMax: before.state.entry.rows / 8 + 4096)
      let delivery = try read(number, opened, generation, before.list, came, folder)
      readings.append(
        Reading(number: number, files: opened.files, before: before, came: came, delivery: delivery))
    }
    guard let base else { return sources }
    // Each has stretches that one thread does alone.
    let changes = try Team(threads: options.threads, pieces: readings.count).map(readings.count) {
      place throws(RunError) in try compare(readings[place], base)
    }
    for (reading, change) in zip(readings, changes) {
      sources[reading.number] = try take(reading, change, generation, base, folder)
    }
    return sources
  }

  /// The rows as the new generation has them.
  private func take(
    _ reading: Reading, _ comparison: Comparison, _ generation: Generation, _ base: Generation, _ folder: OutputFolder
  ) throws(RunError) -> Source {
    let (number, delivery, source) = (reading.number, reading.delivery, prepared.job.sources[reading.number])
    let (before, change, fill) = (reading.before, comparison.change, fill(number, source))
    let text = fill.columns.text(source)
    var brought = Source(
      state: before.state, change: change, outcome: change.outcome, entry: before.state.entry,
      isRewritten: !before.hasSameColumns)
    brought.isAsDelivered = reading.files.allSatisfy(\.input.isRegular)
    brought.entry.segments += [delivery.segment].compactMap(\.self)
    brought.entry.rows = delivery.rowCount
    brought.entry.gone = (before.state.gone + change.went).reduce(0) { $0 + $1.count }
    brought.outcome.rows = delivery.rowCount
    brought.outcome.delivered = delivery.rowCount
    brought.outcome.notApplied = delivery.records.rejected.values.reduce(0, +)
    brought.outcome.columns = fill.header(of: reading.files)
    (brought.records, brought.rejects, brought.files) = (delivery.records, delivery.rejects, reading.files)
    try Self.writeOnce(comparison.gone, of: source.name, in: folder)
    let isWorn = brought.entry.gone > brought.entry.rows / 4 + 4096 || brought.entry.segments.count > 60
    if isWorn || !before.hasSameColumns, brought.isAsDelivered {
      // Rows are written anew when too many of them are gone, or their columns mean something else.
      for name in delivery.segment?.fileNames ?? [] { try folder.discard(name) }
      try folder.discard(RowList.name(source.name))
      let again = try opener.open(source)
      let feed = try opener.feed(again, chunkByteCount: options.chunkByteCount, progress: nil)
      let filled = try fill.fill(generation.rowsName(source), again.files, feed, in: folder)
      try Night.checkSame(try feed.digests(), delivered[source.name] ?? [])
      brought.outcome.unusable = filled.withoutKey
      brought.entry = RowState.Entry(filled, columns: text)
      return brought
    }
    try base.link(before.state.entry.segments, in: folder)
    try writeGone(before.state, brought.change, source, folder)
    return brought
  }

  private func before(_ number: Int, _ base: Generation?) throws(RunError) -> Before? {
    let source = prepared.job.sources[number]
    let text = reach.columns[number].text(source)
    let name = RowList.name(source.name)
    guard let base, let entry = base.rows[source.name], !entry.segments.isEmpty, base.files[name] != nil else {
      return nil
    }
    let state = try RowState(entry, source: source.name, at: base.path)
    let hasSameColumns = entry.columns == text
    return Before(
      state: state, list: try RowList(path: "\(base.path)/\(name)", rows: state), hasSameColumns: hasSameColumns)
  }

  /// Reads a delivery; rows that are not in `list` become a segment.
  private func read(
    _ number: Int, _ opened: SourceOpener.Opened, _ generation: Generation, _ list: RowList, _ came: CameRows,
    _ folder: OutputFolder
  ) throws(RunError) -> Delivery {
    let (source, files) = (prepared.job.sources[number], opened.files)
    let fill = fill(number, source)
    let byteCount = files.reduce(0) { $0 + $1.input.byteCount }
    let rows = try SegmentWriter(
      generation.rowsName(source), header: fill.header(of: files), columnCount: fill.columns.count,
      expecting: byteCount / 64, in: folder)
    let lists = RowListWriter(try folder.makeFile(RowList.name(source.name)))
    let shared = SnapshotReader.Shared(list, lists: lists, rows: rows, came: came)
    let noting = RowTaker.Noting.values(usedFields[number])
    let feed = try opener.feed(opened, chunkByteCount: options.chunkByteCount, progress: nil)
    let readers = (0..<(byteCount > 4 << 20 ? options.threads : 1)).map { _ in
      SnapshotReader(shared, fill, files, noting: noting)
    }
    try Team(readers).read(feed) { reader throws(RunError) in try reader.read(feed) }
    var delivery = Delivery(records: RecordCursor.Counts(fileCount: files.count))
    for reader in readers {
      delivery.records.add(reader.cursor.counts)
      delivery.rejects.append(reader.rejects)
      delivery.withoutKey += reader.taker.withoutKey
      delivery.withdrawn += reader.withdrawn
    }
    let segment = try rows.finish(in: folder)
    delivery.rowCount = try lists.finish(in: folder)
    if segment.rows > 0 {
      delivery.segment = segment
    } else {
      for name in segment.fileNames { try folder.discard(name) }
    }
    delivered[source.name] = try feed.digests()
    return delivery
  }

  // MARK: - What changed

  /// What became of the rows, and digests of those that were there once.
  private struct Comparison {
    var change: RowChange
    var gone: Set<UInt32>
  }

  private func compare(_ reading: Reading, _ base: Generation) throws(RunError) -> Comparison {
    let (before, came) = (reading.before, reading.came)
    let (number, files, delivery) = (reading.number, reading.files, reading.delivery)
    let (source, columns, state) = (prepared.job.sources[number], reach.columns[number], before.state)
    var change = RowChange(segmentCount: state.segments.count)
    change.header = fill(number, source).header(of: files)
    change.went = try before.list.left()
    let wentCount = change.went.reduce(0) { $0 + $1.count }
    change.isHeld = false
    if let rows = came.rows, before.hasSameColumns, wentCount <= state.entry.rows / 8 + 4096 {
      change.isHeld = true
      (change.came, change.later) = rows.gathered(columnCount: columns.count)
      for (segment, rows) in change.went.enumerated() where !rows.isEmpty {
        change.wentRows[segment] = try state.gather(
          rows, of: segment, columns: StateColumns.identityColumns + columns.reachColumns, threads: options.threads)
      }
      try noteChangedFields(number, &change, state)
    }
    let (left, withoutKey) = try said(number, change, state)
    var gone: Set<UInt32> = []
    if let bytes = try base.bytes(Self.onceName(source.name)) {
      for at in stride(from: 0, to: bytes.count - 3, by: 4) {
        gone.insert(bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
      }
    }
    let changes = RowChanges(left: left, came: came.compared, gone: gone)
    change.outcome.added = changes.added
    change.outcome.changed = changes.changed
    change.outcome.removed = changes.removed
    change.outcome.returned = changes.returned
    change.outcome.unusable =
      (base.sources[source.name]?.withoutKey ?? 0) - withoutKey + delivery.withoutKey
    change.outcome.touched = changes.touched
    change.outcome.takenBack = changes.removedAbout
    if source.withdrawn != nil {
      let people = came.withdrawnAbout.union(
        before.hasSameColumns ? try self.people(delivery.withdrawn, columns, state) : [])
      if !people.isEmpty { change.outcome.takenBack += changes.touched.filter(people.contains) }
    }
    return Comparison(change: change, gone: changes.gone)
  }

  /// Notes in which fields a row that came differs from the one that went under its key, where there is one of each.
  private func noteChangedFields(_ number: Int, _ change: inout RowChange, _ state: RowState) throws(RunError) {
    let source = prepared.job.sources[number]
    guard !source.key.isEmpty, !change.came.ends.isEmpty else { return }
    let fields = fill(number, source).fields(named: change.header)
    /// A row that came (part 0) or went, by the number of its part.
    struct Row {
      var identity: UInt64
      var part: UInt32
      var row: UInt32
    }
    var rows: [Row] = []
    rows.reserveCapacity(change.allRows.reduce(0) { $0 + $1.ends.count })
    func add(_ gathered: inout RowState.Gathered, part: Int) {
      for row in gathered.ends.indices {
        let at = row * gathered.columnCount + StateColumns.identityColumn
        let identity = UInt64(gathered.words[at]) << 32 | UInt64(gathered.words[at + 1])
        rows.append(Row(identity: identity, part: UInt32(part), row: UInt32(row)))
      }
      gathered.changed = Array(repeating: .all, count: gathered.ends.count)
    }
    add(&change.came, part: 0)
    var parts: [(segment: Int, part: Int)] = [(0, -1)]
    for segment in change.wentRows.indices {
      for part in change.wentRows[segment].indices {
        add(&change.wentRows[segment][part], part: parts.count)
        parts.append((segment, part))
      }
    }
    let hasSameFields = try state.segments.map { segment throws(RunError) in try segment.header() == change.header }
    rows.sort { $0.identity != $1.identity ? $0.identity < $1.identity : $0.part < $1.part }
    var start = 0
    while start < rows.count {
      var end = start + 1
      while end < rows.count, rows[end].identity == rows[start].identity { end += 1 }
      defer { start = end }
      guard end == start + 2, rows[start].part == 0, rows[start + 1].part > 0 else { continue }
      let (came, went) = (Int(rows[start].row), Int(rows[start + 1].row))
      let (segment, part) = parts[Int(rows[start + 1].part)]
      guard hasSameFields[segment] else { continue }
      let differing = change.came.differing(came, change.wentRows[segment][part], went, fields)
      change.came.changed[came] = differing
      change.wentRows[segment][part].changed[went] = differing
    }
  }

  /// What the rows say that went, by digests, and how many of them have no usable key.
  private func said(
    _ number: Int, _ change: RowChange, _ state: RowState
  ) throws(RunError) -> ([RowChanges.Row], withoutKey: Int) {
    var picked: [PickedRows] = []
    for (segment, rows) in change.went.enumerated() where !rows.isEmpty {
      var blocks: [PickedRows.Block] = []
      var (start, part) = (0, 0)
      for index in rows.indices where index + 1 == rows.count || rows[index + 1].block != rows[index].block {
        blocks.append(
          PickedRows.Block(
            rows: Array(rows[start...index]), lines: change.isHeld ? change.wentRows[segment][part].lines : nil))
        (start, part) = (index + 1, part + 1)
      }
      picked.append(PickedRows(state, segment: segment, blocks: blocks))
    }
    guard !picked.isEmpty else { return ([], 0) }
    let standIn = RunOptions.StandIn(
      files: picked.map { RunOptions.StandIn.File(path: state.segments[$0.segment].linesPath, picked: $0) },
      name: "state/\(prepared.job.sources[number].name).csv")
    let (fill, files, feed) = try reading(standIn, number)
    let rows = CameRows(countMax: 0)
    let takers = try fill.read(feed, files, noting: .values(usedFields[number]), threads: options.threads) {
      rows.append($1)
    }
    return (rows.compared, takers.reduce(0) { $0 + $1.withoutKey })
  }

  /// Digests of the people whom rows are about.
  private func people(
    _ places: [RowPlace], _ columns: StateColumns, _ state: RowState
  ) throws(RunError) -> Set<UInt32> {
    guard let person = columns.personColumn.map(columns.keyColumn) else { return [] }
    var people: Set<UInt32> = []
    let scratch = RowScratch()
    var last: (segment: Int, block: Int)?
    var known: FlatArray<UInt32>?
    for place in places.sorted(by: { $0.number < $1.number }) {
      let (segment, row) = (state.segments[place.segment], place.segmentRow)
      if known == nil || last?.segment != place.segment || last?.block != row.block {
        known = try segment.columns(row.block, checking: [person], scratch)
        last = (place.segment, row.block)
      }
      if let known { people.insert(known[person * segment.blocks[row.block].rows + row.row]) }
    }
    people.remove(0)
    return people
  }

  /// Writes digests of rows that were there once; a first delivery has none.
  static func writeOnce(
    _ gone: Set<UInt32> = [], of source: String, in folder: OutputFolder
  ) throws(RunError) {
    let once = try folder.makeFile(onceName(source))
    var bytes: [UInt8] = []
    for digest in gone.sorted() { bytes.append(littleEndian: digest) }
    try once.append(bytes)
    try folder.finish(once)
  }
}
