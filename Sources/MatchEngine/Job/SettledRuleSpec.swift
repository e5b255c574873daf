internal import Normalizers

/// The keys of a rule that make it a settled one, as written.
struct SettledRuleSpec {
  var version: Int?
  var category: JobText?
  var basis: [JobText] = []
  var validFrom: CalendarDate?
  var cases: [JobText] = []
  var needs: [JobText] = []
  var definitions: [NamedTextSpec] = []
  var evaluatedWhen: [NamedTextSpec] = []
  var exemptions: [ProofSpec] = []
  var contrary: [ProofSpec] = []
  var reasons: [NamedTextSpec] = []
  var identity: IdentitySpec?
  var grade: String?
  var lines: LinesSpec?
  var amount: JobText?
  var amountBasis: [ChoiceSpec] = []
  var severity: [ChoiceSpec] = []
  var proposals: [ChoiceSpec] = []
  var due: JobText?
  var flagKey: [JobText] = []
  var fact: JobText?
  var verify: JobText?
  var district: JobText?
  var reportedName: JobText?
  var impliedBy: [JobText] = []
  var alarm: AlarmSpec?
  var isList = false
}

/// `NAME: condition`, `NAME: {where: …}` or `NAME: {find: …}`.
struct ProofSpec {
  var name: JobText
  var condition: JobText?
  var find: FindSpec?
}

/// A word or number and the condition before it; no condition means always.
struct ChoiceSpec {
  var condition: JobText?
  var word: JobText
}

/// `identity:` as written.
struct IdentitySpec {
  var position: Position
  /// One name stands for both sides.
  var name: [JobText] = []
  var otherNames: [JobText] = []
  var doubts: [JobText] = []
  var hints: [JobText] = []
  var number: [JobText] = []
}

/// `lines:` as written.
struct LinesSpec {
  var position: Position
  var source: JobText?
  var alias: JobText?
  var key: [JobText] = []
  var from: JobText?
  var to: JobText?
  var condition: JobText?
  var month: JobText?
  var amount: JobText?
  var shown: [JobText] = []
}

/// `alarm:` as written.
struct AlarmSpec {
  var share: Double
  var atLeast = 1
  var group: JobText?
}
