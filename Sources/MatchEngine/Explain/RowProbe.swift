/// Evaluates conditions and values for single held rows.
final class RowProbe {
  /// A subject row, and the found row where there is one.
  struct Place {
    var subject: (store: RowStore, row: UInt32)
    var found: (store: RowStore, row: UInt32)?
  }

  enum Truth {
    case no, yes, unknown
  }

  private let evaluator: CellEvaluator
  private let finder: PairFinder
  private let subjects: FlatArray<UInt32>
  private let founds: FlatArray<UInt32>

  init(_ evaluator: CellEvaluator) {
    self.evaluator = evaluator
    finder = PairFinder(evaluator)
    subjects = FlatArray(repeating: 0, count: RecordBatch.capacity)
    founds = FlatArray(repeating: 0, count: RecordBatch.capacity)
  }

  deinit {
    subjects.deallocate()
    founds.deallocate()
  }

  private func lanes(_ place: Place) -> CellEvaluator.Lanes {
    subjects[0] = place.subject.row
    founds[0] = place.found?.row ?? place.subject.row
    var lanes = CellEvaluator.Lanes(count: 1)
    lanes.sides = [
      CellEvaluator.LaneSide(store: place.subject.store, rows: subjects),
      CellEvaluator.LaneSide(store: place.found?.store ?? place.subject.store, rows: founds)
    ]
    return lanes
  }

  func truth(_ condition: CellCondition, _ place: Place) -> Truth {
    switch evaluator.evaluate(condition, lanes(place))[0] {
    case 0: .no
    case 1: .yes
    default: .unknown
    }
  }

  /// The first word of a value.
  func word(_ value: CellValue, _ place: Place) -> Int64 {
    evaluator.begin()
    return evaluator.add(value, isWide: false, lanes(place)).first[0]
  }

  /// The found rows for which the key of `query` is equal, whatever else must hold; nil where the key has no value.
  func rows(_ query: PairFinder.Query, _ subject: (store: RowStore, row: UInt32)) -> [UInt32]? {
    subjects[0] = subject.row
    var lanes = CellEvaluator.Lanes(count: 1)
    lanes.sides = [CellEvaluator.LaneSide(store: subject.store, rows: subjects)]
    var open = query
    open.condition = nil
    var rows: [UInt32] = []
    let keys = finder.forEach(open, lanes) { found in
      for pair in 0..<found.lanes.count { rows.append(found.lanes.sides[open.side].rows[pair]) }
    }
    return keys.empty + keys.invalid > 0 ? nil : rows.sorted()
  }
}
