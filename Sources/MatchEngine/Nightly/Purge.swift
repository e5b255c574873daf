package import Normalizers

/// `match-run purge`: removes what the retention rules of a job no longer let be kept.
package enum Purge {
  /// `retention:` of the job.
  package struct Retention: Sendable, Hashable {
    /// How long flags that are over are known.
    package var over: SourceLimits.Age?
    /// How long folders of results are kept.
    package var runs: SourceLimits.Age?

    package init() {}
  }

  /// What went.
  package struct Outcome: Sendable {
    /// A line each: what it was, and why it went.
    package var lines: [String] = []
    package var flags = 0
    package var runs = 0
    package var leftovers = 0
    package var jobName = ""
    package var jobDigest = ""
  }

  /// `runs` is a folder that holds folders of results.
  package static func run(
    jobFile: String, state: String?, runs: String?, asOf: CalendarDate?, isTrial: Bool
  ) throws(RunFailure) -> Outcome {
    var options = RunOptions()
    options.asOf = asOf
    let prepared = try PreparedJob(jobFile: jobFile, options: options)
    var outcome = Outcome()
    outcome.jobName = prepared.job.name
    outcome.jobDigest = NightWork.digest(of: Array(prepared.job.text.utf8))
    let (retention, day) = (prepared.job.retention, prepared.maker.asOf)
    do throws(RunError) {
      if let state {
        let folder = try StateFolder(path: state)
        do throws(RunError) {
          try purge(folder, retention, day, isTrial, &outcome)
        } catch {
          try folder.release()
          throw error
        }
        try folder.release()
      }
      if let runs { try purgeRuns(in: runs, retention, day, isTrial, &outcome) }
    } catch {
      throw .failed(error)
    }
    return outcome
  }

  // MARK: - The state

  private static func purge(
    _ state: StateFolder, _ retention: Retention, _ day: CalendarDate, _ isTrial: Bool, _ outcome: inout Outcome
  ) throws(RunError) {
    for name in try state.leftovers() {
      outcome.leftovers += 1
      outcome.lines.append("\(state.path)/\(name): left by a night that was killed")
      if !isTrial { try Descriptor.folder(state.path).removeTree(name) }
    }
    guard let age = retention.over else { return }
    let limit = age.firstDay(before: day).written
    for number in state.numbers {
      guard let generation = try state.generation(number), let bytes = try generation.bytes(StateFlag.fileName) else {
        continue
      }
      let flags = try StateFlag.read(bytes, path: "\(generation.path)/\(StateFlag.fileName)")
      let kept = flags.values.filter { !$0.isOver || $0.since >= limit }
      let count = flags.count - kept.count
      guard count > 0 else { continue }
      outcome.flags += count
      outcome.lines.append("\(generation.path): \(count.grouped) flags that were over before \(limit)")
      if isTrial { continue }
      let folder = try state.makeFolder(number)
      do throws(RunError) {
        for name in generation.files.keys.sorted() where name != StateFlag.fileName {
          try generation.link(name, in: folder)
        }
        let file = try folder.makeFile(StateFlag.fileName)
        try StateFlag.write(Array(kept), to: file)
        try folder.finish(file)
        try folder.write(generation.json(folder.finished).document, to: Manifest.fileName)
        if let leftover = try folder.commit() { outcome.lines.append(leftover.description) }
      } catch {
        try folder.abandon()
        throw error
      }
    }
  }

  // MARK: - Results

  private static func purgeRuns(
    in path: String, _ retention: Retention, _ day: CalendarDate, _ isTrial: Bool, _ outcome: inout Outcome
  ) throws(RunError) {
    let folder = try Descriptor.folder(path)
    for entry in try folder.entries() where entry.isUTF8 {
      let full = "\(path)/\(entry.name)"
      guard try SystemCall.status(of: full, following: false)?.kind == .folder else { continue }
      guard let age = retention.runs, let made = try Self.day(ofRunAt: full) else { continue }
      let limit = age.firstDay(before: day)
      guard made < limit else { continue }
      outcome.runs += 1
      outcome.lines.append("\(full): results of \(made.written), older than \(age.written)")
      if isTrial { continue }
      let lock = try OutputLock(beside: full, shownAs: full)
      do throws(RunError) {
        try folder.removeTree(entry.name)
        try folder.synchronize()
      } catch {
        try lock.release()
        throw error
      }
      try lock.release()
    }
  }

  /// The day of the results in a folder; nil where it holds none.
  private static func day(ofRunAt path: String) throws(RunError) -> CalendarDate? {
    let file = "\(path)/\(Manifest.fileName)"
    guard try SystemCall.status(of: file, following: false)?.kind == .regular else { return nil }
    let manifest = try Descriptor.reading(file)
    var bytes = [UInt8](repeating: 0, count: min(try manifest.status().byteCount, 64 << 10))
    var room = bytes.mutableSpan
    let count = try manifest.read(into: &room, at: 0)
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    guard text.hasPrefix(Manifest.beginning), let mark = text.ranges(of: "\n  \"as_of\": \"").first else { return nil }
    return CalendarDate(written: String(text[mark.upperBound...].prefix(10)))
  }
}
