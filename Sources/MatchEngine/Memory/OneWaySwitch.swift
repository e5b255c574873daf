import Synchronization

/// A mark that is raised once, from any thread.
package final class OneWaySwitch: Sendable {
  private let raised = Atomic<Bool>(false)

  package init() {}

  package var value: Bool { raised.load(ordering: .acquiring) }

  /// Raises the mark; false when it was raised before.
  @discardableResult
  package func raise() -> Bool { !raised.exchange(true, ordering: .acquiringAndReleasing) }
}
