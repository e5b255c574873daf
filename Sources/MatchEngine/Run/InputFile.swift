/// A file that a source reads, as it was found before the run.
package struct InputFile: Hashable, Sendable {
  /// What is opened; `-` for standard input.
  package var path: String
  /// What outputs and errors show: the path as the job gives it, relative to the input folder.
  package var name: String
  /// Bytes as stored; 0 where they are not known before the end.
  package var byteCount: Int
  package var modifiedSeconds: Int
  package var modifiedNanoseconds: Int
  package var device: UInt64
  package var inode: UInt64
  /// False for standard input, pipes and devices, which are read once, in order.
  package var isRegular: Bool
  /// By the first bytes; `none` where they were not looked at (not regular).
  package var compression: Compression

  package var isStandardInput: Bool { path == "-" }

  /// True when parts of the file can be read by position, in any order.
  package var hasPositions: Bool { isRegular && compression == .none }

  /// Throws when the open file is another one than this, or has changed in size or time since.
  package func verifyUnchanged(_ open: Descriptor) throws(RunError) {
    let status = try open.status()
    guard
      status.device == device && status.inode == inode && status.byteCount == byteCount
        && status.modifiedSeconds == modifiedSeconds && status.modifiedNanoseconds == modifiedNanoseconds
    else { throw .changed(path: name) }
  }
}
