/// The rows of a snapshot in the order of the delivery, and how they differ from those of the delivery before.
///
/// In the state: `rows/NAME.rows`, eight bytes a row, then four bytes a row for the person it is about.
final class RowList {
  /// How rows changed from one delivery to the next.
  struct Changes {
    var rows = 0
    var added = 0
    var changed = 0
    var removed = 0
    /// Added rows that an earlier delivery had and a later one had not.
    var returned = 0
    /// Digests of people that rows were added, changed or removed about, and that rows were removed about.
    var touched: Set<UInt32> = []
    var removedAbout: Set<UInt32> = []
    /// Digests of rows that were there once.
    var gone: Set<UInt32> = []
  }

  let count: Int
  private let rows: FlatArray<UInt64>
  private let people: FlatArray<UInt32>

  init(_ digesters: [RowDigester]) {
    let pieces = digesters.enumerated().flatMap { number, digester in
      digester.pieces.map { (digester: number, piece: $0) }
    }.sorted { $0.piece.order < $1.piece.order }
    count = pieces.reduce(0) { $0 + $1.piece.count }
    rows = FlatArray(uninitialized: count)
    people = FlatArray(uninitialized: count)
    var at = 0
    for (number, piece) in pieces {
      rows.copy(from: digesters[number].rows, at: piece.start, to: at, count: piece.count)
      people.copy(from: digesters[number].people, at: piece.start, to: at, count: piece.count)
      at += piece.count
    }
  }

  /// Reads what `write` wrote.
  init(path: String, count: Int) throws(RunError) {
    self.count = count
    rows = FlatArray(uninitialized: count)
    people = FlatArray(uninitialized: count)
    let file = try Descriptor.reading(path)
    let bytes = try file.read(into: rows, count: count, at: 0) + file.read(into: people, count: count, at: count * 8)
    guard bytes == count * 12, try file.status().byteCount == count * 12 else {
      throw .damaged(path: path, format: "state", reason: "it is cut off; restore a backup")
    }
  }

  deinit {
    rows.deallocate()
    people.deallocate()
  }

  func write(to file: OutputFile) throws(RunError) {
    var at = 0
    while at < count {
      let length = min(1 << 17, count - at)
      try file.append(rows.bytes(from: at, count: length))
      at += length
    }
    at = 0
    while at < count {
      let length = min(1 << 18, count - at)
      try file.append(people.bytes(from: at, count: length))
      at += length
    }
  }

  // MARK: - Comparing

  /// Differences from `before`; `gone` are rows of earlier deliveries that `before` has not.
  func changes(from before: RowList, gone: Set<UInt32>) -> Changes {
    let (left, came) = unpaired(before)
    var changes = Changes()
    changes.rows = count
    changes.gone = gone
    // By digest of key first, so that rows of one key stand together.
    let old = left.map { (row: before.rows[$0], index: $0) }.sorted { $0.row < $1.row }
    let new = came.map { (row: rows[$0], index: $0) }.sorted { $0.row < $1.row }
    var (oldLeft, newLeft): ([(row: UInt64, index: Int)], [(row: UInt64, index: Int)]) = ([], [])
    var (a, b) = (0, 0)
    while a < old.count || b < new.count {
      if b == new.count || a < old.count && old[a].row < new[b].row {
        oldLeft.append(old[a])
        a += 1
      } else if a == old.count || new[b].row < old[a].row {
        newLeft.append(new[b])
        b += 1
      } else {
        // The same row in another place.
        a += 1
        b += 1
      }
    }
    (a, b) = (0, 0)
    while a < oldLeft.count || b < newLeft.count {
      let oldKey = a < oldLeft.count ? oldLeft[a].row >> 32 : UInt64.max
      let newKey = b < newLeft.count ? newLeft[b].row >> 32 : UInt64.max
      if oldKey == newKey {
        changes.changed += 1
        changes.touched.insert(before.people[oldLeft[a].index])
        changes.touched.insert(people[newLeft[b].index])
        a += 1
        b += 1
      } else if oldKey < newKey {
        let person = before.people[oldLeft[a].index]
        changes.removed += 1
        changes.touched.insert(person)
        changes.removedAbout.insert(person)
        changes.gone.insert(UInt32(truncatingIfNeeded: oldKey))
        a += 1
      } else {
        changes.added += 1
        changes.touched.insert(people[newLeft[b].index])
        if changes.gone.remove(UInt32(truncatingIfNeeded: newKey)) != nil { changes.returned += 1 }
        b += 1
      }
    }
    return changes
  }

  /// Rows that are there once more than on the other side, or in another place: those of `before`, and those of this.
  private func unpaired(_ before: RowList) -> (left: [Int], came: [Int]) {
    var (left, came): ([Int], [Int]) = ([], [])
    var (i, j) = (0, 0)
    var misses = 0
    while i < before.count, j < count {
      if before.rows[i] == rows[j] {
        i += 1
        j += 1
        misses = 0
        continue
      }
      if let (more, other) = nearby(before, i, j) {
        left += i..<i + more
        came += j..<j + other
        i += more
        j += other
        continue
      }
      misses += 1
      if misses > 64, let (nextI, nextJ) = hunt(before, i, j) {
        left += i..<nextI
        came += j..<nextJ
        (i, j) = (nextI, nextJ)
        misses = 0
        continue
      }
      left.append(i)
      came.append(j)
      i += 1
      j += 1
    }
    left += i..<before.count
    came += j..<count
    return (left, came)
  }

  /// How many rows of either side to leave out so that both go on alike; nil: not few.
  private func nearby(_ before: RowList, _ i: Int, _ j: Int) -> (Int, Int)? {
    for distance in 1...8 {
      if i + distance < before.count, before.rows[i + distance] == rows[j] { return (distance, 0) }
      if j + distance < count, before.rows[i] == rows[j + distance] { return (0, distance) }
    }
    return nil
  }

  private static let window = 1 << 16

  /// Where both sides go on alike within the next rows, or where to go on where they do not.
  private func hunt(_ before: RowList, _ i: Int, _ j: Int) -> (Int, Int)? {
    let (endI, endJ) = (min(before.count, i + Self.window), min(count, j + Self.window))
    var places: [UInt64: Int] = [:]
    places.reserveCapacity(endJ - j)
    for place in j..<endJ { places[rows[place]] = place }
    for place in i..<endI {
      guard let other = places[before.rows[place]] else { continue }
      let length = min(4, before.count - place, count - other)
      if (0..<length).allSatisfy({ before.rows[place + $0] == rows[other + $0] }) { return (place, other) }
    }
    return (endI, endJ)
  }
}
