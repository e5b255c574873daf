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
  private var words: GrowingWords
  /// Low half of the hash above, entry + 1 below; 0: free.
  private var slots: FlatArray<UInt64>

  private var stride: Int { keyWordCount + stateWordCount }

  package init(keyWordCount: Int, stateWordCount: Int, hash: KeyHash, budget: MemoryBudget) {
    self.keyWordCount = keyWordCount
    self.stateWordCount = stateWordCount
    self.hash = hash
    self.budget = budget
    words = GrowingWords(stride: keyWordCount + stateWordCount, firstShift: 6)
    slots = FlatArray(repeating: 0, count: 32)
    budget.add(slots.count * 8)
  }

  deinit {
    budget.subtract(words.byteCount + slots.count * 8)
    words.deallocate()
    slots.deallocate()
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

  /// Has the processor fetch the place where a key of this hash is looked for.
  @inline(__always)
  package func prefetch(_ hash: UInt64) {
    // SAFETY: the slot number lies inside the array.
    unsafe mr_prefetch(slots.base + KeyHash.slot(hash, of: slots.count))
  }

  /// Has the processor fetch the entry that a key of this hash probably has.
  @inline(__always)
  package func prefetchEntry(_ hash: UInt64) {
    let slot = unsafe slots.base[KeyHash.slot(hash, of: slots.count)]
    // SAFETY: the slot number lies inside the array; an entry number in a slot is below `count`.
    if slot != 0 { unsafe mr_prefetch(words.words(Int(slot & 0xFFFF_FFFF) - 1)) }
  }

  /// The number of `key`, or nil where it has none.
  @inline(__always)
  package func find(_ key: FlatArray<Int64>, hash: UInt64) -> Int? {
    var slot = KeyHash.slot(hash, of: slots.count)
    while true {
      // SAFETY: `slot` stays below `slots.count`.
      let seen = unsafe slots.base[slot]
      if seen == 0 { return nil }
      let entry = Int(seen & 0xFFFF_FFFF) - 1
      if seen >> 32 == hash & 0xFFFF_FFFF, has(entry, key) { return entry }
      slot += 1
      if slot == slots.count { slot = 0 }
    }
  }

  /// The number of `key`, which is given one when it is new; its state words are 0 then.
  @inline(__always)
  package func findOrAdd(_ key: FlatArray<Int64>, hash: UInt64) -> (entry: Int, isNew: Bool) {
    if let known = find(key, hash: hash) { return (known, false) }
    return (add(key, hash: hash), true)
  }

  @inline(__always)
  private func has(_ entry: Int, _ key: FlatArray<Int64>) -> Bool {
    // SAFETY: an entry number in a slot is below `count`; keys have `keyWordCount` words.
    let known = unsafe words.words(entry)
    // Most keys have one word or two.
    guard unsafe known[0] == UInt64(bitPattern: key.base[0]),
      unsafe known[keyWordCount &- 1] == UInt64(bitPattern: key.base[keyWordCount &- 1])
    else { return false }
    var index = 1
    while index &+ 1 < keyWordCount {
      if unsafe known[index] != UInt64(bitPattern: key.base[index]) { return false }
      index &+= 1
    }
    return true
  }

  @inline(never)
  private func add(_ key: FlatArray<Int64>, hash: UInt64) -> Int {
    if count == words.capacity {
      let before = words.byteCount
      words.grow(isZeroed: false)
      budget.add(words.byteCount - before)
    }
    if count * 2 >= slots.count { growSlots() }
    let entry = count
    count += 1
    for index in 0..<keyWordCount { setWord(index, of: entry, to: key[index]) }
    for index in 0..<stateWordCount { setState(index, of: entry, to: 0) }
    place(entry, hash: hash)
    return entry
  }

  private func place(_ entry: Int, hash: UInt64) {
    var slot = KeyHash.slot(hash, of: slots.count)
    while slots[slot] != 0 {
      slot += 1
      if slot == slots.count { slot = 0 }
    }
    slots[slot] = hash << 32 | UInt64(entry + 1)
  }

  private func growSlots() {
    budget.add(slots.count * 8)
    let size = slots.count * 2
    slots.deallocate()
    slots = FlatArray(repeating: 0, count: size, isReadAtRandom: true)
    for entry in 0..<count {
      var result = hash.start
      for index in 0..<keyWordCount { result = hash.combine(result, word(index, of: entry)) }
      place(entry, hash: result)
    }
  }
}
