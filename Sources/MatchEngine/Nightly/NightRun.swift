internal import CPlatform
internal import Dispatch
internal import Normalizers
internal import Synchronization

/// The nightly comparison: brings the state up to tonight's deliveries and tells what became of the flags since the
/// last night.
package enum NightRun {
  /// What `match-run nightly` takes beside the options of a run.
  package struct Request: Sendable {
    package var state: String
    package var out: String
    /// Guards to go on in spite of, as `KIND:SUBJECT`.
    package var accepted: [String]
    /// Run in full beside it, and compare.
    package var isVerified: Bool
    /// Judge everything, also where judging what changed would do.
    package var isWhole: Bool
    /// Write `flags.csv`, however long it is.
    package var isListed: Bool

    package init(
      state: String, out: String, accepted: [String] = [], isVerified: Bool = false, isWhole: Bool = false,
      isListed: Bool = false
    ) {
      self.state = state
      self.out = out
      self.accepted = accepted
      self.isVerified = isVerified
      self.isWhole = isWhole
      self.isListed = isListed
    }
  }

  package static func run(
    jobFile: String, _ request: Request, options: RunOptions
  ) throws(RunFailure) -> RunResult {
    guard let siteKey = options.siteKey else {
      throw .usage(
        "nightly needs --key FILE: flags are known again by numbers made with the site key"
          + " ('match-run key init FILE' makes one)")
    }
    for name in request.accepted {
      let parts = name.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, NightGuard.Kind(rawValue: String(parts[0])) != nil, !parts[1].isEmpty else {
        throw .usage("--accept takes a guard as the night names it, such as shrunk:payments; this is '\(name.oneLine)'")
      }
    }
    _ = mr_keep_memory()
    var options = options
    options.hashSeed = siteKey.rowSeed
    let prepared = try PreparedJob(jobFile: jobFile, options: options)
    let state: StateFolder
    do throws(RunError) { state = try StateFolder(path: request.state) } catch { throw .failed(error) }
    let outcome: Result<RunResult, RunFailure>
    do throws(RunFailure) {
      let work = NightWork(prepared, request, options, siteKey, state)
      outcome = .success(try work.run())
    } catch {
      outcome = .failure(error)
    }
    do throws(RunError) { try state.release() } catch { throw .failed(error) }
    return try outcome.get()
  }
}

/// The work of one night on a locked state.
final class NightWork {
  private let prepared: PreparedJob
  private let request: NightRun.Request
  private var options: RunOptions
  private let siteKey: SiteKey
  private let state: StateFolder
  private let reach: RuleReach
  private var timing: Timing

  /// Files of sources that arrive as changes, opened; by source number.
  private var changed: [Int: SourceOpener.Opened] = [:]
  private var opener: SourceOpener
  /// By source name: files of tonight with their digests.
  private var delivered: [String: [Manifest.File]] = [:]
  private var missing: Set<String> = []
  private var snapshotBytes = 0

  init(
    _ prepared: PreparedJob, _ request: NightRun.Request, _ options: RunOptions, _ siteKey: SiteKey,
    _ state: StateFolder
  ) {
    self.prepared = prepared
    self.request = request
    self.options = options
    self.siteKey = siteKey
    self.state = state
    reach = RuleReach(prepared.job)
    opener = prepared.opener
    timing = Timing(threads: options.threads, memoryByteCount: options.memoryByteCount)
  }

