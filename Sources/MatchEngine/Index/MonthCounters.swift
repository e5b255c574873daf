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
  /// Page of each month number and entry / 256; -1 where there is none.
  private var pages: [[Int32]] = []
  private var words: FlatArray<UInt64>
  private var pageCount = 0
  private var large: [UInt64: Int] = [:]

  package init(budget: MemoryBudget) {
    self.budget = budget
    // Dates lie between 1850 and 2200; one more place stands for 9999-12.
    numbers = FlatArray(repeating: -1, count: 351 * 12 + 1)
    words = FlatArray(uninitialized: 16 * Self.pageWordCount)
  }

  deinit {
    budget.subtract(words.count * 8)
    numbers.deallocate()
    words.deallocate()
  }

  /// Counts one row of `entry` in `month`.
  @inline(__always)
  package func count(_ entry: Int, month: Int64) {
    let place = min(max(Int(month) - Self.firstMonth, 0), numbers.count - 1)
    var number = Int(numbers[place])
    if number < 0 { number = addMonth(month, at: place) }
    let page = pages[number].count > entry >> 8 && pages[number][entry >> 8] >= 0
      ? Int(pages[number][entry >> 8]) : addPage(number, entry >> 8)
    let word = page * Self.pageWordCount + (entry & 255) >> 4
    let shift = UInt64((entry & 15) * 4)
    let counter = words[word] >> shift & 15
    if counter < 14 {
      words[word] += 1 << shift
    } else {
      countLarge(number, entry, word: word, shift: shift, counter: counter)
    }
  }

  @inline(never)
  private func countLarge(_ number: Int, _ entry: Int, word: Int, shift: UInt64, counter: UInt64) {
    let key = UInt64(number) << 32 | UInt64(entry)
    if counter == 14 {
      words[word] += 1 << shift
      large[key] = 15
    } else {
      large[key, default: 15] += 1
    }
  }

  @inline(never)
  private func addMonth(_ month: Int64, at place: Int) -> Int {
    numbers[place] = Int32(months.count)
    months.append(month)
    pages.append([])
    return months.count - 1
  }

  @inline(never)
  private func addPage(_ number: Int, _ index: Int) -> Int {
    while pages[number].count <= index { pages[number].append(-1) }
    if (pageCount + 1) * Self.pageWordCount > words.count {
      let more = FlatArray<UInt64>(uninitialized: words.count + words.count / 2)
      more.copy(from: words, at: 0, to: 0, count: pageCount * Self.pageWordCount)
      budget.add((more.count - words.count) * 8)
      words.deallocate()
      words = more
    }
    words.fill(0, from: pageCount * Self.pageWordCount, count: Self.pageWordCount)
    pages[number][index] = Int32(pageCount)
    pageCount += 1
    return pageCount - 1
  }

  /// Calls `body` for every entry and month that was counted.
  package func forEach(_ body: (_ entry: Int, _ month: Int64, _ count: Int) -> Void) {
    for number in months.indices {
      for (index, page) in pages[number].enumerated() where page >= 0 {
        for offset in 0..<Self.pageWordCount {
          var word = words[Int(page) * Self.pageWordCount + offset]
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
