internal import CKernels

/// Numbers the distinct keys it is given, from 0, and keeps words of state beside each.
///
/// Keys are a fixed count of words. Used by one thread at a time.
package final class GroupEntries {
  package let keyWordCount: Int
  package let stateWordCount: Int
  package private(set) var count = 0
  private let hash: KeyHash
  private let budget: MemoryBudget
  private let memory: TableMemory
  /// Key and state of each entry.
  private var words: PiecedRecords
  /// Bits of the hash above, entry + 1 below, as many bits as the number of slots has; 0: free.
  private var slots: FlatArray<UInt32>
  /// The bits of a slot that hold the entry.
  private var entryMask: UInt32

  private var stride: Int { keyWordCount + stateWordCount }
  private static let firstSlotCount = 32

  package init(keyWordCount: Int, stateWordCount: Int, hash: KeyHash, budget: MemoryBudget, memory: TableMemory) {
    self.keyWordCount = keyWordCount
    self.stateWordCount = stateWordCount
    self.hash = hash
    self.budget = budget
    self.memory = memory
    words = PiecedRecords(stride: keyWordCount + stateWordCount, memory: memory)
    slots = memory.takeArray(of: UInt32.self, count: Self.firstSlotCount)
    entryMask = UInt32(Self.firstSlotCount - 1)
    budget.add(slots.count * 4)
  }

  deinit {
    budget.subtract(words.byteCount + slots.count * 4)
    words.removeAll()
    words.deallocate()
    memory.giveBack(slots)
  }

  // SAFETY: entry numbers come from `findOrAdd` and are below `count`; word numbers are below `stride`. Debug builds
  // check.
  @inline(__always)
  package func word(_ index: Int, of entry: Int) -> Int64 {
    assert(entry < count && index < stride)
    return unsafe Int64(bitPattern: words.words(entry)[index])
  }

  @inline(__always)
  package func setWord(_ index: Int, of entry: Int, to value: Int64) {
    assert(entry < count && index < stride)
    unsafe words.words(entry)[index] = UInt64(bitPattern: value)
  }

  /// State word `index` of an entry.
  @inline(__always)
  package func state(_ index: Int, of entry: Int) -> Int64 { word(keyWordCount &+ index, of: entry) }

  @inline(__always)
  package func setState(_ index: Int, of entry: Int, to value: Int64) {
    setWord(keyWordCount &+ index, of: entry, to: value)
  }

  package func hash(_ key: FlatArray<Int64>) -> UInt64 {
    var result = hash.start
    for index in 0..<keyWordCount { result = hash.combine(result, key[index]) }
    return result
  }

  @inline(__always)
  package func hash(_ word: Int64) -> UInt64 { hash.combine(hash.start, word) }

  /// The number of the key of these words, or nil where it has none; `second` counts for keys of two words.
  @inline(__always)
  package func find(_ first: Int64, _ second: Int64, hash: UInt64) -> Int? {
    unsafe find(hash) { known in
      unsafe known[0] == UInt64(bitPattern: first) && (keyWordCount < 2 || known[1] == UInt64(bitPattern: second))
    }
  }

  /// The number of the key of these words, which is given one when it is new; its state words are 0 then.
  @inline(__always)
  package func findOrAdd(_ first: Int64, _ second: Int64, hash: UInt64) -> (entry: Int, isNew: Bool) {
    assert(keyWordCount <= 2)
    if let known = find(first, second, hash: hash) { return (known, false) }
    let entry = add(hash: hash)
    setWord(0, of: entry, to: first)
    if keyWordCount == 2 { setWord(1, of: entry, to: second) }
    return (entry, true)
  }

  /// The number of `key`, or nil where it has none.
  package func find(_ key: FlatArray<Int64>, hash: UInt64) -> Int? {
    unsafe find(hash) { known in
      for index in 0..<keyWordCount where unsafe known[index] != UInt64(bitPattern: key.base[index]) { return false }
      return true
    }
  }

  /// The number of `key`, which is given one when it is new; its state words are 0 then.
  package func findOrAdd(_ key: FlatArray<Int64>, hash: UInt64) -> (entry: Int, isNew: Bool) {
    if let known = find(key, hash: hash) { return (known, false) }
    let entry = add(hash: hash)
    for index in 0..<keyWordCount { setWord(index, of: entry, to: key[index]) }
    return (entry, true)
  }

  @inline(__always)
  private func find(_ hash: UInt64, _ hasKey: (UnsafeMutablePointer<UInt64>) -> Bool) -> Int? {
    let tag = UInt32(truncatingIfNeeded: hash) & ~entryMask
    var slot = KeyHash.slot(hash, of: slots.count)
    while true {
      // SAFETY: `slot` stays below `slots.count`, and some slot is free; an entry number in a slot is below `count`.
      let seen = unsafe slots.base[slot]
      if seen == 0 { return nil }
      if seen & ~entryMask == tag {
        let entry = Int(seen & entryMask) &- 1
        if unsafe hasKey(words.words(entry)) { return entry }
      }
      slot &+= 1
      if slot == slots.count { slot = 0 }
    }
  }

  /// A new entry whose state words are 0 and whose key is the caller's to set.
  @inline(never)
  private func add(hash: UInt64) -> Int {
    if count == words.capacity {
      words.grow(isZeroed: true)
      budget.add(TableMemory.pieceByteCount)
    }
    if count * 3 >= slots.count * 2 { growSlots() }
    let entry = count
    count += 1
    place(entry, hash: hash)
    return entry
  }

  private func place(_ entry: Int, hash: UInt64) {
    var slot = KeyHash.slot(hash, of: slots.count)
    while slots[slot] != 0 {
      slot += 1
      if slot == slots.count { slot = 0 }
    }
    slots[slot] = UInt32(truncatingIfNeeded: hash) & ~entryMask | UInt32(truncatingIfNeeded: entry + 1)
  }

  private func growSlots() {
    let size = slots.count * 2
    precondition(size <= 1 << 32, "a table holds fewer groups than 2^31")
    budget.add(slots.count * 4)
    memory.giveBack(slots)
    slots = memory.takeArray(of: UInt32.self, count: size)
    entryMask = UInt32(size - 1)
    let stretch = 256
    let hashes = FlatArray<UInt64>(uninitialized: stretch)
    defer { hashes.deallocate() }
    for first in Swift.stride(from: 0, to: count, by: stretch) {
      let length = min(stretch, count - first)
      for offset in 0..<length {
        var result = hash.start
        for index in 0..<keyWordCount { result = hash.combine(result, word(index, of: first + offset)) }
        hashes[offset] = result
        // SAFETY: a slot is below the number of slots; a prefetch reads nothing.
        unsafe mr_prefetch_write(slots.base + KeyHash.slot(result, of: slots.count))
      }
      for offset in 0..<length { place(first + offset, hash: hashes[offset]) }
    }
  }

  // MARK: - Batches

  /// One worker's room for looking up the keys of a batch.
  @safe
  package final class Scratch {
    // SAFETY: `find` fills both before it reads them.
    /// Where the words of the probable entries are.
    fileprivate let places: FlatArray<UnsafeMutablePointer<UInt64>>
    fileprivate let found: FlatArray<UInt32>

    package init() {
      unsafe places = FlatArray(uninitialized: RecordBatch.capacity)
      found = FlatArray(uninitialized: RecordBatch.capacity)
    }

    deinit {
      unsafe places.deallocate()
      found.deallocate()
    }
  }

  /// The keys of some lanes of a batch: their words and hashes by lane.
  package struct Keys {
    package var lanes: FlatArray<UInt32>
    /// Which of `lanes`.
    package var range: Range<Int>
    package var first: FlatArray<Int64>
    package var second: FlatArray<Int64>?
    package var hashes: FlatArray<UInt64>

    package init(
      lanes: FlatArray<UInt32>, range: Range<Int>, first: FlatArray<Int64>, second: FlatArray<Int64>?,
      hashes: FlatArray<UInt64>
    ) {
      self.lanes = lanes
      self.range = range
      self.first = first
      self.second = second
      self.hashes = hashes
    }
  }

  /// Puts the entry of each lane's key into `entries`, by lane; lanes whose key is new come to the front of `others`.
  ///
  /// Returns how many these are. Slots are fetched for all lanes before the first is read, then entries likewise.
  package func find(
    _ keys: Keys, into entries: FlatArray<UInt32>, others: FlatArray<UInt32>, scratch: Scratch
  ) -> Int {
    precondition(keys.range.count <= RecordBatch.capacity)
    precondition(keyWordCount <= 2 && (keys.second != nil) == (keyWordCount == 2))
    let (lanes, hashes) = (keys.lanes.mutableColumn(at: 0), keys.hashes.mutableColumn(at: 0))
    let (firsts, seconds) = (keys.first.mutableColumn(at: 0), (keys.second ?? keys.first).mutableColumn(at: 0))
    let (entries, others) = (entries.mutableColumn(at: 0), others.mutableColumn(at: 0))
    let (slotBase, slotCount, mask) = unsafe (slots.base, slots.count, entryMask)
    let (places, found, view) = unsafe (scratch.places.base, scratch.found.base, words.view)
    let (start, end, secondWord) = (keys.range.lowerBound, keys.range.upperBound, keyWordCount &- 1)
    // SAFETY: slot numbers stay inside `slots`, some of which are free; an entry number in a slot is below `count`;
    // `places` and `found` have an element a lane.
    for position in start..<end {
      unsafe mr_prefetch(slotBase + KeyHash.slot(hashes[Int(lanes[position])], of: slotCount))
    }
    for position in start..<end {
      let hash = hashes[Int(lanes[position])]
      let tag = UInt32(truncatingIfNeeded: hash)
      var slot = KeyHash.slot(hash, of: slotCount)
      let isInside = slot &+ Int(MR_SLOT_WINDOW) <= slotCount
      if isInside { slot &+= unsafe Int(mr_find_slot(slotBase + slot, tag, mask)) }
      if slot == slotCount { slot = 0 }
      var seen = unsafe slotBase[slot]
      while seen != 0, (seen ^ tag) & ~mask != 0 {
        slot &+= 1
        if slot == slotCount { slot = 0 }
        seen = unsafe slotBase[slot]
      }
      let entry = seen & mask
      unsafe found[position &- start] = entry
      if entry != 0 {
        let place = unsafe view.words(Int(entry &- 1))
        unsafe places[position &- start] = place
        unsafe mr_prefetch_write(place)
        if stride > 4 { unsafe mr_prefetch_write(place + (stride - 1)) }
      }
    }
    var count = 0
    for position in start..<end {
      let lane = Int(lanes[position])
      let entry = unsafe found[position &- start]
      if entry != 0 {
        let place = unsafe places[position &- start]
        let isKey =
          unsafe Int64(bitPattern: place[0]) == firsts[lane] && Int64(bitPattern: place[secondWord]) == seconds[lane]
        if isKey {
          entries.set(lane, entry &- 1)
          continue
        }
      }
      others.set(count, UInt32(truncatingIfNeeded: lane))
      count &+= 1
    }
    return count
  }

  /// Adds 1 to state word `index` of the group of each lane.
  package func increment(_ index: Int, groups: FlatArray<UInt32>, lanes: FlatArray<UInt32>, laneCount: Int) {
    let (lanes, groups, view) = (lanes.mutableColumn(at: 0), groups.mutableColumn(at: 0), words.view)
    let word = keyWordCount &+ index
    for position in 0..<laneCount {
      // SAFETY: the groups came from `find`, so they are below `count`; `word` is below `stride`.
      unsafe view.words(Int(groups[Int(lanes[position])]))[word] &+= 1
    }
  }

  /// Notes a value for the group of each lane: the first one is kept behind state word `index`, whose bits above the
  /// lowest count different values and whose lowest says that a row was there.
  ///
  /// Lanes whose value is not the first one of their group come to the front of `others`; returns how many these are.
  package func noteValues(
    _ index: Int, _ values: FlatArray<Int64>, _ seconds: FlatArray<Int64>?, groups: FlatArray<UInt32>,
    lanes: FlatArray<UInt32>, laneCount: Int, others: FlatArray<UInt32>
  ) -> Int {
    let (lanes, groups, view) = (lanes.mutableColumn(at: 0), groups.mutableColumn(at: 0), words.view)
    let (values, seconds) = (values.mutableColumn(at: 0), seconds?.mutableColumn(at: 0))
    let (others, word) = (others.mutableColumn(at: 0), keyWordCount &+ index)
    var count = 0
    for position in 0..<laneCount {
      let lane = Int(lanes[position])
      let value = values[lane]
      // SAFETY: the groups came from `find`, so they are below `count`; two words or three belong to the value.
      let state = unsafe view.words(Int(groups[lane])) + word
      let known = unsafe state[0]
      if !Cell.isUsable(value) {
        unsafe state[0] = known | 1
      } else if known <= 1 {
        unsafe state[0] = 3
        unsafe state[1] = UInt64(bitPattern: value)
        if let seconds { unsafe state[2] = UInt64(bitPattern: seconds[lane]) }
      } else {
        let isSame =
          unsafe state[1] == UInt64(bitPattern: value)
          && (seconds.map { unsafe UInt64(bitPattern: $0[lane]) == state[2] } ?? true)
        if !isSame {
          others.set(count, UInt32(truncatingIfNeeded: lane))
          count &+= 1
        }
      }
    }
    return count
  }
}
