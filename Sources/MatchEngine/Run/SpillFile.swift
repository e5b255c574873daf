/// A nameless file of the scratch folder: written to its end, read by position.
package final class SpillFile: Sendable {
  private let file: Descriptor

  init(_ file: Descriptor) { self.file = file }

  /// The open file's number in this process, for a library that writes it.
  var descriptorNumber: Int32 { file.number }

  /// Appends `bytes`; used by one thread at a time.
  package func append(_ bytes: Span<UInt8>) throws(RunError) { try file.write(bytes) }

  /// Writes the first `count` of `bytes` at `offset`; any number of threads may do so.
  package func write(_ bytes: FlatArray<UInt8>, count: Int, at offset: Int) throws(RunError) {
    try file.write(bytes, count: count, at: offset)
  }

  package func byteCount() throws(RunError) -> Int { try file.status().byteCount }

  /// Reads the bytes at `offset` until the span is full or the file ends; returns how many there were.
  package func read(into buffer: inout MutableSpan<UInt8>, at offset: Int) throws(RunError) -> Int {
    try file.read(into: &buffer, at: offset)
  }

  /// Reads `count` bytes at `offset` into `buffer[from...]`, fewer only at the end.
  package func read(into buffer: FlatArray<UInt8>, from start: Int, count: Int, at offset: Int) throws(RunError) -> Int
  {
    try file.read(into: buffer, from: start, count: count, at: offset)
  }

  package func close() throws(RunError) { try file.close() }
}
