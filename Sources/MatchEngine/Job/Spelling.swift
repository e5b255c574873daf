/// The second half of a message about an unknown word: the nearest known one, and all of them.
struct Spelling {
  /// More names than this are not listed.
  private static let listedCountMax = 48
  /// Longer words and lists are not searched for the nearest name: a job file may be hostile.
  private static let comparedLengthMax = 40
  private static let comparedCountMax = 500

  var known: [String]

  /// `known` in the order in which they should be listed.
  init(_ known: [String]) {
    self.known = known
  }

  /// `'a', 'b'` without quotes: `a, b, c`, cut where there are too many.
  var list: String {
    let listed = known.prefix(Self.listedCountMax).joined(separator: ", ")
    let rest = known.count - Self.listedCountMax
    return rest > 0 ? "\(listed) and \(rest) more" : listed
  }

  /// `; did you mean 'x'?`, or nothing.
  func suggestion(for word: String) -> String {
    nearest(to: word).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// The known name with the fewest typing mistakes between it and `word`, at most a third of its length.
  private func nearest(to word: String) -> String? {
    let letters = Array(word.lowercased().unicodeScalars)
    guard !letters.isEmpty, letters.count <= Self.comparedLengthMax else { return nil }
    var best: (name: String, distance: Int)?
    for name in known.prefix(Self.comparedCountMax) {
      let candidate = Array(name.lowercased().unicodeScalars)
      let limit = max(1, max(candidate.count, letters.count) / 3)
      guard candidate.count <= Self.comparedLengthMax, abs(candidate.count - letters.count) <= limit else { continue }
      let distance = Self.distance(letters, candidate)
      // Of two letters both may be wrong: a distance as long as the word says nothing.
      if distance <= limit, distance < candidate.count, distance < best?.distance ?? .max {
        best = (name, distance)
      }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[right.count]
  }
}
