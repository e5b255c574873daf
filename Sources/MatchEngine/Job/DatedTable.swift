/// A source whose rows hold from one day on: of rows with the same key no two may hold on one day, and none may be
/// missing in between.
package struct DatedTable: Sendable {
  /// Index into `Job.sources`; the others are fields of it.
  package var source: Int
  package var from: Int
  /// The last day of a row; nil: it holds until the next one.
  package var to: Int?
  package var key: [Int]
}
