/// How the rows of a snapshot changed from one delivery to the next.
struct RowChanges {
  /// A row by what it says.
  struct Row {
    //  63                             32 31                              0
    //  ┌────────────────────────────────┬────────────────────────────────┐
    //  │ digest of the key, or of half  │ digest of all values           │
    //  │ of all where there is none     │                                │
    //  └────────────────────────────────┴────────────────────────────────┘
    var row: UInt64
    /// Digest of the person it is about.
    var person: UInt32
  }

  var added = 0
  var changed = 0
  var removed = 0
  /// Added rows that an earlier delivery had and a later one had not.
  var returned = 0
  /// Digests of people that rows were added, changed or removed about, and that rows were removed about; some may stand
  /// more than once.
  var touched: [UInt32] = []
  var removedAbout: [UInt32] = []
  /// Digests of rows that were there once.
  var gone: Set<UInt32> = []

  /// `left` are rows of the delivery before of which nothing is known to be in this one, `came` those of this one of
  /// which nothing is known to have been in that one; `gone` were there once.
  init(left: [Row], came: [Row], gone: Set<UInt32>) {
    self.gone = gone
    // By digest of key first, so that rows of one key stand together.
    let old = left.sorted { $0.row < $1.row }
    let new = came.sorted { $0.row < $1.row }
    var (oldLeft, newLeft): ([Row], [Row]) = ([], [])
    var (a, b) = (0, 0)
    while a < old.count || b < new.count {
      if b == new.count || a < old.count && old[a].row < new[b].row {
        oldLeft.append(old[a])
        a += 1
      } else if a == old.count || new[b].row < old[a].row {
        newLeft.append(new[b])
        b += 1
      } else {
        // The same row in another place, or in another spelling.
        a += 1
        b += 1
      }
    }
    (a, b) = (0, 0)
    while a < oldLeft.count || b < newLeft.count {
      let oldKey = a < oldLeft.count ? oldLeft[a].row >> 32 : UInt64.max
      let newKey = b < newLeft.count ? newLeft[b].row >> 32 : UInt64.max
      if oldKey == newKey {
        changed += 1
        touched.append(oldLeft[a].person)
        touched.append(newLeft[b].person)
        a += 1
        b += 1
      } else if oldKey < newKey {
        removed += 1
        touched.append(oldLeft[a].person)
        removedAbout.append(oldLeft[a].person)
        self.gone.insert(UInt32(truncatingIfNeeded: oldKey))
        a += 1
      } else {
        added += 1
        touched.append(newLeft[b].person)
        if self.gone.remove(UInt32(truncatingIfNeeded: newKey)) != nil { returned += 1 }
        b += 1
      }
    }
  }
}
