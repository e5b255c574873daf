internal import Glibc
internal import Synchronization

/// What one shard of the groups holds.
extension GroupFamily {
  /// Words of the groups' state by rule.
  struct StateLayout {
    /// How many rows; nil where only distinct values are counted.
    var rowWord: Int?
    /// Not 0 once a row of the group was counted.
    var seenWord: Int
    /// Each aggregate's first word.
    var offsets: [Int]
    var wordCount: Int

    init(start: Int, _ aggregates: [Plan.GroupAggregate]) {
      var next = start
      // A word that counts distinct values says by its lowest bit that a row was there.
      let countsRows =
        aggregates.allSatisfy { $0.function != .countDistinct }
        || aggregates.contains { $0.function == .count }
      if countsRows {
        rowWord = next
        next += 1
      }
      offsets = []
      for aggregate in aggregates {
        offsets.append(next)
        next += Self.wordCount(of: aggregate)
      }
      wordCount = next - start
      let firstDistinct = aggregates.firstIndex { $0.function == .countDistinct }
      seenWord = rowWord ?? firstDistinct.map { [offsets] in offsets[$0] } ?? start
    }

    private static func wordCount(of aggregate: Plan.GroupAggregate) -> Int {
      switch aggregate.function {
      case .count: 0  // the row count in front
      case .countDistinct: aggregate.isWide ? 3 : 2
      case .sum: 2
      case .min, .max: 1
      }
    }
  }

  /// How the groups of one rule are kept.
  enum Groups {
    /// In the entries of the first key.
    case direct(StateLayout)
    case counters(MonthCounters)
    /// Behind the first key's entry and the other keys.
    case sub(GroupEntries, StateLayout, textWord: Int?)
  }

  final class Shard {
    private let isTaken = Atomic<Bool>(false)
    let number: Int
    let entries: GroupEntries
    let groups: [Groups]
    /// Values beside the first one of a group, by rule: group, aggregate, value.
    private(set) var distinct: [GroupEntries?]
    /// Texts of keys; a reference is the offset in the high half and the length in the low half of a word.
    private var texts: [UInt8] = []
    let firstTextWord: Int?
    private let budget: MemoryBudget

    init(_ step: Plan.FamilyStep, number: Int, hash: KeyHash, budget: MemoryBudget, memory: TableMemory) {
      self.number = number
      self.budget = budget
      var stateWordCount = 0
      var textWord: Int?
      if step.key.textField != nil {
        textWord = 0
        stateWordCount = 1
      }
      var groups: [Groups] = []
      var distinct: [GroupEntries?] = []
      for rule in step.rules {
        if rule.usesCounters {
          groups.append(.counters(MonthCounters(hash: hash, budget: budget, memory: memory)))
        } else if rule.rest.isEmpty {
          let layout = StateLayout(start: stateWordCount, rule.aggregates)
          stateWordCount += layout.wordCount
          groups.append(.direct(layout))
        } else {
          let textCount = rule.rest.count { $0.textField != nil }
          let layout = StateLayout(start: textCount, rule.aggregates)
          let keyWords = 1 + rule.rest.reduce(0) { $0 + ($1.type.isWide ? 2 : 1) }
          groups.append(
            .sub(
              GroupEntries(
                keyWordCount: keyWords, stateWordCount: textCount + layout.wordCount, hash: hash, budget: budget,
                memory: memory),
              layout, textWord: textCount > 0 ? 0 : nil))
        }
        let countsDistinct = rule.aggregates.contains { $0.function == .countDistinct }
        distinct.append(
          countsDistinct
            ? GroupEntries(keyWordCount: 4, stateWordCount: 0, hash: hash, budget: budget, memory: memory) : nil)
      }
      self.groups = groups
      self.distinct = distinct
      firstTextWord = textWord
      entries = GroupEntries(
        keyWordCount: step.key.type.isWide ? 2 : 1, stateWordCount: stateWordCount, hash: hash, budget: budget,
        memory: memory)
    }

    /// Calls `body` unless another thread is at the shard; false if one is.
    @inline(__always)
    func use(_ body: (Shard) -> Void) -> Bool {
      if isTaken.exchange(true, ordering: .acquiring) { return false }
      body(self)
      isTaken.store(false, ordering: .releasing)
      return true
    }

    /// The same, when the other thread has gone on.
    func useSoon(_ body: (Shard) -> Void) {
      while !use(body) { sched_yield() }
    }

    deinit { budget.subtract(texts.count) }

    func forgetValues() { distinct = distinct.map { _ in nil } }

    func keepText(_ text: [UInt8]) -> Int64 {
      budget.add(text.count)
      let reference = Int64(texts.count) << 24 | Int64(text.count)
      texts.append(contentsOf: text)
      return reference
    }

    func appendText(_ reference: Int64, to output: inout [UInt8]) {
      let start = Int(reference >> 24)
      output.append(contentsOf: texts[start..<start + Int(reference & 0xFF_FFFF)])
    }
  }
}
