internal import Normalizers

/// Asks the rules of a job, one by one, about a person and the person's cases.
final class RuleInquiry {
  private let job: Job
  private let run: SettledRun
  private let relations: [HeldRelation?]
  private let compiler: SettledCompiler
  private let chinese: ExpressionInChinese
  private let values: CellTexts
  private let probe: RowProbe
  private let target: ExplainTarget
  private var matched: [MatchKey: [UInt32]] = [:]
  /// Of every rule: drafts of the person, of the case, and of its other members.
  private var drafts: [[FlagDraft]]

  private struct MatchKey: Hashable {
    var relation: Int
    var field: Int
    var isPerson: Bool
  }

  init(
    job: Job, run: SettledRun, relations: [HeldRelation?], compiler: SettledCompiler, chinese: ExpressionInChinese,
    values: CellTexts, target: ExplainTarget
  ) {
    self.job = job
    self.run = run
    self.relations = relations
    self.compiler = compiler
    self.chinese = chinese
    self.values = values
    self.target = target
    probe = RowProbe(run.makeEvaluator())
    drafts = Array(repeating: [], count: job.settled.count)
  }

  /// One answer a rule, in the job's order; `folder` says what the run itself made of each.
  func answers(_ folder: RunFolder, asOf day: CalendarDate) -> [RuleAnswer] {
    var answers = job.settled.indices.map { first($0, folder, asOf: day) }
    var settlement = Settlement(
      job: job, drafts: drafts, outcomes: Array(repeating: SettledOutcome(), count: job.settled.count))
    settlement.proveStops(run.proof)
    let proved = settlement.drafts
    settlement.dropImplied()
    for index in answers.indices where answers[index].verdict == .flagged {
      let left = settlement.drafts[index].filter(isAsked)
      answers[index].drafts = left.isEmpty ? proved[index].filter(isAsked) : left
      if left.isEmpty {
        answers[index].verdict = .implied
        let other = job.settled[index].impliedBy.first { id in
          job.settled.firstIndex { $0.id == id }.map { !settlement.drafts[$0].isEmpty } ?? false
        }
        let named = other ?? job.settled[index].impliedBy.joined(separator: "、")
        answers[index].reasons = ["条件都符合，但规则\(named)的线索已经包括这一情况，不重复提出。"]
      } else if let state = folder.rules[job.settled[index].id], state.state == Manifest.State.unknown.rawValue {
        answers[index].verdict = .heldBack
        answers[index].reasons = ["条件都符合，但同类线索过多，更可能是数据有误，线索暂不下发。"]
      }
    }
    return answers
  }

  private func isAsked(_ draft: FlagDraft) -> Bool {
    if let person = target.person, draft.persons.contains(person) { return true }
    // A flag that names neither, such as one about an account, is about whoever has a row in it.
    if draft.persons.isEmpty, !Cell.isUsable(draft.caseWord.first) { return true }
    return (draft.persons.isEmpty || target.person == nil) && target.cases.contains(draft.caseWord)
  }

  // MARK: - One rule

  private func first(_ number: Int, _ folder: RunFolder, asOf day: CalendarDate) -> RuleAnswer {
    let rule = job.settled[number]
    func answer(_ verdict: RuleAnswer.Verdict, _ reason: String) -> RuleAnswer {
      RuleAnswer(rule: number, verdict: verdict, reasons: [reason])
    }
    if folder.rules[rule.id] == nil { return answer(.notEvaluated, "这次运行没有包括这条规则。") }
    if let hindrance = rule.hindrance {
      return answer(.notEvaluated, "这次没有所需要的数据（\(hindrance.oneLine)）。")
    }
    if let validFrom = rule.validFrom, day.days < validFrom.days {
      return answer(.notEvaluated, "规则自\(validFrom.written)起施行，核对日\(day.written)在此之前。")
    }
    if let need = run.missingNeed(rule) {
      let (source, field) = (chinese.words.relation(need.source), chinese.words.field(need.field, of: need.source))
      return answer(.notEvaluated, "\(source)的文件里没有「\(field)」这一列。")
    }
    if let silent = run.silentSource(rule) {
      let fault = run.isEmpty(silent) ? "没有一条可用的记录" : "这次的数据在行数、时间或范围上不合要求"
      return answer(.unknown, "\(chinese.words.relation(silent))\(fault)，有没有情况都不能下结论。")
    }
    guard let subject = relations[rule.subject] else { return answer(.notEvaluated, "这条规则的数据没有读入。") }
    let (own, ofCase) = rows(of: rule)
    let place = chinese.words.relation(rule.subject)
    let asked = own.isEmpty && (rule.reportedPerson == nil || target.person == nil) ? ofCase : own
    let program = compiler.program(of: number)
    let all = Set(own).union(ofCase).sorted()
    let candidates = all.isEmpty ? [] : run.candidates(program, rows: all)
    if !candidates.isEmpty {
      drafts[number] = fold(candidates, program, rule, rows: Set(all))
      let found = drafts[number].filter(isAsked)
      if !found.isEmpty { return RuleAnswer(rule: number, verdict: .flagged, drafts: found) }
    }
    if asked.isEmpty {
      let whose = rule.reportedPerson == nil ? "此户" : "此人"
      return answer(.notFlagged, "\(place)中没有\(whose)的记录\(leftOut(of: rule.subject))。")
    }
    let left = Set(candidates.map(\.subject))
    var reasons: [RowReason] = []
    for row in asked {
      if left.contains(row) {
        reasons.append(afterFolding(rule))
      } else {
        reasons.append(reason(rule, program, (subject.store, row)))
      }
    }
    return summary(reasons, number, place: place)
  }

