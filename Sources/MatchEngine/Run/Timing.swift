/// How long a run took and how much memory: `timing.json`, the only file in which two equal runs may differ.
package struct Timing: Hashable, Sendable {
  package static let fileName = "timing.json"

  package struct Phase: Hashable, Sendable {
    package var name: String
    package var seconds: Double
    /// Bytes read in this phase.
    package var byteCount: Int

    package init(name: String, seconds: Double, byteCount: Int) {
      self.name = name
      self.seconds = seconds
      self.byteCount = byteCount
    }
  }

  package var threads: Int
  package var memoryByteCount: Int
  package private(set) var phases: [Phase] = []
  /// The largest sample.
  package private(set) var anonymousByteCountMax = 0
  private let start = ProcessState.seconds
  private var phaseStart = ProcessState.seconds

  package init(threads: Int, memoryByteCount: Int) {
    self.threads = threads
    self.memoryByteCount = memoryByteCount
  }

  /// Ends the phase that began with the last call, or with the run.
  package mutating func endPhase(_ name: String, byteCount: Int = 0) {
    let now = ProcessState.seconds
    phases.append(Phase(name: name, seconds: now - phaseStart, byteCount: byteCount))
    phaseStart = now
    sampleMemory()
  }

  /// Looks at the memory in use; called where it is expected to be largest.
  package mutating func sampleMemory() {
    anonymousByteCountMax = max(anonymousByteCountMax, ProcessState.anonymousByteCount)
  }

  package var json: JSONText {
    .members([
      "threads": .integer(threads),
      "memory_budget_bytes": .integer(memoryByteCount),
      "seconds": .seconds(ProcessState.seconds - start),
      "peak_memory_bytes": .integer(ProcessState.peakResidentByteCount),
      "peak_anonymous_bytes": .integer(max(anonymousByteCountMax, ProcessState.anonymousByteCount)),
      "phases": .array(
        phases.map {
          .members(["name": .string($0.name), "seconds": .seconds($0.seconds), "bytes": .integer($0.byteCount)])
        })
    ])
  }
}
