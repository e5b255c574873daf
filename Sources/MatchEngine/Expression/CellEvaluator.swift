package import Normalizers

/// Evaluates conditions over up to 1,024 lanes at once; one worker's own.
///
/// A lane is a record of a batch, a pair of a record and a stored row, or stored rows of any number of sides. Truth is
/// 0 for false, 1 for true, 2 for unknown.
package final class CellEvaluator {
  /// Stored rows of one side, one a lane.
  package struct LaneSide {
    package var store: RowStore
    package var rows: FlatArray<UInt32>

    package init(store: RowStore, rows: FlatArray<UInt32>) {
      self.store = store
      self.rows = rows
    }
  }

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
    /// Stored rows by `CellSource.row`: the subject's, the found one, and inside lookups those of each lookup.
    package var sides: [LaneSide] = []

    package init(count: Int) { self.count = count }
  }

  package static let capacity = RecordBatch.capacity

  /// What lookups probe; set before anything with a lookup is evaluated.
  package var relations: [CellRelation] = []

  /// Through which texts of stored rows are read.
  let textWindow = TextWindow()

  // Vectors are taken and given back in the order of a stack; what is used beyond a mark is free again.
  private var values: [FlatArray<Int64>] = []
  private var truths: [FlatArray<UInt8>] = []
  private var rows: [FlatArray<UInt32>] = []
  var used = Mark()

  /// How much of each stack is in use.
  struct Mark {
    var values = 0
    var truths = 0
    var rows = 0
  }

  /// Room for lookups, by how deep they stand inside each other.
  private var lookupScratch: [LookupScratch] = []
  private var lookupDepth = 0

  /// Which lanes ask the same, by the hash of what they ask.
  let sharedSlots = FlatArray<UInt32>(uninitialized: CellEvaluator.capacity * 2)

  /// Texts of two names.
  private var leftText: [UInt8] = []
  private var rightText: [UInt8] = []

  package init() {}

  deinit {
    for vector in values { vector.deallocate() }
    for vector in truths { vector.deallocate() }
    for vector in rows { vector.deallocate() }
    sharedSlots.deallocate()
  }

  func makeValue() -> FlatArray<Int64> {
    if used.values == values.count { values.append(FlatArray(uninitialized: Self.capacity)) }
    used.values += 1
    return values[used.values - 1]
  }

  func makeTruth() -> FlatArray<UInt8> {
    if used.truths == truths.count { truths.append(FlatArray(uninitialized: Self.capacity)) }
    used.truths += 1
    return truths[used.truths - 1]
  }

  func makeRows() -> FlatArray<UInt32> {
    if used.rows == rows.count { rows.append(FlatArray(uninitialized: Self.capacity)) }
    used.rows += 1
    return rows[used.rows - 1]
  }

  /// The room for a lookup that begins now; `endLookup` follows.
  func beginLookup() -> LookupScratch {
    if lookupDepth == lookupScratch.count { lookupScratch.append(LookupScratch()) }
    lookupDepth += 1
    return lookupScratch[lookupDepth - 1]
  }

  func endLookup() { lookupDepth -= 1 }

  /// The truth of `condition` for every lane; valid until the next call.
  package func evaluate(_ condition: CellCondition, _ lanes: Lanes) -> FlatArray<UInt8> {
    precondition(lanes.count <= Self.capacity)
    used = Mark()
    return truth(condition, lanes)
  }

  /// Starts a set of values that are wanted together.
  package func begin() { used = Mark() }

  /// The words of `value` for every lane; valid until `begin` or `evaluate` is called.
  package func add(
    _ value: CellValue, isWide: Bool, _ lanes: Lanes
  ) -> (first: FlatArray<Int64>, second: FlatArray<Int64>?) {
    precondition(lanes.count <= Self.capacity)
    return words(value, isWide: isWide, lanes)
  }

  // MARK: Conditions

  func truth(_ condition: CellCondition, _ lanes: Lanes) -> FlatArray<UInt8> {
    let result = makeTruth()
    let mark = used
    defer { used = mark }
    let count = lanes.count
    switch condition {
    case .compare(let comparison, let left, let right):
      compare(comparison, word(left, lanes), word(right, lanes), into: result, count: count)
    case .equalPairs(let left, let right, let negated):
      let (left, right) = (words(left, isWide: true, lanes), words(right, isWide: true, lanes))
      guard let c = left.second, let d = right.second else { preconditionFailure("wide values have two words") }
      let (a, b) = (left.first, right.first)
      for lane in 0..<count {
        let isKnown = Cell.isUsable(a[lane]) && Cell.isUsable(b[lane])
        let isEqual = a[lane] == b[lane] && c[lane] == d[lane]
        result[lane] = isKnown ? (isEqual != negated ? 1 : 0) : 2
      }
    case .isOneOf(let value, let choices):
      let operand = word(value, lanes)
      for lane in 0..<count {
        let word = operand[lane]
        result[lane] = Cell.isUsable(word) ? (choices.contains(word) ? 1 : 0) : 2
      }
    case .and(let terms):
      combine(terms, lanes, into: result, start: 1, decisive: 0)
    case .or(let terms):
      combine(terms, lanes, into: result, start: 0, decisive: 1)
    case .staged(let stages):
      let (start, decisive): (UInt8, UInt8) = stages.isAnd ? (1, 0) : (0, 1)
      combine(stages.cheap, lanes, into: result, start: start, decisive: decisive)
      for term in stages.costly {
        combineUndecided(term, lanes, into: result, decisive: decisive, start: start)
      }
    case .not(let term):
      let operand = truth(term, lanes)
      for lane in 0..<count { result[lane] = operand[lane] == 2 ? 2 : 1 - operand[lane] }
    case .test(let value, let test, let negated):
      let operand = word(value, lanes)
      for lane in 0..<count {
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
      for lane in 0..<count { result[lane] = 2 }
    case .always(let value):
      let operand = word(value, lanes)
      for lane in 0..<count { result[lane] = Cell.isUsable(operand[lane]) ? 1 : 2 }
    case .truth(let value):
      let operand = word(value, lanes)
      for lane in 0..<count { result[lane] = Cell.isUsable(operand[lane]) ? (operand[lane] != 0 ? 1 : 0) : 2 }
    }
    return result
  }

  /// `and` starts true and is decided by false, `or` starts false and is decided by true; unknown stays otherwise.
  private func combine(
    _ terms: [CellCondition], _ lanes: Lanes, into result: FlatArray<UInt8>, start: UInt8, decisive: UInt8
  ) {
    for lane in 0..<lanes.count { result[lane] = start }
    var open = lanes.count
    for term in terms {
      // Stored rows lie far from each other: those that are decided are not looked at again.
      if !lanes.sides.isEmpty, open * 4 < lanes.count {
        if open == 0 { return }
        combineUndecided(term, lanes, into: result, decisive: decisive, start: start)
        continue
      }
      let operand = truth(term, lanes)
      open = 0
      for lane in 0..<lanes.count {
        let (known, other) = (result[lane], operand[lane])
        result[lane] = known == decisive || other == decisive ? decisive : known == 2 || other == 2 ? 2 : start
        open += result[lane] == decisive ? 0 : 1
      }
      used.truths -= 1
    }
  }

  /// One more term, asked only of the lanes that no term has decided yet.
  private func combineUndecided(
    _ term: CellCondition, _ lanes: Lanes, into result: FlatArray<UInt8>, decisive: UInt8, start: UInt8
  ) {
    let mark = used
    defer { used = mark }
    let open = makeRows()
    var count = 0
    for lane in 0..<lanes.count where result[lane] != decisive {
      open[count] = UInt32(lane)
      count += 1
    }
    guard count > 0 else { return }
    let operand = truth(term, select(lanes, open, count: count))
    for index in 0..<count {
      let lane = Int(open[index])
      let (known, other) = (result[lane], operand[index])
      result[lane] = other == decisive ? decisive : known == 2 || other == 2 ? 2 : start
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

  // MARK: Values

  /// The only word, or the first, of a value for every lane.
  func word(_ value: CellValue, _ lanes: Lanes) -> FlatArray<Int64> { words(value, isWide: false, lanes).first }

  func words(
    _ value: CellValue, isWide: Bool, _ lanes: Lanes
  ) -> (first: FlatArray<Int64>, second: FlatArray<Int64>?) {
    let first = makeValue()
    let second = isWide ? makeValue() : nil
    let mark = used
    fill(value, lanes, first, second)
    used = mark
    return (first, second)
  }

  /// Sets the words of a value for every lane.
  private func fill(_ value: CellValue, _ lanes: Lanes, _ first: FlatArray<Int64>, _ second: FlatArray<Int64>?) {
    let count = lanes.count
    switch value {
    case .cell(let source):
      gather(source, word: 0, lanes, into: first)
      if let second { gather(source, word: 1, lanes, into: second) }
    case .constant(let word, let secondWord):
      first.fill(word, from: 0, count: count)
      second?.fill(secondWord, from: 0, count: count)
    case .month(let date):
      // Days near each other lie in one month as a rule: a ledger has months one after the other.
      var (firstDay, lastDay, month) = (Int64(0), Int64(-1), Int64(0))
      map(date, lanes, into: first) { days in
        if days >= firstDay, days <= lastDay { return month }
        let found = CalendarMonth(months: Int32(CalendarDate(days: Int32(truncatingIfNeeded: days)).monthNumber))
        (firstDay, month) = (Int64(found.firstDay.days), Int64(found.months))
        lastDay = Int64(CalendarMonth(months: found.months + 1).firstDay.days) - 1
        return month
      }
    case .yearOfDate(let date):
      map(date, lanes, into: first) { days in
        Int64(CalendarDate(days: Int32(truncatingIfNeeded: days)).year) * 1_000_000
      }
    case .yearOfMonth(let month):
      map(month, lanes, into: first) { $0 / 12 * 1_000_000 }
    case .shift(let date, let amount, let unit):
      map(date, lanes, into: first) { days in
        Int64(CalendarDate(days: Int32(truncatingIfNeeded: days)).shifted(by: amount, unit).days)
      }
    case .age(let id, let on):
      let (ids, days) = (word(id, lanes), word(on, lanes))
      for lane in 0..<count {
        let isKnown = Cell.isUsable(ids[lane]) && Cell.isUsable(days[lane])
        first[lane] =
          isKnown ? Self.age(ids[lane], on: CalendarDate(days: Int32(truncatingIfNeeded: days[lane]))) : Cell.empty
      }
    case .truth(let condition):
      let operand = truth(condition, lanes)
      for lane in 0..<count { first[lane] = operand[lane] == 2 ? Cell.empty : Int64(operand[lane]) }
    case .lookup(let lookup):
      look(lookup, lanes, first, second)
    case .arithmetic(let arithmetic, let left, let right):
      combine(left, right, lanes, into: first, arithmetic.result)
    case .add(let operand, let amount):
      map(operand, lanes, into: first) { $0 + amount }
    case .function(let function, let operands):
      call(function, operands, lanes, first, second)
    case .choose(let condition, let yes, let no):
      choose(condition, yes, no, lanes, first, second)
    case .sex(let id, let male, let female):
      map(id, lanes, into: first) { key in
        switch IDNumber(key: UInt64(bitPattern: key)).isMale {
        case true?: male
        case false?: female
        case nil: Cell.empty
        }
      }
    case .defect(let notes, let codes):
      map(.cell(notes), lanes, into: first) { bits in
        let bits = Codes(rawValue: UInt64(bitPattern: bits)).intersection(.errors).rawValue
        return bits == 0 ? Cell.empty : codes[bits.trailingZeroBitCount]
      }
    case .noted(let notes, let mask):
      map(.cell(notes), lanes, into: first) { UInt64(bitPattern: $0) & mask != 0 ? 1 : 0 }
    case .nameVerdict(let left, let right, let codes):
      for lane in 0..<count {
        let verdict = verdict(left, right, lanes, lane)
        first[lane] = verdict.map { codes[$0.number] } ?? Cell.empty
      }
    case .isSameName(let left, let right):
      for lane in 0..<count {
        let verdict = verdict(left, right, lanes, lane)
        first[lane] = verdict.map { $0 == .different ? 0 : 1 } ?? Cell.empty
      }
    }
  }

  @inline(__always)
  func map(_ operand: CellValue, _ lanes: Lanes, into result: FlatArray<Int64>, _ transform: (Int64) -> Int64) {
    let values = word(operand, lanes).mutableColumn(at: 0)
    let result = result.mutableColumn(at: 0)
    for lane in 0..<lanes.count {
      let value = values[lane]
      result.set(lane, Cell.isUsable(value) ? transform(value) : value)
    }
  }

  /// `transform` of two values; where one is none the result is none: invalid if one of them is.
  @inline(__always)
  private func combine(
    _ left: CellValue, _ right: CellValue, _ lanes: Lanes, into result: FlatArray<Int64>,
    _ transform: (Int64, Int64) -> Int64
  ) {
    let (left, right) = (word(left, lanes).mutableColumn(at: 0), word(right, lanes).mutableColumn(at: 0))
    let result = result.mutableColumn(at: 0)
    for lane in 0..<lanes.count {
      let (a, b) = (left[lane], right[lane])
      let isKnown = Cell.isUsable(a) && Cell.isUsable(b)
      result.set(
        lane, isKnown ? transform(a, b) : a == Cell.invalid || b == Cell.invalid ? Cell.invalid : Cell.empty)
    }
  }

  /// Whole years in millionths; a card without a birth date in this form gives no value.
  private static func age(_ key: Int64, on day: CalendarDate) -> Int64 {
    guard let birth = IDNumber(key: UInt64(bitPattern: key)).birthDate, birth <= day else { return Cell.empty }
    let hadBirthday = (day.month, day.day) >= (birth.month, birth.day)
    return Int64(day.year - birth.year - (hadBirthday ? 0 : 1)) * 1_000_000
  }

  private func verdict(_ left: CellText, _ right: CellText, _ lanes: Lanes, _ lane: Int) -> NameVerdict? {
    leftText.removeAll(keepingCapacity: true)
    rightText.removeAll(keepingCapacity: true)
    let (leftSide, rightSide) = (lanes.sides[left.side], lanes.sides[right.side])
    leftSide.store.appendText(left.text, of: Int(leftSide.rows[lane]), to: &leftText, through: textWindow)
    rightSide.store.appendText(right.text, of: Int(rightSide.rows[lane]), to: &rightText, through: textWindow)
    let (first, second) = (leftText, rightText)
    return NameVerdict(first.span, second.span)
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
    case .row(let side, let start):
      lanes.sides[side].store.gather(start + word, of: lanes.sides[side].rows, count: lanes.count, into: result)
    }
  }

  // MARK: Some of the lanes

  /// The lanes `indices[0 ..< count]` of `lanes`; valid as long as the rows made by then.
  func select(_ lanes: Lanes, _ indices: FlatArray<UInt32>, count: Int) -> Lanes {
    var result = lanes
    result.count = count
    if let records = lanes.records, lanes.cells != nil {
      result.records = lanes.isWholeBatch ? indices : selected(records, indices, count)
      result.isWholeBatch = false
    }
    result.firstRows = lanes.firstRows.map { selected($0, indices, count) }
    result.secondRows = lanes.secondRows.map { selected($0, indices, count) }
    for side in lanes.sides.indices { result.sides[side].rows = selected(lanes.sides[side].rows, indices, count) }
    return result
  }

  private func selected(_ rows: FlatArray<UInt32>, _ indices: FlatArray<UInt32>, _ count: Int) -> FlatArray<UInt32> {
    let result = makeRows()
    for index in 0..<count { result[index] = rows[Int(indices[index])] }
    return result
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
