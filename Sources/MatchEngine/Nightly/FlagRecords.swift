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
      bytes.append(littleEndian: UInt32(entry.rule))
      bytes.append(littleEndian: UInt32(entry.end - entry.start))
      bytes.append(span: flags.bytes.span.extracting(entry.start..<entry.end))
      if bytes.count > 1 << 20 {
        try file.append(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    try file.append(bytes)
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

  private mutating func add(_ other: FlagRecords, _ index: Int) {
    let entry = other.flags.entries[index]
    flags.add(rule: Int(entry.rule), other.flags.bytes.span.extracting(entry.start..<entry.end))
  }

  /// These flags and those of `other`, in order.
  func joined(with other: FlagRecords) -> FlagRecords {
    var result = FlagRecords(rules: rules)
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

  /// How many flags of `rule` begin with `start`.
  func count(of rule: Int32, startingWith start: [UInt8]) -> Int {
    func place(isAfter: Bool) -> Int {
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        let entry = flags.entries[middle]
        let isBefore: Bool
        if entry.rule != rule {
          isBefore = entry.rule < rule
        } else {
          let range = entry.start..<min(entry.end, entry.start + start.count)
          isBefore =
            isAfter
            ? !start.precedes(0..<start.count, flags.bytes, range)
            : flags.bytes.precedes(range, start, 0..<start.count)
        }
        if isBefore { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return place(isAfter: true) - place(isAfter: false)
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
    for byte in 0..<8 { append(UInt8(truncatingIfNeeded: word >> UInt64(byte * 8))) }
  }

  mutating func append(littleEndian word: UInt32) {
    for byte in 0..<4 { append(UInt8(truncatingIfNeeded: word >> UInt32(byte * 8))) }
  }
}
