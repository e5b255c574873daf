internal import Normalizers
internal import Synchronization

/// The rows that decide what rules say about everything that changed, for two small runs: one over the rows as they
/// were, one over the rows as they are. Rows that stay are read where they lie, the others stand in small files.
///
/// A flag that one run raises and the other does not came or went. What rules say about anything else is the same in
/// both runs, whether it is true or not, since the rows are the same: it cancels out. So it does where a row changed in
/// fields alone that a rule does not look at: to the rule the row is the same.
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
      var rows = oldDay == newDay ? part.change.allRows : dueRows(of: source, from: oldDay, to: newDay)
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

  /// Days of which the comparison with the day of the run may turn; by column.
  private func dueDays(
    of source: Int, from oldDay: CalendarDate, to newDay: CalendarDate
  ) -> [(column: Int, days: ClosedRange<Int32>)] {
    reach.clocks.filter { $0.source == source }.map { clock in
      (column: reach.columns[source].dayColumn(clock.column), days: clock.days(from: oldDay, to: newDay))
    }
  }

  private static func isDue(_ day: Int32, from oldDay: CalendarDate, to newDay: CalendarDate) -> Bool {
    day == Segment.anyDay || oldDay.days < day && day <= newDay.days
  }

  /// The rows that came and went; where the clock changes what is true of one, no matter in which field it changed.
  private func dueRows(
    of source: Int, from oldDay: CalendarDate, to newDay: CalendarDate
  ) -> [RowState.Gathered] {
    let (change, segments) = (parts[source].change, parts[source].state.segments)
    let days = dueDays(of: source, from: oldDay, to: newDay)
    func noteDue(_ rows: inout RowState.Gathered) {
      guard !rows.changed.isEmpty, !days.isEmpty else { return }
      for row in rows.ends.indices {
        let base = row * rows.columnCount
        if days.contains(where: { $0.days.contains(Int32(bitPattern: rows.words[base + $0.column])) }) {
          rows.changed[row] = .all
        }
      }
    }
    var came = change.came
    noteDue(&came)
    if !came.changed.isEmpty {
      for later in change.later where Self.isDue(later.day, from: oldDay, to: newDay) { came.changed[later.row] = .all }
    }
    var all = [came]
    for (segment, parts) in change.wentRows.enumerated() {
      let later = Set(
        segments[segment].later.filter { Self.isDue($0.day, from: oldDay, to: newDay) }.map(\.row))
      var number = 0
      for var part in parts {
        noteDue(&part)
        if !later.isEmpty, !part.changed.isEmpty {
          for row in part.ends.indices where later.contains(change.went[segment][number + row]) {
            part.changed[row] = .all
          }
        }
        number += part.ends.count
        all.append(part)
      }
    }
    return all
  }

  /// Rows that stand, about which the clock alone can change what is true.
  private func rows(
    of source: Int, from oldDay: CalendarDate, to newDay: CalendarDate
  ) throws(RunError) -> [[Segment.Row]] {
    let state = parts[source].state
    let ranges = dueDays(of: source, from: oldDay, to: newDay)
    var rows = Array(repeating: [Segment.Row](), count: state.segments.count)
    if !ranges.isEmpty {
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
      let due = segment.later.filter { Self.isDue($0.day, from: oldDay, to: newDay) }.map(\.row)
      if !due.isEmpty { rows[number] = Set(rows[number] + due).sorted() }
      let went = parts[source].change.went[number].sorted()
      rows[number].removeAll { state.isGone($0, in: number) || went.holds($0) }
    }
    return rows
  }

  /// By place: digests of keys whose rows are judged again.
  private func digests(of changed: [[RowState.Gathered]]) -> [RuleReach.Place: DigestSet] {
    // By place: where the keys stand of which the rows are wanted there, when one of some fields changed.
    var origins: [RuleReach.Place: [RuleReach.Place: FieldSet]] = [:]
    for (link, fields) in reach.links {
      func add(_ place: RuleReach.Place, _ origin: RuleReach.Place) {
        origins[place, default: [:]][origin, default: []].formUnion(fields[origin.source] ?? [])
      }
      switch link {
      case .group(let place): add(place, place)
      case .join(let subject, let found):
        add(subject, found)
        add(found, found)
        add(found, subject)
      }
    }
    return origins.mapValues { places in
      var set = DigestSet(
        count: places.keys.reduce(0) { sum, place in sum + changed[place.source].reduce(0) { $0 + $1.ends.count } })
      for (place, fields) in places {
        let column = reach.columns[place.source].keyColumn(place.column)
        for rows in changed[place.source] {
          for row in rows.ends.indices where rows.mayReach(row, fields) {
            let word = rows.words[row * rows.columnCount + column]
            if word != 0 { set.insert(word) }
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
        for (column, set) in columns
        where set.mark(words, from: column * count, count: count, in: hits, lanes: scratch.lanes) { isAny = true }
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
