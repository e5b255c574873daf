/// How long a run took and how much memory: `timing.json`, the only file in which two equal runs may differ.
package struct Timing: Sendable {
  package static let fileName = "timing.json"

  package struct Phase: Hashable, Sendable {
    package var name: String
    package var seconds: Double
    /// Bytes read in this phase.
    package var byteCount: Int
    /// Records read in this phase.
    package var rowCount: Int
    /// The most memory of its own that the process had in this phase.
    package var anonymousByteCountMax: Int

    package init(name: String, seconds: Double, byteCount: Int, rowCount: Int, anonymousByteCountMax: Int) {
      self.name = name
      self.seconds = seconds
      self.byteCount = byteCount
      self.rowCount = rowCount
      self.anonymousByteCountMax = anonymousByteCountMax
    }
  }

  package var threads: Int
  package var memoryByteCount: Int
  package private(set) var phases: [Phase] = []
  private let watch = MemoryWatch()
  private let start = ProcessState.seconds
  private var phaseStart = ProcessState.seconds

  package init(threads: Int, memoryByteCount: Int) {
    self.threads = threads
    self.memoryByteCount = memoryByteCount
  }

  /// Ends the phase that began with the last call, or with the run.
  package mutating func endPhase(_ name: String, byteCount: Int = 0, rowCount: Int = 0) {
    let now = ProcessState.seconds
    phases.append(
      Phase(
        name: name, seconds: now - phaseStart, byteCount: byteCount, rowCount: rowCount,
        anonymousByteCountMax: watch.takeMax()))
    phaseStart = now
  }

  package var json: JSONText {
    .members([
      "threads": .integer(threads),
      "memory_budget_bytes": .integer(memoryByteCount),
      "seconds": .seconds(ProcessState.seconds - start),
      "peak_memory_bytes": .integer(ProcessState.peakResidentByteCount),
      "peak_anonymous_bytes": .integer(
        phases.reduce(watch.max) { max($0, $1.anonymousByteCountMax) }),
      "phases": .array(
        phases.map {
          .members([
            "name": .string($0.name), "seconds": .seconds($0.seconds), "bytes": .integer($0.byteCount),
            "rows": .integer($0.rowCount), "peak_anonymous_bytes": .integer($0.anonymousByteCountMax)
          ])
        })
    ])
  }
}