  func run() throws(RunFailure) -> RunResult {
    let last: Generation?
    do throws(RunError) {
      last = try state.numbers.last.flatMap { number throws(RunError) in try state.generation(number) }
      try look()
    } catch {
      throw .failed(error)
    }
    guard opener.problems.isEmpty else { throw .job(JobError(file: prepared.jobFile, problems: opener.problems)) }
    var new = Generation(
      number: 1, base: 0, asOf: prepared.asOf, jobDigest: Self.digest(of: Array(prepared.job.text.utf8)),
      siteKey: siteKey.name)
    new.accepted = Array(Set(request.accepted)).sorted()
    new.changesDigest = Self.digest(of: lines(of: delivered))
    new.snapshotBytes = snapshotBytes
    timing.endPhase("open")
    guard let last else { return try night(new, base: nil) }
    guard last.siteKey == siteKey.name else {
      throw .usage("the state was made with the key \(last.siteKey), not with \(siteKey.name); flags would all be new")
    }
    if last.asOf == new.asOf, last.jobDigest == new.jobDigest, last.accepted == new.accepted,
      last.changesDigest == new.changesDigest, last.snapshotBytes == snapshotBytes,
      try nightDigest(new) == last.nightDigest
    {
      // The last night over again: it is made again from the generation before it, and comes out the same.
      let before: Generation?
      do throws(RunError) { before = try state.generation(last.base) } catch { throw .failed(error) }
      if before != nil || last.base == 0 {
        (new.number, new.base) = (last.number, last.base)
        return try night(new, base: before)
      }
    }
    guard last.asOf <= new.asOf else {
      throw .usage("the state is of \(last.asOf); a night of \(new.asOf) cannot follow it")
    }
    (new.number, new.base) = (last.number + 1, last.number)
    return try night(new, base: last)
  }

  // MARK: - What was delivered

  /// Opens what was delivered as changes, and sees whether snapshots are there.
  private func look() throws(RunError) {
    for (number, source) in prepared.job.sources.enumerated() {
      do throws(RunError) {
        guard source.operation != nil else {
          snapshotBytes += try prepared.inputs.files(of: source.name, paths: source.paths).reduce(0) {
            $0 + $1.byteCount
          }
          continue
        }
        let opened = try opener.open(source)
        changed[number] = opened
        delivered[source.name] = try opened.files.map { file throws(RunError) in
          Manifest.File(
            path: file.input.name, byteCount: file.input.byteCount, digest: try Self.digest(of: file.input.path))
        }
      } catch {
        switch error {
        // A night without changes is a night; a snapshot that is not there is not an empty one.
        case .missing, .noMatch: if source.operation == nil { missing.insert(source.name) }
        default: throw error
        }
      }
    }
  }

  private func lines(of files: [String: [Manifest.File]]) -> [UInt8] {
    var text = ""
    for (name, files) in files.sorted(by: { $0.key < $1.key }) {
      for file in files { text += "\(name) \(file.digest)\n" }
    }
    return Array(text.utf8)
  }

  /// Of all that the night is made of but the generation before; reads the snapshots.
  private func nightDigest(_ generation: Generation) throws(RunFailure) -> String {
    do throws(RunError) {
      var files = delivered
      for source in prepared.job.sources where source.operation == nil && !missing.contains(source.name) {
        files[source.name] = try prepared.inputs.files(of: source.name, paths: source.paths).map {
          file throws(RunError) in
          Manifest.File(path: file.name, byteCount: file.byteCount, digest: try Self.digest(of: file.path))
        }
      }
      return nightDigest(generation, files)
    } catch {
      throw .failed(error)
    }
  }

  private func nightDigest(_ generation: Generation, _ files: [String: [Manifest.File]]) -> String {
    let facts =
      "\(generation.asOf) \(generation.jobDigest) \(generation.siteKey) \(generation.accepted) \(missing.sorted())\n"
    return Self.digest(of: Array(facts.utf8) + lines(of: files))
  }

  static func digest(of path: String) throws(RunError) -> String {
    let descriptor = try Descriptor.reading(path)
    var digest = BlockDigest()
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    var offset = 0
    while true {
      var room = bytes.mutableSpan
      let count = try descriptor.read(into: &room, at: offset)
      if count == 0 { return digest.finish().hexadecimal }
      digest.append(bytes.span.extracting(0..<count))
      offset += count
    }
  }

  static func digest(of bytes: [UInt8]) -> String {
    var digest = BlockDigest()
    digest.append(bytes.span)
    return digest.finish().hexadecimal
  }

  // MARK: - The night

