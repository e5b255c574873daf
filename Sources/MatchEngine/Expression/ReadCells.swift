/// The cells that expressions read, and whether they read anything else.
struct ReadCells {
  /// Each once.
  private(set) var sources: [CellSource] = []
  /// Values of two words are compared.
  private(set) var comparesPairs = false
  /// Kept texts, lookups or the reasons for a repair are read as well.
  private(set) var readsOthers = false

  private mutating func read(_ source: CellSource) { if !sources.contains(source) { sources.append(source) } }

  mutating func read(_ value: CellValue) {
    switch value {
    case .cell(let source): read(source)
    case .constant: break
    case .month(let operand), .yearOfDate(let operand), .yearOfMonth(let operand): read(operand)
    case .shift(let operand, amount: _, unit: _): read(operand)
    case .age(let left, on: let right): read([left, right])
    case .truth(let condition): read(condition)
    case .arithmetic(_, let left, let right): read([left, right])
    case .add(let operand, _): read(operand)
    case .function(_, let operands): read(operands)
    case .choose(let condition, let left, let right):
      read(condition)
      read([left, right])
    case .sex(let operand, male: _, female: _): read(operand)
    case .defect, .noted, .lookup, .nameVerdict, .isSameName: readsOthers = true
    }
  }

  private mutating func read(_ values: [CellValue]) { for value in values { read(value) } }

  mutating func read(_ condition: CellCondition) {
    switch condition {
    case .compare(_, let left, let right): read([left, right])
    case .equalPairs(let left, let right, negated: _):
      comparesPairs = true
      read([left, right])
    case .isOneOf(let value, _), .test(let value, _, negated: _): read(value)
    case .never(let value), .always(let value), .truth(let value): read(value)
    case .and(let terms), .or(let terms): for term in terms { read(term) }
    case .staged(let stages): for term in stages.cheap + stages.costly { read(term) }
    case .not(let term): read(term)
    }
  }
}
