internal import Normalizers
internal import Synchronization

/// The rows that decide what rules say about everything that changed, for two small runs: one over the rows as they
/// were, one over the rows as they are. Rows that stay are read where they lie, the others stand in small files.
///
/// A flag that one run raises and the other does not came or went. What rules say about anything else is the same in
/// both runs, whether it is true or not, since the rows are the same: it cancels out.
final class TouchedRows {
  /// A source as it is judged: its rows, and what the night brought.
  struct Part {
    var state: RowState
    var change: RowChange
    var headers: [[String]]
  }

  private let job: Job
  private let reach: RuleReach
  private let parts: [Part]
  private let folder: OutputFolder
  private let threads: Int
  private(set) var rowCount = 0
  /// Names of the files in the folder.
  private var names: [String] = []
  /// By source: rows that stay, where they lie, and files of those that were and that come.
  private var same: [[RunOptions.StandIn.File]]
  private var old: [[RunOptions.StandIn.File]]
  private var new: [[RunOptions.StandIn.File]]

  init(_ job: Job, _ reach: RuleReach, _ parts: [Part], in folder: OutputFolder, threads: Int) {
    self.job = job
    self.reach = reach
    self.parts = parts
    self.folder = folder
    self.threads = threads
    same = Array(repeating: [], count: parts.count)
    old = same
    new = same
  }

  /// Writes the files. `days` are those of the last night and of this one.
  func write(from oldDay: CalendarDate, to newDay: CalendarDate) throws(RunError) {
    var passed: [[[Segment.Row]]] = []
    for source in parts.indices {
      passed.append(
        try oldDay == newDay
          ? Array(repeating: [], count: parts[source].state.segments.count) : rows(of: source, from: oldDay, to: newDay)
      )
    }
    var changed: [[RowState.Gathered]] = []
    for (source, part) in parts.enumerated() {
      var rows = [part.change.came] + part.change.wentRows.flatMap(\.self)
      for (segment, list) in passed[source].enumerated() where !list.isEmpty {
        rows += try part.state.gather(list, of: segment, columns: reach.columns[source].keyColumns, threads: threads)
      }
      changed.append(rows)
    }
    let sets = digests(of: changed)
    defer { for set in sets.values { set.deallocate() } }
    for source in parts.indices {
      let columns = sets.filter { $0.key.source == source && !$0.value.isEmpty }.map { place, set in
        (column: reach.columns[source].keyColumn(place.column), set: set)
      }
      try pickSame(source, columns.sorted { $0.column < $1.column }, passed[source])
      try writeChanged(source)
      try parts[source].state.check(parts[source].change.went, columns: reach.columns[source].keyColumns)
      try parts[source].state.check(passed[source], columns: reach.columns[source].keyColumns)
    }
  }

  /// Stand-ins of all sources: as they were, and as they are.
  func standIns(isNew: Bool) throws(RunError) -> [String: RunOptions.StandIn] {
    var standIns: [String: RunOptions.StandIn] = [:]
    for (number, source) in job.sources.enumerated() {
      var files = same[number] + (isNew ? new[number] : old[number])
      if files.isEmpty {
        let header = parts[number].headers.first ?? parts[number].change.header
        files = [RunOptions.StandIn.File(path: try file(header).path)]
      }
      standIns[source.name] = RunOptions.StandIn(files: files, name: "state/\(source.name).csv")
    }
    return standIns
  }

  /// Removes the files.
  func remove() throws(RunError) { for name in names { try folder.removeScratch(name) } }

  // MARK: - Choosing

  /// Rows that stand, about which the clock alone can change what is true.
  private func rows(
    of source: Int, from oldDay: CalendarDate, to newDay: CalendarDate
  ) throws(RunError) -> [[Segment.Row]] {
    let (state, columns) = (parts[source].state, reach.columns[source])
    let clocks = reach.clocks.filter { $0.source == source }
    var rows = Array(repeating: [Segment.Row](), count: state.segments.count)
    if !clocks.isEmpty {
      let ranges = clocks.map { clock in
        (column: columns.dayColumn(clock.column), days: clock.days(from: oldDay, to: newDay))
      }
      let wanted = Set(ranges.map(\.column)).sorted()
      let found = try state.map(threads: threads) { place, scratch throws(RunError) -> (Int, [Segment.Row]) in
        let segment = state.segments[place.segment]
        let count = segment.blocks[place.block].rows
        let words = try segment.columns(place.block, checking: wanted, scratch)
        var rows: [Segment.Row] = []
        for row in 0..<count
        where ranges.contains(where: { $0.days.contains(Int32(bitPattern: words[$0.column * count + row])) }) {
          rows.append(Segment.Row(block: place.block, row: row))
        }
        return (place.segment, rows)
      }
      rows = state.bySegment(found)
    }
    for (number, segment) in state.segments.enumerated() {
      let due = segment.later.filter {
        $0.day == Segment.anyDay || oldDay.days < $0.day && $0.day <= newDay.days
      }.map(\.row)
      if !due.isEmpty { rows[number] = Set(rows[number] + due).sorted() }
      let went = parts[source].change.went[number].sorted()
      rows[number].removeAll { state.isGone($0, in: number) || went.holds($0) }
    }
    return rows
  }

