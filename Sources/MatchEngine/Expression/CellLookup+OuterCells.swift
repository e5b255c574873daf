extension CellLookup {
  /// The cells of rows around the lookup that its result is made of; nil where it is made of anything else but its own
  /// rows, or looks further.
  var outerCells: [CellSource]? {
    var reader = OuterReader(side: side)
    // Values of two words are not told apart by the first.
    if operandIsWide || keys.contains(where: \.isWide) { return nil }
    for key in keys {
      reader.read(key.value)
    }
    if let condition { reader.read(condition) }
    for value in [operand, order].compactMap(\.self) { reader.read(value) }
    return reader.readsOthers ? nil : reader.cells
  }
}

/// Walks a lookup and notes which cells of rows around it are read.
private struct OuterReader {
  /// The rows of the lookup itself.
  let side: Int
  var cells: [CellSource] = []
  var readsOthers = false

  mutating func read(_ source: CellSource) {
    switch source {
    case .row(let side, _):
      if side != self.side, !cells.contains(source) { cells.append(source) }
    case .batch, .first, .second: readsOthers = true
    }
  }

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
    case .equalPairs: readsOthers = true
    case .isOneOf(let value, _), .test(let value, _, negated: _): read(value)
    case .never(let value), .always(let value), .truth(let value): read(value)
    case .and(let terms), .or(let terms): for term in terms { read(term) }
    case .staged(let stages): for term in stages.cheap + stages.costly { read(term) }
    case .not(let term): read(term)
    }
  }
}