  private func night(_ generation: Generation, base: Generation?) throws(RunFailure) -> RunResult {
    let folder: OutputFolder
    do throws(RunError) { folder = try state.makeFolder(generation.number) } catch { throw .failed(error) }
    do throws(RunFailure) {
      let sources = try bringUp(generation, base: base, in: folder)
      var result: RunResult?
      if !request.isWhole { result = try judgeTouched(generation, base: base, sources, folder) }
      if result == nil { result = try judgeWhole(generation, base: base, sources, folder) }
      guard var done = result else { preconditionFailure("a night was judged in one way or the other") }
      do throws(RunError) { try state.keepLastTwo(generation.number) } catch { throw RunFailure.failed(error) }
      if request.isVerified { try verify(generation, &done) }
      done.entry.counts["batch"] = generation.number
      done.entry.note = generation.accepted.map { "accepted \($0)" }.joined(separator: ", ")
      return done
    } catch {
      // The first error is the one to tell; what could not be cleared is cleared by the next night.
      do throws(RunError) { try folder.abandon() } catch { _ = error.description }
      throw error
    }
  }

  /// A source that arrives as changes, brought up to tonight.
  private struct Source {
    var state: RowState?
    var change: RowChange?
    var outcome: RowChange.Outcome
    var entry: RowState.Entry
    /// True where the rows were written anew.
    var isRewritten: Bool
    /// True where tonight's delivery, which can be read again, says the same as the rows.
    var isAsDelivered = false
  }

  private func bringUp(
    _ generation: Generation, base: Generation?, in folder: OutputFolder
  ) throws(RunFailure) -> [Int: Source] {
    var sources: [Int: Source] = [:]
    do throws(RunError) {
      var openings: [Opening] = []
      for (number, source) in prepared.job.sources.enumerated() where source.operation != nil {
        if let filled = try fillFirst(number, source, generation, base, folder) {
          sources[number] = filled
        } else {
          openings.append(try open(number, source, generation, base, folder))
        }
      }
      // The longest first; each has stretches that one thread does alone.
      openings.sort { $0.byteCount > $1.byteCount }
      let workers = (0..<min(max(openings.count, 1), options.threads)).map { _ in Idle() }
      let changes = try Team(workers).map(openings.count) { place throws(RunError) in
        let opening = openings[place]
        return try RowChange(
          opening.fill, opening.opened?.files ?? [], opening.feed, base: opening.state, threads: options.threads)
      }
      let writers = try zip(openings, changes).map { opening, change throws(RunError) in
        try change.makeWriter(opening.name, in: folder)
      }
      _ = try Team(workers).map(changes.count) { place throws(RunError) in
        if let writer = writers[place] { try changes[place].write(to: writer) }
      }
      for place in openings.indices {
        sources[openings[place].number] = try take(changes[place], openings[place], writers[place], folder)
      }
    } catch {
      throw .failed(error)
    }
    timing.endPhase("changes")
    return sources
  }

  private final class Idle {}

  /// A source whose changes are about to be read.
  private struct Opening {
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

  private func fill(_ number: Int, _ source: Job.Source) -> RowFill {
    RowFill(
      source: source, columns: reach.columns[number], maker: prepared.maker, seed: siteKey.rowSeed,
      threads: options.threads, chunkByteCount: options.chunkByteCount)
  }

  private func hasOperation(_ number: Int, _ source: Job.Source) -> [Bool] {
    changed[number]?.files.map { $0.layout.columns.contains(source.operation ?? "") } ?? []
  }

  /// The rows of a first delivery that is no list of changes; nil where it is another one.
  private func fillFirst(
    _ number: Int, _ source: Job.Source, _ generation: Generation, _ base: Generation?, _ folder: OutputFolder
  ) throws(RunError) -> Source? {
    guard base?.rows[source.name] == nil, let opened = changed[number], !opened.files.isEmpty,
      !hasOperation(number, source).contains(true)
    else { return nil }
    let fill = fill(number, source)
    let feed = try opener.feed(opened, chunkByteCount: options.chunkByteCount, progress: nil)
    let filled = try fill.fill("rows/\(source.name).\(generation.number)", opened.files, feed, in: folder)
    var outcome = RowChange.Outcome()
    (outcome.rows, outcome.added, outcome.delivered) = (filled.entry.rows, filled.entry.rows, filled.entry.rows)
    (outcome.notApplied, outcome.unusable) = (filled.rejected, filled.unusable)
    outcome.columns = fill.fields(of: opened.files).map { source.fields[$0].name }
    let entry = RowState.Entry(
      segments: [filled.entry], rows: filled.entry.rows, gone: 0, columns: reach.columns[number].text(source))
    return Source(
      outcome: outcome, entry: entry, isRewritten: true, isAsDelivered: opened.files.allSatisfy(\.input.isRegular))
  }

