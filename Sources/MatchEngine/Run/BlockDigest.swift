/// The digest of a file: XXH3-128 of each block of 1 MiB, then XXH3-128 over the block digests.
///
/// Blocks are hashed in any order and by any thread (`block`), then combined in file order; `append` does both for
/// bytes that come
/// in order. The last block is the shorter rest; an empty file has no block. Block digests enter in their canonical
/// form.
package struct BlockDigest: Sendable {
  package static let blockByteCount = 1 << 20

  private var blocks: [Hash128] = []
  /// The start of a block whose end has not come yet.
  private var pending: [UInt8] = []

  package init() {}

  /// The digest of one whole block, or of the file's shorter last one.
  package static func block(_ bytes: Span<UInt8>) -> Hash128 {
    precondition(bytes.count <= blockByteCount)
    return XXH3.digest(bytes)
  }

  /// The file's digest from those of its blocks in file order.
  package static func combine(_ blocks: [Hash128]) -> Hash128 {
    let bytes = blocks.flatMap(\.canonicalBytes)
    return XXH3.hash128(bytes.span)
  }

  /// Adds the next bytes of the file.
  package mutating func append(_ bytes: Span<UInt8>) {
    var next = 0
    while next < bytes.count {
      let count = min(bytes.count - next, Self.blockByteCount - pending.count)
      if count == Self.blockByteCount {
        blocks.append(Self.block(bytes.extracting(next..<next + count)))
      } else {
        pending.append(span: bytes.extracting(next..<next + count))
        if pending.count == Self.blockByteCount {
          blocks.append(Self.block(pending.span))
          pending.removeAll(keepingCapacity: true)
        }
      }
      next += count
    }
  }

  /// The digest of all bytes so far.
  package func finish() -> Hash128 {
    var all = blocks
    if !pending.isEmpty {
      let rest = pending
      all.append(Self.block(rest.span))
    }
    return Self.combine(all)
  }
}
