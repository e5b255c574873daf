internal import CKernels

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

  /// How many of the `count` records from `record` on are plainly data, before the first that may be something else;
  /// puts them into `batch` from `lane` on.
  func takePlain(
    _ record: Int, count: Int, columnCount: Int, headerStart: UInt8, into batch: RecordBatch, from lane: Int
  ) -> Int {
    precondition(count >= 0 && lane + count <= batch.records.count && lane + count <= batch.firstSeparators.count)
    var records = unsafe mr_records(
      text: text, separators: separators, record_ends: recordEnds,
      column_count: UInt32(truncatingIfNeeded: columnCount), header_start: headerStart)
    return unsafe mr_plain_records(
      &records, record, count, batch.firstSeparators.base + lane, batch.records.base + lane)
  }
}
