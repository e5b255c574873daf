internal import Dispatch
internal import Normalizers
internal import Synchronization

/// Judging what changed.
extension NightWork {
  /// Judges the rows that share a key with one that changed; nil where that may not be right, or does not pay.
  func judgeTouched(
    _ generation: Generation, base: Generation?, _ sources: [Int: Source], _ folder: OutputFolder
  ) throws(RunFailure) -> RunResult? {
    guard fills.isEmpty, let base, reach.isLocal, base.jobDigest == generation.jobDigest, base.unknown.isEmpty,
      reach.isLocalInTime || base.asOf == generation.asOf, let lastDay = CalendarDate(written: base.asOf)
    else { return nil }
    var parts: [TouchedRows.Part] = []
    var generation = generation
    let (limits, newDay) = (SourceGuard(asOf: prepared.maker.asOf), prepared.maker.asOf)
    for (number, source) in prepared.job.sources.enumerated() {
      guard let brought = sources[number], let state = brought.state, let change = brought.change, !brought.isRewritten,
        !source.limits.wantsNewestDay,
        // A night in which much has changed is judged as a whole.
        change.isHeld, change.came.ends.count * 8 <= state.entry.rows + 4096
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
      guard try night.judgeDeliveries().isEmpty else { return nil }
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
    return try writeTouched(night, difference, sources)
  }

  static func count(_ buffers: [FlagBuffer], _ rule: Int) -> Int {
    buffers.reduce(0) { sum, buffer in sum + buffer.entries.count { Int($0.rule) == rule } }
  }

  struct Judged: Sendable {
    var flags: [FlagBuffer]
    var counts: [RuleCounts]
  }

  struct Sides: @unchecked Sendable {
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
  func judge(
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

  func writeTouched(
    _ night: Night, _ difference: NightBook.Difference, _ sources: [Int: Source]
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
        let findings = try night.compare([], difference, unknown: [:], threads: options.threads)
        try night.write(findings, into: out)
        timing.endPhase("state")
        let outcomes = job.sources.enumerated().map { number, source in
          var outcome = SourceOutcome()
          outcome.records.accepted = sources[number]?.outcome.rows ?? 0
          outcome.digests = delivered[source.name] ?? []
          if let brought = sources[number], let records = brought.records {
            (outcome.records, outcome.rejects, outcome.files) = (records, brought.rejects, brought.files)
          } else {
            outcome.setAside = sources[number]?.setAside
          }
          return outcome
        }
        let reports = SourceReports(prepared: prepared, outcomes: outcomes)
        _ = try reports.writeRejects(into: out)
        var warnings = reports.splittingProblems + night.warnings
        try reports.writeRest(rules: rules, warnings: warnings, timing: timing, into: out)
        if let leftover = try out.commit() { warnings.append(leftover.description) }
        var result = RunResult(
          exitCode: night.hasTooManyNotApplied ? 1 : 0, summary: SummaryTable(rules: rules, warnings: warnings).text)
        result.causes = reports.splittingProblems
        result.entry = reports.entry(flags: rules.reduce(0) { $0 + $1.flags })
        return result
      } catch {
        throw .failed(error)
      }
    }
  }
}