  /// Opens the rows that stand, written anew where that is due, and what was delivered.
  private func open(
    _ number: Int, _ source: Job.Source, _ generation: Generation, _ base: Generation?, _ folder: OutputFolder
  ) throws(RunError) -> Opening {
    let text = reach.columns[number].text(source)
    let opened = changed[number]
    let feed = try opened.map { opened throws(RunError) in
      try opener.feed(opened, chunkByteCount: options.chunkByteCount, progress: nil)
    }
    var opening = Opening(
      number: number, name: "rows/\(source.name).\(generation.number)", fill: fill(number, source),
      entry: RowState.Entry(segments: [], rows: 0, gone: 0, columns: text), isRewritten: true, opened: opened,
      feed: feed)
    guard let base, let entry = base.rows[source.name] else { return opening }
    let operations = hasOperation(number, source)
    if let without = operations.firstIndex(of: false), let file = opened?.files[without] {
      throw .noOperation(path: file.input.name, column: source.operation ?? "", source: source.name)
    }
    let state = try RowState(entry, source: source.name, at: base.path)
    (opening.state, opening.entry, opening.isRewritten) = (state, entry, false)
    // Columns that mean something else are made again, and so are rows when too many of them are gone.
    if entry.columns != text || entry.gone > entry.rows / 4 + 4096 || entry.segments.count > 60 {
      let refilled = try refill(number, opening.fill, state, "\(opening.name)-0", folder)
      opening.entry = RowState.Entry(segments: [refilled], rows: refilled.rows, gone: 0, columns: text)
      opening.state = try RowState(opening.entry, source: source.name, at: folder.scratchPath)
      opening.isRewritten = true
    } else {
      for segment in entry.segments {
        for ending in [".csv", ".columns"] { try base.link(segment.name + ending, in: folder) }
      }
    }
    return opening
  }

  /// Ends the segment of what comes, and writes which rows go.
  private func take(
    _ change: RowChange, _ opening: Opening, _ writer: SegmentWriter?, _ folder: OutputFolder
  ) throws(RunError) -> Source {
    var entry = opening.entry
    if let writer { entry.segments.append(try writer.finish(in: folder)) }
    entry.rows = change.outcome.rows
    var gone: [UInt8] = []
    for (segment, rows) in (opening.state?.gone ?? []).enumerated() {
      for row in (rows + change.went[segment]).sorted() {
        gone.append(littleEndian: UInt64(segment) << 48 | row.number)
      }
    }
    entry.gone = gone.count / 8
    if !gone.isEmpty {
      let file = try folder.makeFile(RowState.goneName(prepared.job.sources[opening.number].name))
      try file.append(gone)
      try folder.finish(file)
    }
    return Source(
      state: opening.state, change: change, outcome: change.outcome, entry: entry, isRewritten: opening.isRewritten)
  }

  /// Writes the rows that stand as one new segment.
  private func refill(
    _ number: Int, _ fill: RowFill, _ state: RowState, _ name: String, _ folder: OutputFolder
  ) throws(RunError) -> Segment.Entry {
    let source = prepared.job.sources[number]
    var options = options
    options.standIns = [source.name: try standIn(state, source.name)]
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
    let again = RowFill(
      source: rows, columns: fill.columns, maker: fill.maker, seed: fill.seed,
      threads: fill.threads, chunkByteCount: fill.chunkByteCount)
    return try again.fill(name, opened.files, feed, in: folder).entry
  }

