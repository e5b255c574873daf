/// A subject row, and the found row where there is one, for which a settled rule holds and nothing excuses it.
struct Candidate {
  var subject: UInt32
  var found: UInt32
  /// Row conditions that hold, by bit.
  var rowBits: UInt64 = 0
  /// 1 for A to 5 for E; 0 where nobody was identified.
  var grade = 0
  var gradeReasons: [String] = []
  var key: [UInt8] = []
  var caseID: [UInt8] = []
  var person: [UInt8] = []
  var name: [UInt8] = []
  var district: [UInt8] = []
  var evidence: [UInt8] = []
  var flagKey: [[UInt8]] = []
  /// Values of the fact sentence, in order.
  var fact: [[UInt8]] = []
  /// Names, and numbers of people and accounts, that evidence and fact may show.
  var identities: [[UInt8]] = []
  var evidenceDay = Cell.empty
  var due = Cell.empty
  /// Two words for each aggregate.
  var operands: [Int64] = []
  var lines: [CandidateLine] = []
  var caseWord = MemberProof.CaseWord(first: Cell.empty, second: 0)
  var personWord = Cell.empty
  var alarmWord: Int64 = 0

  init(subject: UInt32, found: UInt32) {
    self.subject = subject
    self.found = found
  }
}

/// A payment behind a candidate.
struct CandidateLine: Hashable {
  /// The row of the lines' relation, which tells equal payments apart.
  var row: UInt32
  var month: Int64
  var amount: Int64
  var shown: [[UInt8]]
}
