internal import CKernels

/// Counts rows by entry and month in a quarter of a byte: most groups of a city have one row a month.
///
/// A page holds the counters of 256 entries for one month, in one cache line, and exists once one of them was counted.
/// A counter of 3 means that the true count stands in a table of its own. Used by one thread at a time.
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
  /// The page of each lane of a batch.
  private let lanePages: FlatArray<Int32>
  /// True once a counter of 3 may have no count in the table of large ones.
  private var hasBareThrees = false

  package init(hash: KeyHash, budget: MemoryBudget, memory: TableMemory) {
    self.budget = budget
    // Dates lie between 1850 and 2200; one more place stands for 9999-12.
    numbers = FlatArray(repeating: -1, count: 351 * 12 + 1)
    pages = FlatArray(uninitialized: 0)
    words = PiecedRecords(stride: Self.pageWordCount, memory: memory)
    large = GroupEntries(keyWordCount: 1, stateWordCount: 1, hash: hash, budget: budget, memory: memory)
    lanePages = FlatArray(uninitialized: RecordBatch.capacity)
  }

  deinit {
    budget.subtract(words.byteCount + pages.count * 4)
    numbers.deallocate()
    lanePages.deallocate()
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
    precondition(laneCount <= lanePages.count)
    var view = words.view
    let (pageBase, blockCount, found) = unsafe (pages.base, blockCapacity, lanePages.base)
    let (numberBase, placeMax) = unsafe (numbers.base, numbers.count &- 1)
    // SAFETY: `place` is inside `numbers`; a month's number is below `monthCapacity`, the block is looked at first,
    // and a page that is listed lies inside `words`; `found` has an element a lane.
    for position in 0..<laneCount {
      let lane = Int(lanes[position])
      let (entry, place) = (Int(entries[lane]), min(max(Int(months[lane]) &- Self.firstMonth, 0), placeMax))
      let (number, block) = unsafe (Int(numberBase[place]), entry &>> 8)
      let page = number >= 0 && block < blockCount ? unsafe pageBase[number &* blockCount &+ block] : -1
      unsafe found[position] = page
      if page >= 0 { unsafe mr_prefetch_write(view.words(Int(page))) }
    }
    for position in 0..<laneCount {
      let lane = Int(lanes[position])
      let (entry, month) = (Int(entries[lane]), months[lane])
      var page = unsafe Int(found[position])
      if page < 0 {
        page = self.page(of: entry, month: month)
        view = words.view
      }
      let word = unsafe view.words(page) + (entry & 255) &>> 5
      let shift = UInt64((entry & 31) &* 2)
      let counter = unsafe word.pointee &>> shift & 3
      if counter < 3 { unsafe word.pointee &+= 1 &<< shift }
      if counter >= 2 { countLarge(entry, at: place(of: month)) }
    }
  }

  /// The same without taking memory: `late` is called for lanes of which there is no counter, or only one that is full.
  ///
  /// A counter of 3 that has no count in the table of its own stands for exactly 3 from now on.
  package func countWhatFits(
    _ entries: FlatArray<UInt32>, months: FlatArray<Int64>, lanes: FlatArray<UInt32>, laneCount: Int,
    late: (_ lane: Int) -> Void
  ) {
    hasBareThrees = true
    for position in 0..<laneCount {
      let lane = Int(lanes[position])
      let (entry, month) = (Int(entries[lane]), months[lane])
      guard let counter = counter(of: entry, month: month) else {
        late(lane)
        continue
      }
      if counter < 3 {
        setCounter(of: entry, month: month, to: counter + 1)
      } else {
        let key = Self.key(Int(numbers[place(of: month)]), entry)
        if let found = large.find(key, 0, hash: large.hash(key)) {
          large.setState(0, of: found, to: large.state(0, of: found) + 1)
        } else {
          late(lane)
        }
      }
    }
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
