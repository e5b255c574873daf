internal import Normalizers

/// Looks for the candidates of settled rules and works out what they carry; one thread's own.
final class SettledWorker {
  private let maker: CellMaker
  private let evaluator: CellEvaluator
  private let finder: PairFinder
  private let shown: ShownWriter
  private let subjects: FlatArray<UInt32>
  private let founds: FlatArray<UInt32>
  private let truths: FlatArray<UInt8>
  private let groups = GroupCounter()

  /// What was counted under the rule at hand.
  struct Counts {
    var evaluated = 0
    var notEvaluated: [String: Int] = [:]
    var exemptions: [String: Int] = [:]
    /// Evaluated subjects by group of the alarm.
    var groups: [Int64: Int] = [:]

    mutating func add(_ other: Counts) {
      evaluated += other.evaluated
      notEvaluated.merge(other.notEvaluated, uniquingKeysWith: +)
      exemptions.merge(other.exemptions, uniquingKeysWith: +)
      groups.merge(other.groups, uniquingKeysWith: +)
    }
  }

  var counts = Counts()
  var candidates: [Candidate] = []

  init(maker: CellMaker, relations: [CellRelation]) {
    self.maker = maker
    evaluator = CellEvaluator()
    evaluator.relations = relations
    finder = PairFinder(evaluator)
    shown = ShownWriter(evaluator)
    subjects = FlatArray(uninitialized: RecordBatch.capacity)
    founds = FlatArray(uninitialized: RecordBatch.capacity)
    truths = FlatArray(uninitialized: RecordBatch.capacity)
  }

  deinit {
    subjects.deallocate()
    founds.deallocate()
    truths.deallocate()
  }

  /// Judges the subject rows `range` and keeps their candidates.
  func look(_ program: SettledProgram, _ range: Range<Int>) {
    var row = range.lowerBound
    while row < range.upperBound {
      let end = min(row + RecordBatch.capacity, range.upperBound)
      for (lane, subject) in (row..<end).enumerated() { subjects[lane] = UInt32(subject) }
      look(program, count: end - row)
      row = end
    }
    groups.flush(into: &counts.groups)
  }

  private func sides(_ program: SettledProgram, count: Int) -> CellEvaluator.Lanes {
    var lanes = CellEvaluator.Lanes(count: count)
    lanes.sides = [CellEvaluator.LaneSide(store: program.subject.store, rows: subjects)]
    return lanes
  }

  private func look(_ program: SettledProgram, count: Int) {
    var lanes = sides(program, count: count)
    // Where `where` is the finding itself, it is not what a share of findings is measured by.
    let isFinding = program.kind == .condition
    if isFinding { noteEvaluated(program, lanes, lanes.count) }
    if let condition = program.condition {
      lanes.count = keep(lanes, where: condition) { [self] undecided in
        counts.notEvaluated["unknown", default: 0] += undecided
        if isFinding { counts.evaluated -= undecided }
      }
    }
    for (name, condition) in program.evaluatedWhen where lanes.count > 0 {
      let before = lanes.count
      lanes.count = keep(lanes, where: condition)
      if lanes.count < before { counts.notEvaluated[name, default: 0] += before - lanes.count }
    }
    guard lanes.count > 0 else { return }
    guard let find = program.find else {
      if !isFinding { noteEvaluated(program, lanes, lanes.count) }
      for lane in 0..<lanes.count { founds[lane] = subjects[lane] }
      return excuse(program, count: lanes.count)
    }

    var pairs: [(subject: UInt32, found: UInt32, order: Int64)] = []
    var isFound = Array(repeating: false, count: lanes.count)
    let asksWhether = program.kind == .absence
    let keys = finder.forEach(find, lanes, isSettled: asksWhether ? { isFound[$0] } : nil) { found in
      var orders: FlatArray<Int64>?
      switch program.keep {
      case .all, .any: break
      case .earliest(let value), .latest(let value):
        evaluator.begin()
        orders = evaluator.add(value, isWide: false, found.lanes).first
      }
      for pair in 0..<found.lanes.count {
        isFound[Int(found.laneOf[pair])] = true
        pairs.append(
          (
            subject: found.lanes.sides[0].rows[pair], found: found.lanes.sides[1].rows[pair],
            order: orders.map { $0[pair] } ?? 0
          ))
      }
    }
    if keys.empty > 0 { counts.notEvaluated["key_empty", default: 0] += keys.empty }
    if keys.invalid > 0 { counts.notEvaluated["key_invalid", default: 0] += keys.invalid }
    let unusable = keys.empty + keys.invalid
    noteEvaluated(program, lanes, lanes.count - unusable)
    if program.kind == .absence {
      let usable = unusable == 0 ? nil : usableKeys(find, lanes)
      var kept = 0
      for lane in 0..<lanes.count where !isFound[lane] && usable?[lane] != false {
        subjects[kept] = subjects[lane]
        founds[kept] = subjects[lane]
        kept += 1
      }
      return excuse(program, count: kept)
    }
    excuse(program, reduced(pairs, program.keep))
  }

