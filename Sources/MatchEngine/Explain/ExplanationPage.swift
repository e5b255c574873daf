internal import Normalizers

/// Writes an explanation as lines of Chinese text that a window clerk can read out.
struct ExplanationPage {
  let job: Job
  let words: ExplainWords
  let veil: IdentityVeil
  let asOf: CalendarDate

  private var head: String { "核对结果说明（核对日\(asOf.written)，以当时的数据文件为准）\n" }

  /// The person stands in none of the sources.
  func nobody(files: [String: [Manifest.File]]) -> String {
    var text = head + "\n在下列数据中都没有这个身份证号码，所以没有任何规则涉及此人：\n"
    for (number, source) in job.sources.enumerated() {
      let names = (files[source.name] ?? []).map(\.path.oneLine)
      let shown = names.count > 3 ? "\(names[0])等\(names.count)个文件" : names.joined(separator: "、")
      text += "  \(words.relation(number))（\(shown)）\n"
    }
    return text
  }

  /// A flag that names neither a person nor a case: what stands in its line.
  func line(_ flag: RunFolder.Flag) -> String {
    var text = head + "\n[有线索] \(flag.cell(.rule))\n"
    let cells: [(String, FlagAttribute)] = [
      ("事实", .fact), ("依据的记录", .evidence), ("涉及金额", .amount), ("涉及月份", .months), ("依据", .basis)
    ]
    for (label, attribute) in cells where !flag.cell(attribute).isEmpty {
      text += "  \(label)：\(veil.sentence(flag.cell(attribute)))\n"
    }
    return text + "\n这条线索不指明某一人或某一户；要问其中一人，请按身份证号查询（--person -）。\n"
  }

  func text(
    number: String, name: String, cases: [String], flag: RunFolder.Flag?, timeline: [String], answers: [RuleAnswer],
    written: [String: [RunFolder.Flag]], chinese: ExpressionInChinese
  ) -> String {
    var text = head + "\n一、对象\n"
    if !number.isEmpty {
      let shownName = name.isEmpty ? "不详" : veil.value(name, .personName, isOwn: true)
      text += "  姓名\(shownName)，身份证号\(veil.value(number, .residentID, isOwn: true))\n"
    }
    text += cases.isEmpty ? "  没有所在的户\n" : "  所在户：\(cases.map(\.oneLine).joined(separator: "、"))\n"
    text += "\n二、经过（本人和本户，按日期）\n"
    for line in timeline { text += "  \(line)\n" }
    text += "\n三、各条规则\n"
    let first = flag?.cell(.rule)
    // The flag that was asked about, then what was found, then the rest.
    let sorted = answers.sorted { left, right in
      let (a, b) = (rank(left, first), rank(right, first))
      return a == b ? left.rule < right.rule : a < b
    }
    for answer in sorted {
      let rule = job.settled[answer.rule]
      text += "  [\(Self.word(answer.verdict))] \(rule.id)\(rule.title.isEmpty ? "" : " \(rule.title)")\n"
      for reason in answer.reasons { text += "    \(veil.sentence(reason))\n" }
      for draft in answer.drafts {
        for line in lines(draft, rule, written[rule.id] ?? [], answer.verdict, chinese) { text += "    \(line)\n" }
      }
    }
    return text + "\n以上是供核查的线索和原因，不是处理决定。\n"
  }

  private func rank(_ answer: RuleAnswer, _ first: String?) -> Int {
    if job.settled[answer.rule].id == first { return 0 }
    switch answer.verdict {
    case .flagged: return 1
    case .implied, .heldBack: return 2
    case .excused: return 3
    case .unknown: return 4
    case .notFlagged: return 5
    case .notEvaluated: return 6
    }
  }

  private static func word(_ verdict: RuleAnswer.Verdict) -> String {
    switch verdict {
    case .flagged: "有线索"
    case .implied: "已由其他线索包括"
    case .heldBack: "线索暂不下发"
    case .excused: "例外，不提线索"
    case .unknown: "不能判断"
    case .notFlagged: "没有线索"
    case .notEvaluated: "没有评估"
    }
  }

  private func lines(
    _ draft: FlagDraft, _ rule: SettledRule, _ written: [RunFolder.Flag], _ verdict: RuleAnswer.Verdict,
    _ chinese: ExpressionInChinese
  ) -> [String] {
    let flag = draft.flag
    let same = written.filter { $0.cell(.caseID) == flag.caseID && $0.cell(.idNumber) == flag.idNumber }
    var lines: [String] = []
    let hasSubject = !flag.caseID.isEmpty || !flag.idNumber.isEmpty
    if let line = same.first(where: { $0.cell(.evidence) == flag.evidence }) ?? (hasSubject ? same.first : nil) {
      let id = line.cell(.flagID)
      lines.append("线索编号：\(id.isEmpty ? "\(rule.id):\(line.line)" : id)")
    } else if verdict == .flagged {
      lines.append("这条线索不在flags.csv中：运行时因同类线索过多而暂不下发。")
    }
    func add(_ label: String, _ text: String) {
      if !text.isEmpty { lines.append("\(label)：\(text)") }
    }
    add("事实", veil.sentence(flag.fact))
    add("依据的记录", veil.sentence(flag.evidence))
    add("身份把握程度", LeadWords.grade(flag.grade))
    add("说明", flag.reasons.map(LeadWords.reason).joined(separator: "；"))
    add("程度", flag.severity == 0 ? "" : LeadWords.severity(flag.severity))
    add("建议", LeadWords.proposal(flag.proposal))
    if let amount = SettledFlagLines.text(of: .amount, flag, rule).nonEmpty {
      add("涉及金额", "\(amount)元（\(LeadWords.amountBasis(flag.amountBasis))）")
    }
    add("涉及月份", flag.months.isEmpty ? "" : SettledFlagLines.text(of: .months, flag, rule))
    add("期限", SettledFlagLines.text(of: .due, flag, rule))
    let scope = SettledScope(subject: rule.subject, found: rule.kind == .absence ? nil : rule.find?.relation)
    for exemption in rule.exemptions {
      add("已查例外，不成立（\(exemption.name)）", chinese.condition(exemption.condition, scope))
    }
    add("核查要点", rule.verify)
    add("依据", rule.basis.joined(separator: "；"))
    return lines
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
