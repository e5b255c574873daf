internal import Normalizers

/// A file of a source, opened and looked at: how it is laid out and where each field of the job stands.
package struct SourceFile: Sendable {
  package var input: InputFile
  package var encoding: TextEncoding
  package var layout: SourceLayout
  /// The column of each field of the source; nil for one that need not be there.
  package var columns: [Int?]
  /// Where the data begins, in bytes of the file; meaningful for UTF-8 files that have positions.
  package var dataOffset: Int
  /// Whole lines that do not count any more, in ascending order; only of files that have positions.
  package var gone: [Range<Int>] = []
  /// The rows that count, where not all do; only of files of the state.
  var picked: PickedRows?

  package init(
    input: InputFile, encoding: TextEncoding, layout: SourceLayout, columns: [Int?], dataOffset: Int,
    gone: [Range<Int>] = []
  ) {
    self.input = input
    self.encoding = encoding
    self.layout = layout
    self.columns = columns
    self.dataOffset = dataOffset
    self.gone = gone
  }

  package var columnCount: Int { layout.columns.count }
}

/// Gives out a source's chunks, to several workers at once.
package protocol ChunkFeed: AnyObject, Sendable {
  /// Fills `chunk` with the next stretch of records; false when there is none left.
  ///
  /// Throws when a file cannot be read, is cut, or has changed since the run began.
  func next(_ chunk: Chunk) throws(RunError) -> Bool
  /// Makes every waiting worker give up, after one has failed.
  func cancel()
  /// Bytes and digest of every file, once all chunks were given out.
  func digests() throws(RunError) -> [Manifest.File]
}
