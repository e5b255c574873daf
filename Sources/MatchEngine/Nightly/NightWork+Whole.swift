/// Judging everything.
extension NightWork {
  func judgeWhole(
    _ generation: Generation, base: Generation?, _ sources: [Int: Source], _ folder: OutputFolder
  ) throws(RunFailure) -> RunResult {
    var generation = generation
    for (number, source) in sources { generation.rows[prepared.job.sources[number].name] = source.entry }
    do throws(RunError) {
      // Columns of rows that were written anew are those of tonight, and not of what went.
      for (number, source) in sources where !source.isRewritten {
        try source.state?.check(source.change?.went ?? [], columns: reach.columns[number].keyColumns)
      }
      options.standIns = try standIns(sources, at: folder.scratchPath, folder)
      for (number, source) in sources where !source.isAsDelivered {
        options.setAside[prepared.job.sources[number].name] = source.setAside
      }
    } catch {
      throw .failed(error)
    }
    let ready = try PreparedJob(jobFile: prepared.jobFile, options: options)
    let night = try night(generation, base: base, sources, folder)
    night.nightDigest = { [self] generation, files in nightDigest(generation, files) }
    night.changesDigest = { [self] files in changesDigest(files) }
    let result = try OutputFolder.filled(at: request.out) { out throws(RunFailure) in
      try JobRun(ready, night: night, timing: timing).run(into: out)
    }
    return result
  }

  /// Files of the state in place of sources; an empty one where there are no rows.
  func standIns(
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
    for (number, source) in prepared.job.sources.enumerated() where fills[number] == nil {
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

  func night(
    _ generation: Generation, base: Generation?, _ sources: [Int: Source], _ folder: OutputFolder
  ) throws(RunFailure) -> Night {
    do throws(RunError) {
      let book = try NightBook(generation, base: base, siteKey: siteKey, folder: folder)
      var outcomes: [String: RowChange.Outcome] = [:]
      for (number, source) in sources { outcomes[prepared.job.sources[number].name] = source.outcome }
      return Night(
        prepared, book: book, siteKey: siteKey, accepted: Set(generation.accepted), folder: folder, changes: outcomes,
        fills: fills, readTwice: Set(sources.filter(\.value.isAsDelivered).keys), missing: missing,
        delivered: delivered, isListed: request.isListed || request.isVerified)
    } catch {
      throw .failed(error)
    }
  }

  // MARK: - Beside a full run

  /// Runs the job in full over the same rows and compares `flags.csv`.
  func verify(_ generation: Generation, _ result: inout RunResult) throws(RunFailure) {
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
      options.setAside = [:]
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
