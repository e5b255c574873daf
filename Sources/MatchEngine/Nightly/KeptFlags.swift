/// `flags.records` of a generation where it lies: what nobody asks for is not read.
///
/// Behind the flags, as `FlagRecords` has them, stands a table, all numbers of eight bytes, least byte first:
///
///     ┌────────────┬───────────────┐
///     │ first byte │ XXH3 of block │   for every block of 256 flags, then
///     └────────────┴───────────────┘
///     ┌───────┬────────┬─────────────────┬──────────────────────────┐
///     │ flags │ blocks │ end of all flags│ XXH3 of table and numbers│
///     └───────┴────────┴─────────────────┴──────────────────────────┘
final class KeptFlags {
  static let blockFlagCount = 256

  let rules: [String]
  let count: Int
  private let file: MappedFile
  private let blockCount: Int
  /// Where the flags end and the table begins.
  private let end: Int
  private var isChecked: [Bool]

  init(path: String, rules: [String]) throws(RunError) {
    self.rules = rules
    file = try MappedFile(path: path)
    let bytes = file.bytes
    let foot = bytes.count - 32
    let isLong = foot >= 0
    count = isLong ? Int(truncatingIfNeeded: bytes.word(at: foot)) : -1
    blockCount = isLong ? Int(truncatingIfNeeded: bytes.word(at: foot + 8)) : -1
    end = isLong ? Int(truncatingIfNeeded: bytes.word(at: foot + 16)) : -1
    let isSound =
      isLong && count >= 0 && end >= 0 && end <= foot && (0...1 << 40).contains(blockCount)
      && end + blockCount * 16 == foot
      && XXH3.hash64(bytes.span(from: end, count: foot + 24 - end)) == bytes.word(at: foot + 24)
    isChecked = Array(repeating: false, count: isSound ? blockCount : 0)
    guard isSound else { throw damage }
  }

  private var damage: RunError {
    .damaged(path: file.path, format: "state", reason: "its bytes are not those that were written; restore a backup")
  }

  private func start(of block: Int) -> Int {
    block < blockCount ? Int(truncatingIfNeeded: file.bytes.word(at: end + block * 16)) : end
  }

  private func check(_ block: Int) throws(RunError) {
    guard block < blockCount, !isChecked[block] else { return }
    let (first, last) = (start(of: block), start(of: block + 1))
    let bytes = file.bytes
    guard 0 <= first, first < last, last <= end,
      XXH3.hash64(bytes.span(from: first, count: last - first)) == bytes.word(at: end + block * 16 + 8)
    else { throw damage }
    isChecked[block] = true
  }

  private func number(_ at: Int) -> Int {
    let bytes = file.bytes
    return Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
  }

  /// Where the flag at `at` ends.
  private func next(_ at: Int) throws(RunError) -> Int {
    guard at + 8 <= end else { throw damage }
    let next = at + 8 + number(at + 4)
    guard next <= end, number(at) < rules.count else { throw damage }
    return next
  }

  /// All flags.
  func all() throws(RunError) -> FlagRecords {
    var records = FlagRecords(rules: rules)
    var flag: [UInt8] = []
    var at = 0
    for block in 0..<blockCount {
      try check(block)
      while at < start(of: block + 1) {
        let next = try next(at)
        flag.removeAll(keepingCapacity: true)
        file.bytes.append(from: at + 8, count: next - at - 8, to: &flag)
        records.add(rule: number(at), flag.span)
        at = next
      }
    }
    guard records.count == count else { throw damage }
    return records
  }

  /// How many flags begin with each of `starts`, which are in the order of flags.
  func counts(startingWith starts: FlagBuffer) throws(RunError) -> [Int] {
    var counts: [Int] = []
    counts.reserveCapacity(starts.entries.count)
    var (block, at) = (0, 0)
    if blockCount > 0 { try check(0) }
    for entry in starts.entries {
      // The last block that begins before.
      if block + 1 < blockCount, try order(start(of: block + 1), starts, entry, in: block + 1) < 0 {
        var (low, high) = (block + 1, blockCount)
        while low + 1 < high {
          let middle = (low + high) / 2
          if try order(start(of: middle), starts, entry, in: middle) < 0 { low = middle } else { high = middle }
        }
        (block, at) = (low, start(of: low))
      }
      while at < end, try order(at, starts, entry, in: block) < 0 { try step(&at, &block) }
      var (look, inBlock) = (at, block)
      var number = 0
      while look < end, try order(look, starts, entry, in: inBlock) == 0 {
        number += 1
        try step(&look, &inBlock)
      }
      counts.append(number)
    }
    return counts
  }

  private func step(_ at: inout Int, _ block: inout Int) throws(RunError) {
    at = try next(at)
    if at == start(of: block + 1) {
      block += 1
      try check(block)
    }
  }

  /// -1: the flag at `at` comes before all that begin with the entry; 0: it begins with it; 1: it comes behind.
  private func order(_ at: Int, _ starts: FlagBuffer, _ entry: FlagBuffer.Entry, in block: Int) throws(RunError) -> Int
  {
    try check(block)
    let last = try next(at)
    let rule = number(at)
    guard rule == Int(entry.rule) else { return rule < Int(entry.rule) ? -1 : 1 }
    let bytes = file.bytes
    let length = min(last - at - 8, entry.end - entry.start)
    for index in 0..<length {
      let (mine, wanted) = (bytes[at + 8 + index], starts.bytes[entry.start + index])
      if mine != wanted { return mine < wanted ? -1 : 1 }
    }
    return length == entry.end - entry.start ? 0 : -1
  }
}