  private func usableKeys(_ find: PairFinder.Query, _ lanes: CellEvaluator.Lanes) -> [Bool] {
    var usable = Array(repeating: true, count: lanes.count)
    for key in find.keys {
      evaluator.begin()
      let words = evaluator.add(key.value, isWide: key.isWide, lanes).first
      for lane in 0..<lanes.count where !Cell.isUsable(words[lane]) { usable[lane] = false }
    }
    return usable
  }

  private func noteEvaluated(_ program: SettledProgram, _ lanes: CellEvaluator.Lanes, _ count: Int) {
    counts.evaluated += count
    guard let group = program.alarmGroup else { return }
    evaluator.begin()
    let words = evaluator.add(group.value, isWide: false, lanes).first
    for lane in 0..<lanes.count { groups.add(words[lane], to: &counts.groups) }
  }

  /// One pair a subject where the rule keeps one; of equal ones any, since they say the same.
  private func reduced(
    _ pairs: [(subject: UInt32, found: UInt32, order: Int64)], _ keep: SettledProgram.Keep
  ) -> [(subject: UInt32, found: UInt32)] {
    func best(_ isBetter: (Int64, Int64) -> Bool) -> [(subject: UInt32, found: UInt32)] {
      var chosen: [UInt32: (found: UInt32, order: Int64)] = [:]
      for pair in pairs where Cell.isUsable(pair.order) {
        if let known = chosen[pair.subject], !isBetter(pair.order, known.order) { continue }
        chosen[pair.subject] = (pair.found, pair.order)
      }
      return chosen.map { ($0.key, $0.value.found) }
    }
    switch keep {
    case .all: return pairs.map { ($0.subject, $0.found) }
    case .any: return best { _, _ in false }
    case .earliest: return best { $0 < $1 }
    case .latest: return best { $0 > $1 }
    }
  }

  /// Moves the lanes for which `condition` is true to the front; `unknown` gets the number of undecided ones.
  private func keep(
    _ lanes: CellEvaluator.Lanes, where condition: CellCondition, unknown: ((Int) -> Void)? = nil
  ) -> Int {
    let truth = evaluator.evaluate(condition, lanes)
    var (kept, undecided) = (0, 0)
    for lane in 0..<lanes.count {
      if truth[lane] == 2 { undecided += 1 }
      for side in lanes.sides { side.rows[kept] = side.rows[lane] }
      kept += truth[lane] == 1 ? 1 : 0
    }
    if undecided > 0 { unknown?(undecided) }
    return kept
  }

  private func excuse(_ program: SettledProgram, _ pairs: [(subject: UInt32, found: UInt32)]) {
    var start = 0
    while start < pairs.count {
      let end = min(start + RecordBatch.capacity, pairs.count)
      for index in start..<end {
        subjects[index - start] = pairs[index].subject
        founds[index - start] = pairs[index].found
      }
      excuse(program, count: end - start)
      start = end
    }
  }

  private func pairLanes(_ program: SettledProgram, count: Int) -> CellEvaluator.Lanes {
    var lanes = sides(program, count: count)
    let store = program.kind == .absence ? nil : program.find?.table.store
    lanes.sides.append(CellEvaluator.LaneSide(store: store ?? program.subject.store, rows: founds))
    return lanes
  }

  /// Leaves out what an exemption excuses, counted by name, and keeps the rest as candidates.
  private func excuse(_ program: SettledProgram, count: Int) {
    var lanes = pairLanes(program, count: count)
    for (name, condition) in program.exemptions where lanes.count > 0 {
      let truth = evaluator.evaluate(condition, lanes)
      for lane in 0..<lanes.count { truths[lane] = truth[lane] }
      var kept = 0
      for lane in 0..<lanes.count {
        subjects[kept] = subjects[lane]
        founds[kept] = founds[lane]
        kept += truths[lane] == 1 ? 0 : 1
      }
      if kept < lanes.count { counts.exemptions[name, default: 0] += lanes.count - kept }
      lanes.count = kept
    }
    for lane in 0..<lanes.count {
      candidates.append(Candidate(subject: subjects[lane], found: founds[lane]))
    }
  }

  // MARK: - What a candidate carries

  /// Leaves only candidates with these keys.
  func keep(_ keys: Set<[UInt8]>) { candidates.removeAll { !keys.contains($0.key) } }

  /// Fills in what the worker's candidates are folded by.
  func describeKeys(_ program: SettledProgram) {
    forEachBlock(program) { describeKeys(&$0, $1, program) }
  }

