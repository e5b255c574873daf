/// The bytes of one file or of standard input, in order, decompressed where they are .gz or .zst.
package final class FileBytes: ByteSource {
  private let stream: ByteStream
  private let stretchByteCount = 256 << 10

  /// Opens `path`; `-` is standard input.
  package init(path: String) throws(RunError) {
    let descriptor = path == "-" ? Descriptor.standardInput : try Descriptor.reading(path)
    if try descriptor.status().kind == .folder { throw .isFolder(path: descriptor.path) }
    stream = try ByteStream(descriptor, name: descriptor.path)
  }

  package func read(into buffer: inout [UInt8]) throws(RunError) -> Int {
    let start = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: stretchByteCount))
    var room = buffer.mutableSpan
    let count = try stream.read(into: &room, from: start)
    buffer.removeLast(stretchByteCount - count)
    return count
  }
}
