internal import Dispatch

/// Brings the flags of all workers into the order of `flags.csv`: by rule, case, identity number, evidence, then the
/// rest.
struct FlagSorter {
  private let buffers: [FlagBuffer]

  init(_ buffers: [FlagBuffer]) { self.buffers = buffers }

  /// A flag with the first sixteen bytes of its columns, which decide most comparisons.
  private struct Reference {
    var high: UInt64
    var low: UInt64
    var buffer: Int32
    var entry: Int32
  }

  /// Calls `body` once a rule of `order`, in any order and on several threads, with its flags in order.
  ///
  /// Each flag is given as the bytes of its columns.
  func forEachRule(_ order: [Int], threads: Int, _ body: @Sendable (_ place: Int, _ flags: [ArraySlice<UInt8>]) -> Void)
  {
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
    let unsorted = references
    DispatchQueue.concurrentPerform(iterations: order.count) { place in
      let sorted = unsorted[order[place]].sorted(by: precedes)
      body(
        place,
        sorted.map {
          let entry = buffers[Int($0.buffer)].entries[Int($0.entry)]
          return buffers[Int($0.buffer)].bytes[entry.start..<entry.end]
        })
    }
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
