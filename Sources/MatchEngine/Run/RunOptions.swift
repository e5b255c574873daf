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
  case failed(RunError)
}

/// How a run ended.
package struct RunResult: Sendable {
  /// 0, or 1 when something has to be looked at.
  package var exitCode: Int32
  /// The table for people.
  package var summary: String
}