  /// Fills in the other values of the worker's candidates.
  func describe(_ program: SettledProgram) {
    forEachBlock(program) { describe(&$0, from: 0, $1, program) }
  }

  private func forEachBlock(
    _ program: SettledProgram, _ body: (inout [Candidate], CellEvaluator.Lanes) -> Void
  ) {
    var start = 0
    while start < candidates.count {
      let end = min(start + RecordBatch.capacity, candidates.count)
      for index in start..<end {
        subjects[index - start] = candidates[index].subject
        founds[index - start] = candidates[index].found
      }
      var block = Array(candidates[start..<end])
      body(&block, pairLanes(program, count: end - start))
      candidates.replaceSubrange(start..<end, with: block)
      start = end
    }
  }

  private func describe(
    _ candidates: inout [Candidate], from start: Int, _ lanes: CellEvaluator.Lanes, _ program: SettledProgram
  ) {
    let count = lanes.count
    for (bit, condition) in program.rowConditions.enumerated() {
      let truth = evaluator.evaluate(condition, lanes)
      for lane in 0..<count where truth[lane] == 1 { candidates[start + lane].rowBits |= 1 << UInt64(bit) }
    }
    func fill(_ term: ShownTerm?, _ place: WritableKeyPath<Candidate, [UInt8]>) {
      guard let term else { return }
      for (lane, text) in shown.texts(term, lanes).enumerated() { candidates[start + lane][keyPath: place] = text }
    }
    fill(program.caseID, \.caseID)
    fill(program.person, \.person)
    fill(program.name, \.name)
    fill(program.district, \.district)
    if !program.havingIsOfAggregates { describeKeys(&candidates, lanes, program) }
    for (number, term) in program.evidence.enumerated() {
      for (lane, text) in shown.texts(term, lanes).enumerated() {
        if number > 0 { candidates[start + lane].evidence.append(UInt8(ascii: "|")) }
        for byte in text {
          // ¦ stands in for a bar inside a value.
          if byte == UInt8(ascii: "|") {
            candidates[start + lane].evidence += [0xC2, 0xA6]
          } else {
            candidates[start + lane].evidence.append(byte)
          }
        }
      }
    }
    for term in program.flagKey {
      for (lane, text) in shown.texts(term, lanes).enumerated() { candidates[start + lane].flagKey.append(text) }
    }
    for piece in program.fact {
      guard case .value(let term) = piece else { continue }
      for (lane, text) in shown.texts(term, lanes).enumerated() { candidates[start + lane].fact.append(text) }
    }
    for term in program.identities {
      for (lane, text) in shown.texts(term, lanes).enumerated() where !text.isEmpty {
        candidates[start + lane].identities.append(text)
      }
    }
    describeCells(&candidates, from: start, lanes, program)
    if let identity = program.identity { grade(&candidates, from: start, lanes, identity) }
    if let lines = program.lines { addLines(&candidates, from: start, lanes, lines) }
  }

  /// What a candidate is folded by, and what aggregates are made of.
  private func describeKeys(_ candidates: inout [Candidate], _ lanes: CellEvaluator.Lanes, _ program: SettledProgram) {
    for (number, term) in program.key.enumerated() {
      for (lane, text) in shown.texts(term, lanes).enumerated() {
        if number > 0 { candidates[lane].key.append(0) }
        candidates[lane].key += text
      }
    }
    for lane in 0..<lanes.count { candidates[lane].operands.reserveCapacity(program.aggregates.count * 2) }
    for aggregate in program.aggregates {
      guard let operand = aggregate.operand else {
        for lane in 0..<lanes.count {
          candidates[lane].operands.append(0)
          candidates[lane].operands.append(0)
        }
        continue
      }
      evaluator.begin()
      let words = evaluator.add(operand, isWide: aggregate.isWide, lanes)
      for lane in 0..<lanes.count {
        candidates[lane].operands.append(words.first[lane])
        candidates[lane].operands.append(words.second?[lane] ?? 0)
      }
    }
  }

  private func describeCells(
    _ candidates: inout [Candidate], from start: Int, _ lanes: CellEvaluator.Lanes, _ program: SettledProgram
  ) {
    func words(
      _ value: CellValue?, isWide: Bool = false, _ put: (inout Candidate, Int64, Int64) -> Void
    ) {
      guard let value else { return }
      evaluator.begin()
      let words = evaluator.add(value, isWide: isWide, lanes)
      for lane in 0..<lanes.count { put(&candidates[start + lane], words.first[lane], words.second?[lane] ?? 0) }
    }
    words(program.due) { $0.due = $1 + 0 * $2 }
    words(program.evidenceDay) { candidate, first, _ in candidate.evidenceDay = first }
    words(program.personValue) { candidate, first, _ in candidate.personWord = first }
    words(program.caseValue?.value, isWide: program.caseValue?.isWide ?? false) { candidate, first, second in
      candidate.caseWord = MemberProof.CaseWord(first: first, second: second)
    }
    words(program.alarmGroup?.value) { candidate, first, _ in candidate.alarmWord = first }
  }

