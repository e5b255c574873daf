/// Bringing sources up to tonight.
extension NightWork {
  /// A source brought up to tonight.
  struct Source {
    var state: RowState?
    var change: RowChange?
    var outcome: RowChange.Outcome
    var entry: RowState.Entry
    /// True where the rows were written anew.
    var isRewritten: Bool
    /// True where tonight's delivery, which can be read again, says the same as the rows.
    var isAsDelivered = false
    /// Of a snapshot: what was read of it.
    var records: RecordCursor.Counts?
    /// What was not applied of tonight's delivery, and its files.
    var rejects: [RejectList] = []
    var files: [SourceFile] = []

    /// What is told of the delivery where rows of the state are judged in its place.
    var setAside: SetAside { SetAside(lists: rejects, files: files, isOfChanges: records == nil) }
  }

  func bringUp(
    _ generation: Generation, base: Generation?, in folder: OutputFolder
  ) throws(RunFailure) -> [Int: Source] {
    var sources: [Int: Source] = [:]
    do throws(RunError) {
      var openings: [Opening] = []
      for (number, source) in prepared.job.sources.enumerated() where source.operation != nil {
        if let opened = firstDelivery(number, source, base) {
          sources[number] = try fillFirst(number, opened, generation, folder)
        } else {
          openings.append(try open(number, source, generation, base, folder))
        }
      }
      // The longest first; each has stretches that one thread does alone.
      openings.sort { $0.byteCount > $1.byteCount }
      let team = Team(threads: options.threads, pieces: openings.count)
      let changes = try team.map(openings.count) { place throws(RunError) in
        let opening = openings[place]
        return try RowChange(
          opening.fill, opening.opened?.files ?? [], opening.feed, base: opening.state, threads: options.threads)
      }
      let writers = try zip(openings, changes).map { opening, change throws(RunError) in
        try change.makeWriter(opening.name, in: folder)
      }
      _ = try team.map(changes.count) { place throws(RunError) in
        if let writer = writers[place] { try changes[place].write(to: writer) }
      }
      sources.merge(try bringUpSnapshots(generation, base, folder)) { first, _ in first }
      for place in openings.indices {
        if let feed = openings[place].feed { try note(prepared.job.sources[openings[place].number], feed) }
        sources[openings[place].number] = try take(changes[place], openings[place], writers[place], folder)
      }
    } catch {
      throw .failed(error)
    }
    timing.endPhase("changes")
    return sources
  }

  /// Keeps the digests of a delivery that was read, where they were not taken before.
  private func note(_ source: Job.Source, _ feed: any ChunkFeed) throws(RunError) {
    if delivered[source.name] == nil { delivered[source.name] = try feed.digests() }
  }

  /// A source whose changes are about to be read.
  struct Opening {
    var number: Int
    var name: String
    var fill: RowFill
    var state: RowState?
    var entry: RowState.Entry
    var isRewritten: Bool
    var opened: SourceOpener.Opened?
    var feed: (any ChunkFeed)?

    var byteCount: Int { (opened?.files ?? []).reduce(0) { $0 + $1.input.byteCount } + entry.rows }
  }

  func fill(_ number: Int, _ source: Job.Source) -> RowFill {
    RowFill(
      source: source, columns: reach.columns[number], maker: prepared.maker, seed: siteKey.rowSeed,
      threads: options.threads, chunkByteCount: options.chunkByteCount)
  }

  func hasOperation(_ number: Int, _ source: Job.Source) -> [Bool] {
    changed[number]?.files.map { $0.layout.columns.contains(source.operation ?? "") } ?? []
  }

  /// A first delivery that is no list of changes; nil where it is another one.
  private func firstDelivery(_ number: Int, _ source: Job.Source, _ base: Generation?) -> SourceOpener.Opened? {
    // What was a snapshot may be delivered whole once more.
    let isFirst = base?.rows[source.name]?.segments.isEmpty ?? true || base?.files[RowList.name(source.name)] != nil
    guard isFirst, let opened = changed[number], opened.files.contains(where: { !$0.layout.columns.isEmpty }),
      !hasOperation(number, source).contains(true)
    else { return nil }
    return opened
  }

  /// The rows of a first delivery; nil where they are put into the state while they are judged, as all are that can be
  /// opened again.
  func fillFirst(
    _ number: Int, _ opened: SourceOpener.Opened, _ generation: Generation, _ folder: OutputFolder
  ) throws(RunError) -> Source? {
    let source = prepared.job.sources[number]
    let fill = fill(number, source)
    if opened.files.allSatisfy(\.input.isRegular) {
      fills[number] = fill
      return nil
    }
    let feed = try opener.feed(opened, chunkByteCount: options.chunkByteCount, progress: nil)
    let filled = try fill.fill(generation.rowsName(source), opened.files, feed, in: folder)
    try note(source, feed)
    if fill.columns.hasMarks { try Self.writeOnce(of: source.name, in: folder) }
    var first = Source(
      outcome: RowChange.Outcome(filled, columns: fill.header(of: opened.files)),
      entry: RowState.Entry(filled, columns: fill.columns.text(source)), isRewritten: true)
    (first.records, first.rejects, first.files) = (filled.records, filled.rejects, opened.files)
    return first
  }

