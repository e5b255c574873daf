internal import Dispatch
internal import Synchronization

/// Writes the bytes of a large file that come in order, while they are made: a thread of its own digests and writes.
///
/// Where the file system can it writes past the system's cache (`O_DIRECT`): what a night keeps is not read before the
/// next one, and would push out what is being read.
final class LargeFileWriter: @unchecked Sendable {
  // SAFETY: one thread appends and finishes; a buffer is either its own or the queue's; `shared` is locked.
  private struct Shared {
    var blocks: [Int: Hash128] = [:]
    var failure: RunError?
  }

  private let descriptor: Descriptor
  private let queue = DispatchQueue(label: "large file")
  private let free: DispatchSemaphore
  private let spare: Mutex<[FlatArray<UInt8>]>
  private let shared = Mutex(Shared())
  private let bufferByteCount: Int
  private let isDirect: Bool
  private let buffers: [FlatArray<UInt8>]
  private var current: FlatArray<UInt8>
  private var filled = 0
  /// Where the current buffer belongs.
  private var offset = 0

  /// Bytes that every file system can write directly are a multiple of this, and begin at one.
  static let alignment = 4096

  /// `bufferByteCount` is a multiple of the blocks of a digest.
  init(_ descriptor: Descriptor, bufferByteCount: Int = 4 << 20, bufferCount: Int = 4) {
    precondition(bufferByteCount % BlockDigest.blockByteCount == 0 && bufferCount > 1)
    self.descriptor = descriptor
    self.bufferByteCount = bufferByteCount
    isDirect = descriptor.setDirect(true)
    // Aligned to huge pages, and so to what direct writing asks for.
    buffers = (0..<bufferCount).map { _ in FlatArray(uninitialized: bufferByteCount, isReadAtRandom: true) }
    current = buffers[0]
    spare = Mutex(Array(buffers[1...]))
    free = DispatchSemaphore(value: bufferCount - 1)
  }

  deinit {
    queue.sync {}
    for buffer in buffers { buffer.deallocate() }
  }

  func append(_ bytes: Span<UInt8>) throws(RunError) {
    var next = 0
    while next < bytes.count {
      let count = min(bytes.count - next, bufferByteCount - filled)
      current.write(bytes.extracting(next..<next + count), at: filled)
      filled += count
      next += count
      if filled == bufferByteCount { try handOver() }
    }
  }

  private func throwFailure() throws(RunError) {
    if let failure = shared.withLock({ $0.failure }) { throw failure }
  }

  private func handOver() throws(RunError) {
    try throwFailure()
    let (buffer, count, start) = (current, filled, offset)
    queue.async { [self] in
      write(buffer, count, at: start)
      spare.withLock { $0.append(buffer) }
      free.signal()
    }
    free.wait()
    guard let next = spare.withLock({ $0.popLast() }) else { preconditionFailure("a buffer is free") }
    current = next
    offset += count
    filled = 0
  }

  private func write(_ buffer: FlatArray<UInt8>, _ count: Int, at start: Int) {
    guard shared.withLock({ $0.failure == nil }) else { return }
    let size = BlockDigest.blockByteCount
    for at in stride(from: 0, to: count, by: size) {
      let digest = BlockDigest.block(buffer.span(from: at, count: min(size, count - at)))
      shared.withLock { $0.blocks[(start + at) / size] = digest }
    }
    do throws(RunError) {
      let even = count / Self.alignment * Self.alignment
      if even > 0 { try descriptor.write(buffer, count: even, at: start) }
      if even < count {
        // The end of the file is as long as it is.
        if isDirect { _ = descriptor.setDirect(false) }
        try descriptor.write(buffer.span(from: even, count: count - even), at: start + even)
      }
    } catch {
      shared.withLock { $0.failure = $0.failure ?? error }
    }
  }

  /// Writes what is left and waits for it.
  func finish() throws(RunError) -> (byteCount: Int, digest: String) {
    let total = offset + filled
    if filled > 0 { try handOver() }
    queue.sync {}
    try throwFailure()
    let blocks = shared.withLock { shared in shared.blocks.sorted { $0.key < $1.key }.map(\.value) }
    return (total, BlockDigest.combine(blocks).hexadecimal)
  }
}
