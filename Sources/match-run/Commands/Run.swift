import ArgumentParser
import MatchEngine

/// What `run`, `plan` and `check` share.
struct JobOptions: ParsableArguments {
  @Argument(help: "The job file.")
  var job: String

  @Option(help: "The folder that paths of the job are relative to; default: the job file's folder.")
  var input: String?

  @OptionGroup var asOf: AsOfOption

  var options: RunOptions {
    var options = RunOptions()
    options.inputFolder = input
    options.asOf = asOf.given
    return options
  }
}

/// What `run` and `nightly` share beside the job.
struct WorkOptions: ParsableArguments {
  @Option(help: "The folder of results: absent, empty, or of an earlier run.")
  var out: String

  @Option(help: "Workers; default: all cores.")
  var threads: Int?

  @Option(help: "What tables may take in memory: bytes, or with K, M, G; default: half of the machine's.")
  var memory: String?

  @Option(name: .customLong("chunk-size"), help: "Bytes of text a worker takes at a time; default: 1M.")
  var chunkSize: String?

  @Option(help: "The site key that makes the numbers of flags; see 'match-run key init'.")
  var key: String?

  @Option(help: "A journal to which a line is added; see 'match-run journal verify'.")
  var journal: String?

  @Flag(help: "Add a SHA-256 of every input to the manifest.")
  var seal = false

  @Flag(help: "No progress and no table.")
  var quiet = false

  /// Adds what was given to `options`.
  func options(_ options: RunOptions) throws -> RunOptions {
    var options = options
    if let threads {
      guard (1...1024).contains(threads) else { throw ValidationError("--threads takes a number from 1 to 1024") }
      options.threads = threads
    }
    if let memory { options.memoryByteCount = try byteCount(memory, of: "--memory", range: 1...(1 << 50)) }
    if let chunkSize { options.chunkByteCount = try byteCount(chunkSize, of: "--chunk-size", range: 1...(1 << 30)) }
    options.seal = seal
    options.isQuiet = quiet
    return options
  }

  /// Adds a line to the journal at `path`; nil: there is none.
  func note(_ action: String, _ result: RunResult, in path: String?) throws {
    guard let path else { return }
    var entry = result.entry
    entry.action = action
    entry.exitCode = Int(result.exitCode)
    try MatchEngine.Journal(path: path).append(entry)
  }

  func siteKey() throws -> SiteKey? {
    guard let key else { return nil }
    do throws(SiteKey.Refusal) {
      return try SiteKey.read(path: key)
    } catch {
      throw RunFailure.usage(error.description)
    }
  }

  /// A number of bytes, plain or with K, M, G (1,024 each).
  private func byteCount(_ text: String, of option: String, range: ClosedRange<Int>) throws -> Int {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    var digits = Substring(text.uppercased())
    if digits.hasSuffix("IB") {
      digits = digits.dropLast(2)
    } else if digits.hasSuffix("B") {
      digits = digits.dropLast()
    }
    let unit = digits.last.flatMap { units[$0] }
    if unit != nil { digits = digits.dropLast() }
    let (count, overflow) = (Int(digits) ?? -1).multipliedReportingOverflow(by: unit ?? 1)
    guard !overflow, range.contains(count) else {
      throw ValidationError("\(option) '\(text)' is not a size; write bytes, or a number with K, M or G")
    }
    return count
  }
}

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Runs a job and leaves a folder of results.")

  @OptionGroup var job: JobOptions
  @OptionGroup var work: WorkOptions

  @Option(help: "Run only these rules: names separated by commas.")
  var only: String?

  func run() throws {
    var options = try work.options(job.options)
    if let only {
      options.only = only.split(separator: ",").map(String.init)
      guard !options.only.isEmpty else { throw ValidationError("--only names at least one rule") }
    }
    try reportingRunFailure {
      options.siteKey = try work.siteKey()
      let result = try JobRun.run(jobFile: job.job, out: work.out, options: options)
      try work.note("run", result, in: work.journal)
      try result.tell(isQuiet: work.quiet, out: work.out)
    }
  }
}

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what will be read, stored and looked up, in which order.")

  @OptionGroup var job: JobOptions

  func run() throws {
    let options = job.options
    try reportingRunFailure {
      _ = try StandardStream.output.write(JobRun.plan(jobFile: job.job, options: options))
    }
  }
}

extension RunResult {
  /// Prints the table, or in a quiet run that ends with 1 a line that says why; then ends with the run's exit code.
  ///
  /// The results are in `out` by now. A table that cannot be written is told and changes no exit code, since 3 says
  /// that nothing was written.
  func tell(isQuiet: Bool, out: String) throws {
    if !isQuiet {
      do throws(RunError) {
        try StandardStream.output.write(summary)
      } catch {
        StandardError.write("match-run: warning: \(error); the results are complete in \(out)")
      }
    } else if exitCode != 0 {
      let shown = causes.prefix(2) + (causes.count > 2 ? ["\(causes.count - 2) more"] : [])
      let reason = shown.isEmpty ? "not all is as it should be" : shown.joined(separator: "; ")
      StandardError.write("match-run: warning: \(reason); see \(out)/manifest.json")
    }
    if exitCode != 0 { throw ExitCode(exitCode) }
  }
}

/// Tells a failure in one line a mistake and ends with its exit code; a closed pipe ends quietly.
func reportingRunFailure(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let failure as RunFailure {
    switch failure {
    case .job(let error):
      for line in error.lines { StandardError.write("match-run: error: \(line)") }
      SignalWatch.shared.exit(2)
    case .usage(let message):
      StandardError.write("match-run: error: \(message)")
      SignalWatch.shared.exit(2)
    case .unreadableJob(let error):
      StandardError.write("match-run: error: \(error.description)")
      SignalWatch.shared.exit(3)
    case .unreadable(let errors):
      for error in errors { StandardError.write("match-run: error: \(error.description)") }
      SignalWatch.shared.exit(3)
    case .failed(let error):
      StandardError.write("match-run: error: \(error.description)")
      SignalWatch.shared.exit(3)
    }
  } catch let error as RunError {
    if error.isClosedPipe { SignalWatch.shared.exit(0) }
    StandardError.write("match-run: error: \(error.description)")
    SignalWatch.shared.exit(3)
  }
}
