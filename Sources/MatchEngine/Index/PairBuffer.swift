/// Pairs of a streamed row and a stored row that share a key, waiting to be judged by the rules.
package final class PairBuffer {
  package static let capacity = 1024

  package let lanes: FlatArray<UInt32>
  package let rows: FlatArray<UInt32>
  package private(set) var count = 0

  package init() {
    lanes = FlatArray(uninitialized: Self.capacity)
    rows = FlatArray(uninitialized: Self.capacity)
  }

  deinit {
    lanes.deallocate()
    rows.deallocate()
  }

  package var isFull: Bool { count == Self.capacity }

  @inline(__always)
  package func append(lane: UInt32, row: UInt32) {
    precondition(count < Self.capacity)
    // SAFETY: both arrays have `capacity` elements.
    unsafe lanes.base[count] = lane
    unsafe rows.base[count] = row
    count &+= 1
  }

  package func removeAll() { count = 0 }
}
