/// Which column of a file each field of a source reads.
package struct ColumnBinding: Sendable {
  /// The column of each field, in the order of the fields; nil for one that is not there and need not be.
  package internal(set) var columns: [Int?]
  package internal(set) var problems: [Problem] = []

  /// Why a field has no column; the user's mistake, or the supplier's.
  package struct Problem: Hashable, Sendable {
    /// Index into the fields that were bound.
    package var field: Int
    /// Where the job file declares the field.
    package var position: Position
    /// What is wrong and what would be right, without file and position.
    package var message: String
  }
}

extension SourceLayout {
  /// Finds the column of every field.
  ///
  /// `column:` names headers, and the first that is there counts; without it the field's own name; else, only where
  /// `role:` says so or the field's name is a synonym of a role, that role's synonyms. The type of a field finds
  /// nothing. A header
  /// is compared as it stands, trimmed, and then as a `HeaderWord`. Two columns of equal rank are a problem.
  package func bind(_ fields: [Job.Field]) -> ColumnBinding {
    var binding = ColumnBinding(columns: [])
    for (index, field) in fields.enumerated() {
      switch column(of: field) {
      case .found(let column):
        binding.columns.append(column)
      case .absent where !field.isRequired:
        binding.columns.append(nil)
      case .absent:
        binding.columns.append(nil)
        binding.problems.append(.init(field: index, position: field.position, message: missing(field, of: fields)))
      case .several(let candidates):
        binding.columns.append(nil)
        binding.problems.append(
          .init(field: index, position: field.position, message: several(candidates, for: field)))
      }
    }
    return binding
  }

  private enum Match {
    case found(Int)
    case several([Int])
    case absent

    init(_ candidates: [Int]) {
      switch candidates.count {
      case 0: self = .absent
      case 1: self = .found(candidates[0])
      default: self = .several(candidates)
      }
    }
  }

  private func column(of field: Job.Field) -> Match {
    for name in field.columns.isEmpty ? [field.name] : field.columns {
      let match = column(named: name)
      if case .absent = match { continue }
      return match
    }
    let namedRole = field.role.flatMap { HeaderRole(rawValue: $0) }
    let ownRole = field.columns.isEmpty ? HeaderRole.meaning(of: HeaderWord(field.name))?.role : nil
    guard let role = namedRole ?? ownRole else { return .absent }
    return column(of: role)
  }

  private func column(named name: String) -> Match {
    let trimmed = name.trimmed
    let equal = headerCells.indices.filter { headerCells[$0].trimmed == trimmed }
    if !equal.isEmpty { return Match(equal) }
    if let numbered = columns.firstIndex(of: trimmed) { return .found(numbered) }
    let word = HeaderWord(name)
    if word.isEmpty { return .absent }
    return Match(headerCells.indices.filter { HeaderWord(headerCells[$0]) == word })
  }

  private func column(of role: HeaderRole) -> Match {
    var best: (rank: Int, columns: [Int])?
    for (column, cell) in headerCells.enumerated() {
      guard let meaning = HeaderRole.meaning(of: HeaderWord(cell)), meaning.role == role else { continue }
      if let known = best, known.rank < meaning.rank { continue }
      if let known = best, known.rank == meaning.rank {
        best = (meaning.rank, known.columns + [column])
      } else {
        best = (meaning.rank, [column])
      }
    }
    return Match(best?.columns ?? [])
  }

  private func missing(_ field: Job.Field, of fields: [Job.Field]) -> String {
    let wanted = (field.columns.isEmpty ? [field.name] : field.columns).map { "'\($0)'" }.joined(separator: ", ")
    return "field '\(field.name)': no column \(wanted) in the header; columns: \(shownColumns(fields))"
  }

  private func several(_ candidates: [Int], for field: Job.Field) -> String {
    let names = candidates.map { "'\(columns[$0])' (column \($0 + 1))" }.joined(separator: ", ")
    return "field '\(field.name)': \(names) fit equally; name one with 'column:'"
  }

  private func shownColumns(_ fields: [Job.Field]) -> String {
    let shown = 40
    if columns.isEmpty { return "none, the file has no header" }
    // Where the header line is missing, the first row of people stands in its place.
    let isData =
      columns.contains(where: Self.holdsLongNumber)
      || !headerCells.contains { Self.isSought($0, by: fields) } && columns.contains(where: Self.mayBeName)
    let names = columns.prefix(shown).map { "'\(isData ? Mask.masked($0) : $0)'" }.joined(separator: ", ")
    let all = columns.count > shown ? "\(names) and \(columns.count - shown) more" : names
    return isData ? "\(all); this looks like a row of data, not like a header" : all
  }

  /// A word that a header of this source may hold: one that the job names, or one of a role.
  private static func isSought(_ cell: String, by fields: [Job.Field]) -> Bool {
    let word = HeaderWord(cell)
    if HeaderRole.meaning(of: word) != nil { return true }
    return fields.contains { ($0.columns.isEmpty ? [$0.name] : $0.columns).contains { HeaderWord($0) == word } }
  }

  /// Two to four Chinese characters, or more around a dot, which may be a person's name.
  private static func mayBeName(_ cell: String) -> Bool {
    let scalars = cell.trimmed.unicodeScalars
    let han = scalars.count { (0x3400...0x9FFF).contains($0.value) || $0.value >= 0x20000 }
    return (2...4).contains(scalars.count) && han == scalars.count || han > 2 && cell.contains("·")
  }

  /// Eight digits or more in a row, spaces between them left out: a number of a person or an account, no column's name.
  private static func holdsLongNumber(_ cell: String) -> Bool {
    var count = 0
    for scalar in cell.unicodeScalars where !scalar.properties.isWhitespace {
      count = scalar.properties.numericType == .decimal ? count + 1 : 0
      if count == 8 { return true }
    }
    return false
  }
}
