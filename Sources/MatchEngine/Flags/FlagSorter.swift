internal import Dispatch
internal import Synchronization

/// Brings the flags of all workers into the order of `flags.csv`: by rule, case, identity number, evidence, then the
/// rest.
struct FlagSorter {
  private let buffers: [FlagBuffer]

  init(_ buffers: [FlagBuffer]) { self.buffers = buffers }

  /// A flag with the first sixteen bytes of its columns, which decide most comparisons.
  private struct Reference: Sendable {
    var high: UInt64
    var low: UInt64
    var buffer: Int32
    var entry: Int32
  }

  /// Where a flag's columns stand: a stretch of the bytes of one buffer.
  struct Flag {
    var buffer: Int
    var range: Range<Int>
  }

  /// Flags of a rule that are sorted and written at a time, more or less.
  private static let partFlagCount = 8192

  /// The results of `body` for the flags of the rules of `order`, in the order of the flags.
  ///
  /// `body` is called on several threads, once a part of a rule's flags, with these in order.
  func map<Result: Sendable>(
    _ order: [Int], threads: Int, _ body: @Sendable (_ place: Int, _ flags: [Flag]) -> Result
  ) -> [(place: Int, result: Result)] {
    let parts = self.parts(of: order)
    let results = Mutex<[Result?]>(Array(repeating: nil, count: parts.count))
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, parts.count)) { _ in
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < parts.count else { return }
        let flags = parts[number].references.sorted(by: precedes).map { reference in
          let entry = buffers[Int(reference.buffer)].entries[Int(reference.entry)]
          return Flag(buffer: Int(reference.buffer), range: entry.start..<entry.end)
        }
        let result = body(parts[number].place, flags)
        results.withLock { $0[number] = result }
      }
    }
    return zip(parts, results.withLock { $0 }).compactMap { part, result in result.map { (part.place, $0) } }
  }

  private struct Part {
    var place: Int
    var references: [Reference]
  }

  /// The flags of each rule, cut into parts that follow each other in the order of flags.
  private func parts(of order: [Int]) -> [Part] {
    var references = Array(repeating: [Reference](), count: (order.max() ?? -1) + 1)
    for (number, buffer) in buffers.enumerated() {
      buffer.bytes.withWords { words in
        for (index, entry) in buffer.entries.enumerated() where Int(entry.rule) < references.count {
          references[Int(entry.rule)].append(
            Reference(
              high: words.bigEndian(at: entry.start, end: entry.end),
              low: words.bigEndian(at: entry.start + 8, end: entry.end), buffer: Int32(number), entry: Int32(index)))
        }
      }
    }
    var parts: [Part] = []
    for (place, rule) in order.enumerated() {
      let all = references[rule]
      references[rule] = []
      for part in Self.divided(all) where !part.isEmpty { parts.append(Part(place: place, references: part)) }
    }
    return parts
  }

  /// Flags by the ranges of their first sixteen bytes, in order; ranges are chosen by a sample.
  private static func divided(_ references: [Reference]) -> [[Reference]] {
    let partCount = references.count / partFlagCount
    guard partCount > 1 else { return [references] }
    let step = references.count / (partCount * 16)
    let sample = stride(from: 0, to: references.count, by: step).map { references[$0] }.sorted(by: isBefore)
    let bounds = (1..<partCount).map { sample[sample.count * $0 / partCount] }
    var parts = Array(repeating: [Reference](), count: partCount)
    for reference in references {
      // The number of bounds that do not come after the flag: equal ones always give the same part.
      var (low, high) = (0, bounds.count)
      while low < high {
        let middle = (low + high) / 2
        if isBefore(reference, bounds[middle]) { high = middle } else { low = middle + 1 }
      }
      parts[low].append(reference)
    }
    return parts
  }

  private static func isBefore(_ left: Reference, _ right: Reference) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }

  private func precedes(_ left: Reference, _ right: Reference) -> Bool {
    if left.high != right.high { return left.high < right.high }
    if left.low != right.low { return left.low < right.low }
    let a = buffers[Int(left.buffer)].entries[Int(left.entry)]
    let b = buffers[Int(right.buffer)].entries[Int(right.entry)]
    return buffers[Int(left.buffer)].bytes.precedes(
      a.start..<a.end, buffers[Int(right.buffer)].bytes, b.start..<b.end)
  }
}
