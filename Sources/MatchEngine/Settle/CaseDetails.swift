/// What the roll says of the person and the case of a flag beside its finding, for the lists for people.
struct CaseDetails {
  /// Fields of the roll that are shown, by their names in the job; a job that has none of them shows nothing.
  static let fieldNames = ["street", "program", "relation", "protected"]
  private static let yes: Set<String> = ["是", "1", "Y", "y", "true", "保护"]

  /// A row of the roll in a case that some flag names.
  private struct Row {
    var person: Int64
    var isActive: Bool
    /// In the order of `fieldNames`.
    var texts: [String]
  }

  private var rows: [MemberProof.CaseWord: [Row]] = [:]

  mutating func add(_ person: Int64, isActive: Bool, texts: [String], of number: MemberProof.CaseWord) {
    rows[number, default: []].append(Row(person: person, isActive: isActive, texts: texts))
  }

  /// Adds what is known of the case to a draft.
  func complete(_ draft: inout FlagDraft) {
    guard let known = rows[draft.caseWord] else { return }
    let active = known.filter(\.isActive)
    let persons = Set(active.map(\.person).filter(Cell.isUsable))
    draft.flag.detail.members = persons.count + active.count { !Cell.isUsable($0.person) }
    // The person's own row stands first, then an active one; of equal ones the least, whatever the order of delivery.
    func rank(_ row: Row) -> Int { (draft.persons.contains(row.person) ? 0 : 2) + (row.isActive ? 0 : 1) }
    let best = known.min { left, right in
      let (first, second) = (rank(left), rank(right))
      return first == second ? left.texts.lexicographicallyPrecedes(right.texts) : first < second
    }
    guard let best else { return }
    draft.flag.detail.street = best.texts[0]
    draft.flag.detail.program = best.texts[1]
    if draft.persons.contains(best.person), !draft.flag.idNumber.isEmpty { draft.flag.detail.relation = best.texts[2] }
    draft.flag.detail.isProtected = Self.yes.contains(best.texts[3])
  }
}