  private func standIn(_ state: RowState, _ name: String) throws(RunError) -> RunOptions.StandIn {
    var files: [RunOptions.StandIn.File] = []
    for (number, segment) in state.segments.enumerated() {
      files.append(
        RunOptions.StandIn.File(
          path: segment.linesPath, gone: try state.goneRanges(of: number)))
    }
    return RunOptions.StandIn(files: files, name: "state/\(name).csv")
  }

  // MARK: - Judging everything

  private func judgeWhole(
    _ generation: Generation, base: Generation?, _ sources: [Int: Source], _ folder: OutputFolder
  ) throws(RunFailure) -> RunResult {
    var generation = generation
    for (number, source) in sources { generation.rows[prepared.job.sources[number].name] = source.entry }
    do throws(RunError) {
      for (number, source) in sources {
        try source.state?.check(source.change?.went ?? [], columns: reach.columns[number].keyColumns)
      }
      options.standIns = try standIns(sources, at: folder.scratchPath, folder)
    } catch {
      throw .failed(error)
    }
    let ready = try PreparedJob(jobFile: prepared.jobFile, options: options)
    let night = try night(generation, base: base, sources, folder)
    night.nightDigest = { [self] generation, files in nightDigest(generation, files) }
    let result = try OutputFolder.filled(at: request.out) { out throws(RunFailure) in
      try JobRun(ready, night: night).run(into: out)
    }
    return result
  }

  /// Files of the state in place of sources; an empty one where there are no rows.
  private func standIns(
    _ sources: [Int: Source], at path: String, _ folder: OutputFolder?
  ) throws(RunError) -> [String: RunOptions.StandIn] {
    var standIns: [String: RunOptions.StandIn] = [:]
    func empty(_ source: Job.Source) throws(RunError) {
      let name = "rows/\(source.name).empty.csv"
      if let folder {
        let file = try folder.makeFile(name)
        try file.append((["row"] + source.fields.map(\.name)).joined(separator: ",") + "\n")
        try folder.finish(file)
      }
      standIns[source.name] = RunOptions.StandIn(
        files: [RunOptions.StandIn.File(path: "\(path)/\(name)")], name: "state/\(source.name).csv")
    }
    for (number, source) in prepared.job.sources.enumerated() {
      if let brought = sources[number] {
        if brought.isAsDelivered { continue }
        guard !brought.entry.segments.isEmpty else {
          try empty(source)
          continue
        }
        standIns[source.name] = try standIn(
          try RowState(brought.entry, source: source.name, at: path), source.name)
      } else if missing.contains(source.name) {
        try empty(source)
      }
    }
    return standIns
  }

  private func night(
    _ generation: Generation, base: Generation?, _ sources: [Int: Source], _ folder: OutputFolder
  ) throws(RunFailure) -> Night {
    do throws(RunError) {
      let book = try NightBook(generation, base: base, siteKey: siteKey, folder: folder)
      var outcomes: [String: RowChange.Outcome] = [:]
      for (number, source) in sources { outcomes[prepared.job.sources[number].name] = source.outcome }
      return Night(
        prepared, book: book, siteKey: siteKey, accepted: Set(generation.accepted), folder: folder, changes: outcomes,
        missing: missing, delivered: delivered, isListed: request.isListed || request.isVerified)
    } catch {
      throw .failed(error)
    }
  }

  // MARK: - Judging what changed

