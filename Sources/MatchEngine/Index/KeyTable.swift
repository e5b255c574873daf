internal import CKernels
internal import Synchronization

/// Finds the stored rows of a key: open addressing over row numbers, about half full.
///
///     31                          0
///     ┌─────────────┬─────────────┐
///     │ hash bits   │ row + 1     │   0: free
///     └─────────────┴─────────────┘
///
/// Row numbers take as many bits as the store's largest one needs, bits of the hash the others: they spare most looks
/// at rows of other keys, and the table is half as large as with a word a slot.
///
/// Rows of one key are chained in the store; none is lost. A small filter in front, sixteen bits a key, keeps most
/// probes that find nothing out of the table.
package final class KeyTable: @unchecked Sendable {
  // SAFETY: slots and filter are written by atomic operations while the table is built and only read afterwards.
  /// Where the words of the key lie in a stored row, and which of them say whether there is a value.
  package struct KeyWord: Sendable, Hashable {
    package var word: Int
    package var isFirst: Bool
    package init(word: Int, isFirst: Bool) {
      self.word = word
      self.isFirst = isFirst
    }
  }

  package let store: RowStore
  /// Which of the store's chains is this table's.
  package let number: Int
  package let keyWords: [KeyWord]
  /// Rows with none of these rule bits are not in the table.
  package let ruleBits: UInt32
  private let hash: KeyHash
  private let budget: MemoryBudget
  private let memory: TableMemory
  private var slots: FlatArray<UInt32>
  /// The bits of a slot that hold the row.
  private var rowMask: UInt32 = 0
  private var filter: FlatArray<UInt64>?
  private let repeated = Mutex(RepeatedKeys())
  /// One bit a row: others have its key. Noted where rows of the table's own store are looked up.
  private var companions: FlatArray<UInt64>?

  /// Above this the filter itself misses the cache and costs more than it spares.
  static let filterByteLimit = 16 << 20

  package init(
    store: RowStore, number: Int, keyWords: [KeyWord], ruleBits: UInt32, hash: KeyHash, budget: MemoryBudget,
    memory: TableMemory
  ) {
    self.store = store
    self.number = number
    self.keyWords = keyWords
    self.ruleBits = ruleBits
    self.hash = hash
    self.budget = budget
    self.memory = memory
    slots = memory.takeArray(of: UInt32.self, count: 0)
  }

  deinit {
    release()
    memory.giveBack(slots)
  }

  /// Frees slots and filter; the table finds nothing afterwards.
  package func release() {
    guard slots.count > 0 else { return }
    budget.subtract(slots.count * 4)
    memory.giveBack(slots)
    slots = memory.takeArray(of: UInt32.self, count: 0)
    if let filter {
      budget.subtract(filter.count * 8)
      memory.giveBack(filter)
    }
    filter = nil
    if let companions {
      budget.subtract(companions.count * 8)
      memory.giveBack(companions)
    }
    companions = nil
  }

  /// Makes room for all rows of the store; `insert` follows for every row number, by any number of threads.
  ///
  /// With `notesCompanions` the table can tell of a row whether others have its key.
  package func prepare(expectsMostProbesToMiss: Bool, notesCompanions: Bool = false) {
    release()
    if notesCompanions {
      let words = memory.takeArray(of: UInt64.self, count: max(1, (store.rowCount + 63) / 64))
      budget.add(words.count * 8)
      companions = words
    }
    let count = max(16, store.rowCount * 2)
    precondition(store.rowCount < Int(UInt32.max), "a table holds fewer rows than 2^32")
    memory.giveBack(slots)
    slots = memory.takeArray(of: UInt32.self, count: count)
    rowMask = UInt32.max >> UInt32(UInt32(store.rowCount).leadingZeroBitCount)
    budget.add(count * 4)
    let filterWords = max(1, store.rowCount / 4)
    if expectsMostProbesToMiss, filterWords * 8 <= Self.filterByteLimit {
      filter = memory.takeArray(of: UInt64.self, count: filterWords)
      budget.add(filterWords * 8)
    }
  }

  package var byteCount: Int { slots.count * 4 + (filter?.count ?? 0) * 8 }

  @inline(__always)
  private static func filterBits(_ hash: UInt64) -> UInt64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63) | 1 << (hash >> 18 & 63)
  }

  /// Keys that stand on more than one row of the table.
  package var repeatedKeys: RepeatedKeys { repeated.withLock { $0 } }

  /// Puts rows `range` into the table; rows without a usable key are left out.
  package func insert(_ range: Range<Int>) {
    var repeatedHere = RepeatedKeys()
    defer { repeated.withLock { $0.add(repeatedHere) } }
    let group = 512
    // SAFETY: the arrays below hold `group` elements; rows of `range` were given out by the store.
    unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: group) { hashes in
      unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: group) { rows in
        var row = range.lowerBound
        while row < range.upperBound {
          let end = min(row + group, range.upperBound)
          var count = 0
          while row < end {
            if let hash = hash(of: row, in: store) {
              unsafe hashes[count] = hash
              unsafe rows[count] = row
              count += 1
              unsafe mr_prefetch_write(slots.base + KeyHash.slot(hash, of: slots.count))
              if let filter { unsafe mr_prefetch_write(filter.base + KeyHash.slot(hash, of: filter.count)) }
            }
            row += 1
          }
          for index in 0..<count { unsafe prefetchFirst(ofKey: hashes[index]) }
          for index in 0..<count { unsafe insert(rows[index], hash: hashes[index], &repeatedHere) }
        }
      }
    }
  }

  /// The part of the scratch files that a key of this hash belongs to.
  private static func part(_ hash: UInt64) -> Int { Int(hash >> 37) & (PartitionedSpill.partCount - 1) }

  /// The part of a row of `store`, which has this table's layout; nil when the row is not for this table.
  package func part(of row: Int, in store: RowStore) -> Int? {
    hash(of: row, in: store).map(Self.part)
  }

  /// The part of a row whose key is looked up in this table by other words of the row; nil without a usable key.
  package func part(of row: Int, in store: RowStore, by words: [KeyWord]) -> Int? {
    var result = hash.start
    for key in words {
      let word = store.word(key.word, of: row)
      if key.isFirst, !Cell.isUsable(word) { return nil }
      result = hash.combine(result, word)
    }
    return Self.part(result)
  }

  /// The part of a record whose key stands at `columns[i] + lane`.
  package func part(of lane: Int, _ cells: FlatArray<Int64>, columns: [Int]) -> Int {
    var result = hash.start
    for column in columns { result = hash.combine(result, cells[column + lane]) }
    return Self.part(result)
  }

  /// A table of the same key over other rows.
  package func sibling(over store: RowStore) -> KeyTable {
    KeyTable(
      store: store, number: number, keyWords: keyWords, ruleBits: ruleBits, hash: hash, budget: budget, memory: memory)
  }

  private func hash(of row: Int, in store: RowStore) -> UInt64? {
    let words = unsafe store.words(row)
    guard unsafe UInt32(truncatingIfNeeded: words[0]) & ruleBits != 0 else { return nil }
    var result = hash.start
    for key in keyWords {
      let word = unsafe Int64(bitPattern: words[key.word])
      if key.isFirst, !Cell.isUsable(word) { return nil }
      result = hash.combine(result, word)
    }
    return result
  }

  private func next(of row: Int) -> Int? { store.next(of: row, table: number) }

  /// The keys of a part that repeat, among the rows of `store` and those of the part in `rows`.
  ///
  /// For stores of which some rows are in memory and some in a scratch file.
  package func repeatedKeys(
    part: Int, spilled rows: RowStore, budget: MemoryBudget
  ) -> RepeatedKeys {
    let groups = GroupEntries(
      keyWordCount: keyWords.count, stateWordCount: 1, hash: hash, budget: budget, memory: memory)
    let key = FlatArray<Int64>(repeating: 0, count: keyWords.count)
    defer { key.deallocate() }
    var result = RepeatedKeys()
    for source in [store, rows] {
      for row in 0..<source.rowCount where self.part(of: row, in: source) == part {
        for (index, word) in keyWords.enumerated() { key[index] = source.word(word.word, of: row) }
        let entry = groups.findOrAdd(key, hash: groups.hash(key)).entry
        let before = groups.state(0, of: entry)
        groups.setState(0, of: entry, to: before + 1)
        if before > 0 { result.note(key[0], rowsBefore: Int(before)) }
      }
    }
    return result
  }

  @inline(__always)
  private func haveSameKey(_ left: Int, _ right: Int) -> Bool {
    let (a, b) = unsafe (store.words(left), store.words(right))
    for key in keyWords where unsafe a[key.word] != b[key.word] { return false }
    return true
  }

  /// Fetches the row that a new row of the key is most likely compared with and chained before.
  @inline(__always)
  private func prefetchFirst(ofKey hash: UInt64) {
    // SAFETY: a slot is below `slots.count`, and what stands in one is 0 or a row of the store plus 1.
    let seen = unsafe mr_load32(slots.base + KeyHash.slot(hash, of: slots.count))
    guard seen != 0, seen & ~rowMask == UInt32(truncatingIfNeeded: hash) & ~rowMask else { return }
    let words = unsafe store.words(Int(seen & rowMask) - 1)
    unsafe mr_prefetch(words)
    if let key = keyWords.last, key.word >= 8 { unsafe mr_prefetch(words + key.word) }
  }

  private func insert(_ row: Int, hash: UInt64, _ repeatedHere: inout RepeatedKeys) {
    if let filter {
      unsafe mr_or(filter.base + KeyHash.slot(hash, of: filter.count), Self.filterBits(hash))
    }
    let tag = UInt32(truncatingIfNeeded: hash) & ~rowMask
    let entry = tag | UInt32(truncatingIfNeeded: row + 1)
    var slot = KeyHash.slot(hash, of: slots.count)
    while true {
      // SAFETY: `slot` stays below `slots.count`; the table is at most half full, so the loop ends.
      let place = unsafe slots.base + slot
      var seen = unsafe mr_load32(place)
      while seen == 0 || seen & ~rowMask == tag && haveSameKey(Int(seen & rowMask) - 1, row) {
        store.setNext(of: row, table: number, to: Int(seen & rowMask))
        if unsafe mr_compare_exchange32(place, &seen, entry) != 0 {
          if seen != 0 {
            if let companions {
              for place in [row, Int(seen & rowMask) - 1] {
                companions.setBits(1 << UInt64(place & 63), of: place >> 6)
              }
            }
            let isSecond = next(of: Int(seen & rowMask) - 1) == nil
            repeatedHere.note(store.word(keyWords[0].word, of: row), rowsBefore: isSecond ? 1 : 2)
          }
          return
        }
      }
      slot += 1
      if slot == slots.count { slot = 0 }
    }
  }

  /// True when the table notes which rows have companions.
  var knowsCompanions: Bool { companions != nil }

  /// Whether other rows have the key of this one, which is in the table.
  @inline(__always)
  func hasCompanions(_ row: Int) -> Bool {
    guard let companions else { return true }
    return companions[row >> 6] >> UInt64(row & 63) & 1 != 0
  }

  /// Room for one batch of probes of one worker.
  @safe
  package final class Scratch {
    // SAFETY: `probe` fills the arrays before it reads them.
    let hashes: FlatArray<UInt64>
    let lanes: FlatArray<UInt32>
    let slots: FlatArray<Int>
    let rows: FlatArray<UInt32>
    /// Where the words of the rows are.
    let places: FlatArray<UnsafeMutablePointer<UInt64>>

    package init(capacity: Int) {
      hashes = FlatArray(uninitialized: capacity)
      lanes = FlatArray(uninitialized: capacity)
      slots = FlatArray(uninitialized: capacity)
      rows = FlatArray(uninitialized: capacity)
      unsafe places = FlatArray(uninitialized: capacity)
    }

    deinit {
      hashes.deallocate()
      lanes.deallocate()
      slots.deallocate()
      rows.deallocate()
      unsafe places.deallocate()
    }
  }

  /// Looks up the keys of `laneCount` lanes and collects every pair of a lane and a stored row of its key.
  ///
  /// `cells` holds the key's words at `columns[i] + lane`; lanes must have usable keys. `full` is called each time
  /// `pairs` is full; what is left is the caller's to evaluate. `isEnough` is asked of rows that have others of their
  /// key behind them, and told whether it is the first of the key: where it says so, these are left out.
  package func probe(
    _ cells: FlatArray<Int64>, columns: [Int], lanes: FlatArray<UInt32>, laneCount: Int, scratch: Scratch,
    pairs: PairBuffer, isEnough: ((_ lane: Int, _ row: Int, _ isFirst: Bool) -> Bool)? = nil, full: () -> Void
  ) {
    guard slots.count > 0, laneCount > 0 else { return }
    precondition(laneCount <= scratch.lanes.count && laneCount <= lanes.count && columns.count == keyWords.count)
    for column in columns { precondition(column >= 0 && column + RecordBatch.capacity <= cells.count) }
    // SAFETY: lanes are below `RecordBatch.capacity`, so the loads stay inside `cells`; slot numbers stay inside
    // `slots`; row numbers come from the table and so from the store.
    let (hashes, laneList, slotList, rowList) = unsafe (
      scratch.hashes.base, scratch.lanes.base, scratch.slots.base, scratch.rows.base
    )
    let places = unsafe scratch.places.base
    let (slotBase, slotCount, rowMask) = unsafe (slots.base, slots.count, rowMask)
    var count = 0
    if columns.count == 1 {
      let keys = unsafe cells.base + columns[0]
      for index in 0..<laneCount {
        unsafe hashes[index] = hash.combine(hash.start, keys[Int(lanes.base[index])])
      }
    } else {
      let (firsts, seconds) = unsafe (cells.base + columns[0], cells.base + columns[1])
      let rest = columns.dropFirst(2)
      for index in 0..<laneCount {
        let lane = unsafe Int(lanes.base[index])
        var result = unsafe hash.combine(hash.combine(hash.start, firsts[lane]), seconds[lane])
        for column in rest { result = unsafe hash.combine(result, cells.base[column + lane]) }
        unsafe hashes[index] = result
      }
    }
    if let filter {
      // The filter is larger than the nearest cache: fetched for all lanes first, so that no lane waits for its own.
      let (words, wordCount) = unsafe (filter.base, filter.count)
      for index in 0..<laneCount { unsafe mr_prefetch(words + KeyHash.slot(hashes[index], of: wordCount)) }
      for index in 0..<laneCount {
        let hash = unsafe hashes[index]
        let bits = Self.filterBits(hash)
        unsafe hashes[count] = hash
        unsafe laneList[count] = lanes.base[index]
        count &+= unsafe words[KeyHash.slot(hash, of: wordCount)] & bits == bits ? 1 : 0
      }
    } else {
      for index in 0..<laneCount { unsafe laneList[index] = lanes.base[index] }
      count = laneCount
    }
    for index in 0..<count {
      let slot = unsafe KeyHash.slot(hashes[index], of: slotCount)
      unsafe slotList[index] = slot
      unsafe mr_prefetch(slotBase + slot)
    }
    var found = 0
    let (rowWords, keyWord) = (store.view, keyWords[0].word)
    // A row may lie across two cache lines of eight words.
    let lastWord = 8 % store.layout.wordCount == 0 ? 0 : store.layout.wordCount - 1
    for index in 0..<count {
      let tag = unsafe UInt32(truncatingIfNeeded: hashes[index]) & ~rowMask
      var slot = unsafe slotList[index]
      if slot &+ Int(MR_SLOT_WINDOW) <= slotCount {
        slot &+= unsafe Int(mr_find_slot(slotBase + slot, tag, rowMask))
        if slot == slotCount { slot = 0 }
      }
      while true {
        let entry = unsafe slotBase[slot]
        if entry == 0 { break }
        if entry & ~rowMask == tag {
          let row = entry & rowMask &- 1
          let words = unsafe rowWords.words(Int(row))
          unsafe mr_prefetch(words)
          if lastWord > 0 { unsafe mr_prefetch(words + lastWord) }
          unsafe rowList[found] = row
          unsafe places[found] = words
          unsafe slotList[found] = slot
          unsafe laneList[found] = laneList[index]
          found += 1
          break
        }
        slot += 1
        if slot == slotCount { slot = 0 }
      }
    }
    // Keys of one or two words are nearly all; their comparison is short enough to stand here.
    let isShort = columns.count <= 2
    let firstKeys = unsafe cells.base + columns[0]
    let secondKeys = unsafe cells.base + columns[columns.count - 1]
    let secondWord = keyWords[keyWords.count - 1].word
    let (chainWord, chainShift) = (1 + number >> 1, UInt64((number & 1) * 32))
    for index in 0..<found {
      let lane = unsafe laneList[index]
      if isShort {
        let row = unsafe rowList[index]
        let words = unsafe places[index]
        let isKey =
          unsafe Int64(bitPattern: words[keyWord]) == firstKeys[Int(lane)]
          && Int64(bitPattern: words[secondWord]) == secondKeys[Int(lane)]
        if isKey, unsafe words[chainWord] &>> chainShift & 0xFFFF_FFFF == 0 {
          pairs.append(lane: lane, row: row)
          if pairs.isFull { full() }
          continue
        }
      }
      guard
        var row = unsafe resolve(
          Int(rowList[index]), slot: slotList[index], cells: cells, columns: columns, lane: Int(lane))
      else { continue }
      var isFirst = true
      while true {
        pairs.append(lane: lane, row: UInt32(truncatingIfNeeded: row))
        if pairs.isFull { full() }
        guard let next = store.next(of: row, table: number) else { break }
        if let isEnough, isEnough(Int(lane), row, isFirst) { break }
        (row, isFirst) = (next, false)
      }
    }
  }

  /// Calls `body` with every row that has one of `keys`, each of which is the words of a key.
  package func forEachRow(of keys: [[Int64]], _ body: (Int) -> Void) {
    let (scratch, pairs) = (Scratch(capacity: RecordBatch.capacity), PairBuffer())
    let cells = FlatArray<Int64>(uninitialized: keyWords.count * RecordBatch.capacity)
    let lanes = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    defer {
      cells.deallocate()
      lanes.deallocate()
    }
    let columns = keyWords.indices.map { $0 * RecordBatch.capacity }
    func take() {
      for pair in 0..<pairs.count { body(Int(pairs.rows[pair])) }
      pairs.removeAll()
    }
    for start in stride(from: 0, to: keys.count, by: RecordBatch.capacity) {
      let count = min(RecordBatch.capacity, keys.count - start)
      for lane in 0..<count {
        lanes[lane] = UInt32(lane)
        for (number, column) in columns.enumerated() { cells[column + lane] = keys[start + lane][number] }
      }
      probe(cells, columns: columns, lanes: lanes, laneCount: count, scratch: scratch, pairs: pairs, full: take)
      take()
    }
  }

  /// The first row of the lane's key, given a row whose slot agrees with the hash and that slot.
  @inline(__always)
  private func resolve(
    _ candidate: Int, slot: Int, cells: FlatArray<Int64>, columns: [Int], lane: Int
  ) -> Int? {
    if hasKey(candidate, cells, columns, lane) { return candidate }
    return resolveSlowly(after: slot, cells: cells, columns: columns, lane: lane)
  }

  @inline(__always)
  private func hasKey(_ row: Int, _ cells: FlatArray<Int64>, _ columns: [Int], _ lane: Int) -> Bool {
    let words = unsafe store.words(row)
    for index in 0..<columns.count
    where unsafe words[keyWords[index].word] != UInt64(bitPattern: cells.base[columns[index] + lane]) {
      return false
    }
    return true
  }

  @inline(never)
  private func resolveSlowly(after slot: Int, cells: FlatArray<Int64>, columns: [Int], lane: Int) -> Int? {
    let tag = slots[slot] & ~rowMask
    var slot = slot
    while true {
      slot += 1
      if slot == slots.count { slot = 0 }
      let entry = slots[slot]
      if entry == 0 { return nil }
      let row = Int(entry & rowMask) - 1
      if entry & ~rowMask == tag, hasKey(row, cells, columns, lane) { return row }
    }
  }
}
