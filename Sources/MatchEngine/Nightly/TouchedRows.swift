internal import Normalizers
internal import Synchronization

/// The rows that decide what rules say about everything that changed: small files for two small runs, one over the rows
/// as they were and one over the rows as they are.
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
  /// By source: files of rows that stay, that were, and that come.
  private var same: [[String]]
  private var old: [[String]]
  private var new: [[String]]

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
    let wanted = self.wanted(changed)
    for source in parts.indices {
      var columns: [(column: Int, set: DigestSet)] = []
      for (place, digests) in wanted where place.source == source && !digests.isEmpty {
        var set = DigestSet(count: digests.count)
        for digest in digests { set.insert(digest) }
        columns.append((reach.columns[source].keyColumn(place.column), set))
      }
      defer { for column in columns { column.set.deallocate() } }
      try writeSame(source, columns, passed[source])
      try writeChanged(source)
    }
  }

  /// Stand-ins of all sources: as they were, and as they are.
  func standIns(isNew: Bool) throws(RunError) -> [String: RunOptions.StandIn] {
    var standIns: [String: RunOptions.StandIn] = [:]
    for (number, source) in job.sources.enumerated() {
      var paths = same[number] + (isNew ? new[number] : old[number])
      if paths.isEmpty {
        let header = parts[number].headers.first ?? parts[number].change.header
        paths = [try file(header).path]
      }
      standIns[source.name] = RunOptions.StandIn(
        files: paths.map { RunOptions.StandIn.File(path: $0) }, name: "state/\(source.name).csv")
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
      let found = try state.map(threads: threads) { place throws(RunError) -> (Int, [Segment.Row]) in
        let segment = state.segments[place.segment]
        let count = segment.blocks[place.block].rows
        let words = try segment.columns(place.block, checking: wanted)
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
  private func wanted(_ changed: [[RowState.Gathered]]) -> [RuleReach.Place: [UInt32]] {
    var wanted: [RuleReach.Place: [UInt32]] = [:]
    func digests(_ place: RuleReach.Place) -> [UInt32] {
      let column = reach.columns[place.source].keyColumn(place.column)
      var digests: [UInt32] = []
      for rows in changed[place.source] {
        var at = column
        while at < rows.words.count {
          if rows.words[at] != 0 { digests.append(rows.words[at]) }
          at += rows.columnCount
        }
      }
      return digests
    }
    for link in reach.links {
      switch link {
      case .group(let place): wanted[place, default: []] += digests(place)
      case .join(let subject, let found):
        let (subjects, records) = (digests(subject), digests(found))
        wanted[subject, default: []] += records
        wanted[found, default: []] += records + subjects
      }
    }
    return wanted
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
  private func writeSame(
    _ source: Int, _ columns: [(column: Int, set: DigestSet)], _ passed: [[Segment.Row]]
  ) throws(RunError) {
    let part = parts[source]
    guard !columns.isEmpty || passed.contains(where: { !$0.isEmpty }) else { return }
    let wanted = columns.map(\.column)
    let went = part.change.went.map { $0.sorted() }
    var made: [[String]: Descriptor] = [:]
    for header in Set(part.headers) {
      let (path, file) = try file(header)
      made[header] = file
      same[source].append(path)
    }
    let files = Mutex(made)
    let counts = try part.state.map(threads: threads) { place throws(RunError) -> Int in
      let segment = part.state.segments[place.segment]
      let count = segment.blocks[place.block].rows
      var rows: [Segment.Row] = []
      if !columns.isEmpty {
        let words = try segment.columns(place.block, checking: wanted)
        let hits = FlatArray<UInt8>(repeating: 0, count: count)
        defer { hits.deallocate() }
        for (column, set) in columns {
          let start = column * count
          for row in 0..<count {
            let word = words[start + row]
            // Few words are in the set, so the branch is seldom taken.
            if set.mayContain(word), word != 0 { hits[row] = 1 }
          }
        }
        for row in 0..<count where hits[row] == 1 { rows.append(Segment.Row(block: place.block, row: row)) }
        rows.removeAll { part.state.isGone($0, in: place.segment) || went[place.segment].holds($0) }
      }
      let more = passed[place.segment].filter { $0.block == place.block }
      if !more.isEmpty { rows = Set(rows + more).sorted() }
      guard !rows.isEmpty else { return 0 }
      var gathered = RowState.Gathered()
      try part.state.gather(rows[...], of: place, into: &gathered, columns: [])
      let lines = gathered.lines
      let failure: RunError? = files.withLock { files in
        do throws(RunError) { try files[part.headers[place.segment]]?.write(lines.span) } catch { return error }
        return nil
      }
      if let failure { throw failure }
      return rows.count
    }
    rowCount += counts.reduce(0, +)
  }

  private func writeChanged(_ source: Int) throws(RunError) {
    let part = parts[source]
    if !part.change.came.ends.isEmpty {
      let made = try file(part.change.header)
      try made.file.write(part.change.came.lines.span)
      new[source].append(made.path)
      rowCount += part.change.came.ends.count
    }
    var byHeader: [[String]: [UInt8]] = [:]
    for (segment, rows) in part.change.wentRows.enumerated() {
      for gathered in rows where !gathered.ends.isEmpty {
        byHeader[part.headers[segment], default: []] += gathered.lines
        rowCount += gathered.ends.count
      }
    }
    for (header, lines) in byHeader.sorted(by: { $0.key.joined() < $1.key.joined() }) {
      let made = try file(header)
      try made.file.write(lines.span)
      old[source].append(made.path)
    }
  }
}
