extension PersonNameDraft {
  /// Composes Latin letters with the marks behind them (Unicode normalization form C).
  mutating func composeLatin() {
    var result: [PersonNameScalar] = []
    result.reserveCapacity(scalars.count)
    var index = 0
    while index < scalars.count {
      var end = index + 1
      if scalars[index].isLatinLetter {
        while end < scalars.count, scalars[end].isMark { end += 1 }
      }
      if end == index + 1 {
        result.append(scalars[index])
      } else {
        let cluster = LatinComposition.shared.compose(scalars[index..<end].map(\.value))
        if cluster.elementsEqual(scalars[index..<end], by: { $0 == $1.value }) {
          result.append(contentsOf: scalars[index..<end])
        } else {
          result.append(contentsOf: cluster.map { PersonNameScalar(composed: $0, from: scalars[index]) })
        }
      }
      index = end
    }
    scalars = result
  }
}

/// Canonical composition of a Latin letter and combining marks.
private struct LatinComposition {
  static let shared = LatinComposition()

  /// Base and mark of a composed letter.
  private struct Pair: Hashable {
    let base: UInt32
    let mark: UInt32
  }

  private var composed: [Pair: UInt32] = [:]
  private var parts: [UInt32: Pair] = [:]
  private let classes: [UInt8]

  private init() {
    classes = HexadecimalGroups(LatinCompositionTable.combiningClasses, digitCount: 2).map { UInt8($0) }
    var numbers = HexadecimalGroups(LatinCompositionTable.triples, digitCount: 4)
    while let letter = numbers.next(), let base = numbers.next(), let mark = numbers.next() {
      let pair = Pair(base: base, mark: mark)
      composed[pair] = letter
      parts[letter] = pair
    }
  }

  private func combiningClass(_ mark: UInt32) -> UInt8 { classes[Int(mark - 0x300)] }

  /// `cluster`: a letter and at least one mark of U+0300–036F.
  func compose(_ cluster: [UInt32]) -> [UInt32] {
    var base = cluster[0]
    var marks = Array(cluster[1...])
    while let pair = parts[base] {
      base = pair.base
      marks.insert(pair.mark, at: 0)
    }
    order(&marks)
    var left: [UInt32] = []
    for mark in marks {
      // A mark is blocked by one before it that stayed and is of the same or a higher class.
      let isBlocked = left.last.map { combiningClass($0) >= combiningClass(mark) } ?? false
      if !isBlocked, let letter = composed[Pair(base: base, mark: mark)] {
        base = letter
      } else {
        left.append(mark)
      }
    }
    return [base] + left
  }

  /// Canonical order: stable by class inside each stretch without class 0.
  private func order(_ marks: inout [UInt32]) {
    for end in marks.indices {
      var place = end
      while place > 0, combiningClass(marks[place]) != 0,
        combiningClass(marks[place - 1]) > combiningClass(marks[place])
      {
        marks.swapAt(place, place - 1)
        place -= 1
      }
    }
  }
}
