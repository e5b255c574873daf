/// One flag of a settled rule: a lead for a person to verify, with all that it carries.
///
/// Texts are UTF-8 without control characters; values are canonical unless said.
package struct SettledFlag: Sendable, Hashable {
  /// Index into `Job.settled`.
  package var rule: Int
  /// 1 (a hint) to 5 (urgent).
  package var severity = 0
  /// Disposals, separated by blanks; a proposal, never a decision.
  package var proposal = ""
  /// A to E, or empty where nobody was identified.
  package var grade = ""
  /// Codes, sorted.
  package var reasons: [String] = []
  package var caseID = ""
  /// Canonical; the whole number.
  package var idNumber = ""
  package var name = ""
  package var district = ""
  /// Months since 0000-01, sorted, distinct.
  package var months: [Int32] = []
  /// Hundredths of a yuan; nil where no money is concerned.
  package var amount: Int64?
  /// FULL, RECALC or PER_CAPITA; empty without an amount.
  package var amountBasis = ""
  /// Days since 1970-01-01.
  package var due: Int32?
  /// One sentence in Chinese.
  package var fact = ""
  package var evidence = ""
  /// Names of the exemptions that were looked up; none of them held.
  package var exemptions: [String] = []
  /// What tells two flags of one rule and subject apart; stable over runs.
  package var flagKey: [String] = []
  /// Sorted by month, then text.
  package var lines: [Line] = []
  /// What lists for people show beside; nothing of it tells two flags apart.
  package var detail = LeadDetail()

  package init(rule: Int) { self.rule = rule }

  /// One payment, or other fact, behind the flag.
  package struct Line: Sendable, Hashable {
    package var month: Int32?
    package var amount: Int64?
    package var shown: [String]

    package init(month: Int32?, amount: Int64?, shown: [String]) {
      self.month = month
      self.amount = amount
      self.shown = shown
    }
  }
}

extension SettledFlag {
  /// The order of `flags.csv`: case, identity number, evidence, then the rest.
  static func precedes(_ left: SettledFlag, _ right: SettledFlag) -> Bool {
    func key(_ flag: SettledFlag) -> [String] {
      [flag.caseID, flag.idNumber, flag.evidence, flag.name, flag.district, flag.fact, flag.proposal]
        + flag.flagKey
    }
    let (a, b) = (key(left), key(right))
    for (x, y) in zip(a, b) where x != y { return x.utf8.lexicographicallyPrecedes(y.utf8) }
    return a.count < b.count
  }
}
