/// Subjects whose number was corrected: an open flag goes on under the number it was raised for first.
package struct SubjectAliases: Sendable {
  /// New number → the numbers that it replaced.
  private var earlier: [String: [String]] = [:]

  package init() {}

  /// Takes pairs of canonical numbers; a pair of equal ones says nothing.
  package init(_ pairs: [(old: String, new: String)]) {
    for pair in pairs where pair.old != pair.new { earlier[pair.new, default: []].append(pair.old) }
  }

  /// The first number of the chain that leads to `subject`; where two numbers became one, or the chain is a ring, the
  /// least of those that come into question.
  package func first(of subject: String) -> String {
    guard earlier[subject] != nil else { return subject }
    var seen: Set<String> = [subject]
    var open = [subject]
    var beginnings: [String] = []
    while let number = open.popLast() {
      guard let olds = earlier[number] else {
        beginnings.append(number)
        continue
      }
      for old in olds where seen.insert(old).inserted { open.append(old) }
    }
    let choices = beginnings.isEmpty ? Array(seen) : beginnings
    return choices.min { $0.utf8.lexicographicallyPrecedes($1.utf8) } ?? subject
  }
}
