/// Bytes that are in memory already.
struct MemoryBytes: ByteSource {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func read(into buffer: inout [UInt8]) -> Int {
    let count = min(256 << 10, bytes.count - offset)
    buffer.append(contentsOf: bytes[offset..<offset + count])
    offset += count
    return count
  }
}
