package import Normalizers

/// What the command line says about a run.
package struct RunOptions: Sendable {
  /// The folder that paths of the job are relative to; nil: the job file's own.
  package var inputFolder: String?
  package var asOf: CalendarDate?
  package var threads: Int
  /// Bytes that tables may take before they go to scratch files.
  package var memoryByteCount: Int
  /// Bytes of decoded text a worker takes at a time.
  package var chunkByteCount = 1 << 20
  /// Rules to run; empty: all.
  package var only: [String] = []
  package var seal = false
  /// Makes the numbers of flags; without one they are those of this run.
  package var siteKey: SiteKey?
  package var isQuiet = false
  /// Seeds the hashes of texts; nil: every run takes another.
  var hashSeed: UInt64?
  /// Files of the state that are read in place of those of a source; by its name.
  var standIns: [String: StandIn] = [:]
  /// What is told of deliveries in whose place files of the state are read; by the source's name.
  var setAside: [String: SetAside] = [:]

  /// Files with the names of fields as headers.
  struct StandIn: Sendable, Hashable {
    var files: [File]
    /// What outputs and errors show.
    var name: String

    struct File: Sendable, Hashable {
      var path: String
      /// Stretches of lines that do not count any more, in ascending order.
      var gone: [Range<Int>] = []
      /// The rows that count, where not all do.
      var picked: PickedRows?
    }
  }

  package init() {
    threads = ProcessState.processorCount
    memoryByteCount = max(ProcessState.machineByteCount / 2, 64 << 20)
  }
}

/// Why a run did not start or was not finished.
package enum RunFailure: Error, Sendable {
  /// Wrong usage or a wrong job: exit code 2.
  case job(JobError)
  case usage(String)
  /// Could not be done, nothing was written: exit code 3.
  case unreadableJob(JobFileUnreadable)
  /// Several inputs are not there, or cannot be read.
  case unreadable([RunError])
  case failed(RunError)
}

/// How a run ended.
package struct RunResult: Sendable {
  /// 0, or 1 when something has to be looked at.
  package var exitCode: Int32
  /// The table for people.
  package var summary: String
  /// Why the exit code is 1, one sentence each.
  package var causes: [String] = []
  /// What a journal notes of it, but for the action and the exit code.
  package var entry = Journal.Entry(action: "", exitCode: 0)
}
