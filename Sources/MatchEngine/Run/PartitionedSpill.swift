internal import Synchronization

/// Rows that do not fit into memory, in one scratch file, sorted into parts that are read back one at a time.
package final class PartitionedSpill: Sendable {
  /// A power of two: one part a thread is held in memory beside what came before.
  package static let partCount = 64
  /// Bytes of a part that a worker gathers before it writes them.
  package static let blockByteCount = 32 << 10

  private struct State {
    var end = 0
    var blocks: [[Range<Int>]] = Array(repeating: [], count: PartitionedSpill.partCount)
  }

  private let file: SpillFile
  private let state = Mutex(State())

  package init(_ file: SpillFile) { self.file = file }

  /// Appends whole rows to a part; any number of threads may do so.
  package func append(_ rows: [UInt8], part: Int) throws(RunError) {
    let result: Result<Void, RunError> = state.withLock { state in
      do throws(RunError) {
        try file.append(rows.span)
      } catch {
        return .failure(error)
      }
      state.blocks[part].append(state.end..<state.end + rows.count)
      state.end += rows.count
      return .success(())
    }
    try result.get()
  }

  /// The blocks of a part, each of whole rows, in the order in which they were written.
  package func blocks(of part: Int) -> [Range<Int>] { state.withLock { $0.blocks[part] } }

  package var isEmpty: Bool { state.withLock { $0.end == 0 } }

  /// Reads a block into `buffer` from `start` on.
  package func read(_ block: Range<Int>, into buffer: FlatArray<UInt8>, from start: Int) throws(RunError) {
    let count = try file.read(into: buffer, from: start, count: block.count, at: block.lowerBound)
    precondition(count == block.count, "a scratch file holds what was written to it")
  }

  package func close() throws(RunError) { try file.close() }

  /// One worker's rows that wait to be written.
  package final class Writer {
    private let spill: PartitionedSpill
    private var waiting: [[UInt8]] = Array(repeating: [], count: PartitionedSpill.partCount)

    package init(_ spill: PartitionedSpill) { self.spill = spill }

    /// Adds one row, whose bytes `write` appends.
    package func add(part: Int, _ write: (inout [UInt8]) -> Void) throws(RunError) {
      write(&waiting[part])
      if waiting[part].count >= PartitionedSpill.blockByteCount { try flush(part) }
    }

    private func flush(_ part: Int) throws(RunError) {
      if waiting[part].isEmpty { return }
      try spill.append(waiting[part], part: part)
      waiting[part].removeAll(keepingCapacity: true)
    }

    package func finish() throws(RunError) {
      for part in waiting.indices { try flush(part) }
    }
  }
}
