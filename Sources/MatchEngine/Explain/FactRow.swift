/// A row of a source that is about the person or the case in question, as it stands in its file.
struct FactRow: Sendable {
  var source: Int
  /// Index into the source's files.
  var file: Int
  var line: Int
  /// By field of the source.
  var texts: [[UInt8]]
  /// True when an identity number of the row is the person's own.
  var isOwn = false
}