  /// The flags that the rows take part in, those of groups with other rows of the whole relation included.
  private func fold(
    _ candidates: [Candidate], _ program: SettledProgram, _ rule: SettledRule, rows: Set<UInt32>
  ) -> [FlagDraft] {
    guard rule.having != nil || !rule.fold.isEmpty else {
      return FlagFold(program: program, rule: rule, evaluator: run.makeEvaluator()).drafts(candidates)
    }
    return run.judge(program, rule).drafts.filter { !$0.subjects.isDisjoint(with: rows) }
  }

  // MARK: - Which rows

  /// Subject rows about the person, and about the cases.
  private func rows(of rule: SettledRule) -> (own: [UInt32], ofCase: [UInt32]) {
    let fields = job.relations[rule.subject].fields
    var own: Set<UInt32> = []
    if case .field(let reference, _)? = rule.reportedPerson, reference.side == .subject {
      own.formUnion(matching(rule.subject, reference.field, isPerson: true))
    } else {
      for (field, known) in fields.enumerated() where known.type == .residentID {
        own.formUnion(matching(rule.subject, field, isPerson: true))
      }
    }
    var ofCase: Set<UInt32> = []
    if case .field(let reference, _)? = rule.reportedCase, reference.side == .subject,
      fields[reference.field].type == target.caseType
    {
      ofCase.formUnion(matching(rule.subject, reference.field, isPerson: false))
    }
    for (field, known) in fields.enumerated() where known.name == target.caseField && known.type == target.caseType {
      ofCase.formUnion(matching(rule.subject, field, isPerson: false))
    }
    return (own.sorted(), ofCase.sorted())
  }

  private func matching(_ relation: Int, _ field: Int, isPerson: Bool) -> [UInt32] {
    let key = MatchKey(relation: relation, field: field, isPerson: isPerson)
    if let known = matched[key] { return known }
    var rows: [UInt32] = []
    if let held = relations[relation], let cell = held.layout.cells.first(where: { $0.field == field }) {
      let isWide = cell.type.wordCount == 2
      let wanted =
        isPerson ? [MemberProof.CaseWord(first: target.person ?? Cell.empty, second: 0)] : Array(target.cases)
      for value in wanted where Cell.isUsable(value.first) {
        for row in 0..<held.store.rowCount where held.store.word(cell.word, of: row) == value.first {
          if isWide, held.store.word(cell.word + 1, of: row) != value.second { continue }
          rows.append(UInt32(row))
        }
      }
    }
    matched[key] = rows
    return rows
  }

  // MARK: - Why not

  /// Why a row gave no flag: how far it came, and the sentence.
  private struct RowReason {
    var stage: Int
    var verdict: RuleAnswer.Verdict
    var text: String
    /// The row's own values, said where one row stands for a reason.
    var values = ""
  }

