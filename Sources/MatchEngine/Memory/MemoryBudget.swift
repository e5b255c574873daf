internal import Synchronization

/// What the tables of a run may take together, and what they take.
package final class MemoryBudget: Sendable {
  /// Bytes.
  package let limit: Int
  private let used = Atomic<Int>(0)

  package init(limit: Int) { self.limit = limit }

  package func add(_ byteCount: Int) { used.add(byteCount, ordering: .relaxed) }
  package func subtract(_ byteCount: Int) { used.subtract(byteCount, ordering: .relaxed) }
  package var usedByteCount: Int { used.load(ordering: .relaxed) }
  package var isExceeded: Bool { usedByteCount > limit }
}
