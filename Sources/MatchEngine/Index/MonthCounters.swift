internal import CKernels

/// Counts rows by entry and month in a quarter of a byte: most groups of a city have one row a month.
///
/// A page holds the counters of 256 entries for one month, in one cache line, and exists once one of them was counted.
/// A counter of 3 means that the true count stands in a table of its own. Used by one thread at a time.
@safe
package final class MonthCounters {
  private static let firstMonth = 1850 * 12
  private static let pageWordCount = 8
  private let budget: MemoryBudget
  /// Number of each month that occurred; -1 for the others.
  private let numbers: FlatArray<Int32>
  private var months: [Int64] = []
  /// Page of each month number (rows) and entry / 256 (columns); -1 where there is none.
  private var pages: FlatArray<Int32>
  private var blockCapacity = 0
  private var monthCapacity = 0
  private var words: PiecedRecords
  private var pageCount = 0
  /// The counts of 3 and more, by month number and entry.
  private let large: GroupEntries
  /// The word that each lane of a batch is counted in, where there is one.
  private let laneWords: FlatArray<UnsafeMutablePointer<UInt64>?>
  /// True once a counter of 3 may have no count in the table of large ones.
  private var hasBareThrees = false

  package init(hash: KeyHash, budget: MemoryBudget, memory: TableMemory) {
    self.budget = budget
    // Dates lie between 1850 and 2200; one more place stands for 9999-12.
    numbers = FlatArray(repeating: -1, count: 351 * 12 + 1)
    pages = FlatArray(uninitialized: 0)
    words = PiecedRecords(stride: Self.pageWordCount, memory: memory)
    large = GroupEntries(keyWordCount: 1, stateWordCount: 1, hash: hash, budget: budget, memory: memory)
    unsafe laneWords = FlatArray(uninitialized: RecordBatch.capacity)
  }

  deinit {
    budget.subtract(words.byteCount + pages.count * 4)
    numbers.deallocate()
    unsafe laneWords.deallocate()
    words.removeAll()
    words.deallocate()
    pages.deallocate()
  }

  /// Counts one row for each of the first `laneCount` lanes: of `entries[lane]` in `months[lane]`.
  package func count(
    _ entries: FlatArray<UInt32>, months: FlatArray<Int64>, lanes: FlatArray<UInt32>, laneCount: Int
  ) {
    let (entries, months, lanes) = (
      entries.mutableColumn(at: 0), months.mutableColumn(at: 0), lanes.mutableColumn(at: 0)
    )
    count(laneCount) { position in
      let lane = Int(lanes[position])
      return (Int(entries[lane]), months[lane])
    }
  }

  /// Counts the rows `range` of `tallies`.
  package func count(_ tallies: FlatArray<MonthTally>, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= tallies.count)
    for start in stride(from: range.lowerBound, to: range.upperBound, by: RecordBatch.capacity) {
      // SAFETY: the range lies inside `tallies`.
      let tallies = unsafe tallies.base + start
      count(min(RecordBatch.capacity, range.upperBound - start)) { position in
        let tally = unsafe tallies[position]
        return (tally.entry, tally.month)
      }
    }
  }

  @inline(__always)
  private func count(_ count: Int, _ row: (_ position: Int) -> (entry: Int, month: Int64)) {
    precondition(count <= RecordBatch.capacity)
    let view = words.view
    let (pageBase, blockCount, found) = unsafe (pages.base, blockCapacity, laneWords.base)
    let (numberBase, placeMax) = unsafe (numbers.base, numbers.count &- 1)
    // SAFETY: `place` is inside `numbers`; a month's number is below `monthCapacity`, the block is looked at first,
    // and a page that is listed lies inside `words`, where pages never move; `found` has an element a position.
    for position in 0..<count {
      let (entry, month) = row(position)
      let place = min(max(Int(month) &- Self.firstMonth, 0), placeMax)
      let (number, block) = unsafe (Int(numberBase[place]), entry &>> 8)
      let page = number >= 0 && block < blockCount ? unsafe pageBase[number &* blockCount &+ block] : -1
      if page >= 0 {
        let word = unsafe view.words(Int(page)) + (entry & 255) &>> 5
        unsafe found[position] = word
        unsafe mr_prefetch_write(word)
      } else {
        unsafe found[position] = nil
      }
    }
    for position in 0..<count {
      let (entry, month) = row(position)
      let word = unsafe found[position] ?? newWord(of: entry, month: month)
      let shift = UInt64((entry & 31) &* 2)
      let counter = unsafe word.pointee &>> shift & 3
      if counter < 3 { unsafe word.pointee &+= 1 &<< shift }
      if counter >= 2 { countLarge(entry, at: place(of: month)) }
    }
  }

  /// The same without taking memory: false where there is no counter, or only one that is full.
  ///
  /// A counter of 3 that has no count in the table of its own stands for exactly 3 from now on.
  package func countWhatFits(_ entry: Int, month: Int64) -> Bool {
    hasBareThrees = true
    guard let counter = counter(of: entry, month: month) else { return false }
    if counter < 3 {
      setCounter(of: entry, month: month, to: counter + 1)
      return true
    }
    let key = Self.key(Int(numbers[place(of: month)]), entry)
    guard let found = large.find(key, 0, hash: large.hash(key)) else { return false }
    large.setState(0, of: found, to: large.state(0, of: found) + 1)
    return true
  }

  /// The count of an entry and month of which rows came late, which is forgotten.
  package func take(_ entry: Int, month: Int64) -> Int {
    guard let counter = counter(of: entry, month: month) else { return 0 }
    setCounter(of: entry, month: month, to: 0)
    return counter
  }

  /// 0 to 3; nil where there is no page.
  private func counter(of entry: Int, month: Int64) -> Int? {
    guard let page = knownPage(of: entry, month: month) else { return nil }
    return Int(word(of: entry, page: page) >> UInt64((entry & 31) * 2) & 3)
  }

  private func setCounter(of entry: Int, month: Int64, to value: Int) {
    guard let page = knownPage(of: entry, month: month) else { preconditionFailure("the counter has a page") }
    let shift = UInt64((entry & 31) * 2)
    let others = word(of: entry, page: page) & ~(3 << shift)
    // SAFETY: a page has eight words of 32 counters each.
    unsafe words.words(page)[(entry & 255) >> 5] = others | UInt64(value) << shift
  }

  private func word(of entry: Int, page: Int) -> UInt64 {
    // SAFETY: a page has eight words of 32 counters each.
    unsafe words.words(page)[(entry & 255) >> 5]
  }

  private func knownPage(of entry: Int, month: Int64) -> Int? {
    let (number, block) = (Int(numbers[place(of: month)]), entry >> 8)
    guard number >= 0, block < blockCapacity else { return nil }
    let page = Int(pages[number * blockCapacity + block])
    return page >= 0 ? page : nil
  }

  private func place(of month: Int64) -> Int { min(max(Int(month) - Self.firstMonth, 0), numbers.count - 1) }

  private static func key(_ number: Int, _ entry: Int) -> Int64 { Int64(number) << 32 | Int64(entry) }

  @inline(never)
  private func countLarge(_ entry: Int, at place: Int) {
    let key = Self.key(Int(numbers[place]), entry)
    let found = large.findOrAdd(key, 0, hash: large.hash(key))
    large.setState(0, of: found.entry, to: found.isNew ? 3 : large.state(0, of: found.entry) + 1)
  }

  private func hasLargeCount(_ entry: Int, _ number: Int) -> Bool {
    let key = Self.key(number, entry)
    return large.find(key, 0, hash: large.hash(key)) != nil
  }

  private func addMonth(_ month: Int64, at place: Int) -> Int {
    if months.count == monthCapacity { resizePages(blocks: blockCapacity, months: max(16, monthCapacity * 2)) }
    numbers[place] = Int32(months.count)
    months.append(month)
    return months.count - 1
  }

  private func resizePages(blocks: Int, months: Int) {
    let more = FlatArray<Int32>(repeating: -1, count: blocks * months)
    for number in 0..<min(months, monthCapacity) {
      more.copy(from: pages, at: number * blockCapacity, to: number * blocks, count: blockCapacity)
    }
    budget.add((more.count - pages.count) * 4)
    pages.deallocate()
    pages = more
    blockCapacity = blocks
    monthCapacity = months
  }

  /// The word of an entry's counter, of a page that may have to be made.
  private func newWord(of entry: Int, month: Int64) -> UnsafeMutablePointer<UInt64> {
    // Before `words` is looked at: it may grow.
    let page = page(of: entry, month: month)
    return unsafe words.words(page) + (entry & 255) &>> 5
  }

  /// The page of an entry's counter, which is made when there is none yet.
  @inline(never)
  private func page(of entry: Int, month: Int64) -> Int {
    let (block, place) = (entry >> 8, place(of: month))
    let number = numbers[place] < 0 ? addMonth(month, at: place) : Int(numbers[place])
    if block < blockCapacity, pages[number * blockCapacity + block] >= 0 {
      return Int(pages[number * blockCapacity + block])
    }
    if block >= blockCapacity {
      resizePages(blocks: max(block + 1, blockCapacity + blockCapacity / 2 + 4), months: monthCapacity)
    }
    if pageCount == words.capacity {
      words.grow(isZeroed: true)
      budget.add(TableMemory.pieceByteCount)
    }
    pages[number * blockCapacity + block] = Int32(pageCount)
    pageCount += 1
    return pageCount - 1
  }

  /// Calls `body` for every entry and month whose count is wanted; of counts below 3, `isWanted` says so by count.
  package func forEach(isWanted: (Int) -> Bool, _ body: (_ entry: Int, _ month: Int64, _ count: Int) -> Void) {
    for index in 0..<large.count {
      let key = large.word(0, of: index)
      body(Int(key & 0xFFFF_FFFF), months[Int(key >> 32)], Int(large.state(0, of: index)))
    }
    let wanted = [false, isWanted(1), isWanted(2), hasBareThrees && isWanted(3)]
    // Rules ask for many rows as a rule; then the pages need not be looked at.
    guard wanted.contains(true) else { return }
    for number in months.indices {
      for block in 0..<blockCapacity {
        let page = pages[number * blockCapacity + block]
        if page < 0 { continue }
        for offset in 0..<Self.pageWordCount {
          var word = unsafe words.words(Int(page))[offset]
          while word != 0 {
            let place = word.trailingZeroBitCount / 2
            let counter = Int(word >> UInt64(place * 2) & 3)
            word &= ~(3 << UInt64(place * 2))
            let entry = block << 8 | offset << 5 | place
            if wanted[counter], counter < 3 || !hasLargeCount(entry, number) { body(entry, months[number], counter) }
          }
        }
      }
    }
  }
}

/// One row to be counted by entry and month.
///
///     63      51 50         33 32       27 26             0
///     ┌─────────┬─────────────┬───────────┬───────────────┐
///     │ 0       │ month       │ part      │ entry         │
///     └─────────┴─────────────┴───────────┴───────────────┘
package struct MonthTally: BitwiseCopyable {
  private let bits: UInt64

  /// Of the group that a known record has; months of dates, the first of them 1850 and the last 9999, fit.
  @inline(__always)
  package init(_ known: RecurrenceTable.Payload, month: Int64) {
    bits = known.bits & (1 << 33 - 1) | UInt64(truncatingIfNeeded: month & 0x3_FFFF) << 33
  }

  @inline(__always)
  package var entry: Int { Int(bits & 0x7FF_FFFF) }
  /// Of a scratch file.
  @inline(__always)
  package var part: Int { Int(bits >> 27 & 63) }
  @inline(__always)
  package var month: Int64 { Int64(bits >> 33) }
}
