/// Reads every source of a job and matches nothing: how usable is what the suppliers sent?
package struct CheckRun {
  private let prepared: PreparedJob
  private var timing: Timing

  private init(_ prepared: PreparedJob) {
    self.prepared = prepared
    timing = Timing(threads: prepared.options.threads, memoryByteCount: prepared.options.memoryByteCount)
  }

  /// Checks the sources of the job at `jobFile` and leaves its findings in the folder `out`.
  package static func run(
    jobFile: String, out: String, options: RunOptions
  ) throws(RunFailure) -> RunResult {
    var check = CheckRun(try PreparedJob(jobFile: jobFile, options: options))
    return try OutputFolder.filled(at: out) { folder throws(RunFailure) in try check.run(into: folder) }
  }

  private mutating func run(into folder: OutputFolder) throws(RunFailure) -> RunResult {
    var opener = prepared.opener
    let opened = try prepared.open(&opener)
    timing.endPhase("open")
    do throws(RunError) {
      let outcomes = try read(opened, opener)
      return try write(SourceReports(prepared: prepared, outcomes: outcomes), into: folder)
    } catch {
      throw .failed(error)
    }
  }

  /// A pass for every source, with a cell for every field and nothing to match.
  private func plan(_ opened: [SourceOpener.Opened]) -> Plan {
    var job = prepared.job
    job.rules = []
    let passes = job.sources.indices.map { source in
      var slotCount = 0
      let uses = job.sources[source].fields.enumerated().map { index, field in
        defer { slotCount += field.type.wordCount }
        return FieldUse(field: index, type: field.type, slot: slotCount)
      }
      return Plan.Pass(
        source: source, files: opened[source].files, uses: uses, slotCount: slotCount, stores: [], conditions: [],
        probes: [], families: [], selfJoins: [], absences: [], released: [])
    }
    return Plan(job: job, maker: prepared.maker, passes: passes, stores: [])
  }

  private mutating func read(
    _ opened: [SourceOpener.Opened], _ opener: SourceOpener
  ) throws(RunError) -> [SourceOutcome] {
    let plan = plan(opened)
    let options = prepared.options
    let progress = prepared.progressMeter(opened)
    defer { progress.finish() }
    var outcomes: [SourceOutcome] = []
    let chunks = (0..<options.threads).map { _ in Chunk(byteCount: options.chunkByteCount + 8192) }
    for pass in plan.passes {
      let source = plan.job.sources[pass.source]
      let feed = try opener.feed(opened[pass.source], chunkByteCount: options.chunkByteCount, progress: progress)
      let context = PassContext(
        pass: pass, plan: plan, stores: [], tables: [], families: [], spills: [], probeSpills: [], familySpills: [],
        budget: MemoryBudget(limit: options.memoryByteCount), memory: TableMemory())
      let workers = chunks.indices.map { PassWorker(number: $0, context, chunk: chunks[$0]) }
      try Team(workers).read(feed) { worker throws(RunError) in try worker.run(feed) }
      var outcome = SourceOutcome(of: source, pass: pass, workers: workers)
      outcome.digests = try feed.digests()
      outcomes.append(outcome)
      timing.endPhase("read \(source.name)", byteCount: outcome.byteCount, rowCount: outcome.rowCount)
    }
    return outcomes
  }

  private mutating func write(_ reports: SourceReports, into folder: OutputFolder) throws(RunError) -> RunResult {
    let quality = try reports.writeRejects(into: folder)
    try folder.write(quality.json.document, to: Quality.fileName)
    let page = QualityPage(reports: reports, quality: quality)
    try folder.write(page.html, to: QualityPage.fileName)
    timing.endPhase("reports")
    try reports.writeRest(rules: [], warnings: reports.warnings, timing: timing, into: folder)
    let leftover = try folder.commit()

    var warnings = reports.warnings
    let empty = zip(prepared.job.sources, reports.outcomes).filter { $0.1.records.accepted == 0 }
    let causes = empty.map { "source '\($0.0.name)' \(SourceGuard.noRows)" }
    warnings += causes
    if let leftover { warnings.append(leftover.description) }
    let isIncomplete = reports.hasTooManyRejected || !empty.isEmpty
    var result = RunResult(exitCode: isIncomplete ? 1 : 0, summary: table(quality, warnings: warnings))
    result.causes = reports.splittingProblems + causes
    return result
  }

  /// A line a field, then the warnings.
  private func table(_ quality: Quality, warnings: [String]) -> String {
    var rows = [["source", "field", "rows", "usable", "repaired", "unusable", "empty", "reasons"]]
    for source in quality.sources {
      for field in source.fields {
        let valid = field.valid ?? 0
        let reasons = field.invalid.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
          .map { "\($0.key) \($0.value.grouped)" }
        rows.append([
          source.name.oneLine, field.name.oneLine, field.rows.grouped, valid.grouped, field.repairedValues.grouped,
          (field.rows - field.empty - valid).grouped, field.empty.grouped, reasons.joined(separator: ", ")
        ])
      }
    }
    return TextTable(rows: rows, numberColumns: 2...6).text
      + warnings.map { "warning: \($0.oneLine)\n" }.joined()
  }
}
