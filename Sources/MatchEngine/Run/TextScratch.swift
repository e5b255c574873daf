internal import Synchronization

/// Pieces of text that lie in a scratch file instead of memory, since few of them are ever shown.
package final class TextScratch: Sendable {
  private let file: SpillFile
  private let blockCount = Atomic<Int>(0)
  private let failure = Mutex<RunError?>(nil)

  package init(_ file: SpillFile) { self.file = file }

  /// The number of a new block.
  func makeBlock() -> Int { blockCount.add(1, ordering: .relaxed).oldValue }

  func write(_ bytes: FlatArray<UInt8>, count: Int, block: Int) {
    do throws(RunError) {
      try file.write(bytes, count: count, at: block * TableMemory.pieceByteCount)
    } catch {
      note(error)
    }
  }

  /// Reads from `offset` of a block into `bytes`; what cannot be read is zero.
  func read(_ block: Int, from offset: Int, into bytes: inout MutableSpan<UInt8>) {
    do throws(RunError) {
      _ = try file.read(into: &bytes, at: block * TableMemory.pieceByteCount + offset)
    } catch {
      note(error)
    }
  }

  private func note(_ error: RunError) {
    failure.withLock { known in if known == nil { known = error } }
  }

  /// Throws what went wrong since the beginning; nothing that was made from these texts is to be used then.
  package func check() throws(RunError) {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
