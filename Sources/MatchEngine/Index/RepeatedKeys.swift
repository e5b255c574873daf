/// How many keys of a table stand on more than one row, and some of them.
package struct RepeatedKeys: Sendable {
  package static let exampleMax = 5

  /// Different keys with more than one row.
  package private(set) var keys = 0
  /// Rows that carry such a key.
  package private(set) var rows = 0
  /// The smallest first words of such keys: the same whatever the threads did.
  package private(set) var smallest: [Int64] = []

  package init() {}

  /// Notes that one more row came to a key which had `rowsBefore` rows.
  mutating func note(_ firstWord: Int64, rowsBefore: Int) {
    rows += rowsBefore == 1 ? 2 : 1
    guard rowsBefore == 1 else { return }
    keys += 1
    keep(firstWord)
  }

  private mutating func keep(_ word: Int64) {
    if smallest.count == Self.exampleMax, let last = smallest.last, last <= word { return }
    let place = smallest.firstIndex { $0 > word } ?? smallest.count
    smallest.insert(word, at: place)
    if smallest.count > Self.exampleMax { smallest.removeLast() }
  }

  package mutating func add(_ other: RepeatedKeys) {
    keys += other.keys
    rows += other.rows
    for word in other.smallest { keep(word) }
  }
}
