/// Flags of rules that are judged in passing, as the state keeps them: by the name of the rule, then by their bytes.
///
/// In a file each stands behind two numbers of four bytes, least byte first: its rule and its length.
struct FlagRecords {
  static let fileName = "flags.records"
  static let removedName = "flags.removed"
  static let addedName = "flags.added"

  /// Names of rules, in the order of their bytes; entries of `flags` count by it.
  private(set) var rules: [String]
  private(set) var flags = FlagBuffer()

  var count: Int { flags.entries.count }

  init(rules: [String]) { self.rules = rules }

  /// The flags of `buffers`, whose rules are those of `job`; only those for which `isKept` holds.
  init(_ buffers: [FlagBuffer], of job: Job, threads: Int, isKept: (Int) -> Bool) {
    let order = job.rules.indices.sorted { job.rules[$0].id.comesBefore(job.rules[$1].id) }
    rules = order.map { job.rules[$0].id }
    let kept = order.enumerated().filter { isKept($0.element) }
    let parts = FlagSorter(buffers).map(kept.map(\.element), threads: threads) { place, flags in
      var part = FlagBuffer()
      for flag in flags {
        let bytes = buffers[flag.buffer].bytes
        part.add(rule: kept[place].offset, bytes.span.extracting(flag.range))
      }
      return part
    }
    for part in parts { flags.add(part.result) }
  }

  /// Reads `bytes` of the file at `path`.
  init(_ bytes: [UInt8], path: String, rules: [String]) throws(RunError) {
    self.rules = rules
    var at = 0
    func damage() -> RunError {
      .damaged(path: path, format: "state", reason: "its bytes are not those that were written; restore a backup")
    }
    func number(_ at: Int) -> Int {
      Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
    }
    while at < bytes.count {
      guard at + 8 <= bytes.count else { throw damage() }
      let (rule, length) = (number(at), number(at + 4))
      guard rule < rules.count, at + 8 + length <= bytes.count else { throw damage() }
      flags.add(rule: rule, bytes.span.extracting(at + 8..<at + 8 + length))
      at += 8 + length
    }
  }