  /// Judges the rows that share a key with one that changed; nil where that may not be right, or does not pay.
  private func judgeTouched(
    _ generation: Generation, base: Generation?, _ sources: [Int: Source], _ folder: OutputFolder
  ) throws(RunFailure) -> RunResult? {
    guard let base, reach.isLocal, base.jobDigest == generation.jobDigest, base.unknown.isEmpty,
      reach.isLocalInTime || base.asOf == generation.asOf, let lastDay = CalendarDate(written: base.asOf)
    else { return nil }
    var parts: [TouchedRows.Part] = []
    var generation = generation
    let (limits, newDay) = (SourceGuard(asOf: prepared.maker.asOf), prepared.maker.asOf)
    for (number, source) in prepared.job.sources.enumerated() {
      guard let brought = sources[number], let state = brought.state, let change = brought.change, !brought.isRewritten,
        !source.limits.wantsNewestDay,
        // A night in which much has changed is judged as a whole.
        change.came.ends.count * 8 <= state.entry.rows + 4096
      else { return nil }
      var outcome = SourceOutcome()
      outcome.records.accepted = brought.entry.rows
      if limits.reason(source, outcome) != nil { return nil }
      do throws(RunError) {
        parts.append(
          TouchedRows.Part(
            state: state, change: change,
            headers: try state.segments.map { segment throws(RunError) in try segment.header() }))
      } catch {
        throw .failed(error)
      }
      generation.rows[source.name] = brought.entry
    }
    generation.nightDigest = nightDigest(generation, delivered)
    let night = try night(generation, base: base, sources, folder)
    do throws(RunError) {
      guard try night.judgeDeliveries([:]).isEmpty else { return nil }
    } catch {
      throw .failed(error)
    }
    let touched = TouchedRows(prepared.job, reach, parts, in: folder, threads: options.threads)
    do throws(RunError) { try touched.write(from: lastDay, to: newDay) } catch { throw .failed(error) }
    timing.endPhase("choose")
    let (old, new) = try judge(touched, lastDay, newDay, folder)
    do throws(RunError) { try touched.remove() } catch { throw .failed(error) }
    timing.endPhase("judge")
    for (index, rule) in prepared.job.rules.enumerated() {
      var totals = base.rules[rule.id] ?? Generation.RuleTotals()
      totals.flags += Self.count(new.flags, index) - Self.count(old.flags, index)
      totals.evaluated += new.counts[index].evaluated - old.counts[index].evaluated
      totals.subjectKeys += new.counts[index].subjectKeys - old.counts[index].subjectKeys
      totals.foundKeys += new.counts[index].foundKeys - old.counts[index].foundKeys
      if rule.find != nil, totals.subjectKeys == 0 || totals.foundKeys == 0 { return nil }
      if night.flood(rule.id, flags: totals.flags, evaluated: totals.evaluated) != nil { return nil }
      night.book.generation.rules[rule.id] = totals
    }
    let went = FlagRecords(old.flags, of: prepared.job, threads: options.threads) { _ in true }
    let came = FlagRecords(new.flags, of: prepared.job, threads: options.threads) { _ in true }
    let difference: NightBook.Difference
    do throws(RunError) { difference = try night.book.difference(from: went, to: came) } catch { throw .failed(error) }
    return try writeTouched(night, difference, parts)
  }

  private static func count(_ buffers: [FlagBuffer], _ rule: Int) -> Int {
    buffers.reduce(0) { sum, buffer in sum + buffer.entries.count { Int($0.rule) == rule } }
  }

  private struct Judged: Sendable {
    var flags: [FlagBuffer]
    var counts: [RuleCounts]
  }

  private struct Sides: @unchecked Sendable {
    // SAFETY: of the folder both sides use the making of nameless files alone, which any number of threads may do.
    let folder: OutputFolder
    let jobFile: String
    let options: [RunOptions]

