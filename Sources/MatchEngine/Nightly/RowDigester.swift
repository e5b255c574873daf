internal import Normalizers

/// Notes of every record of a snapshot which row it is and what it says; one worker's own.
///
/// Both are over the canonical values of the fields that rules use, so that another spelling, order or encoding is no
/// change.
final class RowDigester {
  /// Records of one batch, which stand together: the place of the first in the delivery, as file and line.
  struct Piece {
    var order: UInt64
    var start: Int
    var count: Int
  }

  // 63                             32 31                              0
  // ┌────────────────────────────────┬────────────────────────────────┐
  // │ digest of the key, or of half  │ digest of all values           │
  // │ of all where there is none     │                                │
  // └────────────────────────────────┴────────────────────────────────┘
  private(set) var rows: FlatArray<UInt64>
  /// Digests of the people whom the rows are about.
  private(set) var people: FlatArray<UInt32>
  private var count = 0
  private(set) var pieces: [Piece] = []
  private let slots: [(first: Int, wordCount: Int)]
  private let keySlots: [(first: Int, wordCount: Int)]
  private let personSlot: Int?
  private let seed: UInt64
  private let withdrawn: (slot: Int, words: [Int64])?
  /// People about whom a record says that it is taken back.
  private(set) var withdrawnAbout: Set<UInt32> = []
  private let keys = FlatArray<UInt64>(uninitialized: RecordBatch.capacity)
  private let sums = FlatArray<UInt64>(uninitialized: RecordBatch.capacity)
  private let usable = FlatArray<UInt8>(uninitialized: RecordBatch.capacity)

  /// `uses` are those of the pass; `seed` is that of the site.
  init(_ source: Job.Source, _ uses: [FieldUse], maker: CellMaker, seed: UInt64) {
    var slots: [(first: Int, wordCount: Int)] = []
    var bySource: [Int: (first: Int, wordCount: Int)] = [:]
    for use in uses {
      guard let slot = use.slot else { continue }
      slots.append((slot, use.type.wordCount))
      bySource[use.field] = (slot, use.type.wordCount)
    }
    self.slots = slots
    keySlots = source.key.compactMap { bySource[$0] }
    personSlot = source.fields.indices.first { source.fields[$0].type == .residentID && bySource[$0] != nil }
      .flatMap { bySource[$0]?.first }
    self.seed = seed
    withdrawn = source.withdrawn.flatMap { withdrawn in
      bySource[withdrawn.field].map { slot in
        (slot.first, withdrawn.words.map { maker.words(Array($0.utf8).span, as: .code).first })
      }
    }
    rows = FlatArray(uninitialized: 1 << 14)
    people = FlatArray(uninitialized: 1 << 14)
  }

  deinit {
    rows.deallocate()
    people.deallocate()
    keys.deallocate()
    sums.deallocate()
    usable.deallocate()
  }

  func note(_ batch: RecordBatch) {
    guard batch.count > 0 else { return }
    reserve(batch.count)
    digest(keySlots, batch, into: keys)
    for lane in 0..<batch.count where keySlots.isEmpty { usable[lane] = 0 }
    var hasKey = FlatBits(usable, count: batch.count)
    digest(slots, batch, into: sums)
    for lane in 0..<batch.count {
      let sum = sums[lane]
      let key = hasKey.next() ? (keys[lane] >> 32) << 32 : sum << 32
      rows[count + lane] = key | sum >> 32
    }
    for lane in 0..<batch.count {
      let person = personSlot.map { RowTaker.person(batch.cells[$0 * RecordBatch.capacity + lane], seed: seed) } ?? 0
      people[count + lane] = person
      if let withdrawn, withdrawn.words.contains(batch.cells[withdrawn.slot * RecordBatch.capacity + lane]) {
        withdrawnAbout.insert(person)
      }
    }
    let order = UInt64(batch.chunk.file) << 48 | UInt64(batch.line(of: 0))
    pieces.append(Piece(order: order, start: count, count: batch.count))
    count += batch.count
  }

  /// Which lanes have a key, kept while `usable` is written again.
  private struct FlatBits {
    private var words: [UInt64]
    private var lane = 0

    init(_ flags: FlatArray<UInt8>, count: Int) {
      words = Array(repeating: 0, count: (count + 63) / 64)
      for lane in 0..<count where flags[lane] != 0 { words[lane >> 6] |= 1 << UInt64(lane & 63) }
    }

    mutating func next() -> Bool {
      defer { lane += 1 }
      return words[lane >> 6] >> UInt64(lane & 63) & 1 == 1
    }
  }

  private func digest(
    _ slots: [(first: Int, wordCount: Int)], _ batch: RecordBatch, into digests: FlatArray<UInt64>
  ) {
    digests.fill(seed, from: 0, count: batch.count)
    usable.fill(1, from: 0, count: batch.count)
    let (sums, flags) = (digests.mutableColumn(at: 0), usable.mutableColumn(at: 0))
    for (first, wordCount) in slots {
      for word in 0..<wordCount {
        let cells = batch.cells.mutableColumn(at: (first + word) * RecordBatch.capacity)
        for lane in 0..<batch.count {
          let value = cells[lane]
          if word == 0, !Cell.isUsable(value) { flags.set(lane, 0) }
          sums.set(lane, RowTaker.mixed(sums[lane], value))
        }
      }
    }
  }

  private func reserve(_ more: Int) {
    guard count + more > rows.count else { return }
    let size = max(rows.count * 2, count + more)
    let largerRows = FlatArray<UInt64>(uninitialized: size)
    let largerPeople = FlatArray<UInt32>(uninitialized: size)
    largerRows.copy(from: rows, at: 0, to: 0, count: count)
    largerPeople.copy(from: people, at: 0, to: 0, count: count)
    rows.deallocate()
    people.deallocate()
    (rows, people) = (largerRows, largerPeople)
  }
}
