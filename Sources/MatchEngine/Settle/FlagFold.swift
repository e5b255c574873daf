internal import Normalizers

/// Folds the candidates of one rule to flags.
struct FlagFold {
  let program: SettledProgram
  let rule: SettledRule
  let evaluator: CellEvaluator

  /// More pieces of evidence than this are counted, not shown.
  private static let evidenceCountMax = 20

  /// Candidates of one flag; the first stands for all where a single row is asked for.
  private struct Group {
    var candidates: ArraySlice<Candidate>
    var bits: UInt64 = 0
    var groupBits: UInt64 = 0
    var isKept = true
    var amount: Int64?
    var values: [Int64] = []
    var lines: [CandidateLine] = []
  }

  /// The drafts of `candidates`, whatever their order.
  func drafts(_ candidates: [Candidate]) -> [FlagDraft] {
    let sorted = candidates.map { (sortKey($0), $0) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
    var groups: [Group] = []
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].key == sorted[start].key { end += 1 }
      var group = Group(candidates: sorted[start..<end])
      for candidate in group.candidates { group.bits |= candidate.rowBits }
      group.lines = Self.lines(of: group.candidates)
      group.isKept = program.lines?.query == nil || !group.lines.isEmpty
      groups.append(group)
      start = end
    }
    evaluate(&groups)
    return groups.filter(\.isKept).map(draft)
  }

  /// The keys of the groups for which `having`, which is about aggregates alone, holds.
  func keptKeys(_ candidates: [[Candidate]]) -> Set<[UInt8]> {
    guard let having = program.having else { return [] }
    var numbers: [[UInt8]: Int] = [:]
    var members: [[[Int64]]] = []
    for candidate in candidates.joined() {
      if let known = numbers[candidate.key] {
        members[known].append(candidate.operands)
      } else {
        numbers[candidate.key] = members.count
        members.append([candidate.operands])
      }
    }
    let cells = FlatArray<Int64>(repeating: 0, count: (program.aggregates.count * 2 + 2) * RecordBatch.capacity)
    let all = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    defer {
      cells.deallocate()
      all.deallocate()
    }
    var isKept = Array(repeating: false, count: members.count)
    for start in stride(from: 0, to: members.count, by: RecordBatch.capacity) {
      let count = min(RecordBatch.capacity, members.count - start)
      for lane in 0..<count {
        for (number, aggregate) in program.aggregates.enumerated() {
          cells[number * 2 * RecordBatch.capacity + lane] = Self.result(aggregate, number, members[start + lane])
        }
        all[lane] = UInt32(lane)
      }
      var lanes = CellEvaluator.Lanes(count: count)
      lanes.cells = cells
      lanes.records = all
      let truth = evaluator.evaluate(having, lanes)
      for lane in 0..<count { isKept[start + lane] = truth[lane] == 1 }
    }
    return Set(numbers.lazy.filter { isKept[$0.value] }.map(\.key))
  }

  private func sortKey(_ candidate: Candidate) -> [UInt8] {
    var key = candidate.key
    for part in [candidate.evidence, candidate.caseID, candidate.person, candidate.name, candidate.district]
      + candidate.fact
    {
      key.append(0)
      key += part
    }
    return key
  }

  private static func lines(of candidates: ArraySlice<Candidate>) -> [CandidateLine] {
    var seen: Set<UInt32> = []
    var lines: [CandidateLine] = []
    for candidate in candidates {
      for line in candidate.lines where seen.insert(line.row).inserted { lines.append(line) }
    }
    return lines
  }

  // MARK: - What is said about a group

  private func evaluate(_ groups: inout [Group]) {
    guard
      program.having != nil || program.amount != nil || !program.groupConditions.isEmpty
        || !program.groupValues.isEmpty
    else { return }
    // Two words for each aggregate, then the sum and the number of the lines.
    let slotCount = program.aggregates.count * 2 + 2
    let cells = FlatArray<Int64>(repeating: 0, count: slotCount * RecordBatch.capacity)
    let all = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    let subjects = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    let founds = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    defer {
      cells.deallocate()
      all.deallocate()
      subjects.deallocate()
      founds.deallocate()
    }
    var start = 0
    while start < groups.count {
      let count = min(RecordBatch.capacity, groups.count - start)
      for lane in 0..<count {
        let group = groups[start + lane]
        for (number, aggregate) in program.aggregates.enumerated() {
          cells[number * 2 * RecordBatch.capacity + lane] = Self.result(
            aggregate, number, group.candidates.map(\.operands))
        }
        let lineSlot = program.aggregates.count * 2 * RecordBatch.capacity
        cells[lineSlot + lane] = Self.sum(group.lines) ?? Cell.empty
        cells[lineSlot + RecordBatch.capacity + lane] = Int64(group.lines.count) * 1_000_000
        let first = group.candidates[group.candidates.startIndex]
        subjects[lane] = first.subject
        founds[lane] = first.found
        all[lane] = UInt32(lane)
      }
      var lanes = CellEvaluator.Lanes(count: count)
      lanes.cells = cells
      lanes.records = all
      let foundStore = program.kind == .absence ? nil : program.find?.table.store
      lanes.sides = [
        CellEvaluator.LaneSide(store: program.subject.store, rows: subjects),
        CellEvaluator.LaneSide(store: foundStore ?? program.subject.store, rows: founds)
      ]
      if let having = program.having {
        let truth = evaluator.evaluate(having, lanes)
        for lane in 0..<count where truth[lane] != 1 { groups[start + lane].isKept = false }
      }
      for (bit, condition) in program.groupConditions.enumerated() {
        let truth = evaluator.evaluate(condition, lanes)
        for lane in 0..<count where truth[lane] == 1 { groups[start + lane].groupBits |= 1 << UInt64(bit) }
      }
      if let amount = program.amount {
        evaluator.begin()
        let words = evaluator.add(amount, isWide: false, lanes).first
        for lane in 0..<count where Cell.isUsable(words[lane]) { groups[start + lane].amount = words[lane] }
      }
      for shown in program.groupValues {
        evaluator.begin()
        let words = evaluator.add(shown.value, isWide: false, lanes).first
        for lane in 0..<count { groups[start + lane].values.append(words[lane]) }
      }
      start += count
    }
  }

  private func text(ofValue number: Int, _ group: Group) -> String {
    var bytes: [UInt8] = []
    FlagWriter.write(group.values[number], 0, as: program.groupValues[number].type, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func sum(_ lines: [CandidateLine]) -> Int64? {
    let amounts = lines.map(\.amount).filter(Cell.isUsable)
    return amounts.isEmpty ? nil : amounts.reduce(0, &+)
  }

  private static func result(
    _ aggregate: (function: Aggregate, operand: CellValue?, isWide: Bool), _ number: Int,
    _ operands: [[Int64]]
  ) -> Int64 {
    guard aggregate.operand != nil else { return Int64(operands.count) * 1_000_000 }
    let words = operands.map { [$0[number * 2], $0[number * 2 + 1]] }.filter { Cell.isUsable($0[0]) }
    switch aggregate.function {
    case .count: return Int64(words.count) * 1_000_000
    case .countDistinct: return Int64(Set(words).count) * 1_000_000
    case .sum: return words.isEmpty ? Cell.empty : words.reduce(0) { $0 &+ $1[0] }
    case .min: return words.map { $0[0] }.min() ?? Cell.empty
    case .max: return words.map { $0[0] }.max() ?? Cell.empty
    }
  }

  // MARK: - The flag

  private func draft(_ group: Group) -> FlagDraft {
    let first = group.candidates[group.candidates.startIndex]
    let best = group.candidates.min { $0.grade < $1.grade } ?? first
    var grade = best.grade
    var reasons = Set(best.gradeReasons)
    let isContrary = program.contrary.contains { group.bits >> UInt64($0) & 1 == 1 }
    if isContrary {
      reasons.insert("CONFLICTING_SOURCES")
      // A row with the same number is never worse than C, whatever speaks against it.
      if grade > 0 { grade = max(grade, min(grade + 1, 3)) }
    }
    func holds(_ condition: SettledProgram.Condition) -> Bool {
      switch condition {
      case .always: true
      case .row(let bit): group.bits >> UInt64(bit) & 1 == 1
      case .group(let bit): group.groupBits >> UInt64(bit) & 1 == 1
      case .reason(let code): reasons.contains(code)
      case .belowB: grade >= 3
      }
    }
    for (code, condition) in program.reasons where holds(condition) { reasons.insert(code) }
    if grade > 0 {
      for doubt in program.identity?.doubts ?? [] where reasons.contains(doubt) {
        grade = max(grade, min(grade + 1, 3))
      }
      if program.identity?.hints.contains(where: reasons.contains) == true { grade = 4 }
    }

    var flag = SettledFlag(rule: program.rule)
    for step in program.severity where holds(step.condition) {
      flag.severity = step.isRelative ? flag.severity + step.value : step.value
    }
    flag.severity = min(max(flag.severity, 1), 5)
    for choice in program.proposals where holds(choice.condition) { flag.proposal = choice.word }
    if isContrary, grade < 3 || best.grade < 3 { flag.proposal = "REVIEW" }
    flag.grade = IdentityGrade.letter(grade > 0 ? grade : rule.grade)
    flag.reasons = reasons.sorted()
    flag.caseID = String(decoding: first.caseID, as: UTF8.self)
    flag.idNumber = String(decoding: first.person, as: UTF8.self)
    flag.name = String(decoding: first.name, as: UTF8.self)
    flag.district = String(decoding: first.district, as: UTF8.self)
    flag.flagKey = first.flagKey.map { String(decoding: $0, as: UTF8.self) }
    flag.exemptions = program.exemptions.map(\.name)
    if Cell.isUsable(first.due) { flag.due = Int32(truncatingIfNeeded: first.due) }
    flag.lines = group.lines.map { line in
      SettledFlag.Line(
        month: Cell.isUsable(line.month) ? Int32(truncatingIfNeeded: line.month) : nil,
        amount: Cell.isUsable(line.amount) ? line.amount : nil,
        shown: line.shown.map { String(decoding: $0, as: UTF8.self) })
    }.sorted(by: Self.precedes)
    flag.months = Set(flag.lines.compactMap(\.month)).sorted()
    flag.amount = program.amount == nil ? Self.sum(group.lines) : group.amount
    if flag.amount != nil {
      for choice in program.amountBasis where holds(choice.condition) { flag.amountBasis = choice.word }
    }
    if let number = program.groupDue, Cell.isUsable(group.values[number]) {
      flag.due = Int32(truncatingIfNeeded: group.values[number])
    }
    flag.evidence = Self.evidence(group.candidates)
    for number in program.groupEvidence { flag.evidence += "|" + text(ofValue: number, group) }
    flag.fact = fact(first, flag, group)
    let identities = Set(group.candidates.flatMap(\.identities))
    flag.detail.shownNames = identities.map { String(decoding: $0, as: UTF8.self) }.sorted()
    let days = group.candidates.map(\.evidenceDay).filter(Cell.isUsable)
    flag.detail.evidenceDate = days.max().map { Int32(truncatingIfNeeded: $0) }
    return FlagDraft(
      flag: flag, persons: Set(group.candidates.map(\.personWord).filter(Cell.isUsable)), caseWord: first.caseWord,
      subjects: Set(group.candidates.map(\.subject)), alarmWord: first.alarmWord)
  }

  private static func precedes(_ left: SettledFlag.Line, _ right: SettledFlag.Line) -> Bool {
    let (a, b) = (left.month ?? .max, right.month ?? .max)
    if a != b { return a < b }
    if left.shown != right.shown { return left.shown.lexicographicallyPrecedes(right.shown) }
    return (left.amount ?? 0) < (right.amount ?? 0)
  }

  private static func evidence(_ candidates: ArraySlice<Candidate>) -> String {
    var texts: [[UInt8]] = []
    for candidate in candidates where texts.last != candidate.evidence { texts.append(candidate.evidence) }
    var shown = texts.prefix(evidenceCountMax).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ";")
    if texts.count > evidenceCountMax { shown += ";…+\(texts.count - evidenceCountMax)" }
    return shown
  }

  private func fact(_ candidate: Candidate, _ flag: SettledFlag, _ group: Group) -> String {
    var values = candidate.fact[...]
    return program.fact.map { piece in
      switch piece {
      case .text(let bytes): String(decoding: bytes, as: UTF8.self)
      case .value: String(decoding: values.popFirst() ?? [], as: UTF8.self)
      case .group(let number): text(ofValue: number, group)
      case .attribute(let name): Self.attribute(name, of: flag)
      }
    }.joined()
  }

  private static func attribute(_ name: String, of flag: SettledFlag) -> String {
    var bytes: [UInt8] = []
    switch name {
    case "grade": return flag.grade
    case "amount": if let amount = flag.amount { Amount(cents: amount).write(into: &bytes) }
    case "line_count": return String(flag.lines.count)
    case "months": bytes = ranges(flag.months)
    default: return ""
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Months in order, runs of more than two as `2026-03至2026-10`.
  private static func ranges(_ months: [Int32]) -> [UInt8] {
    var bytes: [UInt8] = []
    var start = 0
    while start < months.count {
      var end = start
      while end + 1 < months.count, months[end + 1] == months[end] + 1 { end += 1 }
      if end == start + 1 { end = start }
      if start > 0 { bytes += Array("、".utf8) }
      CalendarMonth(months: months[start]).write(into: &bytes)
      if end > start {
        bytes += Array("至".utf8)
        CalendarMonth(months: months[end]).write(into: &bytes)
      }
      start = end + 1
    }
    return bytes
  }
}
