import CXXHash

/// XXH3, the hash of keys and digests inside one process.
///
/// It is not keyed: a hash of an identity number can be reversed by trying all numbers, so no hash of one leaves the
/// machine.
package struct XXH3: Sendable {
  /// XXH3 of `bytes`, 64 bits wide.
  @inline(__always)
  package static func hash64(_ bytes: RawSpan, seed: UInt64 = 0) -> UInt64 {
    // SAFETY: the buffer is valid during the closure; XXH3 reads exactly its bytes, and nothing where the length is 0.
    unsafe bytes.withUnsafeBytes { buffer in unsafe mr_xxh3_64(buffer.baseAddress, buffer.count, seed) }
  }

  /// XXH3 of `bytes`, 128 bits wide.
  @inline(__always)
  package static func hash128(_ bytes: RawSpan, seed: UInt64 = 0) -> Hash128 {
    // SAFETY: as in `hash64`.
    let hash = unsafe bytes.withUnsafeBytes { buffer in unsafe mr_xxh3_128(buffer.baseAddress, buffer.count, seed) }
    return Hash128(high: hash.high, low: hash.low)
  }

  /// XXH3 of `bytes`, 64 bits wide.
  @inline(__always)
  package static func hash64(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
    // SAFETY: every byte of a span of bytes is initialised, which is all that its raw form asks for.
    unsafe hash64(bytes.bytes, seed: seed)
  }

  /// XXH3 of `bytes`, 128 bits wide.
  @inline(__always)
  package static func hash128(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> Hash128 {
    // SAFETY: as in `hash64`.
    unsafe hash128(bytes.bytes, seed: seed)
  }

  /// XXH3 of many bytes with seed 0, 128 bits wide; the same value as `hash128`.
  package static func digest(_ bytes: Span<UInt8>) -> Hash128 {
    // SAFETY: as in `hash64`.
    let hash = unsafe bytes.withUnsafeBufferPointer { unsafe mr_xxh3_128_long($0.baseAddress, $0.count) }
    return Hash128(high: hash.high, low: hash.low)
  }

  /// The hashes of the columns of `stretches` of every record of a batch as they stand, with all that separates them,
  /// 128 bits wide.
  ///
  /// The separator behind a stretch is part of it: a line feed tells whether a carriage return belongs to the field.
  static func hash128(
    _ batch: RecordBatch, _ stretches: [Range<Int>], seed: UInt64, high: FlatArray<UInt64>, low: FlatArray<UInt64>
  ) {
    precondition(batch.count <= high.count && batch.count <= low.count && !stretches.isEmpty)
    for (number, columns) in stretches.enumerated() {
      // SAFETY: the cursor took only records with as many separators as the file has columns; nothing behind the
      // readable text is read, and the hashes have a place for every lane.
      var places = unsafe mr_stretches(
        text: batch.chunk.text.base, separators: batch.chunk.index.separators.base,
        firsts: batch.firstSeparators.base, from: columns.lowerBound, to: columns.upperBound,
        limit: batch.chunk.readableEnd, count: batch.count)
      unsafe mr_xxh3_128_stretches(&places, seed, number > 0 ? 1 : 0, high.base, low.base)
    }
  }

  /// The hash of every record of a batch as it stands, up to the separator behind its last field, 64 bits wide.
  static func hash64(_ batch: RecordBatch, columnCount: Int, seed: UInt64, into hashes: FlatArray<UInt64>) {
    precondition(batch.count <= hashes.count)
    // SAFETY: as in `hash128`.
    var places = unsafe mr_stretches(
      text: batch.chunk.text.base, separators: batch.chunk.index.separators.base, firsts: batch.firstSeparators.base,
      from: 0, to: columnCount, limit: batch.chunk.readableEnd, count: batch.count)
    unsafe mr_xxh3_64_stretches(&places, seed, hashes.base)
  }
}
