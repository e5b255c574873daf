/// A settled rule with its expressions turned into conditions and values over held rows.
struct SettledProgram {
  /// Index into `Job.settled`.
  var rule: Int
  var subject: HeldRelation
  var condition: CellCondition?
  var evaluatedWhen: [(name: String, condition: CellCondition)] = []
  var find: PairFinder.Query?
  var kind: RuleKind
  var keep = Keep.all
  var exemptions: [(name: String, condition: CellCondition)] = []
  var identity: Identity?
  /// Conditions over a candidate and over a folded group that choices refer to.
  var rowConditions: [CellCondition] = []
  var groupConditions: [CellCondition] = []
  var contrary: [Int] = []
  var reasons: [(code: String, condition: Condition)] = []
  var severity: [(condition: Condition, value: Int, isRelative: Bool)] = []
  var proposals: [(condition: Condition, word: String)] = []
  var amountBasis: [(condition: Condition, word: String)] = []
  var having: CellCondition?
  /// `having` asks for nothing but aggregates, so that it can be judged before candidates are described.
  var havingIsOfAggregates = false
  var aggregates: [(function: Aggregate, operand: CellValue?, isWide: Bool)] = []
  /// Over the group: its results lie in cells, its first candidate in the sides.
  var amount: CellValue?
  /// Values of the group that are shown: pieces of the fact, evidence, the due day.
  var groupValues: [(value: CellValue, type: ValueType)] = []
  /// Which of them are evidence, in order; which is the due day.
  var groupEvidence: [Int] = []
  var groupDue: Int?
  var due: CellValue?
  var key: [ShownTerm] = []
  var caseID: ShownTerm?
  var person: ShownTerm?
  var name: ShownTerm?
  var district: ShownTerm?
  var flagKey: [ShownTerm] = []
  var evidence: [ShownTerm] = []
  var fact: [Piece] = []
  /// Everything in evidence and fact that tells who somebody is.
  var identities: [ShownTerm] = []
  /// The first day that the evidence shows of the found row.
  var evidenceDay: CellValue?
  /// The case's and the person's cells.
  var caseValue: (value: CellValue, isWide: Bool)?
  var personValue: CellValue?
  var lines: Lines?
  var alarmGroup: (value: CellValue, isWide: Bool)?
  var alarmShare: Double?

  enum Keep {
    case all, any
    case earliest(CellValue)
    case latest(CellValue)
  }

  /// What a choice depends on.
  enum Condition: Hashable {
    case always
    case row(Int)
    case group(Int)
    case reason(String)
    case belowB
  }

  enum Piece {
    case text([UInt8])
    case value(ShownTerm)
    /// A value of the group.
    case group(Int)
    case attribute(String)
  }

  struct Lines {
    /// Nil when the candidate's own row is the line, or when there is one for each month.
    var query: PairFinder.Query?
    var months: Months?
    var month: CellValue?
    var amount: CellValue?
    var shown: [ShownTerm]
  }

  /// Lines of the calendar months between two ends.
  struct Months {
    var from: CellValue
    var to: CellValue
    var calendar: HeldRelation
    var side: Int
    var condition: CellCondition?
  }

  struct Identity {
    var subjectName: CellText?
    var foundName: CellText?
    /// Each with the name it is compared with.
    var otherNames: [(name: CellText, with: CellText?)]
    var doubts: [String]
    var hints: [String] = []
    /// Sides and words of the numbers' reason codes.
    var notes: [(side: Int, word: Int)]
  }
}