  /// Opens the rows that stand, written anew where that is due, and what was delivered.
  func open(
    _ number: Int, _ source: Job.Source, _ generation: Generation, _ base: Generation?, _ folder: OutputFolder
  ) throws(RunError) -> Opening {
    let text = reach.columns[number].text(source)
    let opened = changed[number]
    let feed = try opened.map { opened throws(RunError) in
      try opener.feed(opened, chunkByteCount: options.chunkByteCount, progress: nil)
    }
    var opening = Opening(
      number: number, name: generation.rowsName(source), fill: fill(number, source),
      entry: RowState.Entry(segments: [], rows: 0, gone: 0, columns: text), isRewritten: true, opened: opened,
      feed: feed)
    guard let base, let entry = base.rows[source.name], !entry.segments.isEmpty else { return opening }
    // Files without even a header are told by a guard.
    let without = zip(hasOperation(number, source), opened?.files ?? []).first { !$0 && !$1.layout.columns.isEmpty }
    if let (_, file) = without {
      throw .noOperation(path: file.input.name, column: source.operation ?? "", source: source.name)
    }
    let state = try RowState(entry, source: source.name, at: base.path)
    (opening.state, opening.entry, opening.isRewritten) = (state, entry, false)
    // Columns that mean something else are made again, and so are rows when too many of them are gone.
    if entry.columns != text || entry.gone > entry.rows / 4 + 4096 || entry.segments.count > 60 {
      let refilled = try refill(number, state, "\(opening.name)-0", folder)
      opening.entry = RowState.Entry(segments: [refilled], rows: refilled.rows, gone: 0, columns: text)
      opening.state = try RowState(opening.entry, source: source.name, at: folder.scratchPath)
      opening.isRewritten = true
    } else {
      try base.link(entry.segments, in: folder)
    }
    return opening
  }

  /// Ends the segment of what comes, and writes which rows go.
  func take(
    _ change: RowChange, _ opening: Opening, _ writer: SegmentWriter?, _ folder: OutputFolder
  ) throws(RunError) -> Source {
    var entry = opening.entry
    if let writer { entry.segments.append(try writer.finish(in: folder)) }
    entry.rows = change.outcome.rows
    if let state = opening.state {
      entry.gone = try writeGone(state, change, prepared.job.sources[opening.number], folder)
    }
    var outcome = change.outcome
    let required = prepared.job.sources[opening.number].fields.filter(\.isRequired).map(\.name)
    outcome.lacking = try opening.state?.lacking(with: change, required: required) ?? []
    outcome.headless = (opening.opened?.files ?? []).filter { $0.layout.columns.isEmpty }.map(\.input.name)
    return Source(
      state: opening.state, change: change, outcome: outcome, entry: entry, isRewritten: opening.isRewritten,
      rejects: change.rejects, files: opening.opened?.files ?? [])
  }

  /// Writes which rows of the segments are gone after `change`; returns how many.
  @discardableResult
  func writeGone(
    _ state: RowState, _ change: RowChange?, _ source: Job.Source, _ folder: OutputFolder
  ) throws(RunError) -> Int {
    var gone: [UInt8] = []
    for (segment, rows) in state.gone.enumerated() {
      for row in (rows + (change?.went[segment] ?? [])).sorted() {
        gone.append(littleEndian: RowPlace(segment: segment, row).number)
      }
    }
    guard !gone.isEmpty else { return 0 }
    let file = try folder.makeFile(RowState.goneName(source.name))
    try file.append(gone)
    try folder.finish(file)
    return gone.count / 8
  }

  /// Writes the rows that stand as one new segment.
  func refill(
    _ number: Int, _ state: RowState, _ name: String, _ folder: OutputFolder
  ) throws(RunError) -> Segment.Entry {
    let (again, files, feed) = try reading(try standIn(state, prepared.job.sources[number].name), number)
    var entry = try again.fill(name, files, feed, in: folder).entry
    entry.lacking = try state.lacking(with: nil)
    return entry
  }

  /// Opens rows of the state in place of source `number`, to be taken as they stand.
  func reading(
    _ standIn: RunOptions.StandIn, _ number: Int
  ) throws(RunError) -> (fill: RowFill, files: [SourceFile], feed: any ChunkFeed) {
    let source = prepared.job.sources[number]
    var options = options
    options.standIns = [source.name: standIn]
    let ready: PreparedJob
    do throws(RunFailure) {
      ready = try PreparedJob(jobFile: prepared.jobFile, options: options)
    } catch {
      if case .failed(let error) = error { throw error }
      throw .changed(path: prepared.jobFile)
    }
    var opener = ready.opener
    let opened = try opener.open(ready.job.sources[number])
    let feed = try opener.feed(opened, chunkByteCount: options.chunkByteCount, progress: nil)
    var rows = ready.job.sources[number]
    rows.operation = nil
    return (fill(number, rows), opened.files, feed)
  }

  func standIn(_ state: RowState, _ name: String) throws(RunError) -> RunOptions.StandIn {
    var files: [RunOptions.StandIn.File] = []
    for (number, segment) in state.segments.enumerated() {
      files.append(
        RunOptions.StandIn.File(
          path: segment.linesPath, gone: try state.goneRanges(of: number)))
    }
    return RunOptions.StandIn(files: files, name: "state/\(name).csv")
  }
}
