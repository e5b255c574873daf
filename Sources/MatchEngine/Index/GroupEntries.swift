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
    words = PiecedRecords(stride: keyWordCount + stateWordCount, memory: memory)
    slots = FlatArray(mapped: Self.firstSlotCount)
    entryMask = UInt32(Self.firstSlotCount - 1)
    budget.add(slots.count * 4)
  }

  deinit {
    budget.subtract(words.byteCount + slots.count * 4)
    words.removeAll()
    words.deallocate()
    slots.unmap()
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

  /// Has the processor fetch the place where a key of this hash is looked for.
  @inline(__always)
  package func prefetch(_ hash: UInt64) {
    // SAFETY: the slot number lies inside the array.
    unsafe mr_prefetch(slots.base + KeyHash.slot(hash, of: slots.count))
  }

  /// Has the processor fetch the entry that a key of this hash probably has.
  @inline(__always)
  package func prefetchEntry(_ hash: UInt64) {
    let tag = UInt32(truncatingIfNeeded: hash) & ~entryMask
    var slot = KeyHash.slot(hash, of: slots.count)
    while true {
      // SAFETY: `slot` stays below `slots.count`, and some slot is free; an entry number in a slot is below `count`.
      let seen = unsafe slots.base[slot]
      if seen == 0 { return }
      if seen & ~entryMask == tag {
        unsafe mr_prefetch_write(words.words(Int(seen & entryMask) &- 1))
        return
      }
      slot &+= 1
      if slot == slots.count { slot = 0 }
    }
  }

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
    slots.unmap()
    slots = FlatArray(mapped: size)
    entryMask = UInt32(size - 1)
    for entry in 0..<count {
      var result = hash.start
      for index in 0..<keyWordCount { result = hash.combine(result, word(index, of: entry)) }
      place(entry, hash: result)
    }
  }
}
