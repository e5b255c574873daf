/// Takes the files of a city one after the other, each as a sequence of chunks.
package protocol CitySink {
  /// Starts the file `name`, a plain file name without a folder.
  mutating func begin(_ name: String) throws
  /// Appends to the file that was begun; chunks are about 1 MiB.
  mutating func write(_ chunk: [UInt8]) throws
  /// Ends the file that was begun: it is complete.
  mutating func end() throws
}