  private func grade(
    _ candidates: inout [Candidate], from start: Int, _ lanes: CellEvaluator.Lanes, _ identity: SettledProgram.Identity
  ) {
    func text(_ place: CellText?, _ lane: Int) -> [UInt8] {
      guard let place else { return [] }
      var bytes: [UInt8] = []
      let side = lanes.sides[place.side]
      side.store.appendText(place.text, of: Int(side.rows[lane]), to: &bytes, through: evaluator.textWindow)
      return bytes
    }
    for lane in 0..<lanes.count {
      var judge = IdentityGrade(subject: text(identity.subjectName, lane), found: text(identity.foundName, lane))
      for other in identity.otherNames {
        judge.note(otherName: text(other.name, lane), against: text(other.with, lane))
      }
      var codes = Codes()
      for note in identity.notes {
        let side = lanes.sides[note.side]
        codes.formUnion(Codes(rawValue: UInt64(bitPattern: side.store.word(note.word, of: Int(side.rows[lane])))))
      }
      judge.note(codes)
      candidates[start + lane].grade = judge.grade
      candidates[start + lane].gradeReasons = judge.reasons
    }
  }

  private func addLines(
    _ candidates: inout [Candidate], from start: Int, _ lanes: CellEvaluator.Lanes, _ lines: SettledProgram.Lines
  ) {
    func add(_ lanes: CellEvaluator.Lanes, side: Int, candidateOf: (Int) -> Int) {
      func words(_ value: CellValue?) -> [Int64] {
        guard let value else { return Array(repeating: Cell.empty, count: lanes.count) }
        evaluator.begin()
        let cells = evaluator.add(value, isWide: false, lanes).first
        return (0..<lanes.count).map { cells[$0] }
      }
      let (months, amounts) = (words(lines.month), words(lines.amount))
      let texts = lines.shown.map { shown.texts($0, lanes) }
      for lane in 0..<lanes.count {
        candidates[candidateOf(lane)].lines.append(
          CandidateLine(
            row: lanes.sides[side].rows[lane], month: months[lane], amount: amounts[lane],
            shown: texts.map { $0[lane] }))
      }
    }
    if let months = lines.months {
      return forEachMonth(months, lanes) { found, laneOf in add(found, side: months.side) { start + laneOf[$0] } }
    }
    guard let query = lines.query else { return add(lanes, side: 0) { start + $0 } }
    finder.forEach(query, lanes) { found in
      add(found.lanes, side: query.side) { start + Int(found.laneOf[$0]) }
    }
  }

  /// Calls `body` with the lanes of candidates and calendar months between their ends.
  private func forEachMonth(
    _ months: SettledProgram.Months, _ lanes: CellEvaluator.Lanes, _ body: (CellEvaluator.Lanes, [Int]) -> Void
  ) {
    evaluator.begin()
    let (from, to) = (
      evaluator.add(months.from, isWide: false, lanes).first, evaluator.add(months.to, isWide: false, lanes).first
    )
    var pairs: [(lane: Int, month: Int)] = []
    for lane in 0..<lanes.count where Cell.isUsable(from[lane]) && Cell.isUsable(to[lane]) {
      let range = CalendarRows.rows(from: from[lane], to: to[lane])
      for month in range { pairs.append((lane, month)) }
    }
    let rows = (0...months.side).map { _ in FlatArray<UInt32>(uninitialized: RecordBatch.capacity) }
    defer { for rows in rows { rows.deallocate() } }
    var start = 0
    while start < pairs.count {
      let end = min(start + RecordBatch.capacity, pairs.count)
      var found = CellEvaluator.Lanes(count: end - start)
      for side in 0...months.side {
        let known = side < months.side ? lanes.sides[min(side, lanes.sides.count - 1)] : nil
        for index in start..<end {
          rows[side][index - start] = known.map { $0.rows[pairs[index].lane] } ?? UInt32(pairs[index].month)
        }
        found.sides.append(CellEvaluator.LaneSide(store: known?.store ?? months.calendar.store, rows: rows[side]))
      }
      var laneOf = pairs[start..<end].map(\.lane)
      if let condition = months.condition {
        let truth = evaluator.evaluate(condition, found)
        var kept = 0
        for index in 0..<found.count where truth[index] == 1 {
          for side in rows { side[kept] = side[index] }
          laneOf[kept] = laneOf[index]
          kept += 1
        }
        found.count = kept
      }
      if found.count > 0 { body(found, laneOf) }
      start = end
    }
  }
}