  private func reason(
    _ rule: SettledRule, _ program: SettledProgram, _ subject: (store: RowStore, row: UInt32)
  ) -> RowReason {
    let place = RowProbe.Place(subject: subject)
    let scope = SettledScope(subject: rule.subject)
    if let condition = rule.condition, let failed = failure(condition.conjuncts, scope, place) {
      return RowReason(
        stage: failed.index, verdict: failed.isUnknown ? .unknown : .notFlagged,
        text: failed.isUnknown ? "不能判断是否\(failed.text)" : "因为\(failed.text)", values: failed.values)
    }
    for named in rule.evaluatedWhen {
      guard let failed = failure(named.condition.conjuncts, scope, place) else { continue }
      return RowReason(
        stage: 1000, verdict: .notEvaluated,
        text: "不评估（\(named.name)），因为\(failed.isUnknown ? "不能判断是否" : "")\(failed.text)", values: failed.values)
    }
    guard let find = rule.find, let query = program.find, let held = relations[find.relation] else {
      return excused(rule, program, [place], scope) ?? RowReason(stage: 4000, verdict: .notFlagged, text: "没有形成线索")
    }
    let name = chinese.words.relation(find.relation)
    let key = find.key.map { "「\(chinese.words.field($0.subjectField, of: rule.subject))」" }.joined(separator: "和")
    guard let rows = probe.rows(query, subject) else {
      return RowReason(
        stage: 2000, verdict: .notEvaluated, text: "\(key)为空或者无法识别，不能在\(name)中查找")
    }
    guard !rows.isEmpty else {
      return RowReason(stage: 2000, verdict: .notFlagged, text: "\(name)中没有\(key)相同的记录\(leftOut(of: find.relation))")
    }
    let pairScope = SettledScope(subject: rule.subject, found: find.relation)
    let pairs = rows.map { RowProbe.Place(subject: subject, found: (held.store, $0)) }
    let terms = find.condition?.conjuncts ?? []
    let failures = pairs.map { failure(terms, pairScope, $0) }
    if rule.kind == .absence {
      return excused(rule, program, [place], scope)
        ?? RowReason(stage: 3500, verdict: .notFlagged, text: "\(name)中有\(key)相同、条件也符合的记录")
    }
    let holding = zip(pairs, failures).filter { $1 == nil }.map(\.0)
    if !holding.isEmpty {
      return excused(rule, program, holding, pairScope)
        ?? RowReason(stage: 4000, verdict: .notFlagged, text: "在\(name)中取用的那一条记录不形成线索")
    }
    let furthest = failures.compactMap(\.self).max { $0.index < $1.index }
    guard let furthest else { return RowReason(stage: 2000, verdict: .notFlagged, text: "\(name)中没有记录") }
    return RowReason(
      stage: 3000 + furthest.index, verdict: furthest.isUnknown ? .unknown : .notFlagged,
      text: "\(name)中有\(key)相同的记录，但\(furthest.isUnknown ? "不能判断是否" : "")\(furthest.text)",
      values: furthest.values)
  }

  /// The first exemption that holds.
  private func excused(
    _ rule: SettledRule, _ program: SettledProgram, _ places: [RowProbe.Place], _ scope: SettledScope
  ) -> RowReason? {
    for (named, compiled) in zip(rule.exemptions, program.exemptions) {
      for place in places where probe.truth(compiled.condition, place) == .yes {
        return RowReason(
          stage: 5000, verdict: .excused,
          text: "例外成立（\(named.name)）：\(chinese.condition(named.condition, scope))",
          values: values.shown(in: named.condition, scope, place))
      }
    }
    return nil
  }

  /// Candidates were there, and no flag came of them.
  private func afterFolding(_ rule: SettledRule) -> RowReason {
    let scope = SettledScope(subject: rule.subject, found: rule.kind == .absence ? nil : rule.find?.relation)
    guard let having = rule.having else {
      let inner = rule.lines?.relation.map { relation in
        var inner = scope
        inner.lookups = [relation]
        return inner
      }
      if let lines = rule.lines, let relation = lines.relation, let condition = lines.condition, let inner {
        return RowReason(
          stage: 6000, verdict: .notFlagged,
          text: "\(chinese.words.relation(relation))中没有"
            + (chinese.short(condition, inner).map { "这样的记录：\($0)" } ?? "符合规则所列条件的记录"))
      }
      return RowReason(stage: 6000, verdict: .notFlagged, text: "没有涉及的发放")
    }
    return RowReason(stage: 6000, verdict: .notFlagged, text: "合并计算后不符合条件：\(chinese.condition(having, scope))")
  }

  /// The first term that is false; where none is, the first that is unknown.
  private func failure(
    _ terms: [Expression], _ scope: SettledScope, _ place: RowProbe.Place
  ) -> (index: Int, isUnknown: Bool, text: String, values: String)? {
    let terms = chosen(terms, scope, place)
    var unknown: Int?
    for (index, term) in terms.enumerated() {
      switch probe.truth(compiler.condition(term, scope), place) {
      case .yes: continue
      case .unknown: unknown = unknown ?? index
      case .no:
        let parts = [values.shown(in: term, scope, place), computed(in: term, scope, place)].filter { !$0.isEmpty }
        return (index, false, chinese.condition(term, scope, isNegated: true), parts.joined(separator: "，"))
      }
    }
    return unknown.map { index in
      (index, true, chinese.condition(terms[index], scope), values.missing(in: terms[index], scope, place))
    }
  }

