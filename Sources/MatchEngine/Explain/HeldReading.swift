internal import Normalizers

/// Reads the sources of a job again and holds their rows, as a run does before it judges.
final class HeldReading {
  let job: Job
  let maker: CellMaker
  let plan: Plan
  let relations: [HeldRelation?]
  /// By source: why nothing can be said that needs it.
  private(set) var guards: [String?]
  private(set) var rejectedCases: [MemberProof.CaseWord?] = []
  private let options: RunOptions
  private let budget: MemoryBudget
  private let memory = TableMemory()
  private let folder: RunFolder
  private let opened: [SourceOpener.Opened]
  private var opener: SourceOpener
  private var isUsed: [Bool]
  private let sieves: [KeySieve]

  init(
    _ job: Job, maker: CellMaker, folder: RunFolder, opener: SourceOpener, opened: [SourceOpener.Opened],
    watching: [Int: Set<Int>], options: RunOptions
  ) {
    self.job = job
    self.maker = maker
    self.folder = folder
    self.opener = opener
    self.opened = opened
    self.options = options
    let budget = MemoryBudget(limit: options.memoryByteCount)
    self.budget = budget
    let memory = memory
    var planner = Planner(job: job, maker: maker, files: opened.map(\.files), watching: watching)
    plan = planner.plan()
    let hash = KeyHash(seed: UInt64.random(in: .min ... .max))
    let held = plan.held.map { layout in
      layout.map { HeldRelation($0, hash: hash, budget: budget, memory: memory, scratch: nil) }
    }
    relations = held.isEmpty ? job.relations.map { _ in nil } : held
    sieves = plan.sieves.sieves.map { KeySieve(keyCount: $0.byteCount / 64, hash: hash, memory: memory) }
    guards = Array(repeating: nil, count: job.sources.count)
    isUsed = Array(repeating: false, count: job.sources.count)
  }

  var files: [[SourceFile]] { opened.map(\.files) }

  /// The order in which sources are read, so that those of which only some rows are wanted come when it is known which.
  var order: [Int] { plan.passes.map(\.source) }

  /// Where field `field` of a source has its cells in the batches of the source's pass.
  func slot(_ field: Int, of source: Int) -> Int? {
    plan.passes.first { $0.source == source }?.uses.first { $0.field == field }?.slot
  }

  /// Bytes of each source's files.
  var byteCounts: [Int] { files.map { $0.reduce(0) { $0 + max(0, $1.input.byteCount) } } }

  /// What is asked of the whole source can be told only by its dates.
  func needsAllRows(_ source: Int) -> Bool {
    job.sources[source].limits.maxAge != nil && job.sources[source].snapshotDate == nil
  }

  /// Reads a source for the rows of a wish, and holds them; `isFirst`: it was not read before.
  func read(_ wish: KinReader.Wish, isFirst: Bool) throws(RunError) -> [KinRow] {
    guard let pass = plan.passes.first(where: { $0.source == wish.source }) else { return [] }
    let feed = try opener.feed(try input(of: wish.source), chunkByteCount: options.chunkByteCount, progress: nil)
    let readers = (0..<options.threads).map { _ in
      KinReader(
        wish, pass: pass, plan: plan,
        writer: relations[wish.source].map { HeldWriter($0, pass: pass, plan: plan, sieves: sieves) },
        chunk: Chunk(byteCount: options.chunkByteCount + 8192))
    }
    try Team(readers).read(feed) { reader throws(RunError) in try reader.read(feed) }
    try compare(feed.digests(), of: wish.source)
    if isFirst {
      var outcome = SourceOutcome()
      outcome.records = RecordCursor.Counts(fileCount: pass.files.count)
      outcome.fields = Array(repeating: FieldCounts(), count: job.sources[wish.source].fields.count)
      for reader in readers {
        outcome.records.add(reader.recordCounts)
        for (index, counts) in reader.fieldCounts.enumerated() { outcome.fields[index].add(counts) }
        rejectedCases += reader.writer?.rejectedCases ?? []
      }
      guards[wish.source] = SourceGuard(asOf: maker.asOf).reason(job.sources[wish.source], outcome)
    }
    return readers.flatMap(\.rows).sorted { $0.place < $1.place }
  }

  /// A decoder reads a file once, so every reading but the first opens the source anew.
  private func input(of source: Int) throws(RunError) -> SourceOpener.Opened {
    if isUsed[source] { return try opener.open(job.sources[source]) }
    isUsed[source] = true
    return opened[source]
  }

  /// An explanation is about the bytes that the run read, or about nothing.
  private func compare(_ files: [Manifest.File], of source: Int) throws(RunError) {
    let known = folder.files[job.sources[source].name] ?? []
    for file in files {
      guard let before = known.first(where: { $0.path == file.path }), before.byteCount == file.byteCount,
        before.digest == file.digest
      else { throw .notAsRun(path: file.path) }
    }
    guard files.count == known.count else { throw .notAsRun(path: known.last?.path ?? folder.path) }
  }

  /// Refuses files whose sizes differ, before anything is read.
  func compareSizes() throws(RunError) {
    for (source, files) in files.enumerated() {
      let known = folder.files[job.sources[source].name] ?? []
      for file in files {
        if file.input.isStandardInput { throw .notAsRun(path: file.input.name) }
        guard file.input.hasPositions else { continue }
        if known.first(where: { $0.path == file.input.name })?.byteCount != file.input.byteCount {
          throw .notAsRun(path: file.input.name)
        }
      }
    }
  }
}
