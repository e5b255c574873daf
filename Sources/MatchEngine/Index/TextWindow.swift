/// A stretch of a scratch file's texts in memory, so that texts that lie behind each other are read at once; one
/// worker's own.
///
/// Only for texts of which the writing is over.
package final class TextWindow {
  private var bytes: FlatArray<UInt8>
  private var scratch: TextScratch?
  private var block = -1
  /// Where in the block the bytes that are held begin and end.
  private var start = 0
  private var end = 0

  /// What is read where nothing tells that the texts behind are wanted, too.
  private static let shortByteCount = 256
  private static let longByteCount = 4096

  package init() { bytes = FlatArray(uninitialized: Self.longByteCount) }

  deinit { bytes.deallocate() }

  /// The byte at `offset` of the block for which `hold` was called last.
  @inline(__always)
  func byte(at offset: Int) -> UInt8 { bytes[offset - start] }

  /// Appends bytes that are held.
  func append(from offset: Int, count: Int, to output: inout [UInt8]) {
    bytes.append(from: offset - start, count: count, to: &output)
  }

  /// Makes `count` bytes from `offset` on those that are held, as far as the block has so many.
  func hold(_ scratch: TextScratch, block: Int, from offset: Int, count: Int) {
    let wanted = min(count, TableMemory.pieceByteCount - offset)
    let isNear = self.scratch === scratch && self.block == block
    if isNear, offset >= start, offset + wanted <= end { return }
    let usual = isNear ? Self.longByteCount : Self.shortByteCount
    let length = min(max(wanted, usual), TableMemory.pieceByteCount - offset)
    if length > bytes.count {
      bytes.deallocate()
      bytes = FlatArray(uninitialized: length)
    }
    bytes.fill(0, from: 0, count: length)
    bytes.withMutableSpan(from: 0, count: length) { scratch.read(block, from: offset, into: &$0) }
    (self.scratch, self.block, start, end) = (scratch, block, offset, offset + length)
  }
}
