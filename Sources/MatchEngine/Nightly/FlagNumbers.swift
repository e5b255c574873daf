internal import Dispatch
internal import Synchronization

/// The numbers of the flags that went and came, in the order of rules and then of numbers.
///
/// Flags of one name are counted, and the last of them go first; those that went and came as often stay.
struct FlagNumbers {
  struct Entry {
    /// The first digits, in their order.
    var order: UInt64
    /// Which of the names.
    var name: Int32
    /// Where the digits stand.
    var digits: Int32
    var isNew: Bool
  }

  let rules: [String]
  /// Rule and columns of each name, in the order of flags.
  private(set) var names = FlagBuffer()
  private(set) var digits: [UInt8] = []
  private(set) var entries: [Entry] = []

  /// `countBefore` tells how many flags of each name the last night left.
  init(
    _ difference: NightBook.Difference, _ hash: KeyedHash, countBefore: (FlagBuffer) throws(RunError) -> [Int]
  ) throws(RunError) {
    rules = difference.went.rules
    let counts = group(difference)
    let before = try countBefore(names)
    var copies: [(name: Int32, copy: Int32, isNew: Bool)] = []
    for (number, count) in counts.enumerated() where count.went != count.came {
      let after = before[number] - count.went + count.came
      for copy in min(before[number], after)..<max(before[number], after) {
        copies.append((Int32(number), Int32(copy), after > before[number]))
      }
    }
    number(copies, hash)
  }

  /// Finds the names, and how many flags of each went and came.
  private mutating func group(_ difference: NightBook.Difference) -> [(went: Int, came: Int)] {
    let (went, came) = (difference.went, difference.came)
    var counts: [(went: Int, came: Int)] = []
    var (a, b) = (0, 0)
    let (wentStarts, cameStarts) = (went.starts, came.starts)
    /// Negative: the name of the first comes before that of the second; 0: they are the same.
    func order(
      _ left: FlagRecords, _ mine: Range<Int>, _ rule: Int32, _ right: FlagRecords, _ other: Range<Int>,
      _ otherRule: Int32
    ) -> Int {
      if rule != otherRule { return rule < otherRule ? -1 : 1 }
      if left.flags.bytes.precedes(mine, right.flags.bytes, other) { return -1 }
      return right.flags.bytes.precedes(other, left.flags.bytes, mine) ? 1 : 0
    }
    while a < went.count || b < came.count {
      let isFirst =
        b == came.count
        || a < went.count
          && order(
            went, wentStarts[a], went.flags.entries[a].rule, came, cameStarts[b], came.flags.entries[b].rule) <= 0
      let records = isFirst ? went : came
      let name = isFirst ? wentStarts[a] : cameStarts[b]
      let rule = records.flags.entries[isFirst ? a : b].rule
      var count = (went: 0, came: 0)
      while a < went.count, order(records, name, rule, went, wentStarts[a], went.flags.entries[a].rule) == 0 {
        count.went += 1
        a += 1
      }
      while b < came.count, order(records, name, rule, came, cameStarts[b], came.flags.entries[b].rule) == 0 {
        count.came += 1
        b += 1
      }
      let flags = records.flags
      names.add(rule: Int(rule), flags.bytes.span.extracting(name))
      counts.append(count)
    }
    return counts
  }

  private mutating func number(_ copies: [(name: Int32, copy: Int32, isNew: Bool)], _ hash: KeyedHash) {
    let size = 4096
    let parts = (copies.count + size - 1) / size
    let made = Mutex<[[UInt8]]>(Array(repeating: [], count: parts))
    let (names, rules) = (names, rules)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      var (message, digits): ([UInt8], [UInt8]) = ([], [])
      let hash = hash.separate()
      for copy in copies[part * size..<min(copies.count, (part + 1) * size)] {
        let entry = names.entries[Int(copy.name)]
        FlagName.appendDigits(
          rules[Int(entry.rule)], names.bytes, entry.start..<entry.end, copy: Int(copy.copy), hash, &message,
          to: &digits)
      }
      made.withLock { $0[part] = digits }
    }
    digits.reserveCapacity(copies.count * FlagName.digitCount)
    for part in made.withLock({ $0 }) { digits += part }
    let all = digits
    entries = all.withWords { words in
      copies.enumerated().map { index, copy in
        let start = index * FlagName.digitCount
        return Entry(
          order: words.bigEndian(at: start, end: start + FlagName.digitCount), name: copy.name, digits: Int32(index),
          isNew: copy.isNew)
      }
    }
    // Names stand in the order of rules, and so do their copies.
    var first = 0
    while first < entries.count {
      let rule = names.entries[Int(entries[first].name)].rule
      var last = first
      while last < entries.count, names.entries[Int(entries[last].name)].rule == rule { last += 1 }
      entries[first..<last].sort { left, right in
        left.order != right.order ? left.order < right.order : all.precedes(Self.range(left), all, Self.range(right))
      }
      first = last
    }
  }

  func range(_ entry: Entry) -> Range<Int> { Self.range(entry) }

  private static func range(_ entry: Entry) -> Range<Int> {
    Int(entry.digits) * FlagName.digitCount..<(Int(entry.digits) + 1) * FlagName.digitCount
  }

  func rule(_ entry: Entry) -> String { rules[Int(names.entries[Int(entry.name)].rule)] }

  func digits(_ entry: Entry) -> String { String(decoding: digits[range(entry)], as: UTF8.self) }

  func name(_ entry: Entry) -> FlagName {
    let columns = names.entries[Int(entry.name)]
    return FlagName(rule(entry), names.bytes, columns.start..<columns.end)
  }
}
