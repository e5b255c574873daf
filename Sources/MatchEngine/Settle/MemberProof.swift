/// Says of how many persons a case is proved to consist: a stop is proposed only where every one of them is concerned.
///
/// A case is uncertain when a row of the roll that belongs to it was rejected, has no usable identity number, or when
/// the delivered household size is larger than the number of rows.
struct MemberProof {
  /// Persons (identity number words) who are members on the day of the run, by case word.
  private(set) var members: [CaseWord: Set<Int64>] = [:]
  private(set) var uncertain: Set<CaseWord> = []
  /// A rejected row in which no case can be read makes every case uncertain.
  var isRollUncertain = false

  /// The two words of a case number's cell.
  struct CaseWord: Hashable {
    var first: Int64
    var second: Int64
  }

  mutating func addMember(_ person: Int64, of number: CaseWord) {
    if Cell.isUsable(person) {
      members[number, default: []].insert(person)
    } else {
      members[number, default: []].formUnion([])
      uncertain.insert(number)
    }
  }

  mutating func addSize(_ millionths: Int64, of number: CaseWord) {
    sizes[number] = max(sizes[number] ?? 0, millionths / 1_000_000)
  }

  mutating func addRejected(_ number: CaseWord) { uncertain.insert(number) }

  private var sizes: [CaseWord: Int64] = [:]

  /// True when the members of the case are known for certain and `persons` holds all of them.
  func isProved(_ number: CaseWord, persons: Set<Int64>) -> Bool {
    guard isCertain(number), let members = members[number], !members.isEmpty else { return false }
    return members.isSubset(of: persons)
  }

  func isCertain(_ number: CaseWord) -> Bool {
    // Rows without a case number are no case: nobody knows who else belongs to theirs.
    guard !isRollUncertain, Cell.isUsable(number.first), !uncertain.contains(number) else { return false }
    guard let size = sizes[number] else { return true }
    return size <= Int64(members[number]?.count ?? 0)
  }
}
