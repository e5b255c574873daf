/// Rows by the values that make a group, and the values of which percentiles are taken; one thread's own.
struct RowGroups {
  struct Group {
    /// The words of the values that make it, one behind the other.
    var key: [Int64]
    /// One of its rows.
    var row: UInt32
    /// By percentile: the values that are there, in no order.
    var values: [[Int64]]
  }

  /// From a group by some words of the key to the one by a word more: keys need no memory of their own.
  private struct Step: Hashable {
    var from: Int
    var word: Int64
  }

  private(set) var groups: [Group] = []
  private let percentileCount: Int
  private var steps: [Step: Int] = [:]

  init(percentileCount: Int) { self.percentileCount = percentileCount }

  /// Adds a row to its group; `values` are those that are taken percentiles of.
  mutating func add(row: UInt32, keyCount: Int, key: (Int) -> Int64, value: (Int) -> Int64) {
    let group = self.group(row: row, keyCount: keyCount, key: key)
    for number in 0..<percentileCount {
      let value = value(number)
      if Cell.isUsable(value) { groups[group].values[number].append(value) }
    }
  }

  mutating func add(_ other: RowGroups) {
    for group in other.groups {
      let number = self.group(row: group.row, keyCount: group.key.count) { group.key[$0] }
      for (percentile, values) in group.values.enumerated() { groups[number].values[percentile] += values }
    }
  }

  private mutating func group(row: UInt32, keyCount: Int, key: (Int) -> Int64) -> Int {
    var place = -1
    for number in 0..<keyCount - 1 {
      let step = Step(from: place, word: key(number))
      // Places within a key are negative, groups are not.
      let next = steps[step] ?? -2 - steps.count
      steps[step] = next
      place = next
    }
    let last = Step(from: place, word: key(keyCount - 1))
    if let known = steps[last] { return known }
    steps[last] = groups.count
    groups.append(
      Group(key: (0..<keyCount).map(key), row: row, values: Array(repeating: [], count: percentileCount)))
    return groups.count - 1
  }

  /// The nearest rank: the least of `values` that no less than `share` millionths of a hundredth of them do not exceed;
  /// nil of none.
  static func percentile(of values: [Int64], _ share: Int64) -> Int64? {
    guard !values.isEmpty else { return nil }
    let rank = (Int128(values.count) * Int128(share) + 99_999_999) / 100_000_000
    return values.sorted()[Int(rank) - 1]
  }
}
