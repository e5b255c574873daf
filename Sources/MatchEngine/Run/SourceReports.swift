/// Writes what `run` and `check` leave behind about the sources.
struct SourceReports {
  let prepared: PreparedJob
  /// By source of the job.
  let outcomes: [SourceOutcome]

  private var sources: [Job.Source] { prepared.job.sources }

  /// Writes `rejects/` and returns what `quality.json` holds.
  func writeRejects(into folder: OutputFolder) throws(RunError) -> Quality {
    var quality = Quality()
    for (source, outcome) in zip(sources, outcomes) {
      let rejects = outcome.listedRejects()
      let file = try folder.makeFile("rejects/\(source.name).csv")
      try rejects.write(to: file)
      try folder.finish(file)
      quality.sources.append(outcome.quality(of: source, rejectsNotListed: rejects.notListed))
    }
    return quality
  }

  /// Of the job as it is written to `job.yml`.
  var jobDigest: String {
    var digest = BlockDigest()
    digest.append(Array(prepared.job.text.utf8).span)
    return digest.finish().hexadecimal
  }

  /// Writes `job.yml`, `timing.json` and, last, `manifest.json`.
  func writeRest(
    rules: [Manifest.Rule], packDifferences: [String] = [], warnings: [String], timing: Timing,
    into folder: OutputFolder
  ) throws(RunError) {
    try folder.write(prepared.job.text, to: "job.yml")
    try folder.write(timing.json.document, to: Timing.fileName)
    var manifest = Manifest(
      engineVersion: JobRun.version, jobName: prepared.job.name, asOf: prepared.asOf,
      jobDigest: jobDigest)
    manifest.siteKey = prepared.options.siteKey?.name
    manifest.rules = rules
    manifest.packDifferences = packDifferences
    manifest.warnings = warnings
    manifest.sources = zip(sources, outcomes).map { source, outcome in outcome.manifest(of: source) }
    manifest.setFiles(folder.finished)
    try folder.write(manifest.json.document, to: Manifest.fileName)
  }

  /// What a journal notes.
  func entry(flags: Int) -> Journal.Entry {
    var entry = Journal.Entry(action: "", exitCode: 0)
    entry.job = prepared.job.name
    entry.jobDigest = jobDigest
    entry.asOf = prepared.asOf
    for (source, outcome) in zip(sources, outcomes) { entry.inputs[source.name] = outcome.digests.map(\.digest) }
    entry.counts = ["flags": flags, "rows": outcomes.reduce(0) { $0 + $1.records.accepted }]
    return entry
  }

  /// Some source has a larger share of rejected records than the job allows.
  var hasTooManyRejected: Bool { zip(sources, outcomes).contains(where: hasTooManyRejected) }

  private func hasTooManyRejected(_ source: Job.Source, _ outcome: SourceOutcome) -> Bool {
    let read = outcome.records.accepted + outcome.rejectedCount
    return Double(outcome.rejectedCount) > source.maxRejected * Double(read)
  }

  /// Sources of which too many records were rejected, one sentence each.
  var splittingProblems: [String] {
    zip(sources, outcomes).filter(hasTooManyRejected).map { source, outcome in
      let read = outcome.records.accepted + outcome.rejectedCount
      return "source '\(source.name)': \(outcome.rejectedCount.grouped) of \(read.grouped) records"
        + " could not be split, more than max_rejected allows; see rejects/\(source.name).csv"
    }
  }

  /// Columns that a spreadsheet damaged, by source.
  var damage: [[SpreadsheetDamage]] {
    zip(sources, outcomes).map { source, outcome in SpreadsheetDamage.found(in: outcome, of: source) }
  }

  /// What people should know of the sources, one sentence each.
  var warnings: [String] {
    var warnings = splittingProblems
    for (source, damage) in zip(sources, damage) {
      warnings += damage.map { "source '\(source.name)': \($0.sentence)" }
    }
    return warnings
  }
}
