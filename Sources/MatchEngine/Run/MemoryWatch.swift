internal import Dispatch
internal import Synchronization

/// Looks every few milliseconds at how much memory the process has, and keeps the most.
///
/// It looks from a thread of its own, so that no loop has to, and a peak between two steps of a run is seen as well.
package final class MemoryWatch: @unchecked Sendable {
  // SAFETY: the timer is set up here and cancelled at the end; in between nobody touches it.
  private static let interval = DispatchTimeInterval.milliseconds(10)

  private let largest = Atomic<Int>(0)
  private let timer: any DispatchSourceTimer

  package init() {
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "memory watch"))
    timer.setEventHandler { [weak self] in self?.look() }
    timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
    timer.activate()
  }

  deinit { timer.cancel() }

  private func look() { largest.max(ProcessState.anonymousByteCount, ordering: .relaxed) }

  /// Bytes, since the last call of `takeMax`.
  package var max: Int {
    look()
    return largest.load(ordering: .relaxed)
  }

  /// The most since the last call.
  package func takeMax() -> Int {
    let result = max
    largest.store(0, ordering: .relaxed)
    return result
  }
}
