internal import CPlatform

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
