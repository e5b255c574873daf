/// Walks the separators of a chunk's records without bounds checks.
@safe
struct RecordWalk {
  // SAFETY: valid while the chunk is not refilled. Record numbers are below the index's count, separator numbers come
  // from it, and the bytes asked for lie at or before a separator or up to two bytes behind it, inside the padding.
  private let recordEnds: UnsafePointer<UInt32>
  private let separators: UnsafePointer<UInt32>
  private let text: UnsafePointer<UInt8>

  init(_ chunk: Chunk) {
    unsafe recordEnds = UnsafePointer(chunk.index.recordEnds.base)
    unsafe separators = UnsafePointer(chunk.index.separators.base)
    unsafe text = UnsafePointer(chunk.text.base)
  }

  /// The number of the separator before record `record`.
  @inline(__always)
  func firstSeparator(_ record: Int) -> Int { unsafe Int(recordEnds[record]) }

  @inline(__always)
  func position(_ separator: Int) -> Int { unsafe Int(separators[separator]) }

  @inline(__always)
  func byte(_ position: Int) -> UInt8 { unsafe text[position] }
}
