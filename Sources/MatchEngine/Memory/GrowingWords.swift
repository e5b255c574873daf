/// Records of a fixed number of words that are added at the end and never move: segments, each twice the one before.
///
/// Nothing is copied and no page is cleared twice while it grows. Used by one thread at a time, copied freely, freed by
/// its owner.
@safe
struct GrowingWords {
  // SAFETY: segment s holds the records from (2^s - 1) * firstCount on and twice as many as segment s - 1; records
  // below
  // `capacity` lie in segments that exist.
  private static let segmentLimit = 48
  private let segments: FlatArray<FlatArray<UInt64>>
  private let stride: Int
  private let firstShift: Int
  private(set) var segmentCount = 0

  /// `firstShift`: the first segment holds two to the power of this many records.
  init(stride: Int, firstShift: Int) {
    self.stride = max(stride, 1)
    self.firstShift = firstShift
    segments = FlatArray(uninitialized: Self.segmentLimit)
  }

  func deallocate() {
    for index in 0..<segmentCount { segments[index].deallocate() }
    segments.deallocate()
  }

  /// Records that there is room for.
  var capacity: Int { (1 << segmentCount - 1) << firstShift }

  /// Bytes of all segments.
  var byteCount: Int { capacity * stride * 8 }

  /// Adds a segment; the words of its records are 0 when `isZeroed` holds, else arbitrary.
  mutating func grow(isZeroed: Bool) {
    let count = (1 << (segmentCount + firstShift)) * stride
    segments[segmentCount] =
      isZeroed
      ? FlatArray(repeating: 0, count: count, isReadAtRandom: true)
      : FlatArray(uninitialized: count, isReadAtRandom: true)
    segmentCount += 1
  }

  /// The words of a record.
  @inline(__always)
  func words(_ record: Int) -> UnsafeMutablePointer<UInt64> {
    let scaled = record &>> firstShift &+ 1
    let segment = Int.bitWidth &- 1 &- scaled.leadingZeroBitCount
    let first = (1 &<< segment &- 1) &<< firstShift
    return unsafe segments.base[segment].base + (record &- first) &* stride
  }
}
