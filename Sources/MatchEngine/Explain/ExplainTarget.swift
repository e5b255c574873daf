/// Whom an explanation is about, in the words of the cells.
struct ExplainTarget {
  /// Nil when the explanation is about a case as a whole.
  var person: Int64?
  /// Members of the cases, the person not among them.
  var members: Set<Int64> = []
  var cases: Set<MemberProof.CaseWord> = []
  /// What the case's number is called, and its type.
  var caseField: String
  var caseType: FieldType
}