  /// The terms with, in place of each `if(condition, a, b)`, those that count for these rows.
  private func chosen(_ terms: [Expression], _ scope: SettledScope, _ place: RowProbe.Place) -> [Expression] {
    terms.flatMap { term -> [Expression] in
      guard case .call(.choose, let parts) = term, parts.count == 3 else { return [term] }
      let holds = probe.truth(compiler.condition(parts[0], scope), place) == .yes
      return chosen(parts[holds ? 1 : 2].conjuncts, scope, place)
    }
  }

  /// What was computed for the sides of a comparison.
  private func computed(in term: Expression, _ scope: SettledScope, _ place: RowProbe.Place) -> String {
    guard case .compare(_, let left, let right) = term else { return "" }
    var parts: [String] = []
    for side in [left, right] {
      switch side {
      case .field, .literal, .asOf, .missing: continue
      default: break
      }
      switch side.valueType {
      case .money, .number, .date, .month:
        let word = probe.word(compiler.value(side, scope), place)
        var bytes: [UInt8] = []
        FlagWriter.write(word, 0, as: side.valueType, into: &bytes)
        if !bytes.isEmpty { parts.append("算出的是\(String(decoding: bytes, as: UTF8.self))") }
      case .id, .name, .account, .text, .code, .boolean: continue
      }
    }
    return parts.joined(separator: "，")
  }

  /// Rows of the sources of a view that are about the person or the case and that the view leaves out, one sentence
  /// each kind.
  private func leftOut(of relation: Int) -> String {
    guard relation >= job.sources.count, relation < job.calendar else { return "" }
    var sentences: [String] = []
    var inner = ""
    for part in job.views[relation - job.sources.count].parts {
      // Views that a rule asks together leave out nothing themselves.
      if part.condition == nil, part.relation >= job.sources.count { inner += leftOut(of: part.relation) }
      guard let held = relations[part.relation], let condition = part.condition else { continue }
      let scope = SettledScope(subject: part.relation)
      var rows: Set<UInt32> = []
      for (field, known) in job.relations[part.relation].fields.enumerated() {
        if known.type == .residentID, target.person != nil {
          rows.formUnion(matching(part.relation, field, isPerson: true))
        } else if target.person == nil || known.name == target.caseField, known.type == target.caseType,
          known.name == target.caseField
        {
          rows.formUnion(matching(part.relation, field, isPerson: false))
        }
      }
      for row in rows.sorted() {
        let place = RowProbe.Place(subject: (held.store, row))
        guard let failed = failure(condition.conjuncts, scope, place) else { continue }
        let values = failed.values.isEmpty ? "" : "（\(failed.values)）"
        let sentence =
          "\(chinese.words.relation(part.relation))中的记录不算在内，因为"
          + (failed.isUnknown ? "不能判断是否" : "") + failed.text + values
        if !sentences.contains(sentence) { sentences.append(sentence) }
      }
    }
    guard !sentences.isEmpty else { return inner }
    let rest = sentences.count > Self.leftOutCountMax ? "；等等" : ""
    return "；" + sentences.prefix(Self.leftOutCountMax).joined(separator: "；") + rest + inner
  }

  private static let leftOutCountMax = 3

  /// One sentence a reason; the row that came furthest first.
  private func summary(_ reasons: [RowReason], _ rule: Int, place: String) -> RuleAnswer {
    var counts: [(reason: RowReason, count: Int)] = []
    for reason in reasons {
      if let known = counts.firstIndex(where: { $0.reason.text == reason.text }) {
        counts[known].count += 1
      } else {
        counts.append((reason, 1))
      }
    }
    counts.sort { $0.reason.stage > $1.reason.stage }
    let verdict: RuleAnswer.Verdict =
      [.excused, .unknown, .notFlagged, .notEvaluated].first { verdict in
        counts.contains { $0.reason.verdict == verdict }
      } ?? .notFlagged
    let shown = counts.prefix(Self.reasonCountMax).map { entry -> String in
      let number = reasons.count > 1 ? "\(place)中的\(entry.count)条记录：" : ""
      let values = entry.count == 1 && !entry.reason.values.isEmpty ? "（\(entry.reason.values)）" : ""
      return number + entry.reason.text + values + "。"
    }
    let rest = counts.dropFirst(Self.reasonCountMax).reduce(0) { $0 + $1.count }
    return RuleAnswer(
      rule: rule, verdict: verdict, reasons: shown + (rest > 0 ? ["另有\(rest)条记录因其他条件不形成线索。"] : []))
  }

  private static let reasonCountMax = 4
}
