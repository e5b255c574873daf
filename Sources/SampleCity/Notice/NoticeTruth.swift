extension NoticeCity {
  private static let truthHeader =
    "trap,verdict,rule,subject,case_no,id_no,account_no,severity,grade,proposal,reasons,months,amount,amount_basis"

  /// Writes `truth.csv` and then `truth.json`.
  func writeTruth(rows: [(file: String, rows: Int)], to sink: inout some CitySink) throws {
    var text = Array("\(Self.truthHeader)\n".utf8)
    var counts: [String: [Finding.Verdict: Int]] = [:]
    var unit = NoticeUnit()
    func add(_ finding: Finding) {
      append(finding, to: &text)
      counts[finding.trap, default: [:]][finding.verdict, default: 0] += 1
    }
    try sink.begin("truth.csv")
    for finding in TrapCatalogue.findings(of: variant) { add(finding) }
    for index in 0..<plantedCount {
      fill(&unit, index: index)
      for finding in unit.findings { add(finding) }
      if text.count > 1 << 20 {
        try sink.write(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    try sink.write(text)
    try sink.end()
    try write(json(rows: rows, counts: counts), as: "truth.json", to: &sink)
  }

  private func append(_ finding: Finding, to text: inout [UInt8]) {
    var cells = [finding.trap, finding.verdict.rawValue, finding.rule, finding.subject.rawValue]
    cells.append(finding.caseNumber?.text ?? "")
    var id: [UInt8] = []
    if let number = finding.id { id.append(identity: number) }
    cells.append(String(decoding: id, as: UTF8.self))
    cells.append(finding.account.map(String.init) ?? "")
    cells.append(finding.severity.map(String.init) ?? "")
    cells += [finding.grade, finding.proposal, finding.reasons.joined(separator: " ")]
    cells.append(finding.months.map(\.text).joined(separator: " "))
    var amount: [UInt8] = []
    if let hundredths = finding.amount {
      amount.append(digits: UInt64(hundredths / 100), width: 0)
      amount.append(UInt8(ascii: "."))
      amount.append(digits: UInt64(hundredths % 100), width: 2)
    }
    cells += [String(decoding: amount, as: UTF8.self), finding.basis]
    text.append(contentsOf: cells.joined(separator: ",").utf8)
    text.append(UInt8(ascii: "\n"))
  }

  private func json(rows: [(file: String, rows: Int)], counts: [String: [Finding.Verdict: Int]]) -> String {
    let fileLines = rows.map { "    \"\($0.file)\": \($0.rows)" }
    let trapLines = counts.sorted { $0.key < $1.key }.map { trap, verdicts in
      let parts = Finding.Verdict.allCases.compactMap { verdict in
        verdicts[verdict].map { "\"\(verdict.rawValue)\": \($0)" }
      }
      return "    \"\(trap)\": {\(parts.joined(separator: ", "))}"
    }
    return """
      {
        "generator": "match-run generate",
        "flavour": "notice",
        "variant": "\(variant.rawValue)",
        "scale": \(scaleText),
        "seed": \(seed),
        "as_of": "2026-10-31",
        "rows": {
      \(fileLines.joined(separator: ",\n"))
        },
        "traps": {
      \(trapLines.joined(separator: ",\n"))
        }
      }

      """
  }

  /// The scale as it is typed: without a fraction where there is none.
  var scaleText: String { scale == scale.rounded() ? "\(Int(scale))" : "\(scale)" }
}