  /// By place: digests of keys whose rows are judged again.
  private func digests(of changed: [[RowState.Gathered]]) -> [RuleReach.Place: DigestSet] {
    // By place: where the keys stand of which the rows are wanted there.
    var origins: [RuleReach.Place: Set<RuleReach.Place>] = [:]
    for link in reach.links {
      switch link {
      case .group(let place): origins[place, default: []].insert(place)
      case .join(let subject, let found):
        origins[subject, default: []].insert(found)
        origins[found, default: []].formUnion([found, subject])
      }
    }
    return origins.mapValues { places in
      var set = DigestSet(
        count: places.reduce(0) { sum, place in sum + changed[place.source].reduce(0) { $0 + $1.ends.count } })
      for place in places {
        let column = reach.columns[place.source].keyColumn(place.column)
        for rows in changed[place.source] {
          for at in stride(from: column, to: rows.words.count, by: max(rows.columnCount, 1)) where rows.words[at] != 0 {
            set.insert(rows.words[at])
          }
        }
      }
      return set
    }
  }

  // MARK: - Writing

  private func file(_ header: [String]) throws(RunError) -> (path: String, file: Descriptor) {
    let name = ".touched-\(names.count)"
    let file = try folder.makeScratch(name)
    names.append(name)
    var row = CSVCellWriter()
    for title in ["row"] + header { row.raw(title) }
    row.endRecord()
    try file.write(row.bytes.span)
    return ("\(folder.scratchPath)/\(name)", file)
  }

  /// Rows that stay and share a key with one that changed.
  private func pickSame(
    _ source: Int, _ columns: [(column: Int, set: DigestSet)], _ passed: [[Segment.Row]]
  ) throws(RunError) {
    let part = parts[source]
    guard !columns.isEmpty || passed.contains(where: { !$0.isEmpty }) else { return }
    let wanted = columns.map(\.column)
    let went = part.change.went.map { $0.sorted() }
    let picked = try part.state.map(threads: threads) { place, scratch throws(RunError) -> PickedRows.Block in
      let segment = part.state.segments[place.segment]
      let count = segment.blocks[place.block].rows
      var rows: [Segment.Row] = []
      if !columns.isEmpty {
        let words = try segment.columns(place.block, checking: wanted, scratch)
        let hits = scratch.bytes(RowBlock.capacity)
        hits.fill(0, from: 0, count: count)
        var isAny = false
        for (column, set) in columns where set.mark(words, from: column * count, count: count, in: hits) {
          isAny = true
        }
        if isAny {
          for row in 0..<count where hits[row] == 1 { rows.append(Segment.Row(block: place.block, row: row)) }
          let (gone, left) = (part.state.gone[place.segment], went[place.segment])
          if !gone.isEmpty || !left.isEmpty { rows.removeAll { gone.holds($0) || left.holds($0) } }
        }
      }
      if !passed[place.segment].isEmpty {
        let more = passed[place.segment].filter { $0.block == place.block }
        if !more.isEmpty { rows = Set(rows + more).sorted() }
      }
      guard !rows.isEmpty, heldByteCount.load(ordering: .relaxed) < Self.heldByteCountMax else {
        return PickedRows.Block(rows: rows)
      }
      var gathered = RowState.Gathered()
      try part.state.gather(rows[...], of: place, into: &gathered, columns: nil)
      heldByteCount.add(gathered.lines.count, ordering: .relaxed)
      return PickedRows.Block(rows: rows, lines: gathered.lines)
    }
    var blocks = Array(repeating: [PickedRows.Block](), count: part.state.segments.count)
    for (place, block) in zip(part.state.places, picked) where !block.rows.isEmpty {
      blocks[place.segment].append(block)
      rowCount += block.rows.count
    }
    for (segment, blocks) in blocks.enumerated() where !blocks.isEmpty {
      same[source].append(
        RunOptions.StandIn.File(
          path: part.state.segments[segment].linesPath,
          picked: PickedRows(part.state, segment: segment, blocks: blocks)))
    }
  }

  /// Both runs need the lines: so many bytes of them are kept in memory, the others are read twice.
  private static let heldByteCountMax = 64 << 20
  private let heldByteCount = Atomic<Int>(0)

  private func writeChanged(_ source: Int) throws(RunError) {
    let part = parts[source]
    if !part.change.came.ends.isEmpty {
      let made = try file(part.change.header)
      try made.file.write(part.change.came.lines.span)
      new[source].append(RunOptions.StandIn.File(path: made.path))
      rowCount += part.change.came.ends.count
    }
    var byHeader: [[String]: Descriptor] = [:]
    for (segment, rows) in part.change.wentRows.enumerated() {
      for gathered in rows where !gathered.ends.isEmpty {
        let header = part.headers[segment]
        if byHeader[header] == nil {
          let made = try file(header)
          byHeader[header] = made.file
          old[source].append(RunOptions.StandIn.File(path: made.path))
        }
        try byHeader[header]?.write(gathered.lines.span)
        rowCount += gathered.ends.count
      }
    }
  }
}
