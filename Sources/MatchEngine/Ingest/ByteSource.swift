/// Bytes that come one stretch after the other: a plain file, standard input, a decompressed file.
package protocol ByteSource {
  /// Appends the next bytes to `buffer`; returns how many, 0 only at the end.
  mutating func read(into buffer: inout [UInt8]) throws -> Int
}