    func judge(_ number: Int) -> Result<Judged, RunFailure> {
      do throws(RunFailure) {
        let run = JobRun(try PreparedJob(jobFile: jobFile, options: options[number]))
        let (flags, counts) = try run.judge(into: folder)
        return .success(Judged(flags: flags, counts: counts))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Judges the rows as they were and as they are, both at once.
  private func judge(
    _ touched: TouchedRows, _ lastDay: CalendarDate, _ newDay: CalendarDate, _ folder: OutputFolder
  ) throws(RunFailure) -> (old: Judged, new: Judged) {
    var sides: [RunOptions] = []
    for (isNew, day) in [(false, lastDay), (true, newDay)] {
      var options = options
      options.asOf = day
      options.isQuiet = true
      options.threads = max(1, options.threads / 2)
      do throws(RunError) { options.standIns = try touched.standIns(isNew: isNew) } catch { throw .failed(error) }
      sides.append(options)
    }
    let both = Sides(folder: folder, jobFile: prepared.jobFile, options: sides)
    guard options.threads > 1 else { return (try both.judge(0).get(), try both.judge(1).get()) }
    let results = Mutex<[Int: Result<Judged, RunFailure>]>([:])
    DispatchQueue.concurrentPerform(iterations: sides.count) { number in
      let result = both.judge(number)
      results.withLock { $0[number] = result }
    }
    guard let old = results.withLock({ $0[0] }), let new = results.withLock({ $0[1] }) else {
      preconditionFailure("both sides were judged")
    }
    return (try old.get(), try new.get())
  }

  private func writeTouched(
    _ night: Night, _ difference: NightBook.Difference, _ parts: [TouchedRows.Part]
  ) throws(RunFailure) -> RunResult {
    let (job, book) = (prepared.job, night.book)
    return try OutputFolder.filled(at: request.out) { out throws(RunFailure) in
      do throws(RunError) {
        if night.wantsList(book.generation.rules.values.reduce(0) { $0 + $1.flags }) {
          let all = try book.after(difference)
          let file = try out.makeFile("flags.csv")
          _ = try FlagFile(job: job, threads: options.threads).write(
            [all.buffer(of: job)], isKept: { _ in true }, settled: [], to: file)
          try out.finish(file)
        }
        let rules = job.rules.map { rule in
          var entry = Manifest.Rule(id: rule.id)
          entry.title = rule.title
          entry.flags = book.generation.rules[rule.id]?.flags ?? 0
          entry.evaluated = book.generation.rules[rule.id]?.evaluated ?? 0
          return entry
        }
        try night.write([], difference, unknown: [:], threads: options.threads, into: out)
        timing.endPhase("state")
        let outcomes = parts.enumerated().map { number, part in
          var outcome = SourceOutcome()
          outcome.records.accepted = part.change.outcome.rows
          outcome.digests = delivered[job.sources[number].name] ?? []
          return outcome
        }
        let reports = SourceReports(prepared: prepared, outcomes: outcomes)
        try reports.writeRest(rules: rules, warnings: night.warnings, timing: timing, into: out)
        var warnings = night.warnings
        if let leftover = try out.commit() { warnings.append(leftover.description) }
        var result = RunResult(
          exitCode: night.hasTooManyNotApplied ? 1 : 0, summary: SummaryTable(rules: rules, warnings: warnings).text)
        result.entry = reports.entry(flags: rules.reduce(0) { $0 + $1.flags })
        return result
      } catch {
        throw .failed(error)
      }
    }
  }

  // MARK: - Beside a full run

  /// Runs the job in full over the same rows and compares `flags.csv`.
  private func verify(_ generation: Generation, _ result: inout RunResult) throws(RunFailure) {
    do throws(RunError) {
      guard let written = try state.generation(generation.number) else { return }
      guard written.unknown.isEmpty else {
        result.summary += "not verified: rules are UNKNOWN tonight\n"
        return
      }
      var sources: [Int: Source] = [:]
      for (number, source) in prepared.job.sources.enumerated() where source.operation != nil {
        sources[number] = Source(
          outcome: RowChange.Outcome(), entry: written.rows[source.name] ?? RowState.Entry(), isRewritten: false)
      }
      options.standIns = try standIns(sources, at: written.path, nil)
    } catch {
      throw .failed(error)
    }
    let full = request.out + ".verify"
    _ = try JobRun.run(jobFile: prepared.jobFile, out: full, options: options)
    do throws(RunError) {
      let isEqual = try Self.digest(of: "\(full)/flags.csv") == Self.digest(of: "\(request.out)/flags.csv")
      let parent = full.contains("/") ? InputFiles.folder(of: full) : "."
      if isEqual {
        try Descriptor.folder(parent).removeTree(String(full.split(separator: "/").last ?? ""))
        result.summary += "verified: a full run gives the same flags\n"
      } else {
        result.exitCode = 1
        result.summary += "NOT VERIFIED: the flags of the full run in \(full.oneLine) are others\n"
      }
    } catch {
      throw .failed(error)
    }
  }
}
