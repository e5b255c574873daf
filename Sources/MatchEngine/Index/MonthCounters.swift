/// Counts rows by entry and month in half bytes: most groups of a city have one row a month.
///
/// A page holds the counters of 256 entries for one month and exists once one of them was counted. A counter of 15
/// means that the true count stands in a table of its own. Used by one thread at a time.
package final class MonthCounters {
  private static let firstMonth = 1850 * 12
  private static let pageWordCount = 16
  private let budget: MemoryBudget
  /// Number of each month that occurred; -1 for the others.
  private let numbers: FlatArray<Int32>
  private var months: [Int64] = []
  /// Page of each entry / 256 (rows) and month number (columns); -1 where there is none.
  private var pages: FlatArray<Int32>
  private var blockCount = 0
  private var monthCapacity = 128
  private var words = GrowingWords(stride: pageWordCount, firstShift: 6)
  private var pageCount = 0
  private var large: [UInt64: Int] = [:]

  package init(budget: MemoryBudget) {
    self.budget = budget
    // Dates lie between 1850 and 2200; one more place stands for 9999-12.
    numbers = FlatArray(repeating: -1, count: 351 * 12 + 1)
    pages = FlatArray(uninitialized: 0)
  }

  deinit {
    budget.subtract(words.byteCount + pages.count * 4)
    numbers.deallocate()
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
    for position in 0..<laneCount {
      let lane = Int(lanes[position])
      count(Int(entries[lane]), month: months[lane])
    }
  }

  /// Counts one row of `entry` in `month`.
  @inline(__always)
  package func count(_ entry: Int, month: Int64) {
    let place = min(max(Int(month) &- Self.firstMonth, 0), numbers.count &- 1)
    var number = unsafe Int(numbers.base[place])
    if number < 0 { number = addMonth(month, at: place) }
    let block = entry >> 8
    // SAFETY: `number` is below `monthCapacity`, and a page that is listed lies inside `words`.
    var page = block < blockCount ? unsafe Int(pages.base[block &* monthCapacity &+ number]) : -1
    if page < 0 { page = addPage(number, block) }
    let word = unsafe words.words(page) + (entry & 255) &>> 4
    let shift = UInt64((entry & 15) &* 4)
    let counter = unsafe word.pointee &>> shift & 15
    if counter < 15 { unsafe word.pointee &+= 1 &<< shift }
    if counter >= 14 { countLarge(number, entry) }
  }

  @inline(never)
  private func countLarge(_ number: Int, _ entry: Int) {
    large[UInt64(number) << 32 | UInt64(entry), default: 14] += 1
  }

  @inline(never)
  private func addMonth(_ month: Int64, at place: Int) -> Int {
    if months.count == monthCapacity { resizePages(blocks: blockCount, months: monthCapacity * 2) }
    numbers[place] = Int32(months.count)
    months.append(month)
    return months.count - 1
  }

  private func resizePages(blocks: Int, months: Int) {
    let more = FlatArray<Int32>(repeating: -1, count: blocks * months)
    for block in 0..<min(blocks, blockCount) {
      for number in 0..<monthCapacity { more[block * months + number] = pages[block * monthCapacity + number] }
    }
    budget.add((more.count - pages.count) * 4)
    pages.deallocate()
    pages = more
    blockCount = blocks
    monthCapacity = months
  }

  @inline(never)
  private func addPage(_ number: Int, _ block: Int) -> Int {
    if block >= blockCount {
      resizePages(blocks: max(block + 1, blockCount + blockCount / 2 + 4), months: monthCapacity)
    }
    if pageCount == words.capacity {
      let before = words.byteCount
      words.grow(isZeroed: true)
      budget.add(words.byteCount - before)
    }
    pages[block * monthCapacity + number] = Int32(pageCount)
    pageCount += 1
    return pageCount - 1
  }

  /// Calls `body` for every entry and month that was counted.
  package func forEach(_ body: (_ entry: Int, _ month: Int64, _ count: Int) -> Void) {
    for number in months.indices {
      for index in 0..<blockCount {
        let page = pages[index * monthCapacity + number]
        if page < 0 { continue }
        for offset in 0..<Self.pageWordCount {
          var word = unsafe words.words(Int(page))[offset]
          while word != 0 {
            let nibble = word.trailingZeroBitCount / 4
            let counter = word >> UInt64(nibble * 4) & 15
            word &= ~(15 << UInt64(nibble * 4))
            let entry = index << 8 | offset << 4 | nibble
            let count = counter < 15 ? Int(counter) : large[UInt64(number) << 32 | UInt64(entry)] ?? 15
            body(entry, months[number], count)
          }
        }
      }
    }
  }
}