  func write(to file: OutputFile) throws(RunError) {
    var bytes: [UInt8] = []
    for entry in flags.entries {
      append(entry, to: &bytes)
      if bytes.count > 1 << 18 {
        try file.append(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    try file.append(bytes)
  }

  private func append(_ entry: FlagBuffer.Entry, to bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt32(entry.rule))
    bytes.append(littleEndian: UInt32(entry.end - entry.start))
    bytes.append(span: flags.bytes.span.extracting(entry.start..<entry.end))
  }

  /// Writes the flags with the table of `KeptFlags` behind them.
  func writeKept(to file: OutputFile) throws(RunError) {
    var (bytes, table): ([UInt8], [UInt8]) = ([], [])
    var (at, blocks) = (0, 0)
    for first in stride(from: 0, to: count, by: KeptFlags.blockFlagCount) {
      bytes.removeAll(keepingCapacity: true)
      for entry in flags.entries[first..<min(first + KeptFlags.blockFlagCount, count)] { append(entry, to: &bytes) }
      table.append(littleEndian: UInt64(at))
      table.append(littleEndian: XXH3.hash64(bytes.span))
      try file.append(bytes)
      at += bytes.count
      blocks += 1
    }
    for number in [count, blocks, at] { table.append(littleEndian: UInt64(number)) }
    table.append(littleEndian: XXH3.hash64(table.span))
    try file.append(table)
  }

  /// The same flags, counted by the names of `names`, of which `rules` is a part.
  func renamed(_ names: [String]) -> FlagRecords {
    guard names != rules else { return self }
    var result = FlagRecords(rules: names)
    let places = rules.map { name in names.firstIndex(of: name) ?? 0 }
    for entry in flags.entries {
      result.flags.add(rule: places[Int(entry.rule)], flags.bytes.span.extracting(entry.start..<entry.end))
    }
    return result
  }

  /// The same flags with the numbers that rules have in `job`.
  func buffer(of job: Job) -> FlagBuffer {
    let places = rules.map { name in job.rules.firstIndex { $0.id == name } }
    var buffer = FlagBuffer()
    for entry in flags.entries {
      guard let rule = places[Int(entry.rule)] else { continue }
      buffer.add(rule: rule, flags.bytes.span.extracting(entry.start..<entry.end))
    }
    return buffer
  }

  // MARK: - Comparing

  private func order(_ index: Int, _ other: FlagRecords, _ otherIndex: Int) -> Int {
    let (a, b) = (flags.entries[index], other.flags.entries[otherIndex])
    if a.rule != b.rule { return a.rule < b.rule ? -1 : 1 }
    if flags.bytes.precedes(a.start..<a.end, other.flags.bytes, b.start..<b.end) { return -1 }
    return a.end - a.start == b.end - b.start
      && !other.flags.bytes.precedes(b.start..<b.end, flags.bytes, a.start..<a.end) ? 0 : 1
  }

  /// Flags of these records alone, and of `other` alone; a flag that stands several times is as many flags.
  func difference(from other: FlagRecords) -> (mine: FlagRecords, others: FlagRecords) {
    precondition(rules == other.rules, "flags are compared by the same names of rules")
    if count == 0 || other.count == 0 { return (self, other) }
    var (mine, others) = (FlagRecords(rules: rules), FlagRecords(rules: rules))
    var (a, b) = (0, 0)
    while a < count || b < other.count {
      let order = a == count ? 1 : b == other.count ? -1 : order(a, other, b)
      if order < 0 {
        mine.add(self, a)
        a += 1
      } else if order > 0 {
        others.add(other, b)
        b += 1
      } else {
        a += 1
        b += 1
      }
    }
    return (mine, others)
  }

  mutating func add(rule: Int, _ flag: Span<UInt8>) { flags.add(rule: rule, flag) }

  private mutating func add(_ other: FlagRecords, _ index: Int) {
    let entry = other.flags.entries[index]
    flags.add(rule: Int(entry.rule), other.flags.bytes.span.extracting(entry.start..<entry.end))
  }

  /// These flags and those of `other`, in order.
  func joined(with other: FlagRecords) -> FlagRecords {
    if other.count == 0 { return self }
    if count == 0 { return other }
    var result = FlagRecords(rules: rules)
    result.flags.reserve(flags: count + other.count, bytes: flags.bytes.count + other.flags.bytes.count)
    var (a, b) = (0, 0)
    while a < count || b < other.count {
      if b == other.count || a < count && order(a, other, b) <= 0 {
        result.add(self, a)
        a += 1
      } else {
        result.add(other, b)
        b += 1
      }
    }
    return result
  }

  /// The flags of the rules for which `isKept` holds.
  func only(_ isKept: (String) -> Bool) -> FlagRecords {
    var result = FlagRecords(rules: rules)
    for index in flags.entries.indices where isKept(rules[Int(flags.entries[index].rule)]) { result.add(self, index) }
    return result
  }

  /// How many flags begin with each of `starts`, which are in the order of flags.
  func counts(startingWith starts: FlagBuffer) -> [Int] {
    guard count > 0 else { return Array(repeating: 0, count: starts.entries.count) }
    var at = 0
    return starts.entries.map { start in
      let range = start.start..<start.end
      // -1: the flag comes before all that begin so; 0: it begins so; 1: it comes behind.
      func order(_ entry: FlagBuffer.Entry) -> Int {
        if entry.rule != start.rule { return entry.rule < start.rule ? -1 : 1 }
        let head = entry.start..<min(entry.end, entry.start + range.count)
        if flags.bytes.precedes(head, starts.bytes, range) { return -1 }
        return starts.bytes.precedes(range, flags.bytes, head) ? 1 : 0
      }
      while at < count, order(flags.entries[at]) < 0 { at += 1 }
      var look = at
      while look < count, order(flags.entries[look]) == 0 { look += 1 }
      return look - at
    }
  }

  /// The stretch of a flag that names it: case, person and evidence, each with the NUL behind it.
  func start(of index: Int) -> Range<Int> { Self.start(flags.entries[index], in: flags.bytes.span) }

  /// The same of all flags.
  var starts: [Range<Int>] {
    let bytes = flags.bytes.span
    var starts: [Range<Int>] = []
    starts.reserveCapacity(count)
    for entry in flags.entries { starts.append(Self.start(entry, in: bytes)) }
    return starts
  }

  private static func start(_ entry: FlagBuffer.Entry, in bytes: Span<UInt8>) -> Range<Int> {
    var (end, columns) = (entry.start, 0)
    while end < entry.end, columns < 3 {
      if bytes[end] == 0 { columns += 1 }
      end += 1
    }
    return entry.start..<end
  }
}

extension FlagBuffer {
  /// Adds a flag whose bytes are known.
  mutating func add(rule: Int, _ flag: Span<UInt8>) {
    add(rule: rule) { bytes in bytes.append(span: flag) }
  }

  /// Adds all flags of another buffer.
  mutating func add(_ other: FlagBuffer) {
    for entry in other.entries { add(rule: Int(entry.rule), other.bytes.span.extracting(entry.start..<entry.end)) }
  }
}

extension String {
  /// The order of names in outputs: by their bytes.
  func comesBefore(_ other: String) -> Bool { Array(utf8).lexicographicallyPrecedes(Array(other.utf8)) }
}

extension [UInt8] {
  mutating func append(littleEndian word: UInt64) {
    append(littleEndian: UInt32(truncatingIfNeeded: word))
    append(littleEndian: UInt32(truncatingIfNeeded: word >> 32))
  }

  mutating func append(littleEndian word: UInt32) {
    append(UInt8(truncatingIfNeeded: word))
    append(UInt8(truncatingIfNeeded: word >> 8))
    append(UInt8(truncatingIfNeeded: word >> 16))
    append(UInt8(truncatingIfNeeded: word >> 24))
  }
}
