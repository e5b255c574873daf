package import Normalizers

/// Evaluates conditions over up to 1,024 lanes at once; one worker's own.
///
/// A lane is a record of a batch, a pair of a record and a stored row, or a pair of stored rows. Truth is 0 for false,
/// 1 for true, 2 for unknown.
package final class CellEvaluator {
  /// What the lanes of one evaluation are.
  package struct Lanes {
    package var count: Int
    /// Cells of the batch and, for each lane, the record in it.
    package var cells: FlatArray<Int64>?
    package var records: FlatArray<UInt32>?
    /// Every record of the batch is a lane, in order.
    package var isWholeBatch = false
    /// Stored rows of each lane.
    package var firstStore: RowStore?
    package var firstRows: FlatArray<UInt32>?
    package var secondStore: RowStore?
    package var secondRows: FlatArray<UInt32>?

    package init(count: Int) { self.count = count }
  }

  package static let capacity = RecordBatch.capacity

  private var values: [FlatArray<Int64>] = []
  private var truths: [FlatArray<UInt8>] = []
  private var usedValues = 0
  private var usedTruths = 0

  package init() {}

  deinit {
    for vector in values { vector.deallocate() }
    for vector in truths { vector.deallocate() }
  }

  private func makeValue() -> FlatArray<Int64> {
    if usedValues == values.count { values.append(FlatArray(uninitialized: Self.capacity)) }
    usedValues += 1
    return values[usedValues - 1]
  }

  private func makeTruth() -> FlatArray<UInt8> {
    if usedTruths == truths.count { truths.append(FlatArray(uninitialized: Self.capacity)) }
    usedTruths += 1
    return truths[usedTruths - 1]
  }

  /// The truth of `condition` for every lane; valid until the next call.
  package func evaluate(_ condition: CellCondition, _ lanes: Lanes) -> FlatArray<UInt8> {
    precondition(lanes.count <= Self.capacity)
    usedValues = 0
    usedTruths = 0
    return truth(condition, lanes)
  }

  /// Starts a set of values that are wanted together.
  package func begin() {
    usedValues = 0
    usedTruths = 0
  }

  /// The words of `value` for every lane; valid until `begin` or `evaluate` is called.
  package func add(
    _ value: CellValue, isWide: Bool, _ lanes: Lanes
  ) -> (first: FlatArray<Int64>, second: FlatArray<Int64>?) {
    precondition(lanes.count <= Self.capacity)
    return (word(0, of: value, lanes), isWide ? word(1, of: value, lanes) : nil)
  }

  private func truth(_ condition: CellCondition, _ lanes: Lanes) -> FlatArray<UInt8> {
    let (valueMark, truthMark) = (usedValues, usedTruths)
    let result = makeTruth()
    switch condition {
    case .compare(let comparison, let left, let right):
      compare(comparison, word(0, of: left, lanes), word(0, of: right, lanes), into: result, count: lanes.count)
    case .equalPairs(let left, let right, let negated):
      let (a, b) = (word(0, of: left, lanes), word(0, of: right, lanes))
      let (c, d) = (word(1, of: left, lanes), word(1, of: right, lanes))
      for lane in 0..<lanes.count {
        let isKnown = Cell.isUsable(a[lane]) && Cell.isUsable(b[lane])
        let isEqual = a[lane] == b[lane] && c[lane] == d[lane]
        result[lane] = isKnown ? (isEqual != negated ? 1 : 0) : 2
      }
    case .and(let terms):
      combine(terms, lanes, into: result, start: 1, decisive: 0)
    case .or(let terms):
      combine(terms, lanes, into: result, start: 0, decisive: 1)
    case .not(let term):
      let operand = truth(term, lanes)
      for lane in 0..<lanes.count { result[lane] = operand[lane] == 2 ? 2 : 1 - operand[lane] }
    case .test(let value, let test, let negated):
      let operand = word(0, of: value, lanes)
      for lane in 0..<lanes.count {
        let word = operand[lane]
        let holds: Bool
        switch test {
        case .empty: holds = word == Cell.empty
        case .invalid: holds = word == Cell.invalid
        case .valid: holds = Cell.isUsable(word)
        }
        result[lane] = holds != negated ? 1 : 0
      }
    case .never:
      for lane in 0..<lanes.count { result[lane] = 2 }
    case .always(let value):
      let operand = word(0, of: value, lanes)
      for lane in 0..<lanes.count { result[lane] = Cell.isUsable(operand[lane]) ? 1 : 2 }
    }
    usedValues = valueMark
    usedTruths = truthMark + 1
    return result
  }

  /// `and` starts true and is decided by false, `or` starts false and is decided by true; unknown stays otherwise.
  private func combine(
    _ terms: [CellCondition], _ lanes: Lanes, into result: FlatArray<UInt8>, start: UInt8, decisive: UInt8
  ) {
    for lane in 0..<lanes.count { result[lane] = start }
    for term in terms {
      let operand = truth(term, lanes)
      for lane in 0..<lanes.count {
        let (known, other) = (result[lane], operand[lane])
        result[lane] = known == decisive || other == decisive ? decisive : known == 2 || other == 2 ? 2 : start
      }
      usedTruths -= 1
    }
  }

  private func compare(
    _ comparison: Comparison, _ left: FlatArray<Int64>, _ right: FlatArray<Int64>, into result: FlatArray<UInt8>,
    count: Int
  ) {
    @inline(__always)
    func fill(_ holds: (Int64, Int64) -> Bool) {
      let (left, right) = (left.mutableColumn(at: 0), right.mutableColumn(at: 0))
      let result = result.mutableColumn(at: 0)
      for lane in 0..<count {
        let (a, b) = (left[lane], right[lane])
        result.set(lane, Cell.isUsable(a) && Cell.isUsable(b) ? (holds(a, b) ? 1 : 0) : 2)
      }
    }
    switch comparison {
    case .equal: fill { $0 == $1 }
    case .notEqual: fill { $0 != $1 }
    case .less: fill { $0 < $1 }
    case .lessOrEqual: fill { $0 <= $1 }
    case .greater: fill { $0 > $1 }
    case .greaterOrEqual: fill { $0 >= $1 }
    }
  }

  /// Word `number` of a value for every lane.
  private func word(_ number: Int, of value: CellValue, _ lanes: Lanes) -> FlatArray<Int64> {
    let result = makeValue()
    switch value {
    case .cell(let source): gather(source, word: number, lanes, into: result)
    case .constant(let first, let second):
      result.fill(number == 0 ? first : second, from: 0, count: lanes.count)
    case .month(let date):
      map(date, lanes, into: result) { days in
        Int64(CalendarDate(days: Int32(truncatingIfNeeded: days)).monthNumber)
      }
    case .yearOfDate(let date):
      map(date, lanes, into: result) { days in
        Int64(CalendarDate(days: Int32(truncatingIfNeeded: days)).year) * 1_000_000
      }
    case .yearOfMonth(let month):
      map(month, lanes, into: result) { $0 / 12 * 1_000_000 }
    case .shift(let date, let amount, let unit):
      map(date, lanes, into: result) { days in
        Int64(CalendarDate(days: Int32(truncatingIfNeeded: days)).shifted(by: amount, unit).days)
      }
    case .age(let id, let on):
      let (ids, days) = (word(0, of: id, lanes), word(0, of: on, lanes))
      for lane in 0..<lanes.count {
        let isKnown = Cell.isUsable(ids[lane]) && Cell.isUsable(days[lane])
        result[lane] =
          isKnown ? Self.age(ids[lane], on: CalendarDate(days: Int32(truncatingIfNeeded: days[lane]))) : Cell.empty
      }
    }
    return result
  }

  @inline(__always)
  private func map(
    _ operand: CellValue, _ lanes: Lanes, into result: FlatArray<Int64>, _ transform: (Int64) -> Int64
  ) {
    let values = word(0, of: operand, lanes).mutableColumn(at: 0)
    let result = result.mutableColumn(at: 0)
    for lane in 0..<lanes.count {
      let value = values[lane]
      result.set(lane, Cell.isUsable(value) ? transform(value) : value)
    }
  }

  /// Whole years in millionths; a card without a birth date in this form gives no value.
  private static func age(_ key: Int64, on day: CalendarDate) -> Int64 {
    guard let birth = IDNumber(key: UInt64(bitPattern: key)).birthDate, birth <= day else { return Cell.empty }
    let hadBirthday = (day.month, day.day) >= (birth.month, birth.day)
    return Int64(day.year - birth.year - (hadBirthday ? 0 : 1)) * 1_000_000
  }

  private func gather(_ source: CellSource, word: Int, _ lanes: Lanes, into result: FlatArray<Int64>) {
    switch source {
    case .batch(let slot):
      guard let cells = lanes.cells, let records = lanes.records else {
        preconditionFailure("lanes of a batch have cells")
      }
      let column = cells.mutableColumn(at: (slot + word) * RecordBatch.capacity)
      let to = result.mutableColumn(at: 0)
      if lanes.isWholeBatch {
        for lane in 0..<lanes.count { to.set(lane, column[lane]) }
        return
      }
      precondition(lanes.count <= records.count)
      for lane in 0..<lanes.count { to.set(lane, column[Int(records[lane])]) }
    case .first(let start):
      guard let store = lanes.firstStore, let rows = lanes.firstRows else {
        preconditionFailure("lanes of stored rows have a store")
      }
      for lane in 0..<lanes.count { result[lane] = store.word(start + word, of: Int(rows[lane])) }
    case .second(let start):
      guard let store = lanes.secondStore, let rows = lanes.secondRows else {
        preconditionFailure("lanes of stored rows have a store")
      }
      for lane in 0..<lanes.count { result[lane] = store.word(start + word, of: Int(rows[lane])) }
    }
  }
}

extension CalendarDate {
  /// The day `amount` units later; months and years end at the month's last day where the day is not in it.
  package func shifted(by amount: Int, _ unit: CalendarUnit) -> CalendarDate {
    switch unit {
    case .days: CalendarDate(days: Int32(clamping: Int(days) + amount))
    case .months: addingMonths(amount)
    case .years: addingMonths(amount * 12)
    }
  }
}
