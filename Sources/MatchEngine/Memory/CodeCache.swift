internal import CKernels

/// The cells of the codes that were met last: a field of codes has few different values.
///
/// Owned by whoever made it, who calls `deallocate`.
@safe
struct CodeCache {
  // SAFETY: one cache, allocated here and freed by `deallocate`; used by one thread at a time.
  let cache: UnsafeMutablePointer<mr_code_cache>

  init() {
    unsafe cache = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe mr_clear_codes(cache)
  }

  func deallocate() { unsafe cache.deallocate() }

  /// Notes the cell of a lane's field, which the batch located last.
  func keep(_ cell: Int64, of lane: Int, in batch: RecordBatch) {
    let start = batch.starts[lane]
    // SAFETY: behind a field of a chunk more bytes than sixteen are readable.
    unsafe mr_keep_code(cache, batch.chunk.text.base + Int(start), batch.ends[lane] &- start, cell)
  }
}
