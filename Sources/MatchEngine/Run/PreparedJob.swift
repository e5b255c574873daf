internal import Normalizers

/// A job that was read, with its day and its rules settled: what `run`, `plan` and `check` begin with.
struct PreparedJob {
  let job: Job
  let jobFile: String
  let options: RunOptions
  /// The job without each of its differences from packs, in their order.
  let variants: [PackVariant]
  /// Makes cells with the day and the seeds of this run.
  let maker: CellMaker

  init(jobFile: String, options: RunOptions) throws(RunFailure) {
    var job: Job
    do throws(JobReadingError) {
      job = try Job.read(path: jobFile)
    } catch {
      switch error {
      case .unreadable(let unreadable): throw .unreadableJob(unreadable)
      case .mistakes(let mistakes): throw .job(mistakes)
      }
    }
    for index in job.sources.indices {
      if let standIn = options.standIns[job.sources[index].name] { job.sources[index].stand(for: standIn) }
    }
    let ids = job.rules.map(\.id) + job.settled.map(\.id)
    for id in options.only where !ids.contains(id) {
      let known = ids.joined(separator: ", ")
      throw .usage("--only names no rule '\(id.oneLine)' of the job; its rules: \(known)")
    }
    if !options.only.isEmpty {
      job.rules.removeAll { !options.only.contains($0.id) }
      job.settled.removeAll { !options.only.contains($0.id) }
    }
    variants = job.packDifferences.map { PackVariant($0, of: job, jobFile: jobFile, only: options.only) }
    guard let asOf = options.asOf ?? job.asOf ?? ProcessState.today(timeZone: job.timeZone) else {
      throw .usage("time_zone '\(job.timeZone.oneLine)' is not known on this machine; name one such as Asia/Shanghai")
    }
    self.job = job
    self.jobFile = jobFile
    self.options = options
    maker = CellMaker(asOf: asOf, seed: options.hashSeed ?? UInt64.random(in: .min ... .max))
  }

  /// YYYY-MM-DD
  var asOf: String {
    var date: [UInt8] = []
    maker.asOf.write(into: &date)
    return String(decoding: date, as: UTF8.self)
  }

  var opener: SourceOpener {
    let files = options.standIns.values.flatMap(\.files)
    let picked = files.compactMap { file in file.picked.map { (file.path, $0) } }
    return SourceOpener(
      inputs: inputs, gone: Dictionary(files.map { ($0.path, $0.gone) }) { first, _ in first },
      picked: Dictionary(picked) { first, _ in first }, jobFile: jobFile, seal: options.seal)
  }

  var inputs: InputFiles {
    let standIns = options.standIns.values.flatMap { standIn in standIn.files.map { ($0.path, standIn.name) } }
    return InputFiles(
      folder: options.inputFolder ?? InputFiles.folder(of: jobFile),
      names: Dictionary(standIns) { first, _ in first })
  }

  /// Opens every source; what is wrong with headers is told all at once.
  func open(_ opener: inout SourceOpener) throws(RunFailure) -> [SourceOpener.Opened] {
    let unreadable = job.sources.flatMap { opener.inputProblems(of: $0) }
    // A single one is met again below.
    if unreadable.count > 1 { throw .unreadable(unreadable) }
    var opened: [SourceOpener.Opened] = []
    for source in job.sources {
      do throws(RunError) { opened.append(try opener.open(source)) } catch { throw .failed(error) }
    }
    guard opener.problems.isEmpty else { throw .job(JobError(file: jobFile, problems: opener.problems)) }
    return opened
  }

  func progressMeter(_ opened: [SourceOpener.Opened]) -> ProgressMeter {
    let byteCount = opened.flatMap(\.files).reduce(0) { $0 + $1.input.byteCount }
    return ProgressMeter(totalByteCount: byteCount, isQuiet: options.isQuiet)
  }
}

extension Job.Source {
  /// Makes the files of `standIn` those of the source: CSV in UTF-8 whose headers are the names of fields.
  fileprivate mutating func stand(for standIn: RunOptions.StandIn) {
    paths = standIn.files.map(\.path)
    encoding = TextEncoding.utf8.rawValue
    delimiter = Delimiter.comma.rawValue
    for index in fields.indices {
      fields[index].columns = [fields[index].name]
      fields[index].role = nil
      fields[index].isRequired = false
    }
  }
}
