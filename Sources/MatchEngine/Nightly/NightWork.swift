/// The work of one night on a locked state.
final class NightWork {
  let prepared: PreparedJob
  let request: NightRun.Request
  var options: RunOptions
  let siteKey: SiteKey
  let state: StateFolder
  let reach: RuleReach
  /// By source: fields whose values count when rows of a snapshot are compared.
  private(set) lazy var usedFields = zip(prepared.job.sources, Planner.usedFields(of: prepared)).map { source, used in
    Set(used + source.key + [source.withdrawn?.field].compactMap(\.self)).sorted()
  }
  var timing: Timing

  /// Files of sources that arrive as changes, and of snapshots, opened; by source number.
  var changed: [Int: SourceOpener.Opened] = [:]
  var snapshots: [Int: SourceOpener.Opened] = [:]
  var opener: SourceOpener
  /// By source name: files of tonight with their digests.
  var delivered: [String: [Manifest.File]] = [:]
  var missing: Set<String> = []
  /// Sources whose first delivery is put into the state while it is judged; by number.
  var fills: [Int: RowFill] = [:]
  var snapshotBytes = 0

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
      try look(hasLast: last != nil)
    } catch {
      throw .failed(error)
    }
    guard opener.problems.isEmpty else { throw .job(JobError(file: prepared.jobFile, problems: opener.problems)) }
    var new = Generation(
      number: 1, base: 0, asOf: prepared.asOf, jobDigest: Self.digest(of: Array(prepared.job.text.utf8)),
      siteKey: siteKey.name)
    new.accepted = Array(Set(request.accepted)).sorted()
    if last != nil { new.changesDigest = changesDigest(delivered) }
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

  /// Opens what was delivered.
  ///
  /// Digests of changes tell whether the night is the last one over again; where there was none, they are taken
  /// while the files are read.
  func look(hasLast: Bool) throws(RunError) {
    for (number, source) in prepared.job.sources.enumerated() {
      do throws(RunError) {
        let opened = try opener.open(source)
        guard source.operation != nil else {
          snapshots[number] = opened
          snapshotBytes += opened.files.reduce(0) { $0 + $1.input.byteCount }
          continue
        }
        changed[number] = opened
        guard hasLast else { continue }
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

  /// Of what was delivered as changes.
  func changesDigest(_ delivered: [String: [Manifest.File]]) -> String {
    let names = Set(prepared.job.sources.filter { $0.operation != nil }.map(\.name))
    return Self.digest(of: lines(of: delivered.filter { names.contains($0.key) }))
  }

  func lines(of files: [String: [Manifest.File]]) -> [UInt8] {
    var text = ""
    for (name, files) in files.sorted(by: { $0.key < $1.key }) {
      for file in files { text += "\(name) \(file.digest)\n" }
    }
    return Array(text.utf8)
  }

  /// Of all that the night is made of but the generation before; reads the snapshots.
  func nightDigest(_ generation: Generation) throws(RunFailure) -> String {
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

  func nightDigest(_ generation: Generation, _ files: [String: [Manifest.File]]) -> String {
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

  func night(_ generation: Generation, base: Generation?) throws(RunFailure) -> RunResult {
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
}
